internal import Failures

/// Whose turn it is: the part of V2 that all threads share, as a machine behind one lock.
///
/// A step is in flight from the moment the sequencer gives it until it is committed. In each operator it
/// has a slot, which gathers the rows of all incoming edges, then the emissions of all partitions.
///
/// Invariants:
/// 1. A slot's partitions run only when every incoming edge has delivered the step.
/// 2. A partition runs its steps in order, an operator merges its steps in order, the job commits its
///    steps in order unless the limits say otherwise; each of these by one thread at a time.
/// 3. Steps and decoded pieces in flight keep their limits; a piece is decoded beyond them only if the
///    sequence cannot go on without it.
/// 4. What was read ahead when an operator had all it needed counts for nothing: the steps behind the one
///    that satisfied it show neither rows, nor records, nor failures of what it no longer needs.
package struct ParallelState {
    /// What may be in flight, and how steps leave.
    package struct Limits: Sendable {
        /// Steps and decoded pieces before readers stop; at least 2.
        package var steps: Int
        /// Bytes of their rows before readers stop.
        package var bytes: Int
        /// Whether steps are committed in the order of the sequence; only a job without operators may do without.
        package var keepsOrder: Bool

        package init(steps: Int, bytes: Int = .max, keepsOrder: Bool = true) {
            precondition(steps >= 2, "two steps must fit")
            self.steps = steps
            self.bytes = bytes
            self.keepsOrder = keepsOrder
        }
    }

    enum Task {
        case stop
        /// Claim and decode piece number `piece` of a split.
        case decode(split: Int, piece: Int)
        /// Carry a step's rows over the source's edges; nil is the last step.
        case transform(step: Int, Sequencer.Step?)
        case operate(operator: Int, partition: Int, step: Int, Work)
        case merge(operator: Int, step: Int, StepResults)
        case commit(step: Int, StepOutcome)
        /// Take a checkpoint; no step is in flight.
        case checkpoint
    }

    /// What arrived over an edge, with the edge's place in V1's order of delivery.
    struct Arrival {
        let ordinal: Int
        let delivery: JobProgram.Delivery

        init(ordinal: Int, _ delivery: JobProgram.Delivery) {
            self.ordinal = ordinal
            self.delivery = delivery
        }
    }

    /// A step's rows for one operator.
    struct Work {
        var arrivals: [(input: Int, rows: PartitionedRows)]
        var watermark: Int64
        var isLast: Bool
    }

    /// What all partitions of an operator made of a step.
    struct StepResults {
        var emissions: [[Emission]]
        var watermark: Int64
        /// Whether no partition needs more input.
        var isFinished: Bool
    }

    /// What one partition made of a step.
    struct PartitionRun {
        var emissions: Result<[Emission], Failure>
        var report: StepReport
        var isFinished: Bool
    }

    /// What merging and carrying on a step's emissions gave.
    struct Merged {
        var arrivals: [Arrival]
        var report: StepReport
        var failure: Failure?
        var watermark: Int64
        var isFinished: Bool
    }

    enum WakeRequest { case none, one, all }

    /// Edges of operators come behind those of sources, in the operators' order.
    static func ordinal(of operator: Int) -> Int { 1 << 20 + `operator` }

    var sequencer: Sequencer
    var splits: [Split]
    var operators: [OperatorTurns]
    var sink: [SinkSlot]
    let sourceEdges: [[StreamGraph.Destination]]
    let operatorEdges: [[StreamGraph.Destination]]
    var sourceWatermarks: [Int64]
    let limits: Limits
    /// Pieces of one split that are decoded ahead: one for each thread, and one that is ready.
    let pieceLimit: Int
    let threadCount: Int
    private let graph: StreamGraph
    let meter: JobMeter?

    var nextStep = 0
    /// Steps committed without a gap.
    var committedCount = 0
    /// Bytes of rows that were decoded and not yet committed.
    var byteCount = 0
    /// Since when readers have waited for room.
    var blockedSince: ContinuousClock.Instant?
    /// Operators whose results no longer matter, once the output cannot change any more.
    var superfluous: Set<Int>?
    /// Number of the step that ends all inputs, once the sequencer has finished.
    var lastStep: Int?
    /// Steps whose rows have not left their source, with the thread in whose cache the rows probably lie.
    var waitingTransforms: [(step: Int, source: Sequencer.Step?, thread: Int)] = []
    /// The split without which the sequence cannot go on, although there is room for it.
    var neededSplit: Int?
    var isCommitting = false
    /// No step begins until a checkpoint has been taken.
    var awaitsCheckpoint = false
    var isCheckpointing = false
    /// Steps before the checkpoint at which the job went on.
    let stepsBefore: Int
    var isStopped = false
    var failure: Failure?
    /// Tasks that became ready since threads were last woken; waking too often costs little.
    var newTaskCount = 0

    struct Split {
        var isClaiming = false
        var claimCount = 0
        /// Pieces decoded out of order, by number.
        var decoded: [Int: Result<[DecodedRows], Failure>] = [:]
        var fedCount = 0
        /// Number of pieces in all, once the end has been met.
        var pieceCount: Int?

        var isExhausted: Bool { pieceCount != nil }
        /// Pieces that are being decoded or wait for an earlier one.
        var aheadCount: Int { claimCount - fedCount }
    }

    /// Gathers a step's outcome until it is committed.
    struct SinkSlot {
        var missing: Int
        var outcome: StepOutcome
        var outputs: [(ordinal: Int, output: PreparedOutput)] = []
        var reports: [(ordinal: Int, report: StepReport)] = []
        var failures: [(ordinal: Int, failure: Failure)] = []
        /// Operators that need no more input after the step.
        var finished: Set<Int> = []
        var byteCount = 0
        var isCommitted = false
        let begin: ContinuousClock.Instant?
    }

    init(
        graph: StreamGraph,
        partitionCounts: [Int],
        sequencer: Sequencer,
        splitCount: Int,
        limits: Limits,
        threads: Int,
        meter: JobMeter? = nil,
        progress: JobProgress? = nil
    ) {
        self.graph = graph
        stepsBefore = progress?.stepNumber ?? 0
        self.sequencer = sequencer
        self.limits = limits
        self.meter = meter
        pieceLimit = threads + 1
        threadCount = threads
        splits = Array(repeating: Split(), count: splitCount)
        sourceEdges = graph.sources.map { $0.edges.map(\.destination) }
        operatorEdges = graph.operators.map { $0.edges.map(\.destination) }
        sourceWatermarks = progress?.sourceWatermarks ?? graph.sources.map { _ in .min }
        // What was read to its end before a checkpoint is not read again.
        for split in splits.indices where sequencer.isClosed(split: split) {
            splits[split].pieceCount = 0
        }
        let before = stepsBefore
        operators = zip(partitionCounts, graph.numberedInputs).map {
            OperatorTurns(partitionCount: $0, numberedInputs: $1, stepsBefore: before)
        }
        sink = []
        for destination in sourceEdges.flatMap({ $0 }) {
            if case .operator(let index, _) = destination { operators[index].hasSourceEdge = true }
        }
        for destination in operatorEdges.flatMap({ $0 }) {
            if case .operator(let index, _) = destination {
                operators[index].operatorEdgeCount += 1
            }
        }
        sequenceSteps(thread: 0)
    }
}

