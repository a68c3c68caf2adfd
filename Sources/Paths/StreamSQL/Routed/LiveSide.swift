internal import Columns
internal import Failures
internal import Flow
internal import Hashing
internal import Routing
private import Synchronization

/// One side of a live job as it runs: an ordinary job over the aggregate alone, on threads of its own.
final class LiveSide: Sendable {
    let side: Side
    let feed: StepFeed
    private let thread: Mutex<WorkerThread?>
    private let state: Mutex<State>
    private let control = JobControl()

    private struct State {
        /// When each step that is not committed yet was handed in.
        var waiting = Queue<(at: ContinuousClock.Instant, rows: Int, position: Int64)>()
        var lastCommit = ContinuousClock.now
        var report: JobReport?
        var failure: Failure?
        var hasEnded = false
        /// A mistake that is put into the results.
        var fault: LiveFault?
    }

    /// A side that has not begun.
    init(_ side: Side, rowLimit: Int) {
        self.side = side
        feed = StepFeed(rowLimit: rowLimit)
        thread = Mutex(nil)
        state = Mutex(State())
    }

    /// Begins to compute.
    ///
    /// - Parameters:
    ///   - job: the aggregate over this side's feed.
    ///   - committer: gets the results.
    ///   - identity: the columns that name a unit.
    ///   - fault: a mistake that is put into the results.
    /// - Throws: `FLOW_THREAD`.
    func start(
        _ job: StreamJob,
        _ committer: LiveCommitter,
        _ identity: WindowIdentity,
        fault: LiveFault?
    ) throws(Failure) {
        setFault(fault)
        let worker = try WorkerThread { [self] in
            let sink = SideSink(self, committer, identity)
            do throws(Failure) {
                let report = try job.runPart(into: sink, control: control)
                state.withLock { $0.report = report }
            } catch {
                state.withLock { $0.failure = error }
                switch side {
                case .primary: committer.fail(error)
                case .candidate: if !isStopped { committer.loseCandidate(error) }
                }
            }
            state.withLock { $0.hasEnded = true }
            feed.close()
        }
        thread.withLock { $0 = worker }
    }

    /// Hands in rows if there is room; behind them the input goes on with row `position`.
    func offer(_ rows: DecodedRows, _ position: Int64) -> StepFeed.Outcome {
        // The note has to be there before the step can be committed.
        state.withLock { $0.waiting.append((.now, rows.batch.rowCount, position)) }
        let outcome = feed.offer(rows)
        if case .taken = outcome { return outcome }
        state.withLock { _ = $0.waiting.popLast() }
        return outcome
    }

    /// Puts a mistake into the results from now on; nil ends that.
    func setFault(_ fault: LiveFault?) { state.withLock { $0.fault = fault } }

    fileprivate var fault: LiveFault? { state.withLock { $0.fault } }

    /// Makes the side end without a result.
    func stop() {
        control.cancel()
        feed.close()
    }

    fileprivate var isStopped: Bool { control.isStopped }

    func join() { thread.withLock { $0.take() }?.join() }

    var hasEnded: Bool { state.withLock { $0.hasEnded } }
    var failure: Failure? { state.withLock { $0.failure } }
    var report: JobReport? { state.withLock { $0.report } }

    /// Steps that have been handed in and not committed.
    var pendingCount: Int { state.withLock { $0.waiting.count } }

    /// Notes that the oldest step has been committed.
    fileprivate func committed() -> StepTiming {
        state.withLock { state in
            guard let step = state.waiting.popFirst() else { return StepTiming() }
            let now = ContinuousClock.now
            let begin = max(step.at, state.lastCommit)
            state.lastCommit = now
            return StepTiming(
                rows: step.rows,
                elapsed: now - step.at,
                since: step.at,
                busy: now - begin,
                position: step.position
            )
        }
    }
}

/// Brings a side's rows to the committer, step by step.
private final class SideSink: RowSink {
    private let side: LiveSide
    private let committer: LiveCommitter
    private let identity: WindowIdentity
    private var batches: [Batch] = []
    /// Rows that a fault keeps back.
    private var late: Batch?

    init(
        _ side: LiveSide,
        _ committer: LiveCommitter,
        _ identity: WindowIdentity
    ) {
        self.side = side
        self.committer = committer
        self.identity = identity
    }

    func write(_ output: PreparedOutput) throws(Failure) {
        let (now, next) = side.fault?.spoil(output.batch, identity) ?? (output.batch, nil)
        batches.append(now)
        giveLate()
        late = next
    }

    func advance(to watermark: Int64) throws(Failure) {
        while side.fault?.kind == .stallCandidate, !side.isStopped {
            Flow.pause(for: .milliseconds(1))
        }
        hand(over: watermark, side.committed())
    }

    func publish() throws(Failure) {
        giveLate()
        hand(over: .max, StepTiming())
    }

    func discard() { batches = [] }

    private func giveLate() {
        if let late { batches.append(late) }
        late = nil
    }

    private func hand(over watermark: Int64, _ timing: StepTiming) {
        committer.take(batches, side.side, timing, closing: watermark)
        batches = []
    }
}

/// Rows of a part of a job, whose digest nobody wants.
struct PartFormatter: OutputFormatter {
    func prepare(_ batch: Batch) throws(Failure) -> PreparedOutput {
        PreparedOutput(batch: batch, bytes: [], digest: SegmentDigest())
    }
}
