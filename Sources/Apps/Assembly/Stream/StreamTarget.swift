internal import Failures
internal import Flow
internal import MigrationControl
internal import MigrationRules
internal import Routing
internal import StreamSQL
private import Synchronization

/// A live stream job as the migration's controller sees it: one router, whose units are pairs of a key and a
/// window.
final class StreamTarget: TargetAdapter {
    /// nil while no job runs: the router then only remembers what it is told.
    private let job: LiveJob?
    private let router: LiveRouter
    private let description: AdapterDescription
    private let state: Mutex<State>
    private let intervalMs: Int

    private struct State {
        var answers: [BarrierAnswer] = []
        /// Number of the last report.
        var sequence: Int
        /// Start of the interval under way, by the wall clock.
        var intervalStart: Int?
        /// Reports of intervals that ended early.
        var closed: [PathReport] = []
        var hasEnded = false
        var isRetired = false
    }

    /// - Parameters:
    ///   - job: what runs; nil where only the router is to be told something.
    ///   - router: the job's.
    ///   - description: names the engines.
    ///   - intervalMs: length of an interval of evidence.
    ///   - sequence: number of the last report that is stored.
    init(
        _ job: LiveJob?,
        router: LiveRouter,
        description: AdapterDescription,
        intervalMs: Int,
        after sequence: Int
    ) {
        self.job = job
        self.router = router
        self.description = description
        self.intervalMs = intervalMs
        state = Mutex(State(sequence: sequence))
    }

    /// Says that the job has ended: what it counted last is reported at once.
    func end() { state.withLock { $0.hasEnded = true } }

    /// Says that the router is not here any more: a job will bring it along.
    func retire() { state.withLock { $0.isRetired = true } }

    func describe() -> AdapterDescription { description }

    func routers() -> [RouterStatus] {
        if state.withLock({ $0.isRetired }) { return [] }
        let status = router.status
        return [
            RouterStatus(
                router.id,
                fence: status.fence,
                generation: status.generation,
                maximumEventTime: status.maximum
            )
        ]
    }

    func propose(_ proposal: BarrierProposal) throws(Failure) {
        guard let answer = try router.propose(proposal) else { return }
        let message: BarrierAnswer =
            switch answer {
            case .acknowledged(let proposal): .acknowledged(router: router.id, proposal)
            case .refused(let proposal, let maximum):
                .refused(router: router.id, proposal, maximum: maximum)
            }
        state.withLock { $0.answers.append(message) }
    }

    func answers() -> [BarrierAnswer] {
        state.withLock { state in
            defer { state.answers = [] }
            return state.answers
        }
    }

    func cancel(_ proposal: BarrierProposal) throws(Failure) { try router.cancel(proposal) }

    /// Obeys a table; the interval ends there, so that no interval mixes two generations' units.
    func publish(_ table: RouteTable) throws(Failure) {
        let before = router.status.generation
        try router.publish(table)
        guard router.status.generation != before else { return }
        let cut = closeInterval(isDue: true, under: before)
        state.withLock { $0.closed += cut }
    }

    /// Whatever the candidate served was equal to the primary's own result before it left.
    func reverseProbe(_ count: Int) -> Finding { .passed }

    func compensate(_ step: String, dryRun: Bool) throws(Failure) {
        throw Failure(
            "MIG_UNIT",
            blame: .request,
            "a stream job has no compensating step \(step)",
            remedy:
                "leave `compensate` out of the plan: with `standby: hot` nothing has to be undone"
        )
    }

    func verify(_ invariant: InvariantPlan) -> Finding {
        let rule: LiveEvidence.Rule
        switch invariant.name {
        case "conservation": rule = job?.rules.conservation ?? LiveEvidence.Rule()
        case "uniqueness": rule = job?.rules.uniqueness ?? LiveEvidence.Rule()
        default: return .passed
        }
        guard rule.broken > 0 else { return .passed }
        return .failed("\(invariant.name) was broken \(rule.broken) times")
    }

    func residual() -> Int { 0 }
}

extension AdapterDescription {
    /// Two engines of one job, whose windows change their owner.
    static func stream(primary: String, candidate: String) -> AdapterDescription {
        AdapterDescription(
            primary: primary,
            candidate: candidate,
            effects: .transactional,
            units: [.keyWindow],
            usesBarriers: true,
            reversibility: .instant,
            eventTimePerMillisecond: 1000
        )
    }
}