// MARK: - What tasks did

extension ParallelState {
    mutating func stop(_ failure: Failure?) {
        if !isStopped { self.failure = failure }
        isStopped = true
    }

    mutating func didClaim(split: Int) {
        splits[split].isClaiming = false
        newTaskCount += 1
    }

    mutating func didEnd(split: Int, pieceCount: Int, thread: Int) {
        splits[split].isClaiming = false
        splits[split].claimCount -= 1
        splits[split].pieceCount = pieceCount
        feedInOrder(split, thread: thread)
    }

    mutating func didDecode(
        _ rows: Result<[DecodedRows], Failure>,
        split: Int,
        piece: Int,
        thread: Int
    ) {
        splits[split].decoded[piece] = rows
        if case .success(let pieces) = rows {
            byteCount += pieces.reduce(0) { $0 + $1.batch.byteCount }
        }
        feedInOrder(split, thread: thread)
    }

    private mutating func feedInOrder(_ split: Int, thread: Int) {
        while let rows = splits[split].decoded.removeValue(forKey: splits[split].fedCount) {
            splits[split].fedCount += 1
            switch rows {
            case .success(let pieces):
                for rows in pieces { sequencer.feed(rows, split: split) }
            case .failure(let failure): sequencer.feed(failure, split: split)
            }
        }
        if splits[split].pieceCount == splits[split].fedCount { sequencer.end(split: split) }
        sequenceSteps(thread: thread)
    }

