internal import Columns
package import Failures
internal import Flow

/// The rows that one side of a live job still has to compute: a bounded queue from the thread that sequences
/// to the side's own threads.
///
/// Order is kept; what is handed in has its place in the sequence already.
package final class StepFeed: Sendable {
    private struct State {
        var waiting = Queue<DecodedRows>()
        var rowCount = 0
        var takenCount = 0
        var hasEnded = false
        /// Nobody reads any more.
        var isClosed = false
        var failure: Failure?

        mutating func pop() -> DecodedRows? {
            guard let rows = waiting.popFirst() else { return nil }
            rowCount -= rows.batch.rowCount
            takenCount += 1
            return rows
        }
    }

    /// What became of rows that were handed in.
    package enum Outcome: Sendable {
        case taken
        /// The queue is full.
        case full
        /// The side has ended.
        case closed
    }

    private let state: Monitor<State>
    private let rowLimit: Int

    /// - Parameter rowLimit: rows that may wait; at least one piece is always taken.
    package init(rowLimit: Int) {
        self.rowLimit = rowLimit
        state = Monitor(State())
    }

    /// Hands in rows, or a risen watermark, if there is room.
    package func offer(_ rows: DecodedRows) -> Outcome {
        let outcome = state.withLock { state -> Outcome in
            if state.isClosed { return .closed }
            // Watermarks without rows cost nothing, but they are bounded too.
            let isFull = state.rowCount >= rowLimit || state.waiting.count >= rowLimit
            guard state.waiting.isEmpty || !isFull else { return .full }
            state.rowCount += rows.batch.rowCount
            state.waiting.append(rows)
            return .taken
        }
        state.wakeAll()
        return outcome
    }

    /// Waits until there is room, or nobody reads any more.
    package func waitForRoom() {
        state.wait { state -> Void? in
            state.isClosed || state.waiting.isEmpty || state.rowCount < rowLimit ? () : nil
        }
    }

    /// Pieces that the side has taken so far.
    var takenCount: Int { state.withLock { $0.takenCount } }

    /// Says that nothing follows.
    package func end() {
        state.withLock { $0.hasEnded = true }
        state.wakeAll()
    }

    /// Makes every further read fail.
    package func fail(_ failure: Failure) {
        state.withLock { $0.failure = failure }
        state.wakeAll()
    }

    /// Says that nobody reads any more: rows that wait are dropped, and none are taken.
    package func close() {
        state.withLock { state in
            state.isClosed = true
            state.waiting.removeAll()
            state.rowCount = 0
        }
        state.wakeAll()
    }

    /// The next rows, waiting for them; nil at the end.
    fileprivate func next() throws(Failure) -> DecodedRows? {
        let result = state.wait { state -> Result<DecodedRows?, Failure>? in
            if let failure = state.failure { return .failure(failure) }
            if let rows = state.pop() { return .success(rows) }
            return state.hasEnded || state.isClosed ? .success(nil) : nil
        }
        state.wakeAll()
        return try result.get()
    }
}

/// The reading side of a feed.
final class FeedSplit: SplitReader {
    private let feed: StepFeed

    init(_ feed: StepFeed) { self.feed = feed }

    func claim() throws(Failure) -> (any SplitPiece)? { try feed.next().map(FeedPiece.init) }
}

private struct FeedPiece: SplitPiece {
    let rows: DecodedRows

    func open() throws(Failure) -> any PieceDecoder { FeedDecoder(rows) }
}

private final class FeedDecoder: PieceDecoder {
    private var rows: DecodedRows?

    init(_ rows: DecodedRows) { self.rows = rows }

    func next() throws(Failure) -> DecodedRows? {
        defer { rows = nil }
        return rows
    }
}
