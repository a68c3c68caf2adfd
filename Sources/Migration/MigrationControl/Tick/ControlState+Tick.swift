package import Failures
internal import JSON
internal import MigrationJournal
package import MigrationRules
internal import Routing

/// The reconcile loop: what is, against what should be.
extension ControlState {
    /// Most transitions in one tick; the next one goes on.
    private static let stepLimit = 64
    /// A wall clock that moves by more against the monotonic one was set.
    private static let clockStepMs = 5000

    /// One turn: takes in what the outside said, and tells what has to be done.
    ///
    /// The state is then what it will be once the actions are done. If one of them fails, this value is to be
    /// thrown away, and the journal read again.
    ///
    /// - Throws: `MIG_ROUTE_TABLE` for a plan that gives no table.
    package mutating func tick(
        _ input: ControlInput,
        machine: StageMachine,
        settings: ControlSettings
    ) throws(Failure) -> [ControlAction] {
        var actions: [ControlAction] = []
        takeReports(input, &actions)
        var facts = facts(input, settings)
        try takeAnswers(input, settings, machine, facts, &actions)
        try noteClock(input, machine, facts, &actions)
        var command = input.command
        for _ in 0..<Self.stepLimit {
            facts.command = command
            refresh(&facts, input)
            let step = machine.step(rules, progress, plan: plan, facts: facts)
            progress = step.progress
            if let transition = step.transition {
                try commit(transition, input, &actions, maxIdleMs: machine.settings.maxIdleMs)
            }
            if let reply = step.reply {
                actions.append(.reply(reply))
                command = nil
            }
            guard step.transition != nil else { break }
        }
        try proposeBarrier(input, machine, facts, &actions)
        storeRest(input, settings, &actions)
        resend(input, settings, &actions)
        return actions
    }

    private mutating func takeReports(_ input: ControlInput, _ actions: inout [ControlAction]) {
        var rows: [EvidenceRecord] = []
        var mismatches: [MismatchRecord] = []
        let now = JournalTime(milliseconds: Int64(input.clock.wallMs))
        for report in input.reports {
            guard let stored = evidence.take(report) else { continue }
            rows += records(of: stored)
            for kind in report.mismatches {
                mismatches.append(
                    MismatchRecord(
                        fingerprint: kind.fingerprint,
                        kind: kind.kind,
                        path: kind.path,
                        count: kind.count,
                        firstSeen: now,
                        lastSeen: now,
                        example: kind.example
                    )
                )
            }
        }
        unstored += rows
        if !mismatches.isEmpty { actions.append(.store([], mismatches)) }
    }

    /// Keeps what no transition took along: reports now, progress at times.
    private mutating func storeRest(
        _ input: ControlInput,
        _ settings: ControlSettings,
        _ actions: inout [ControlAction]
    ) {
        let now = input.clock.monotonicMs
        let isDue = lastStoreMs.map { now - $0 >= settings.storeMs } ?? true
        guard !unstored.isEmpty || (isDue && rules.phase.isActive) else { return }
        actions.append(.store(unstored + [progressRecord], []))
        unstored = []
        lastStoreMs = now
    }

    /// Makes a transition part of the state, and of the actions.
    mutating func commit(
        _ made: Transition,
        _ input: ControlInput,
        _ actions: inout [ControlAction],
        maxIdleMs: Int = .max
    ) throws(Failure) {
        var transition = made
        let old = rules
        let barrier = self.barrier
        if transition.event.type == .routeActivated, let barrier {
            transition.event.payload.barrier = Int(barrier.proposal.barrier)
        }
        var commit = ControlCommit(
            transition: transition,
            stored: folded.after(transition).stored(planHash: planHash)
        )
        commit.extras = extras(of: transition.event, old, input.clock, maxIdleMs)
        try route(transition, barrier?.proposal, input.fence, &commit)
        if transition.event.type == .rollbackCompleted {
            // Every router obeys, or there is none: what is still open of it has nobody to be done for.
            commit.cancelled += ["publish", "redrive", "compensate", "verify"]
        }
        if case .amend(let amended, _) = input.command?.verb, transition.event.type == .planAmended
        {
            plan = amended
            maker = try RouteTableMaker(amended, migration: identity.id, salt: identity.salt)
        }
        folded = folded.after(transition)
        follow(transition.event)
        // Reports are kept with the first transition that rests on them.
        commit.evidence = unstored + [progressRecord]
        unstored = []
        lastStoreMs = input.clock.monotonicMs
        commit.soak = soakRecord(input.clock)
        actions.append(.commit(commit))
        guard transition.event.type.publishesRoute || transition.event.type == .routeActivated
        else { return }
        self.barrier = nil
        refusedMaximum = nil
        lastResendMs = input.clock.monotonicMs
        if transition.event.type != .routeActivated, let barrier {
            actions.append(.cancel(barrier.proposal))
        }
    }