    /// Turns what has been fed into steps, as far as the limits of what is in flight allow.
    private mutating func sequenceSteps(thread: Int) {
        neededSplit = nil
        while lastStep == nil, !awaitsCheckpoint, hasRoomForStep {
            switch sequencer.next() {
            case .needs(let split):
                neededSplit = split
                newTaskCount += 1
                return
            case .step(let step): begin(step, failure: nil, thread)
            case .failed(let failure):
                begin(nil, failure: failure, thread)
                lastStep = nextStep - 1
            case .finished:
                begin(nil, failure: nil, thread)
                lastStep = nextStep - 1
            }
        }
    }

    /// Whether another step may be in flight; one always may.
    private var hasRoomForStep: Bool {
        let inFlight = nextStep - committedCount
        return inFlight == 0 || inFlight < limits.steps && byteCount < limits.bytes
    }

    private mutating func begin(_ step: Sequencer.Step?, failure: Failure?, _ thread: Int) {
        if let step { sourceWatermarks[step.source] = step.watermark }
        for index in operators.indices {
            operators[index].begin(
                watermark: sourceWatermark(of: index, isLast: step == nil),
                isLast: step == nil
            )
        }
        // The rows themselves are not kept until the commit.
        var account = step
        account?.rows = nil
        var slot = SinkSlot(
            missing: sinkEdgeCount,
            outcome: StepOutcome(source: account),
            byteCount: step?.byteCount ?? 0,
            begin: meter.map { _ in ContinuousClock.now }
        )
        if let failure { slot.failures.append((.min, failure)) }
        sink.append(slot)
        waitingTransforms.append((nextStep, step, thread))
        nextStep += 1
        newTaskCount += 1
    }

    /// Minimum over the operator's source edges; `Int64.max` where it has none.
    private func sourceWatermark(of index: Int, isLast: Bool) -> Int64 {
        guard !isLast else { return .max }
        var minimum = Int64.max
        for (source, destinations) in sourceEdges.enumerated() {
            for case .operator(index, _) in destinations {
                minimum = min(minimum, sourceWatermarks[source])
            }
        }
        return minimum
    }

    /// Deliveries that a step's sink slot waits for: one for all source edges, one per operator.
    private var sinkEdgeCount: Int { 1 + operators.count }

    mutating func didTransform(
        _ step: Int,
        _ arrivals: [Arrival],
        _ report: StepReport,
        _ failure: Failure?
    ) {
        if let failure { sink[step - committedCount].failures.append((0, failure)) }
        deliver(arrivals, step)
        for index in operators.indices where operators[index].hasSourceEdge {
            newTaskCount += operators[index].didArrive(step, watermark: .max)
        }
        finishSinkDelivery(step, ordinal: 0, report)
    }

