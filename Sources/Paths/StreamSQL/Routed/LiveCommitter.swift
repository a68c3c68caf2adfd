internal import Columns
internal import Failures
internal import Flow
internal import Routing

/// The one place where a live job's results become visible: it holds both sides' rows against each other, and
/// writes what may be published, in canonical order.
///
/// The sides' committing threads call it, and the thread that sequences; a lock keeps them apart. The candidate
/// can delay the primary by one comparison at most.
final class LiveCommitter: Sendable {
    fileprivate struct State {
        let shape: RoutedShape
        let program: JobProgram
        let clock: JobClock
        let router: LiveRouter
        /// What both sides' rows are decided by, and its version.
        var rules: (rules: WindowOwnership, version: Int)
        var ledger: JobLedger
        var pairing: WindowPairing
        var deciders: [Side: UnitDecider]
        var evidence = LiveEvidence()
        var totals = LiveTotals()
        var keys: [Int: KeysSeen] = [:]
        /// Rows before these have been computed by each side; a candidate that is not there holds up nothing.
        var positions: [Side: Int64] = [.primary: 0]
        var nextNumber: Int64 = 0
        /// The unit that was published last.
        var lastPublished: Batch?
        /// What the sink or the sequence of rows could not take; it ends the job.
        var failure: Failure?
    }

    /// The keys of one generation that have been counted.
    fileprivate struct KeysSeen {
        var candidate: Set<UInt64> = []
        var primary: Set<UInt64> = []

        /// Keys of a cohort beyond which no more are remembered.
        private static let limit = 1_000_000

        var isEmpty: Bool { candidate.isEmpty && primary.isEmpty }

        /// Counts a unit's key on the side that serves it.
        mutating func insert(_ hash: UInt64, isCandidates: Bool) {
            if isCandidates {
                if candidate.count < Self.limit { candidate.insert(hash) }
            } else {
                if primary.count < Self.limit { primary.insert(hash) }
            }
        }
    }

    private let state: Monitor<State>

    init(
        shape: RoutedShape,
        program: JobProgram,
        clock: JobClock,
        router: LiveRouter,
        ledger: sending JobLedger
    ) {
        state = Monitor(
            State(
                shape: shape,
                program: program,
                clock: clock,
                router: router,
                rules: router.ownership,
                ledger: ledger,
                pairing: WindowPairing(shape.identity, schema: shape.unitSchema),
                deciders: [
                    .primary: UnitDecider(shape), .candidate: UnitDecider(shape),
                ]
            )
        )
    }

    // MARK: From the thread that sequences

    /// Accounts for a step's rows, without those that its operators will refuse.
    func account(_ step: Sequencer.Step, _ report: StepReport) throws(Failure) {
        try state.withLock { (state: inout State) throws(Failure) in
            if let failure = state.failure { throw failure }
            var outcome = StepOutcome(source: step)
            outcome.add(report)
            try state.ledger.commit(outcome)
        }
    }

    /// Says that the candidate lacks rows of windows that end at or before `end` (µs).
    func shed(through end: Int64) { state.withLock { $0.pairing.taint(through: end) } }

    /// Says that the candidate's results are not wanted any more.
    func dropCandidate() {
        state.withLock { state in
            state.pairing.dropCandidate(hasFailed: false)
            state.positions[.candidate] = nil
            state.publish()
        }
    }

    /// Says that a new candidate computes all windows that end after `end` (µs), from row `position` on.
    func reviveCandidate(after end: Int64, from position: Int64) {
        state.withLock { state in
            state.pairing.reviveCandidate(after: end)
            state.positions[.candidate] = position
        }
    }

    // MARK: From the sides

    /// Takes what a side's step gave, once the step is committed.
    func take(_ batches: [Batch], _ side: Side, _ timing: StepTiming, closing end: Int64) {
        state.withLock { state in
            guard state.failure == nil else { return }
            state.takeOver()
            state.evidence.work[side]?.rows += timing.rows
            state.evidence.work[side]?.busy += timing.busy
            state.totals.work[side]?.rows += timing.rows
            state.totals.work[side]?.busy += timing.busy
            for batch in batches { state.add(batch, side, timing) }
            if let position = timing.position, state.positions[side] != nil {
                state.positions[side] = position
                state.evidence.position = state.positions.values.min() ?? 0
            }
            switch side {
            case .primary: state.pairing.closePrimary(through: end)
            case .candidate: state.pairing.closeCandidate(through: end)
            }
            state.publish()
        }
    }

