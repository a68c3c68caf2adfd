internal import Columns
internal import Failures
internal import Files
internal import Flow

/// Text parts in a directory: hidden until the job has ended, then all visible.
final class TextPartSink: RowSink {
    private let directory: PartDirectory
    private let formatter: TextFormatter
    private let partSizeLimit: Int
    private let retry: RetryPolicy
    private var part: FileSink?
    private var partSize = 0

    /// - Parameters:
    ///   - directory: open, and this job's own.
    ///   - formatter: the one that prepares the job's output.
    ///   - partSizeLimit: a row that ends at or beyond this many bytes is the last of its part.
    ///   - retry: what is done about writes that may succeed later.
    init(
        directory: PartDirectory,
        formatter: TextFormatter,
        partSizeLimit: Int,
        retry: RetryPolicy
    ) {
        self.retry = retry
        self.directory = directory
        self.formatter = formatter
        self.partSizeLimit = partSizeLimit
    }

    func write(_ output: PreparedOutput) throws(Failure) {
        guard output.batch.rowCount > 0 else { return }
        if partSize + output.bytes.count < partSizeLimit {
            return try append(output.bytes.span)
        }
        try writeAcrossParts(output.batch)
    }

    /// Parts end behind the same rows whatever batches they came in: near the limit rows are counted one by one.
    private func writeAcrossParts(_ batch: Batch) throws(Failure) {
        for row in 0..<batch.rowCount {
            let bytes = try formatter.text(of: batch.slice(row..<row + 1))
            try append(bytes.span)
            if partSize >= partSizeLimit { try closePart() }
        }
    }

    private func append(_ bytes: Span<UInt8>) throws(Failure) {
        let sink: FileSink
        if let part {
            sink = part
        } else {
            sink = try FileSink(path: directory.nextPart(), mode: .write, retry: retry)
            part = sink
            try directory.didOpenPart()
            let header = try formatter.header()
            if !header.isEmpty { try sink.write(header.span) }
            partSize = header.count
        }
        try sink.write(bytes)
        partSize += bytes.count
    }

    private func closePart() throws(Failure) {
        try part?.synchronize()
        part = nil
        partSize = 0
    }

    func publish() throws(Failure) {
        try closePart()
        try directory.publish()
    }

    func discard() {
        part = nil
        directory.discard()
    }
}

extension TextPartSink: CheckpointedSink {
    func preCommit() throws(Failure) -> PartCommit? {
        try closePart()
        return try directory.preCommit()
    }

    func finish(_ commit: PartCommit) throws(Failure) { try directory.finish(commit) }

    var nextEpoch: Int { directory.epoch }
}
