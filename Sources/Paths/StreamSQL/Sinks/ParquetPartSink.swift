internal import Columns
internal import Failures
internal import Files
internal import Parquet

/// Parquet parts in a directory: hidden until the job has ended, then all visible.
final class ParquetPartSink: RowSink {
    private let directory: PartDirectory
    private let schema: Schema
    private let partSizeLimit: Int
    private let options = ParquetWriter.Options()
    private var writer: ParquetWriter?

    /// - Parameters:
    ///   - directory: open, and this job's own.
    ///   - schema: of the rows.
    ///   - partSizeLimit: a row group that ends at or beyond this many bytes is the last of its part.
    init(directory: PartDirectory, schema: Schema, partSizeLimit: Int) {
        self.directory = directory
        self.schema = schema
        self.partSizeLimit = partSizeLimit
    }

    func write(_ output: PreparedOutput) throws(Failure) {
        var start = 0
        let batch = output.batch
        while start < batch.rowCount {
            let writer = try openWriter()
            // Parts may end where row groups do only, so that batches do not show in them.
            let room = options.rowGroupRows - writer.rowCount % options.rowGroupRows
            let count = min(room, batch.rowCount - start)
            try writer.write(batch.slice(start..<start + count))
            start += count
            if count == room, writer.byteCount >= partSizeLimit { try closePart() }
        }
    }

    private func openWriter() throws(Failure) -> ParquetWriter {
        if let writer { return writer }
        let opened = try ParquetWriter(
            path: directory.nextPart(),
            schema: schema,
            options: options
        )
        writer = opened
        try directory.didOpenPart()
        return opened
    }

    private func closePart() throws(Failure) {
        guard let writer else { return }
        try writer.finish()
        self.writer = nil
        try FileSink(path: writer.path, mode: .append).synchronize()
    }

    func publish() throws(Failure) {
        try closePart()
        try directory.publish()
    }

    func discard() {
        writer = nil
        directory.discard()
    }
}

extension ParquetPartSink: CheckpointedSink {
    func preCommit() throws(Failure) -> PartCommit? {
        try closePart()
        return try directory.preCommit()
    }

    func finish(_ commit: PartCommit) throws(Failure) { try directory.finish(commit) }

    var nextEpoch: Int { directory.epoch }
}
