internal import Columns
internal import Failures
internal import Parquet

/// Parquet; texts with few different values are dictionaries.
final class ColumnFile: TableFile {
    let place: StagedPath
    let format = GeneratedFormat.parquet
    private let writer: ParquetWriter

    init(_ path: String, _ schema: Schema) throws(Failure) {
        place = try StagedPath(path)
        writer = try ParquetWriter(path: place.temporary, schema: schema)
    }

    var byteCount: Int { writer.byteCount }

    func write(_ chunk: PreparedChunk) throws(Failure) { try writer.write(chunk.batch) }

    func finish() throws(Failure) { try writer.finish() }
}