    mutating func didOperate(
        _ index: Int,
        _ partition: Int,
        _ step: Int,
        _ run: PartitionRun
    ) {
        let ordinal = Self.ordinal(of: index)
        let slot = step - committedCount
        if !run.report.isEmpty { sink[slot].reports.append((ordinal, run.report)) }
        var made: [Emission] = []
        switch run.emissions {
        case .success(let emissions): made = emissions
        case .failure(let failure): sink[slot].failures.append((ordinal, failure))
        }
        newTaskCount += operators[index].didOperate(
            partition,
            step,
            made,
            isFinished: run.isFinished
        )
    }

    mutating func didMerge(_ index: Int, _ step: Int, _ merged: Merged) {
        let ordinal = Self.ordinal(of: index)
        if let failure = merged.failure {
            sink[step - committedCount].failures.append((ordinal, failure))
        }
        if merged.isFinished { sink[step - committedCount].finished.insert(index) }
        operators[index].didMerge()
        deliver(merged.arrivals, step)
        for case .operator(let next, _) in operatorEdges[index] {
            newTaskCount += operators[next].didArrive(step, watermark: merged.watermark)
        }
        newTaskCount += 1
        finishSinkDelivery(step, ordinal: ordinal, merged.report)
    }

    mutating func didCommit(_ step: Int, thread: Int) {
        isCommitting = false
        let place = step - committedCount
        sink[place].isCommitted = true
        byteCount -= sink[place].byteCount
        if !sink[place].outputs.isEmpty, let begin = sink[place].begin {
            meter?.latency(since: begin)
        }
        endEarly(finished: sink[place].finished, thread)
        while sink.first?.isCommitted == true {
            sink.removeFirst()
            committedCount += 1
        }
        newTaskCount += 1
        if committedCount - 1 == lastStep { stop(nil) } else { sequenceSteps(thread: thread) }
    }

    /// Makes the next step the last one if nothing that is still to come can change the output.
    private mutating func endEarly(finished: Set<Int>, _ thread: Int) {
        guard superfluous == nil else { return }
        superfluous = graph.superfluousOperators(finished: finished)
        guard superfluous != nil else { return }
        waitingTransforms = waitingTransforms.map { ($0.step, nil, $0.thread) }
        guard lastStep == nil else { return }
        begin(nil, failure: nil, thread)
        lastStep = nextStep - 1
    }

    private mutating func deliver(_ arrivals: [Arrival], _ step: Int) {
        for arrival in arrivals {
            switch arrival.delivery {
            case .rows(let index, let input, let rows):
                operators[index].arrive(step, ordinal: arrival.ordinal, input: input, rows)
            case .output(let output):
                sink[step - committedCount].outputs.append((arrival.ordinal, output))
            }
        }
    }

    private mutating func finishSinkDelivery(_ step: Int, ordinal: Int, _ report: StepReport) {
        let slot = step - committedCount
        if !report.isEmpty { sink[slot].reports.append((ordinal, report)) }
        sink[slot].missing -= 1
        if slot == 0 || !limits.keepsOrder, sink[slot].missing == 0 { newTaskCount += 1 }
    }

    /// How many sleeping threads the changes since the last call concern.
    mutating func takeWakeRequest() -> WakeRequest {
        defer { newTaskCount = 0 }
        if isStopped || newTaskCount > 2 { return .all }
        return newTaskCount > 0 ? .one : .none
    }
}

// MARK: - Checkpoints

extension ParallelState {
    /// Lets the steps in flight come to their end, and then a checkpoint be taken; nothing where the job ends anyway.
    mutating func requestCheckpoint() { awaitsCheckpoint = lastStep == nil }

    mutating func takeCheckpoint() -> Task? {
        guard awaitsCheckpoint, !isCheckpointing, committedCount == nextStep else { return nil }
        isCheckpointing = true
        return .checkpoint
    }

    mutating func didCheckpoint(thread: Int) {
        awaitsCheckpoint = false
        isCheckpointing = false
        // All threads may have gone to sleep.
        newTaskCount += 3
        sequenceSteps(thread: thread)
    }
}