// MARK: - Evidence

extension StreamTarget {
    /// What was counted in the interval, once it is over: a report for each generation that owns some of it.
    func reports() -> [PathReport] {
        let closed = state.withLock { state in
            defer { state.closed = [] }
            return state.closed
        }
        return closed + closeInterval(isDue: false, under: router.status.generation)
    }

    /// The reports of the interval under way, where it is over.
    private func closeInterval(isDue: Bool, under current: Int) -> [PathReport] {
        let now = Int(wallMilliseconds())
        let interval: (start: Int, length: Int)? = state.withLock { state in
            guard let start = state.intervalStart else {
                state.intervalStart = now
                return nil
            }
            guard now - start >= intervalMs || state.hasEnded || isDue else { return nil }
            state.intervalStart = now
            return (start, max(now - start, 1))
        }
        guard let interval, let job else { return [] }
        let evidence = job.takeEvidence()
        let generations = Set(evidence.generations.keys).union([current]).sorted()
        return generations.map { generation in
            let isCurrent = generation == current
            var report = EvidenceReport()
            report.router = router.id
            report.sequence = state.withLock { state in
                state.sequence += 1
                return state.sequence
            }
            report.generation = generation
            report.intervalMs = interval.start
            report.isComplete = isCurrent
            report.cells = [Self.cell(evidence, generation, isCurrent)]
            var path = PathReport(report, durationMs: interval.length)
            path.position = Int(evidence.position)
            if let keys = evidence.keys[generation] {
                path.keys = [KeyCounts(candidate: keys.candidate, primary: keys.primary)]
            }
            path.mismatches = Self.kinds(evidence, generation)
            return path
        }
    }

    private static func cell(
        _ evidence: LiveEvidence,
        _ generation: Int,
        _ isCurrent: Bool
    ) -> EvidenceCell {
        let counts = evidence.generations[generation] ?? LiveEvidence.Generation()
        var cell = EvidenceCell()
        cell.candidate = side(counts.candidate)
        cell.primary = side(counts.primary)
        cell.rest = side(counts.rest)
        cell.shadowed = counts.tally.shadowed
        cell.comparisons.match = counts.tally.matched
        cell.comparisons.mismatch = counts.tally.compared - counts.tally.matched
        cell.comparisons.candidateError = counts.tally.lost
        cell.comparisons.skipped = counts.tally.skipped
        guard isCurrent else { return cell }
        cell.candidate.take(evidence.work[.candidate])
        cell.primary.take(evidence.work[.primary])
        cell.invariants = [
            InvariantCounts(
                "conservation",
                checked: max(evidence.work[.primary]?.rows ?? 0, evidence.conservation.checked),
                broken: evidence.conservation.broken
            ),
            InvariantCounts(
                "uniqueness",
                checked: evidence.uniqueness.checked,
                broken: evidence.uniqueness.broken
            ),
        ]
        return cell
    }

    private static func side(_ cohort: LiveEvidence.Cohort) -> SideCounts {
        var side = SideCounts()
        side.units = cohort.units
        side.error = cohort.errors
        side.ok = cohort.units - cohort.errors
        for (duration, count) in cohort.durations {
            side.durations.add(
                nanoseconds: UInt64(max(0, duration / .nanoseconds(1))),
                units: count
            )
        }
        return side
    }

    private static func kinds(_ evidence: LiveEvidence, _ generation: Int) -> [MismatchKind] {
        var kinds: [MismatchKind] = []
        for (seen, count) in evidence.kinds where seen.generation == generation {
            let path = seen.columns.isEmpty ? "$" : "$." + seen.columns.joined(separator: ",")
            kinds.append(
                MismatchKind(
                    fingerprint: "\(seen.kind.rawValue) \(path)",
                    kind: seen.kind.rawValue,
                    path: path,
                    count: count
                )
            )
        }
        return kinds.sorted { $0.fingerprint < $1.fingerprint }
    }
}

extension SideCounts {
    fileprivate mutating func take(_ work: LiveEvidence.Work?) {
        guard let work else { return }
        records = work.rows
        busyNanoseconds = Int(work.busy / .nanoseconds(1))
    }
}
