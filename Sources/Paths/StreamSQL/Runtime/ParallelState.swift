internal import Failures

/// Whose turn it is: the part of V2 that all threads share, as a machine behind one lock.
///
/// A step is in flight from the moment the sequencer gives it until it is committed. In each operator it
/// has a slot, which gathers the rows of all incoming edges, then the emissions of all partitions.
///
/// Invariants:
/// 1. A slot's partitions run only when every incoming edge has delivered the step.
/// 2. A partition runs its steps in order, an operator merges its steps in order, the job commits its
///    steps in order; each of these by one thread at a time.
/// 3. At most `stepLimit` steps are in flight; a piece is decoded beyond that only if the sequence cannot
///    go on without it.
package struct ParallelState {
    enum Task {
        case stop
        /// Claim and decode piece number `piece` of a split.
        case decode(split: Int, piece: Int)
        /// Carry a step's rows over the source's edges; nil is the last step.
        case transform(step: Int, Sequencer.Step?)
        case operate(operator: Int, partition: Int, step: Int, Work)
        case merge(operator: Int, step: Int, StepResults)
        case commit(StepOutcome)
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
    }

    /// What merging and carrying on a step's emissions gave.
    struct Merged {
        var arrivals: [Arrival]
        var report: StepReport
        var failure: Failure?
        var watermark: Int64
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
    let stepLimit: Int
    /// Pieces of one split that are decoded ahead: one for each thread, and one that is ready.
    private let pieceLimit: Int
    private let threadCount: Int

    var nextStep = 0
    var committedCount = 0
    /// Number of the step that ends all inputs, once the sequencer has finished.
    var lastStep: Int?
    /// Steps whose rows have not left their source, with the thread in whose cache the rows probably lie.
    var waitingTransforms: [(step: Int, source: Sequencer.Step?, thread: Int)] = []
    /// The split without which the sequence cannot go on.
    var neededSplit: Int?
    var isCommitting = false
    var isStopped = false
    var failure: Failure?
    /// Tasks that became ready since threads were last woken; waking too often costs little.
    private var newTaskCount = 0

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
    }

    init(
        graph: StreamGraph,
        partitionCounts: [Int],
        sequencer: Sequencer,
        splitCount: Int,
        stepLimit: Int,
        threads: Int
    ) {
        self.sequencer = sequencer
        self.stepLimit = stepLimit
        pieceLimit = threads + 1
        threadCount = threads
        splits = Array(repeating: Split(), count: splitCount)
        sourceEdges = graph.sources.map { $0.edges.map(\.destination) }
        operatorEdges = graph.operators.map { $0.edges.map(\.destination) }
        sourceWatermarks = graph.sources.map { _ in .min }
        operators = partitionCounts.map { OperatorTurns(partitionCount: $0) }
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

// MARK: - Taking tasks

extension ParallelState {
    /// The most downstream task that is ready for a thread (0 ..< `threads`); nil if there is none.
    mutating func take(thread: Int) -> Task? {
        if isStopped { return .some(.stop) }
        if let task = takeCommit() { return task }
        for index in operators.indices.reversed() {
            if let (step, results) = operators[index].takeMerge() {
                return .merge(operator: index, step: step, results)
            }
            if let task = takePartition(of: index, thread: thread, steals: false) { return task }
        }
        if let task = takeTransform(thread: thread) ?? takeDecode() { return task }
        // Moving a partition's state to another cache costs less than leaving a processor idle.
        for index in operators.indices.reversed() {
            if let task = takePartition(of: index, thread: thread, steals: true) { return task }
        }
        return nil
    }

    private mutating func takePartition(of index: Int, thread: Int, steals: Bool) -> Task? {
        let taken = operators[index].takePartition(
            thread: thread,
            threads: threadCount,
            steals: steals
        )
        guard let (partition, step, work) = taken else { return nil }
        return .operate(operator: index, partition: partition, step: step, work)
    }

    private mutating func takeTransform(thread: Int) -> Task? {
        guard !waitingTransforms.isEmpty else { return nil }
        let place = waitingTransforms.firstIndex { $0.thread == thread } ?? 0
        let (step, source, _) = waitingTransforms.remove(at: place)
        return .transform(step: step, source)
    }

    private mutating func takeCommit() -> Task? {
        guard !isCommitting, let slot = sink.first, slot.missing == 0 else { return nil }
        isCommitting = true
        var outcome = slot.outcome
        outcome.outputs = slot.outputs.sorted { $0.ordinal < $1.ordinal }.map(\.output)
        outcome.reports = slot.reports.sorted { $0.ordinal < $1.ordinal }.map(\.report)
        outcome.failure = slot.failures.min { $0.ordinal < $1.ordinal }?.failure
        return .commit(outcome)
    }

    private mutating func takeDecode() -> Task? {
        guard lastStep == nil else { return nil }
        if let neededSplit, let task = claim(neededSplit, limit: .max) { return task }
        var ahead = nextStep - committedCount
        for split in splits { ahead += split.aheadCount }
        guard ahead < stepLimit else { return nil }
        if let neededSplit, let task = claim(neededSplit, limit: stepLimit) { return task }
        for split in splits.indices {
            let pending = sequencer.pendingCount(split: split)
            if let task = claim(split, limit: pieceLimit - pending) { return task }
        }
        return nil
    }

    /// Claims the next piece of a split if fewer than `limit` are under way; the first claim of a needed split
    /// has no limit.
    private mutating func claim(_ split: Int, limit: Int) -> Task? {
        guard !splits[split].isClaiming, !splits[split].isExhausted else { return nil }
        guard splits[split].aheadCount < (limit == .max ? 1 : limit) else { return nil }
        splits[split].isClaiming = true
        splits[split].claimCount += 1
        return .decode(split: split, piece: splits[split].claimCount - 1)
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

    /// Turns what has been fed into steps, as far as the limit of steps in flight allows.
    private mutating func sequenceSteps(thread: Int) {
        while lastStep == nil, nextStep - committedCount < stepLimit {
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
        var slot = SinkSlot(missing: sinkEdgeCount, outcome: StepOutcome(source: account))
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
        _ result: Result<[Emission], Failure>,
        _ report: StepReport
    ) {
        let ordinal = Self.ordinal(of: index)
        if !report.isEmpty { sink[step - committedCount].reports.append((ordinal, report)) }
        switch result {
        case .success(let emissions):
            newTaskCount += operators[index].didOperate(partition, step, emissions)
        case .failure(let failure):
            sink[step - committedCount].failures.append((ordinal, failure))
            newTaskCount += operators[index].didOperate(partition, step, [])
        }
    }

    mutating func didMerge(_ index: Int, _ step: Int, _ merged: Merged) {
        let ordinal = Self.ordinal(of: index)
        if let failure = merged.failure {
            sink[step - committedCount].failures.append((ordinal, failure))
        }
        operators[index].didMerge()
        deliver(merged.arrivals, step)
        for case .operator(let next, _) in operatorEdges[index] {
            newTaskCount += operators[next].didArrive(step, watermark: merged.watermark)
        }
        newTaskCount += 1
        finishSinkDelivery(step, ordinal: ordinal, merged.report)
    }

    mutating func didCommit(thread: Int) {
        isCommitting = false
        sink.removeFirst()
        committedCount += 1
        newTaskCount += 1
        if committedCount - 1 == lastStep { stop(nil) } else { sequenceSteps(thread: thread) }
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
        if slot == 0, sink[slot].missing == 0 { newTaskCount += 1 }
    }

    /// How many sleeping threads the changes since the last call concern.
    mutating func takeWakeRequest() -> WakeRequest {
        defer { newTaskCount = 0 }
        if isStopped || newTaskCount > 2 { return .all }
        return newTaskCount > 0 ? .one : .none
    }
}