    /// Says that the candidate has failed: what it owed is published from the primary and counted.
    func loseCandidate(_ failure: Failure) {
        state.withLock { state in
            state.evidence.candidateFailure = failure
            state.positions[.candidate] = nil
            state.pairing.dropCandidate(hasFailed: true)
            state.publish()
        }
    }

    /// Says that the primary has failed, which ends the job.
    func fail(_ failure: Failure) {
        state.withLock { state in if state.failure == nil { state.failure = failure } }
    }

    // MARK: At the end, and for reports

    var failure: Failure? { state.withLock { $0.failure } }

    /// What was seen since the last call.
    func takeEvidence() -> LiveEvidence {
        state.withLock { state in
            var next = LiveEvidence()
            next.position = state.evidence.position
            swap(&next, &state.evidence)
            next.keys = state.keys.mapValues { seen in
                LiveEvidence.Keys(candidate: seen.candidate.count, primary: seen.primary.count)
            }
            return next
        }
    }

    var rules: (uniqueness: LiveEvidence.Rule, conservation: LiveEvidence.Rule) {
        state.withLock { ($0.evidence.uniqueness, $0.evidence.conservation) }
    }

    var totals: LiveTotals { state.withLock { $0.totals } }

    /// Publishes everything; both sides have ended, and the primary was handed `rows` rows.
    func finish(_ rows: Int) throws(Failure) {
        try state.withLock { (state: inout State) throws(Failure) in
            state.publish()
            let computed = state.totals.work[.primary]?.rows ?? 0
            state.evidence.conservation.checked += rows
            state.evidence.conservation.broken += abs(rows - computed)
            if let failure = state.failure { throw failure }
            precondition(state.pairing.pendingCount == 0, "every row of the primary has left")
            try state.ledger.finish()
        }
    }

    func abort() { state.withLock { $0.ledger.abort() } }

    /// Reads the ledger's counts.
    func withLedger<Result>(_ body: (JobLedger) -> Result) -> Result {
        state.withLock { body($0.ledger) }
    }
}

/// What a step of a side cost.
struct StepTiming: Sendable {
    var rows = 0
    /// From when the rows were handed to the side until its step was committed.
    var elapsed = Duration.zero
    /// When the rows were handed to the side; nil for the end of the input.
    var since: ContinuousClock.Instant?
    /// The same, without the time in which the side was busy with earlier steps.
    var busy = Duration.zero
    /// The row with which the input goes on behind the step; nil for the end.
    var position: Int64?
}

extension LiveCommitter.State {
    /// Obeys the router's newest rules, for both sides at once.
    ///
    /// A rollback decides anew about windows that have begun. Rows of one side may already wait for the other's
    /// under the old rules, so these windows are compared no more.
    fileprivate mutating func takeOver() {
        let next = router.ownership
        guard next.version != rules.version else { return }
        rules = next
        if next.rules.isFenced {
            positions[.candidate] = nil
            return pairing.dropCandidate(hasFailed: false)
        }
        guard let maximum = next.rules.redecidedThrough else { return }
        pairing.taint(through: shape.layout.lastEnd(of: maximum))
    }

    fileprivate mutating func add(_ batch: Batch, _ side: Side, _ timing: StepTiming) {
        guard batch.rowCount > 0 else { return }
        let elapsed = timing.elapsed
        // What nobody else may own leaves first, and is counted afterwards.
        let leavesFirst =
            side == .primary && rules.rules.isPrimaryOnly && pairing.hasPublishedAll
        if leavesFirst { publish(batch, since: timing.since) }
        let decisions: [UnitDecider.Unit]
        do throws(Failure) {
            decisions = try deciders[side]?.decide(batch, rules.rules) ?? []
        } catch {
            if failure == nil { failure = error }
            return
        }
        switch side {
        case .primary:
            count(decisions, elapsed)
            pairing.addPrimary(
                batch,
                flags: decisions.map(\.decision.flags),
                generations: decisions.map(\.decision.generation),
                since: timing.since,
                hasLeft: leavesFirst
            )
        case .candidate:
            // It also gives windows that it has seen only because they share rows with one that it computes.
            let kept = decisions.indices.filter { decisions[$0].decision.flags.contains(.shared) }
            // Units are counted where they are compared; here only what they cost.
            var costs: [Int: Int] = [:]
            for unit in kept { costs[decisions[unit].decision.generation, default: 0] += 1 }
            for (generation, count) in costs {
                evidence.change(generation) { $0.candidate.durations[elapsed, default: 0] += count }
            }
            let isWhole = kept.count == batch.rowCount
            pairing.addCandidate(
                isWhole ? batch : batch.gather(by: Selection(kept)),
                generations: kept.map { decisions[$0].decision.generation }
            )
        }
    }

