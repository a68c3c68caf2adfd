internal import CArrow
package import Columns
package import Failures

/// The rows of a Parquet file, batch after batch.
///
/// Values are views of Arrow's buffers wherever the layouts agree: BIGINT, DOUBLE, BOOLEAN, DECIMAL of 128
/// bits, text, bytes, timestamps and times in microseconds, and dictionary codes; other types are copied.
@safe
package final class ParquetBatches {
    /// Held, because Arrow's batches may not outlive their file.
    private let reader: ParquetReader
    private let handle: OpaquePointer
    private let fields: [Field]
    /// Made of the first batch's schema, which says whether columns are coded.
    private var importers: [ArrowImporter] = []

    package var schema: Schema { Schema(fields) }

    init(_ reader: ParquetReader, _ request: ParquetReader.Request) throws(Failure) {
        precondition(request.batchRows > 0, "a batch has rows")
        self.reader = reader
        fields = try reader.schema(columns: request.columns).fields
        let indices = try reader.indices(of: request.columns)
        precondition(Set(indices).count == indices.count, "a column is read once")
        let columns = indices.map { Int32($0) }
        let groups = (request.rowGroups ?? Array(0..<reader.rowGroupCount)).map { Int32($0) }
        let limit = Int64(request.dictionaryByteLimit)
        let coded = columns.filter { column in
            unsafe limit > 0 && carrow_reader_has_dictionary(reader.handle, column, limit)
        }
        var opened: OpaquePointer?
        var failure = ArrowFailure()
        let code = unsafe carrow_batches_open(
            reader.handle,
            groups,
            Int32(groups.count),
            columns,
            Int32(columns.count),
            coded,
            Int32(coded.count),
            Int64(request.batchRows),
            &opened,
            &failure.error
        )
        guard code == CARROW_OK, let batches = unsafe opened else {
            throw failure.reading(reader.path)
        }
        unsafe handle = batches
    }

    deinit { unsafe carrow_batches_close(handle) }

    /// The next batch, or nil at the end; batches have at least one row.
    ///
    /// Throws `DECODE_PARQUET` for damage that shows only now, and `IO_READ`.
    package func next() throws(Failure) -> Batch? {
        while true {
            guard let array = try nextArray() else { return nil }
            if array.rowCount > 0 { return try batch(array) }
        }
    }

    private func nextArray() throws(Failure) -> ImportedArray? {
        var schema = unsafe ArrowSchema()
        var array = unsafe ArrowArray()
        var failure = ArrowFailure()
        let code = unsafe carrow_batches_next(handle, &schema, &array, &failure.error)
        guard code == CARROW_OK else { throw failure.reading(reader.path) }
        guard unsafe array.release != nil else { return nil }
        // SAFETY: both structures are filled; the schema is released here, the array by its owner.
        let owner = unsafe ImportedArray(array)
        if importers.isEmpty {
            for index in 0..<(unsafe Int(schema.n_children)) {
                guard let child = unsafe schema.children[index] else { continue }
                let field = unsafe ArrowField(child)
                importers.append(ArrowImporter(path: reader.path, field: field))
            }
        }
        if let release = unsafe schema.release { unsafe release(&schema) }
        return owner
    }

    private func batch(_ array: ImportedArray) throws(Failure) -> Batch {
        var columns: [Column] = []
        for index in fields.indices {
            guard index < importers.count, let child = array.child(index) else {
                preconditionFailure("Arrow gives a column for each one asked for")
            }
            columns.append(try importers[index].column(child))
        }
        return Batch(schema: schema, columns: columns, rowCount: array.rowCount)
    }
}
