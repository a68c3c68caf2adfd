internal import Columns
package import Failures
internal import Hashing

/// Gathers small outputs before another sink writes them, so that many small steps do not make many small writes.
package final class BatchedSink: RowSink {
    private let sink: any RowSink
    private let rowLimit: Int
    private let byteLimit: Int
    private var waiting: [PreparedOutput] = []
    private var rowCount = 0
    private var byteCount = 0

    /// - Parameters:
    ///   - sink: writes the rows.
    ///   - rowLimit: rows that are written at once at the latest.
    ///   - byteLimit: bytes of text that are written at once at the latest.
    package init(_ sink: any RowSink, rowLimit: Int, byteLimit: Int) {
        self.sink = sink
        self.rowLimit = rowLimit
        self.byteLimit = byteLimit
    }

    package func write(_ output: PreparedOutput) throws(Failure) {
        waiting.append(output)
        rowCount += output.batch.rowCount
        byteCount += output.bytes.count
        if rowCount >= rowLimit || byteCount >= byteLimit { try flush() }
    }

    private func flush() throws(Failure) {
        guard !waiting.isEmpty else { return }
        let outputs = waiting
        waiting = []
        rowCount = 0
        byteCount = 0
        guard outputs.count > 1 else { return try sink.write(outputs[0]) }
        var digest = SegmentDigest()
        for output in outputs { digest.merge(output.digest) }
        try sink.write(
            PreparedOutput(
                batch: Batch.concatenate(outputs.map(\.batch)),
                bytes: outputs.flatMap(\.bytes),
                digest: digest
            )
        )
    }

    package func publish() throws(Failure) {
        try flush()
        try sink.publish()
    }

    package func discard() {
        waiting = []
        sink.discard()
    }
}
