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
        var ledger: JobLedger
        var pairing: WindowPairing
        var deciders: [Side: UnitDecider]
        var evidence = LiveEvidence()
        var totals = LiveTotals()
        var keys: [Int: KeysSeen] = [:]
        var nextNumber: Int64 = 0
        /// What the sink or the sequence of rows could not take; it ends the job.
        var failure: Failure?
    }

    /// The keys of one generation that have been counted.
    fileprivate struct KeysSeen {
        var candidate: Set<UInt64> = []
        var primary: Set<UInt64> = []
        var rest: Set<UInt64> = []

        /// Keys of a cohort beyond which no more are remembered.
        static let limit = 1_000_000
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
                ledger: ledger,
                pairing: WindowPairing(shape.identity, schema: shape.unitSchema),
                deciders: [
                    .primary: UnitDecider(shape, router),
                    .candidate: UnitDecider(shape, router),
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

    /// Says that rows before this one have been handed on.
    func reached(_ position: Int64) { state.withLock { $0.evidence.position = position } }

    /// Says that the candidate lacks rows of windows that end at or before `end` (µs).
    func shed(_ rows: Int, through end: Int64) {
        state.withLock { state in
            state.pairing.taint(through: end)
            state.evidence.shedRows += rows
            state.totals.shedRows += rows
        }
    }

    /// Says that the candidate's results are not wanted any more.
    func dropCandidate() {
        state.withLock { state in
            state.pairing.dropCandidate(hasFailed: false)
            state.publish()
        }
    }

    func reviveCandidate(after end: Int64) {
        state.withLock { $0.pairing.reviveCandidate(after: end) }
    }

    // MARK: From the sides

    /// Takes what a side's step gave, once the step is committed.
    func take(_ batches: [Batch], _ side: Side, _ timing: StepTiming, closing end: Int64) {
        state.withLock { state in
            guard state.failure == nil else { return }
            state.evidence.work[side]?.rows += timing.rows
            state.evidence.work[side]?.busy += timing.busy
            state.totals.work[side]?.rows += timing.rows
            state.totals.work[side]?.busy += timing.busy
            for batch in batches { state.add(batch, side, timing.elapsed) }
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
            return next
        }
    }

    var totals: LiveTotals { state.withLock { $0.totals } }

    /// Publishes everything; both sides have ended.
    func finish() throws(Failure) {
        try state.withLock { (state: inout State) throws(Failure) in
            state.publish()
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
    var rows: Int
    /// From when the rows were handed to the side until its step was committed.
    var elapsed: Duration
    /// The same, without the time in which the side was busy with earlier steps.
    var busy: Duration
}

extension LiveCommitter.State {
    fileprivate mutating func add(_ batch: Batch, _ side: Side, _ elapsed: Duration) {
        guard batch.rowCount > 0 else { return }
        let decisions: [UnitDecider.Unit]
        do throws(Failure) {
            decisions = try deciders[side]?.decide(batch) ?? []
        } catch {
            if failure == nil { failure = error }
            return
        }
        switch side {
        case .primary:
            for unit in decisions { count(unit, elapsed) }
            pairing.addPrimary(
                batch,
                flags: decisions.map(\.decision.flags),
                generations: decisions.map(\.decision.generation)
            )
        case .candidate:
            // It also gives windows that it has seen only because they share rows with one that it computes.
            let kept = decisions.indices.filter { decisions[$0].decision.flags.contains(.shared) }
            for unit in kept { countCandidate(decisions[unit], elapsed) }
            let isWhole = kept.count == batch.rowCount
            pairing.addCandidate(
                isWhole ? batch : batch.gather(by: Selection(kept)),
                generations: kept.map { decisions[$0].decision.generation }
            )
        }
    }

    private mutating func count(_ unit: UnitDecider.Unit, _ elapsed: Duration) {
        let decision = unit.decision
        let generation = decision.generation
        if decision.isCohort {
            let isNew = remember(unit, \.primary)
            evidence.change(generation) { $0.primary.add(elapsed, isNew: isNew) }
        } else if !decision.flags.contains(.candidateOwned) {
            let isNew = remember(unit, \.rest)
            evidence.change(generation) { $0.rest.add(elapsed, isNew: isNew) }
        }
    }

    private mutating func countCandidate(_ unit: UnitDecider.Unit, _ elapsed: Duration) {
        let isNew = remember(unit, \.candidate)
        evidence.change(unit.decision.generation) { generation in
            // Units are counted where they are compared; here only what they cost.
            generation.candidate.durations[elapsed, default: 0] += 1
            generation.candidate.newKeys += isNew ? 1 : 0
        }
    }

    private mutating func remember(
        _ unit: UnitDecider.Unit,
        _ cohort: WritableKeyPath<LiveCommitter.KeysSeen, Set<UInt64>>
    ) -> Bool {
        guard let hash = unit.hash else { return false }
        let seen = keys[unit.decision.generation, default: LiveCommitter.KeysSeen()]
        guard seen[keyPath: cohort].count < LiveCommitter.KeysSeen.limit else { return false }
        return keys[unit.decision.generation, default: LiveCommitter.KeysSeen()][keyPath: cohort]
            .insert(hash).inserted
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
        evidence.differenceCount += outcome.differences.count
        let room = LiveEvidence.differenceLimit - evidence.differences.count
        if room > 0 { evidence.differences += outcome.differences.prefix(room) }
        guard failure == nil else { return }
        do throws(Failure) {
            for batch in outcome.published { try write(batch) }
        } catch {
            failure = error
        }
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
    fileprivate mutating func add(_ elapsed: Duration, isNew: Bool) {
        units += 1
        durations[elapsed, default: 0] += 1
        newKeys += isNew ? 1 : 0
    }
}
