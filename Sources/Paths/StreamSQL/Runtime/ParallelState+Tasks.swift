internal import Failures

// MARK: - Taking tasks

extension ParallelState {
    /// The most downstream task that is ready for a thread (0 ..< `threads`); nil if there is none.
    mutating func take(thread: Int) -> Task? {
        if isStopped { return .some(.stop) }
        if let task = takeCommit() ?? takeCheckpoint() { return task }
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
        guard !isCommitting, let place = nextToCommit else { return nil }
        isCommitting = true
        let slot = sink[place]
        var outcome = slot.outcome
        if superfluous != nil { outcome.source = nil }
        outcome.outputs = slot.outputs.sorted { $0.ordinal < $1.ordinal }.map(\.output)
        outcome.reports = slot.reports.sorted { $0.ordinal < $1.ordinal }
            .filter { counts($0.ordinal) }.map(\.report)
        let failures = slot.failures.filter { counts($0.ordinal) }
        outcome.failure = failures.min { $0.ordinal < $1.ordinal }?.failure
        return .commit(step: committedCount + place, outcome)
    }

    /// Place of a step that is whole and whose turn it is.
    private var nextToCommit: Int? {
        if limits.keepsOrder { return sink.first?.missing == 0 ? 0 : nil }
        return sink.firstIndex { $0.missing == 0 && !$0.isCommitted }
    }

    /// Whether what is reported under this ordinal still matters.
    private func counts(_ ordinal: Int) -> Bool {
        guard let superfluous else { return true }
        let index = ordinal - Self.ordinal(of: 0)
        return index >= 0 && !superfluous.contains(index)
    }

    private mutating func takeDecode() -> Task? {
        guard lastStep == nil else { return nil }
        if let neededSplit, let task = claim(neededSplit, limit: .max) { return task }
        var ahead = nextStep - committedCount
        for split in splits { ahead += split.aheadCount }
        guard ahead < limits.steps, byteCount < limits.bytes else {
            if meter != nil, blockedSince == nil { blockedSince = .now }
            return nil
        }
        if let neededSplit, let task = claim(neededSplit, limit: limits.steps) { return task }
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
        if let blockedSince {
            meter?.backpressure(since: blockedSince)
            self.blockedSince = nil
        }
        return .decode(split: split, piece: splits[split].claimCount - 1)
    }

    /// Steps and pieces in flight.
    var batchCount: Int { splits.reduce(nextStep - committedCount) { $0 + $1.aheadCount } }
}
