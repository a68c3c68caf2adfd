internal import CArrow
package import Columns
package import Failures
internal import Glibc

/// Writes one Parquet file.
///
/// The bytes depend on the rows, the schema and the options alone: not on how rows were cut into batches, nor
/// on whether text came as codes. Types map to INT8…INT64, FLOAT, DOUBLE, BOOLEAN, DECIMAL, STRING, BYTE_ARRAY, DATE,
/// TIME(µs) and TIMESTAMP(µs), the latter adjusted to UTC for TIMESTAMP_LTZ; intervals are refused.
/// One thread at a time uses a writer. Nothing is synced: the caller publishes the file.
@safe
package final class ParquetWriter {
    package enum Compression: Hashable, Sendable {
        case none
        /// Level 1...22.
        case zstd(level: Int)
        case snappy
        /// Level 1...9.
        case gzip(level: Int)
        case lz4
    }

    package struct Options: Sendable {
        package var compression = Compression.zstd(level: 3)
        /// Rows of every row group but the last.
        package var rowGroupRows = 1 << 20
        /// Columns written without a dictionary, which saves a sixth of the time where values hardly repeat.
        package var plainColumns: [String] = []
        /// Keys and values for the footer.
        package var metadata: [(key: String, value: String)] = []

        package init() {}
    }

    /// Rows that Arrow gets at once.
    ///
    /// Pages end at multiples within such a block, so blocks are cut alike
    /// however batches come.
    private static let blockRows = 1 << 14

    package let path: String
    package let schema: Schema
    private let formats: [String]
    private let handle: OpaquePointer
    private var isFinished = false
    /// Rows that do not fill a block yet.
    private var pending: [Batch] = []
    private var pendingRows = 0
    /// Rows taken so far.
    package private(set) var rowCount = 0

    /// Creates the file, or empties it.
    ///
    /// Throws `TYPE_SINK` for a type that Parquet has no place for, `IO_WRITE` and `IO_SPACE`.
    package init(path: String, schema: Schema, options: Options = Options()) throws(Failure) {
        self.path = path
        self.schema = schema
        var formats: [String] = []
        for field in schema.fields { formats.append(try ExportedColumn.format(of: field)) }
        self.formats = formats
        var failure = ArrowFailure()
        guard let writer = unsafe Self.open(path, schema, formats, options, &failure) else {
            throw failure.writing(path, noSpace: Self.noSpace)
        }
        unsafe handle = writer
    }

    deinit { unsafe carrow_writer_free(handle) }

    private static let noSpace: Set<Int32> = [ENOSPC, EDQUOT, EFBIG]

    private static func open(
        _ path: String,
        _ schema: Schema,
        _ formats: [String],
        _ options: Options,
        _ failure: inout ArrowFailure
    ) -> OpaquePointer? {
        precondition(options.rowGroupRows > 0, "a row group has rows")
        let plain = CTexts(options.plainColumns)
        let metadata = CTexts(options.metadata.flatMap { [$0.key, $0.value] })
        let (codec, level) = codec(options.compression)
        var settings = unsafe CArrowWriterOptions(
            compression: codec,
            level: level,
            rowGroupRows: Int64(options.rowGroupRows),
            plainColumns: plain.pointers,
            plainColumnCount: Int32(options.plainColumns.count),
            metadata: metadata.pointers,
            metadataPairCount: Int32(options.metadata.count)
        )
        var fields = unsafe ArrowExporter.schema(
            zip(schema.fields, formats).map { ($0.name, $1, $0.isNullable) }
        )
        var opened: OpaquePointer?
        // SAFETY: the lists of texts outlive the call; Arrow copies what it keeps.
        let code = withExtendedLifetime((plain, metadata)) {
            unsafe carrow_writer_open(path, &fields, &settings, &opened, &failure.error)
        }
        return unsafe code == CARROW_OK ? opened : nil
    }

    private static func codec(_ compression: Compression) -> (CArrowCompression, Int32) {
        switch compression {
        case .none: (CARROW_UNCOMPRESSED, .min)
        case .zstd(let level): (CARROW_ZSTD, Int32(level))
        case .snappy: (CARROW_SNAPPY, .min)
        case .gzip(let level): (CARROW_GZIP, Int32(level))
        case .lz4: (CARROW_LZ4, .min)
        }
    }

    /// Bytes in the file so far; open row groups are not among them.
    package var byteCount: Int { unsafe Int(carrow_writer_position(handle)) }

    /// Appends rows whose columns have the layouts of the writer's schema.
    package func write(_ batch: Batch) throws(Failure) {
        precondition(!isFinished, "a finished file takes no rows")
        precondition(batch.columns.count == schema.count, "a column per field")
        rowCount += batch.rowCount
        var start = 0
        while pendingRows + batch.rowCount - start >= Self.blockRows {
            let end = start + Self.blockRows - pendingRows
            pending.append(batch.slice(start..<end))
            start = end
            try writePending()
        }
        guard start < batch.rowCount else { return }
        pending.append(batch.slice(start..<batch.rowCount))
        pendingRows += batch.rowCount - start
    }

    /// Writes the rest and the footer, and closes the file; without it the file is no Parquet file.
    package func finish() throws(Failure) {
        precondition(!isFinished, "a file is finished once")
        if !pending.isEmpty { try writePending() }
        isFinished = true
        var failure = ArrowFailure()
        guard unsafe carrow_writer_finish(handle, &failure.error) == CARROW_OK else {
            throw failure.writing(path, noSpace: Self.noSpace)
        }
    }

    private func writePending() throws(Failure) {
        let rows = pending.reduce(0) { $0 + $1.rowCount }
        let columns = schema.fields.indices.map { index in
            let parts = pending.map { $0.columns[index].decoded }
            let column = Column.concatenate(parts, type: schema[index].type)
            return ExportedColumn(column, format: formats[index])
        }
        pending = []
        pendingRows = 0
        var array = unsafe ArrowExporter.array(columns, rowCount: rows)
        var failure = ArrowFailure()
        guard unsafe carrow_writer_write(handle, &array, &failure.error) == CARROW_OK else {
            throw failure.writing(path, noSpace: Self.noSpace)
        }
    }
}

/// Texts as C wants lists of them.
@safe
private final class CTexts {
    // SAFETY: both levels are allocated in `init` and freed in `deinit`; callers hold this value meanwhile.
    let pointers: UnsafePointer<UnsafePointer<CChar>?>
    private let texts: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>

    init(_ values: [String]) {
        unsafe texts = .allocate(capacity: values.count + 1)
        unsafe texts.initialize(repeating: nil)
        for (index, value) in values.enumerated() {
            unsafe texts[index] = unsafe UnsafePointer(strdup(value))
        }
        unsafe pointers = UnsafePointer(texts.baseAddress.unsafelyUnwrapped)
    }

    deinit {
        for index in unsafe texts.indices {
            unsafe free(UnsafeMutableRawPointer(mutating: texts[index]))
        }
        unsafe texts.deallocate()
    }
}
