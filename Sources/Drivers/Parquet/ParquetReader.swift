internal import CArrow
package import Columns
package import Failures

/// One Parquet file, open for reading.
///
/// A reader and its batches are used by one thread at a time. To read row groups in parallel, open the file
/// once for each thread and give each its own `rowGroups`.
@safe
package final class ParquetReader {
    package let path: String
    let handle: OpaquePointer
    /// The top-level columns in file order.
    let fields: [ArrowField]

    /// Opens a file and reads its footer.
    ///
    /// Throws `IO_READ` where the file system refuses, `DECODE_PARQUET` where it is no whole Parquet file.
    package init(path: String) throws(Failure) {
        self.path = path
        var opened: OpaquePointer?
        var failure = ArrowFailure()
        let code = unsafe carrow_reader_open(path, &opened, &failure.error)
        guard code == CARROW_OK, let reader = unsafe opened else { throw failure.reading(path) }
        unsafe handle = reader
        var schema = unsafe ArrowSchema()
        guard unsafe carrow_reader_schema(reader, &schema, &failure.error) == CARROW_OK else {
            unsafe carrow_reader_close(reader)
            throw failure.reading(path)
        }
        // SAFETY: the structure is filled, and released once, below.
        var fields: [ArrowField] = []
        for index in 0..<(unsafe Int(schema.n_children)) {
            if let child = unsafe schema.children[index] { fields.append(unsafe ArrowField(child)) }
        }
        self.fields = fields
        if let release = unsafe schema.release { unsafe release(&schema) }
    }

    deinit { unsafe carrow_reader_close(handle) }

    package var rowCount: Int { unsafe Int(carrow_reader_row_count(handle)) }

    package var rowGroupCount: Int { unsafe Int(carrow_reader_row_group_count(handle)) }

    /// Rows of one row group.
    package func rowCount(ofRowGroup group: Int) -> Int {
        unsafe Int(carrow_reader_row_group_rows(handle, Int32(group)))
    }

    /// Names of all columns, those of unsupported types among them.
    package var columnNames: [String] { fields.map(\.name) }

    /// The types in which the named columns, or all, are read.
    ///
    /// Throws `DECODE_PARQUET` for a missing or unsupported column.
    package func schema(columns: [String]? = nil) throws(Failure) -> Schema {
        var result: [Field] = []
        for index in try indices(of: columns) {
            let field = fields[index]
            let type = try ArrowImporter(path: path, field: field).type()
            result.append(Field(field.name, type, isNullable: field.isNullable))
        }
        return Schema(result)
    }

    /// Where columns stand in the file.
    func indices(of columns: [String]?) throws(Failure) -> [Int] {
        guard let columns else { return Array(fields.indices) }
        var indices: [Int] = []
        for name in columns { indices.append(try index(of: name)) }
        return indices
    }

    func index(of name: String) throws(Failure) -> Int {
        if let index = fields.firstIndex(where: { $0.name == name }) { return index }
        throw Failure(
            "DECODE_PARQUET",
            blame: .data,
            "\(path) has no column \"\(name)\"",
            remedy: "its columns are \(fields.prefix(50).map(\.name).joined(separator: ", "))"
        )
    }

    /// What batches are to hold.
    package struct Request: Sendable {
        /// Names in the wanted order, each at most once; nil for all columns.
        package var columns: [String]?
        /// Row groups in the wanted order; nil for all.
        package var rowGroups: [Int]?
        /// Most rows of a batch; a batch may have fewer.
        package var batchRows: Int
        /// Largest compressed dictionary of a text column that is read as codes; 0 reads all texts plain.
        package var dictionaryByteLimit: Int

        package init(
            columns: [String]? = nil,
            rowGroups: [Int]? = nil,
            batchRows: Int = 16_384,
            dictionaryByteLimit: Int = 256 << 10
        ) {
            self.columns = columns
            self.rowGroups = rowGroups
            self.batchRows = batchRows
            self.dictionaryByteLimit = dictionaryByteLimit
        }
    }

    /// Begins to read batches.
    package func batches(_ request: Request = Request()) throws(Failure) -> ParquetBatches {
        try ParquetBatches(self, request)
    }
}
