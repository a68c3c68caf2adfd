/// The steps in flight of one operator, and which of its partitions may run which.
struct OperatorTurns {
    private let partitionCount: Int
    /// Per input whether its rows need numbers of their own.
    private let numberedInputs: [Bool]
    /// Steps before the checkpoint at which the job went on.
    private let stepsBefore: Int
    /// Whether a source feeds the operator directly.
    var hasSourceEdge = false
    /// Edges from other operators.
    var operatorEdgeCount = 0

    /// Slots of the steps from `firstStep` on.
    private var slots: [Slot] = []
    private var firstStep = 0
    /// Per partition the step that it runs next.
    private var cursors: [Int]
    private var isRunning: [Bool]
    /// Partitions that are idle and whose next step is ready.
    private var readyPartitions: [Int] = []
    private var isMerging = false

    private struct Slot {
        /// Deliveries still to come.
        var missing: Int
        var arrivals: [(ordinal: Int, input: Int, rows: PartitionedRows)] = []
        var watermark: Int64
        let isLast: Bool
        /// Partitions that have not run the step.
        var remaining: Int
        var emissions: [[Emission]] = []
        /// Partitions that need no more input after the step.
        var finishedCount = 0

        var isReady: Bool { missing == 0 }
    }

    init(partitionCount: Int, numberedInputs: [Bool], stepsBefore: Int = 0) {
        self.partitionCount = partitionCount
        self.numberedInputs = numberedInputs
        self.stepsBefore = stepsBefore
        cursors = Array(repeating: 0, count: partitionCount)
        isRunning = Array(repeating: false, count: partitionCount)
    }

    /// Opens a slot for the next step.
    mutating func begin(watermark: Int64, isLast: Bool) {
        slots.append(
            Slot(
                missing: (hasSourceEdge ? 1 : 0) + operatorEdgeCount,
                watermark: watermark,
                isLast: isLast,
                remaining: partitionCount
            )
        )
    }

    mutating func arrive(_ step: Int, ordinal: Int, input: Int, _ rows: PartitionedRows) {
        slots[step - firstStep].arrivals.append((ordinal, input, rows))
    }

    /// One of the edges has delivered all of a step.
    ///
    /// - Returns: how many tasks became ready.
    mutating func didArrive(_ step: Int, watermark: Int64) -> Int {
        let slot = step - firstStep
        slots[slot].watermark = min(slots[slot].watermark, watermark)
        slots[slot].missing -= 1
        guard slots[slot].isReady else { return 0 }
        slots[slot].arrivals.sort { $0.ordinal < $1.ordinal }
        if numberedInputs.contains(true) {
            var numbers = ArrivalNumbers(numberedInputs, step: stepsBefore + step)
            for index in slots[slot].arrivals.indices {
                let input = slots[slot].arrivals[index].input
                numbers.number(&slots[slot].arrivals[index].rows.rows, input: input)
            }
        }
        var count = 0
        for partition in 0..<partitionCount
        where cursors[partition] == step && !isRunning[partition] {
            readyPartitions.append(partition)
            count += 1
        }
        return count
    }

    /// A partition that is ready, its step and what arrived for it.
    ///
    /// Partition `p` belongs to thread `p` mod `threads`, in whose cache its state lies; another thread takes
    /// it only if `steals`. A lone partition belongs to nobody.
    mutating func takePartition(
        thread: Int,
        threads: Int,
        steals: Bool
    ) -> (partition: Int, step: Int, work: ParallelState.Work)? {
        let isFree = steals || partitionCount == 1
        let place = readyPartitions.lastIndex { isFree || $0 % threads == thread }
        guard let place else { return nil }
        let partition = readyPartitions.remove(at: place)
        isRunning[partition] = true
        let step = cursors[partition]
        let slot = slots[step - firstStep]
        let work = ParallelState.Work(
            arrivals: slot.arrivals.map { ($0.input, $0.rows) },
            watermark: slot.watermark,
            isLast: slot.isLast
        )
        return (partition, step, work)
    }

    /// - Returns: how many tasks became ready.
    mutating func didOperate(
        _ partition: Int,
        _ step: Int,
        _ emissions: [Emission],
        isFinished: Bool
    ) -> Int {
        let slot = step - firstStep
        if isFinished { slots[slot].finishedCount += 1 }
        if !emissions.isEmpty { slots[slot].emissions.append(emissions) }
        slots[slot].remaining -= 1
        isRunning[partition] = false
        cursors[partition] += 1
        var count = 0
        let next = cursors[partition] - firstStep
        if next < slots.count, slots[next].isReady {
            readyPartitions.append(partition)
            count += 1
        }
        if slot == 0, slots[0].remaining == 0 { count += 1 }
        return count
    }

    /// The oldest step, if all partitions have run it and nobody merges.
    mutating func takeMerge() -> (step: Int, results: ParallelState.StepResults)? {
        guard !isMerging, let slot = slots.first, slot.remaining == 0 else { return nil }
        isMerging = true
        let isFinished = slot.finishedCount == partitionCount
        return (
            firstStep,
            ParallelState.StepResults(
                emissions: slot.emissions,
                // Nothing follows what a finished operator has emitted.
                watermark: isFinished ? .max : slot.watermark,
                isFinished: isFinished
            )
        )
    }

    mutating func didMerge() {
        isMerging = false
        slots.removeFirst()
        firstStep += 1
    }
}