    /// The tables that go with a transition.
    private mutating func route(
        _ transition: Transition,
        _ proposal: BarrierProposal?,
        _ fence: Int,
        _ commit: inout ControlCommit
    ) throws(Failure) {
        for intent in transition.intents {
            switch intent {
            case .publish(let order):
                let made = try makeTable(order, fence)
                commit.route = try made.record
                table = made
                pending = nil
            case .propose(let order):
                let made = try makeTable(order, fence)
                commit.route = try made.record
                pending = made
            case .activate:
                guard let proposal, let sealed = try pending?.sealed(by: proposal) else {
                    preconditionFailure("a generation is activated by the barrier that was agreed")
                }
                commit.sealed = try sealed.record
                table = sealed
                pending = nil
            case .cancelForward:
                commit.cancelled += [
                    "publish", "propose", "activate", "start-evidence", "evaluate",
                ]
            default: break
            }
        }
    }

    private func makeTable(_ order: RouteOrder, _ fence: Int) throws(Failure) -> RouteTable {
        var moment = RouteTableMaker.Moment(generation: order.generation, fence: fence)
        moment.log = log
        if usesBarriers, order.isRollback {
            // It decides about every window that is not emitted yet: the primary computes them all.
            let entry = RouteLog.Entry(
                generation: order.generation,
                barrier: RouteLog.beginning,
                thresholdPPM: order.thresholdPPM
            )
            moment.log = log.appending(entry) ?? log
        }
        return try maker.table(for: order, at: moment)
    }

    /// What the chain has to cover beside the rules' payload.
    private func extras(
        of event: MigrationEvent,
        _ old: MigrationRules.MigrationState,
        _ clock: ClockReading,
        _ maxIdleMs: Int
    ) -> JSONObject {
        var extras = JSONObject()
        if event.seq == 1 {
            extras = identity.json
            if event.payload.plan == nil { extras["plan"] = JSONValue(firstPlanHash) }
        }
        let isJudged: Bool =
            switch event.type {
            case .stageEvaluated, .stagePassed: true
            case .rollbackStarted: old.stageGeneration > 0
            default: false
            }
        if isJudged {
            extras["evidence"] = VerdictBasis(self, old, clock, maxIdleMs: maxIdleMs).json
        }
        return extras
    }

    /// Writes down that the wall clock was set: people read times from the journal.
    private mutating func noteClock(
        _ input: ControlInput,
        _ machine: StageMachine,
        _ facts: MigrationFacts,
        _ actions: inout [ControlAction]
    ) throws(Failure) {
        let last = lastClock
        lastClock = input.clock
        guard let last, rules.phase.isActive else { return }
        let step =
            (input.clock.wallMs - last.wallMs) - (input.clock.monotonicMs - last.monotonicMs)
        guard abs(step) > Self.clockStepMs else { return }
        var payload = EventPayload()
        payload.detail = "by \(step) ms"
        try commit(machine.note(.clockStep, payload, rules, facts: facts), input, &actions)
    }

    /// Sends the table in force again where a router is behind.
    private mutating func resend(
        _ input: ControlInput,
        _ settings: ControlSettings,
        _ actions: inout [ControlAction]
    ) {
        guard let table, input.description != nil else { return }
        let now = input.clock.monotonicMs
        if let lastResendMs, now - lastResendMs < settings.resendMs { return }
        let isBehind = input.routers.contains { $0.isAlive && $0.generation < table.generation }
        guard isBehind else { return }
        lastResendMs = now
        actions.append(.resend(generation: table.generation))
    }
}

extension RouteTable {
    /// The row of the store.
    var record: RouteRecord {
        get throws(Failure) {
            let own = rules.log.entries.last { $0.generation == generation }
            return RouteRecord(
                generation: generation,
                table: try canonicalText,
                barrier: own.map { "\($0.barrier)" }
            )
        }
    }

    /// This table as it holds from the barrier of `proposal` on.
    func sealed(by proposal: BarrierProposal) throws(Failure) -> RouteTable? {
        guard let log = rules.log.appending(proposal.entry) else { return nil }
        var sealed = rules
        sealed.log = log
        var inert = rollback?.rules
        inert?.log = log
        return try RouteTable(
            sealed,
            rollback: try inert.map { rules throws(Failure) in
                try RouteTable(rules)
            }
        )
    }

    /// The same decisions, sent by the controller with this fence.
    func stamped(fence: Int) throws(Failure) -> RouteTable {
        guard fence != self.fence else { return self }
        var stamped = rules
        stamped.fence = fence
        var inert = rollback?.rules
        inert?.fence = fence
        return try RouteTable(
            stamped,
            rollback: try inert.map { rules throws(Failure) in
                try RouteTable(rules)
            }
        )
    }
}
