internal import Failures
internal import Flow

/// Hands out a table's chunks in order, and lets their makers go on one after another in the same order.
final class ChunkTurns: Sendable {
    struct Chunk: Sendable {
        let index: Int
        let rows: Range<Int>
    }

    private struct State {
        var taken = 0
        var finished = 0
        var failure: Failure?
    }

    private let state = Monitor(State())
    private let rowCount: Int
    private let chunkRows: Int

    init(rowCount: Int, chunkRows: Int) {
        self.rowCount = rowCount
        self.chunkRows = chunkRows
    }

    var chunkCount: Int { (rowCount + chunkRows - 1) / chunkRows }

    /// The next chunk; nil when none is left or the work has failed.
    func take() -> Chunk? {
        state.withLock { state in
            let start = state.taken * chunkRows
            guard state.failure == nil, start < rowCount else { return nil }
            defer { state.taken += 1 }
            return Chunk(index: state.taken, rows: start..<min(start + chunkRows, rowCount))
        }
    }

    /// Waits until all chunks before are finished; false if the work has failed.
    func wait(for chunk: Chunk) -> Bool {
        state.wait { state in
            if state.failure != nil { return false }
            return state.finished == chunk.index ? true : nil
        }
    }

    func finish(_ chunk: Chunk) {
        state.withLock { $0.finished = chunk.index + 1 }
        state.wakeAll()
    }

    /// Ends the work; the first failure counts.
    func fail(_ failure: Failure) {
        state.withLock { state in
            if state.failure == nil { state.failure = failure }
        }
        state.wakeAll()
    }

    var failure: Failure? { state.withLock { $0.failure } }
}
