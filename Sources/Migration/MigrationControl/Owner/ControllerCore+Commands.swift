internal import Failures
internal import JSON
internal import MigrationJournal
internal import MigrationRules

/// Plans and commands.
extension ControllerCore {
    /// Stores a plan as a migration that is ready to start.
    ///
    /// - Throws: `MIG_PHASE` where the last attempt of that name has not ended and has another plan,
    ///   `MIG_PLAN_UNSUPPORTED` for what no part of this version does.
    func apply(_ plan: MigrationPlan, source: String) throws(Failure) -> AppliedPlan {
        try PlanSupport.check(plan)
        try descriptions[plan.target]?.check(plan)
        let stored = try record(of: plan, source: source)
        let latest = try journal.latest(named: plan.name)
        if let latest, !latest.isTerminal {
            guard latest.state.planHash == stored.hash else {
                throw Failure(
                    "MIG_PHASE",
                    blame: .request,
                    "attempt \(latest.identity.attempt) of \(plan.name) is \(latest.state.phase) with another plan",
                    remedy: "finish or abort it first"
                )
            }
            if entries[latest.id] == nil { try load(latest) }
            // A controller may have died between the two steps of an earlier call.
            if latest.state.phase == Phase.draft.rawValue { _ = try tick(latest.id, command: nil) }
            return applied(latest, isRepeated: true)
        }
        let attempt = (latest?.identity.attempt ?? 0) + 1
        let id = "\(plan.name)-\(attempt)"
        // After a rollback the same units go first again; after an end the sides are others.
        let inherited = latest.flatMap {
            $0.state.phase == Phase.completed.rawValue ? nil : $0.identity.salt
        }
        let identity = MigrationIdentity(
            id: id,
            name: plan.name,
            target: plan.target,
            attempt: attempt,
            salt: plan.routing.salt ?? inherited ?? id
        )
        try load(try journal.create(identity, stored, at: time))
        _ = try tick(id, command: nil)
        return applied(try journal.requireMigration(id: id), isRepeated: false)
    }

    private func record(of plan: MigrationPlan, source: String) throws(Failure) -> PlanRecord {
        do throws(JSONError) {
            return PlanRecord(
                hash: try plan.hash(),
                apiVersion: MigrationPlan.apiVersion,
                source: source,
                normal: try plan.canonicalText()
            )
        } catch {
            throw error.failure("MIG_PLAN_SYNTAX")
        }
    }

    private func applied(_ record: MigrationRecord, isRepeated: Bool) -> AppliedPlan {
        AppliedPlan(
            migration: record.id,
            name: record.identity.name,
            attempt: record.identity.attempt,
            planHash: record.state.planHash,
            isRepeated: isRepeated
        )
    }

    /// Obeys a command, or says why not.
    ///
    /// - Throws: `MIG_UNKNOWN` for a name that no migration has.
    func obey(_ command: Command, for name: String) throws(Failure) -> CommandReply {
        guard let record = try journal.latest(named: name) else {
            throw Failure(
                "MIG_UNKNOWN",
                blame: .request,
                "there is no migration \(name)",
                remedy: "`cutover list` shows what there is"
            )
        }
        if case .retry = command.verb, record.state.phase == Phase.rolledBack.rawValue {
            return try tryAgain(record)
        }
        if entries[record.id] == nil { try load(record) }
        if case .amend(let plan, _) = command.verb {
            try PlanSupport.check(plan)
            try journal.store(try self.record(of: plan, source: ""))
        }
        let before = record.seq
        guard let outcome = try tick(record.id, command: command) else {
            throw Failure(
                "MIG_FENCED",
                blame: .outside,
                "\(command.verb.name) of \(name) was not looked at: this controller is not in charge",
                remedy: "another controller has taken over; ask that one"
            )
        }
        if entries[record.id].map({ $0.record.seq > before }) ?? false { try performIntents() }
        return try reply(outcome, record.id)
    }

    /// A new attempt with the plan of the one that was rolled back.
    private func tryAgain(_ record: MigrationRecord) throws(Failure) -> CommandReply {
        let plan = try ControlState.plan(record.state.planHash, in: journal)
        let source = try journal.plan(record.state.planHash)?.source ?? ""
        let applied = try apply(plan, source: source)
        return try reply(.done, applied.migration)
    }

    private func reply(
        _ outcome: MachineStep.Reply,
        _ id: String
    ) throws(Failure) -> CommandReply {
        if entries[id] == nil { try load(try journal.requireMigration(id: id)) }
        guard let entry = entries[id] else { preconditionFailure("it was read just now") }
        return CommandReply(outcome, entry.control)
    }
}

/// What a plan may ask for and nothing does yet is refused, not passed over.
enum PlanSupport {
    static func check(_ plan: MigrationPlan) throws(Failure) {
        for (what, isAsked) in parts(of: plan) where isAsked {
            throw Failure(
                "MIG_PLAN_UNSUPPORTED",
                blame: .request,
                "the plan \(plan.name) has \(what), which no controller obeys yet",
                remedy: "take it out of the plan"
            )
        }
    }

    private static func parts(of plan: MigrationPlan) -> [(String, Bool)] {
        [
            ("windows of time", !plan.windows.allow.isEmpty || !plan.windows.deny.isEmpty),
            ("throttle", !plan.throttle.any.isEmpty || plan.throttle.panic != nil),
            ("a frontier", plan.frontier != nil),
            ("routing.assign: ranked", plan.routing.assign == .ranked),
            (
                "checks with a provider",
                plan.checks.contains {
                    $0.provider != nil || $0.query != nil || $0.kind == .threshold
                }
            ),
            (
                "a quantile against the primary's",
                plan.checks.contains { check in
                    let bounds = [check.rollback, check.promote].compactMap(\.self)
                    return check.kind == .quantile && bounds.contains { $0.unit == .multiple }
                }
            ),
            (
                "strategy watermark or waves",
                plan.stages.contains { $0.strategy == .watermark || $0.strategy == .waves }
            ),
        ]
    }
}

extension ControllerCore {
    /// - Throws: `MIG_UNIT` where a migration of the target needs barriers and the path has none.
    func attach(_ adapter: any TargetAdapter, to target: String) throws(Failure) {
        let description = try adapter.describe()
        for entry in entries.values where entry.control.identity.target == target {
            try description.check(entry.control.plan)
        }
        adapters[target] = adapter
        descriptions[target] = description
    }
}

extension AdapterDescription {
    /// - Throws: `MIG_UNIT` where the path cannot be routed as the plan wants.
    func check(_ plan: MigrationPlan) throws(Failure) {
        let kind = plan.unit.kind
        guard !units.contains(kind) || (kind == .keyWindow && !usesBarriers) else { return }
        throw Failure(
            "MIG_UNIT",
            blame: .request,
            "\(plan.target) cannot be routed by \(kind.rawValue), which \(plan.name) wants",
            remedy: "use the unit job, or stay with shadow"
        )
    }
}
