internal import Failures
internal import JSON
internal import MigrationJournal
internal import MigrationRules
internal import Routing

/// Asking the outside.
extension ControllerCore {
    /// Everything that a turn of a migration looks at.
    func gather(_ id: String, _ entry: Entry) throws(Failure) -> ControlInput {
        let identity = entry.control.identity
        let rules = entry.control.rules
        var input = ControlInput()
        input.clock = options.clock.now()
        input.description = descriptions[identity.target]
        try askRouters(id, &input)
        // Only one migration holds a target; what its path says is for that one.
        if let adapter = adapters[identity.target], rules.phase.isActive {
            input.answers = asked(id, else: []) { () throws(Failure) in try adapter.answers() }
            let reports = asked(id, else: []) { () throws(Failure) in try adapter.reports() }
            entries[id]?.backlog += reports
            input.reports = entry.backlog + reports
            if rules.phase == .finalizing {
                // What cannot be counted counts as left.
                input.residual = asked(id, else: 1) { () throws(Failure) in
                    try adapter.residual()
                }
            }
        }
        input.fence = fence
        try input.read(journal, for: entry.control)
        probe(id, entry, &input)
        return input
    }

    /// What a path says; a path that fails has said nothing, and the state tells why.
    private func asked<Value>(
        _ id: String,
        else nothing: Value,
        _ body: () throws(Failure) -> Value
    ) -> Value {
        do throws(Failure) {
            return try body()
        } catch {
            troubles[id] = error
            return nothing
        }
    }

    /// Routers that are there, and those that are known and are not there.
    private func askRouters(_ id: String, _ input: inout ControlInput) throws(Failure) {
        guard let entry = entries[id] else { return }
        let target = entry.control.identity.target
        var routers: [RouterStatus] = []
        if let adapter = adapters[target] {
            routers = asked(id, else: []) { () throws(Failure) in try adapter.routers() }
        }
        let present = Set(routers.map(\.id))
        for var known in entry.routers where !present.contains(known.id) {
            known.isAlive = false
            routers.append(known)
        }
        routers.sort { $0.id < $1.id }
        for router in routers {
            let known = entry.routers.first { $0.id == router.id }
            try remember(router, known, of: target)
        }
        entries[id]?.routers = routers
        if let seen = routers.map(\.fence).max() {
            // What is published beside a generation that this journal never gave out needs a fence of its own.
            let given = try journal.counters(of: target).generation
            let isAhead = routers.contains { $0.generation > given }
            if seen > fence || (isAhead && seen == fence) { try raiseFence(above: seen) }
        }
        input.routers = routers
    }

    private func remember(
        _ router: RouterStatus,
        _ known: RouterStatus?,
        of target: String
    ) throws(Failure) {
        let isSame =
            known?.isAlive == router.isAlive && known?.generation == router.generation
            && known?.fence == router.fence
        guard !isSame else { return }
        let now = time
        try journal.record(
            RouterRecord(
                id: router.id,
                target: target,
                seenAt: now,
                fence: router.fence,
                generation: router.generation,
                state: router.isAlive ? "alive" : router.isFenced ? "fenced" : "missing"
            )
        )
        guard router.isAlive, router.generation > 0 else { return }
        try journal.acknowledge(
            target: target,
            generation: router.generation,
            router: router.id,
            at: now
        )
    }

    /// Whether the way back is in order, where a shift or a pass may come next.
    private func probe(_ id: String, _ entry: Entry, _ input: inout ControlInput) {
        let rules = entry.control.rules
        guard rules.phase == .running else { return }
        guard let adapter = adapters[entry.control.identity.target] else {
            input.reverseProbe = .missing
            input.dryRun = .missing
            return
        }
        switch rules.stageState {
        case .preflight, .observing, .deciding, .holding, .passed: break
        default: return
        }
        let count = options.settings.probeCount
        do throws(Failure) {
            input.reverseProbe = try adapter.reverseProbe(count)
        } catch {
            input.reverseProbe = .failed(error.problem)
        }
        let steps =
            entry.control.plan.rollback.compensate
            + (entry.control.stage?.reversibility.steps ?? [])
        for step in steps {
            do throws(Failure) {
                try adapter.compensate(step, dryRun: true)
            } catch {
                input.dryRun = .failed("\(step): \(error.problem)")
                return
            }
        }
    }
}

extension ControlInput {
    /// Adds what the journal knows of a migration's surroundings.
    mutating func read(
        _ journal: MigrationJournal,
        for control: ControlState
    ) throws(Failure) {
        let identity = control.identity
        targetGeneration = try journal.counters(of: identity.target).generation
        if control.rules.phase == .ready {
            let other = try journal.activeMigration(of: identity.target)
            busyWith = other.flatMap { $0.id == identity.id ? nil : $0.id }
        }
        for name in control.plan.dependsOn {
            dependencies.append(Dependency(name, try Self.standing(of: name, journal)))
        }
        guard control.rules.rollback != nil else { return }
        let intents = try journal.intents(of: identity.id)
        let begun = intents.last { $0.kind == "cancel-forward" }?.seq ?? 0
        func isDone(_ kind: String) -> Bool {
            intents.allSatisfy { $0.kind != kind || $0.seq < begun || $0.state == .done }
        }
        isCompensated = isDone("compensate")
        isVerified = isDone("verify")
    }

    private static func standing(
        of name: String,
        _ journal: MigrationJournal
    ) throws(Failure) -> Dependency.Standing {
        switch try journal.latest(named: name)?.state.phase {
        case Phase.completed.rawValue: .passed
        case Phase.rolledBack.rawValue: .rolledBack
        default: .pending
        }
    }
}