    /// Counts units of the primary, those of one generation at once.
    private mutating func count(_ units: [UnitDecider.Unit], _ elapsed: Duration) {
        var first = 0
        while first < units.count {
            let generation = units[first].decision.generation
            var seen = keys.removeValue(forKey: generation) ?? LiveCommitter.KeysSeen()
            var cohort = 0
            var rest = 0
            while first < units.count, units[first].decision.generation == generation {
                let decision = units[first].decision
                let isCandidates = decision.flags.contains(.candidateOwned)
                if let hash = units[first].hash { seen.insert(hash, isCandidates: isCandidates) }
                if !isCandidates {
                    if decision.isCohort { cohort += 1 } else { rest += 1 }
                }
                first += 1
            }
            if !seen.isEmpty { keys[generation] = seen }
            evidence.change(generation) { generation in
                generation.primary.add(cohort, elapsed)
                generation.rest.add(rest, elapsed)
            }
        }
    }

    /// Publishes what both sides allow.
    fileprivate mutating func publish() {
        let outcome = pairing.advance()
        for (generation, tally) in outcome.generations {
            totals.units.add(tally)
            evidence.change(generation) { counts in
                counts.tally.add(tally)
                counts.candidate.units += tally.compared + tally.lost
                counts.candidate.errors += tally.lost
            }
        }
        evidence.add(outcome.differences)
        for (batch, since) in zip(outcome.published, outcome.since) { publish(batch, since: since) }
    }

    /// Publishes rows, unless the job has failed; they have been waited for since `since`.
    private mutating func publish(_ batch: Batch, since: ContinuousClock.Instant?) {
        guard failure == nil else { return }
        do throws(Failure) {
            try write(batch)
        } catch {
            failure = error
            return
        }
        if let since { evidence.emission[.now - since, default: 0] += batch.rowCount }
        checkOrder(of: batch)
    }

    /// Counts published units that do not come after the one before.
    private mutating func checkOrder(of batch: Batch) {
        let identity = shape.identity
        let before = lastPublished ?? batch.slice(0..<0)
        let keys = identity.key.map { batch.columns[$0] }
        let comparator = RowComparator(
            sources: [keys, identity.key.map { before.columns[$0] }],
            orders: keys.map { _ in .ascending }
        )
        let ends = identity.ends(batch)
        let starts = identity.starts(batch)
        evidence.uniqueness.checked += batch.rowCount
        if before.rowCount > 0 {
            let last = (identity.ends(before)[0], identity.starts(before)[0])
            let isBehind =
                last < (ends[0], starts[0])
                || last == (ends[0], starts[0]) && comparator.compare(0, in: 1, 0, in: 0) < 0
            evidence.uniqueness.broken += isBehind ? 0 : 1
        }
        var end = ends[0]
        var start = starts[0]
        for row in 1..<batch.rowCount {
            // Keys are only looked at within a window.
            let last = (end, start)
            end = ends[row]
            start = starts[row]
            if last < (end, start) { continue }
            if last == (end, start), comparator.compare(row - 1, in: 0, row, in: 0) < 0 { continue }
            evidence.uniqueness.broken += 1
        }
        lastPublished = batch.slice(batch.rowCount - 1..<batch.rowCount)
    }

    private mutating func write(_ batch: Batch) throws(Failure) {
        let rows = SequencedBatch(
            batch: batch,
            sequence: .consecutive(first: nextNumber),
            watermarks: .constant(.min)
        )
        nextNumber += Int64(batch.rowCount)
        var outcome = StepOutcome(source: nil)
        var report = StepReport()
        let moment = clock.moment()
        for edge in program.operatorEdges[0] {
            let delivery = try program.carry(rows, over: edge, clock: moment, report: &report)
            if case .output(let output)? = delivery { outcome.outputs.append(output) }
        }
        outcome.add(report)
        try ledger.commit(outcome)
    }
}

extension LiveEvidence.Cohort {
    fileprivate mutating func add(_ count: Int, _ elapsed: Duration) {
        guard count > 0 else { return }
        units += count
        durations[elapsed, default: 0] += count
    }
}
