package import Failures
internal import JSON
package import MigrationJournal
internal import MigrationRules
private import Synchronization

/// The rules of migrations, as the journal checks itself with them.
package enum ControlRules {
    /// Rules for one check of a journal: what events fold to, and verdicts worked out again.
    ///
    /// They remember where each migration stands between two events, so they are made anew for every check.
    ///
    /// - Throws: `MIG_JOURNAL_NEWER` where a stored plan cannot be read.
    package static func journalRules(
        for journal: MigrationJournal
    ) throws(Failure) -> JournalRules {
        var plans: [String: MigrationPlan] = [:]
        for record in try journal.plans() {
            plans[record.hash] = try MigrationPlan.stored(record)
        }
        let replay = Replay(plans: plans)
        return JournalRules(
            fold: { (state, event, identity) throws(Failure) in
                try replay.fold(state, event, identity)
            },
            recompute: { (event, evidence) throws(Failure) in
                try replay.recompute(event, evidence)
            }
        )
    }
}

/// Where the replay of each migration stands.
private final class Replay: Sendable {
    private let plans: [String: MigrationPlan]
    private let states = Mutex<[String: FoldedState]>([:])

    init(plans: [String: MigrationPlan]) { self.plans = plans }

    func fold(
        _ state: StoredState,
        _ event: JournalEvent,
        _ identity: MigrationIdentity
    ) throws(Failure) -> StoredState {
        try states.withLock { (states) throws(Failure) in
            var folded = states[identity.id] ?? FoldedState(identity)
            if event.seq == 1 { folded = FoldedState(identity) }
            try folded.apply(try EventCoding.event(event))
            states[identity.id] = folded
            return folded.stored(planHash: state.planHash)
        }
    }

    /// Whether the verdict of an event follows from the stored reports; nil where it carries none.
    func recompute(
        _ event: JournalEvent,
        _ evidence: JournalRules.EvidenceReader
    ) throws(Failure) -> Bool? {
        guard let json = event.payload["evidence"] else { return nil }
        let stated = try EventCoding.event(event)
        guard let basis = try? VerdictBasis(json: json) else { return false }
        let trigger = stated.payload.trigger ?? ""
        let check = Self.check(in: trigger)
        // A rollback that no check asked for, such as an abort, carries no verdict.
        if stated.type == .rollbackStarted, check == nil { return nil }
        let hash = states.withLock { $0[event.migration]?.rules.planHash }
        guard let plan = hash.flatMap({ plans[$0] }), plan.questionHash() == basis.question else {
            return false
        }
        let rows = try evidence(basis.stage, basis.generation)
        var again = basis
        if check != nil { again.failed = [] }
        let reports = try ControlState.reports(rows, question: basis.question)
        let evaluation = again.evaluation(plan, reports)
        guard let check else {
            return evaluation.verdict(isIdle: basis.isIdle) == stated.payload.verdict
        }
        if check.verdict == .violation {
            // A report may have named it itself; one that is about a router is no verdict.
            let names = try ControlState.violations(try evidence("", 0)).map(\.name)
            if names.contains(check.name) { return true }
            if check.name.hasPrefix("router ") { return nil }
        }
        let found = evaluation.results.first { $0.name == check.name }?.verdict
        return found == check.verdict
    }

    /// The check that a rollback's trigger names, and its verdict.
    private static func check(in trigger: String) -> (name: String, verdict: Verdict)? {
        for (prefix, verdict) in [("guard ", Verdict.fail), ("violation ", .violation)]
        where trigger.hasPrefix(prefix) {
            return (String(trigger.dropFirst(prefix.count)), verdict)
        }
        return nil
    }
}
