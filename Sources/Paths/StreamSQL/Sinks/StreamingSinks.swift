package import Columns
package import Failures
internal import Flow
private import Synchronization

/// Lines that leave as soon as their step is committed: `stdout` and `print`.
final class LineSink: RowSink {
    private let output: any ByteSink

    init(_ output: any ByteSink) { self.output = output }

    func write(_ output: PreparedOutput) throws(Failure) {
        guard !output.bytes.isEmpty else { return }
        try self.output.write(output.bytes.span)
    }

    func publish() throws(Failure) {}

    /// Lines that are out cannot be taken back.
    func discard() {}
}

/// Counts and digests rows, and keeps none: the `blackhole` connector.
final class BlackholeSink: RowSink {
    func write(_ output: PreparedOutput) throws(Failure) {}
    func publish() throws(Failure) {}
    func discard() {}
}

/// Keeps rows in memory for a caller: a SELECT, a comparison.
package final class ResultRows: RowSink, Sendable {
    private struct State {
        var batches: [Batch] = []
        var rowCount = 0
    }

    private let state = Mutex(State())
    private let schema: Schema
    private let rowLimit: Int

    /// - Parameters:
    ///   - schema: of the rows.
    ///   - rowLimit: more rows end the job with `RESULT_LIMIT`.
    package init(schema: Schema, rowLimit: Int = 50_000_000) {
        self.schema = schema
        self.rowLimit = rowLimit
    }

    package func write(_ output: PreparedOutput) throws(Failure) {
        let count = state.withLock { state in
            state.batches.append(output.batch)
            state.rowCount += output.batch.rowCount
            return state.rowCount
        }
        guard count <= rowLimit else {
            throw Failure(
                "RESULT_LIMIT",
                blame: .request,
                "the result has more than \(rowLimit) rows, which are kept in memory",
                remedy: "add a LIMIT, or INSERT the rows into a table"
            )
        }
    }

    package func publish() throws(Failure) {}

    package func discard() { state.withLock { $0 = State() } }

    /// All rows in order, in the pieces in which they came.
    package var batches: [Batch] { state.withLock { $0.batches } }

    /// All rows, in order.
    package var batch: Batch {
        let batches = batches
        return batches.isEmpty
            ? Batch(
                schema: schema,
                columns: schema.fields.map { Column.nulls($0.type, count: 0) },
                rowCount: 0
            ) : Batch.concatenate(batches)
    }
}

extension BlackholeSink: CheckpointedSink {
    func preCommit() -> PartCommit? { nil }
    func finish(_ commit: PartCommit) {}
    var nextEpoch: Int { 0 }
}
