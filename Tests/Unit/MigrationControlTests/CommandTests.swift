internal import Failures
internal import Flow
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules
internal import Routing
internal import TestKit
internal import Testing

@Suite("Commands", .scratchDirectory, .timeLimit(.minutes(3)))
struct CommandTests {
    /// Moments at which somebody may say something.
    enum Moment: String, CaseIterable {
        case ready
        case preflight
        case shifting
        case observing
        case paused
        case finalizing
        case rollingBack
        case stuck
    }

    /// A world at such a moment.
    private func world(at moment: Moment) throws -> ControlWorld {
        var plan = ControlPlans.ramp(.keyWindow, soakUnits: 8)
        plan.finalize.commit = .manual
        let world = try ControlWorld(plan, routers: ["r1", "r2"])
        try world.open()
        _ = try #require(world.controller).apply(plan, source: "plan")
        guard moment != .ready else { return world }
        if moment == .shifting { world.path.change { $0.routers[1].isDeaf = true } }
        if moment == .preflight { world.path.change { $0.probe = .failed("1 of 100 differs") } }
        try world.say(.start).requireObeyed()
        switch moment {
        case .ready: break
        case .preflight: try world.run { $0.hold?.reason == .dependency }
        case .shifting: try world.run { $0.stageState == .shifting }
        case .observing: try world.run { $0.stage == "canary-10" && $0.stageState == .observing }
        case .paused:
            try world.run { $0.stage == "canary-10" && $0.stageState == .observing }
            try world.say(.pause).requireObeyed()
        case .finalizing: try world.run { $0.phase == .finalizing }
        case .rollingBack, .stuck:
            try world.run { $0.stage == "canary-10" && $0.stageState == .observing }
            world.path.change { $0.routers[1].isDeaf = true }
            try world.say(.abort).requireObeyed()
            if moment == .stuck { try world.run { $0.phase == .stuck } }
        }
        return world
    }

    @Test(
        "I9: an abort is obeyed at every moment, twice is once, and afterwards the primary has everything",
        arguments: Moment.allCases
    )
    func abortsAreObeyed(_ moment: Moment) throws {
        let world = try world(at: moment)
        let first = try world.say(.abort)
        #expect([.done, .alreadySo].contains(first.outcome), "\(moment): \(first.outcome)")
        let second = try world.say(.abort)
        #expect(second.outcome == .alreadySo, "\(moment): \(second.outcome)")
        #expect(second.generation == first.generation, "\(moment)")
        world.path.change { $0.routers[1].isDeaf = false }
        if moment == .stuck { try world.say(.retry(.plain)).requireObeyed() }
        let end = try world.run { $0.phase.isTerminal }
        #expect(end.phase == (moment == .ready ? .cancelled : .rolledBack), "\(moment)")
        #expect(
            world.path.change { $0.routers.allSatisfy { $0.table.thresholdPPM == 0 } },
            "\(moment)"
        )
        #expect(try world.say(.abort).outcome == .alreadySo)
        try world.checkInvariants("\(moment)")
    }

    @Test(
        "a refusal has a code and lists the verbs that are allowed now",
        arguments: Moment.allCases
    )
    func refusalsHelp(_ moment: Moment) throws {
        let world = try world(at: moment)
        let wrong: Command.Verb =
            switch moment {
            case .ready, .paused, .rollingBack, .stuck: .promote(skipSoak: true, confirmation: nil)
            case .preflight, .shifting, .observing, .finalizing: .retry(.plain)
            }
        let reply = try world.say(wrong)
        guard case .refused(let refusal) = reply.outcome else {
            Issue.record("\(moment): \(reply.outcome)")
            return
        }
        #expect(refusal.code == .phase)
        #expect(refusal.remedy.contains("abort"), "\(moment): \(refusal.remedy)")
        let failure = #expect(throws: Failure.self) { try reply.requireObeyed() }
        #expect(failure?.code == "MIG_PHASE")
    }

    @Test("pause stops the soak and resume lets it go on; hold keeps it from passing")
    func pausesAndHolds() throws {
        let world = try world(at: .paused)
        let before = try world.snapshot().soak
        for _ in 0..<5 { try world.second() }
        #expect(try world.snapshot().soak == before)
        #expect(try world.say(.pause).outcome == .alreadySo)
        try world.say(.resume).requireObeyed()
        try world.say(.hold).requireObeyed()
        for _ in 0..<30 { try world.second() }
        let held = try world.snapshot()
        #expect(held.stage == "canary-10" && held.hold?.reason == .operator)
        #expect(held.soak.units > before.units)
        try world.say(.resume).requireObeyed()
        try world.run { $0.stage == "canary-50" }
    }

    @Test(
        "a rollback to an earlier stage restores its routes, and resumes with evidence of its own"
    )
    func partialRollbacks() throws {
        let world = try ControlWorld(ControlPlans.ramp(.keyWindow, soakUnits: 8))
        try world.begin()
        try world.run { $0.stage == "canary-50" && $0.stageState == .observing }
        try world.say(.rollback(to: "canary-10")).requireObeyed()
        let back = try world.run { $0.phase == .paused }
        #expect(back.weightAckedPPM == 100_000)
        #expect(back.stage == "canary-10")
        #expect(back.soak.units == 0 && back.soak.milliseconds == 0)
        try world.say(.resume).requireObeyed()
        let again = try world.snapshot()
        #expect(again.stageState == .observing && again.soak.units == 0)
        #expect(again.comparisons.compared == 0)
        try world.run { $0.phase == .completed }
        try world.checkInvariants()
    }

    @Test(
        "an abort where no router ever was ends at once, and leaves nothing open",
        arguments: [UnitPlan.Kind.key, .keyWindow]
    )
    func abortsWithoutRouters(_ kind: UnitPlan.Kind) throws {
        var plan = ControlPlans.ramp(kind, soakUnits: 8)
        var invariant = InvariantPlan()
        invariant.name = "conservation"
        plan.rollback.verify = [invariant]
        let world = try ControlWorld(plan)
        // As a verb by hand does it: no path is here.
        world.controller = try MigrationController(state: world.folder, options: world.options)
        _ = try world.controller?.apply(plan, source: "plan")
        try world.say(.start).requireObeyed()
        let reply = try world.say(.abort)
        #expect(reply.outcome == .done)
        try world.controller?.step()
        #expect(try world.snapshot().phase == .rolledBack)
        let intents = try world.journal().intents(of: reply.migration)
        #expect(!intents.isEmpty)
        #expect(intents.allSatisfy { $0.state == .done || $0.state == .cancelled })
        // The next attempt goes its way.
        #expect(try world.say(.retry(.plain)).attempt == 2)
        try world.open()
        try world.say(.start).requireObeyed()
        try world.run { $0.phase == .completed }
        try world.checkInvariants()
    }

    @Test("a stage that wants an approval waits for it")
    func approvals() throws {
        var plan = ControlPlans.ramp(.key, soakUnits: 8)
        plan.owner = "ana"
        var approval = ApprovalPlan()
        approval.notAuthor = true
        plan.stages[1].approval = approval
        let world = try ControlWorld(plan)
        try world.begin()
        try world.run { $0.stage == "canary-10" && $0.hold?.reason == .approval }
        // The author's own word does not suffice.
        try world.say(.approve(subject: "canary-10")).requireObeyed()
        for _ in 0..<3 { try world.second() }
        #expect(try world.snapshot().hold?.reason == .approval)
        let word = Command(.approve(subject: "canary-10"), by: "user:ben", because: "looks good")
        // It outlives the controller.
        try #require(world.controller).submit(word, for: plan.name).requireObeyed()
        try world.open()
        try world.run { $0.stage == "canary-50" }
    }

    @Test(
        "retry after a rollback makes the next attempt, with the same salt and higher generations"
    )
    func attempts() throws {
        let world = try ControlWorld(ControlPlans.ramp(.keyWindow, soakUnits: 8), routers: ["r1"])
        try world.begin()
        try world.run { $0.stage == "canary-10" && $0.stageState == .observing }
        try world.say(.abort).requireObeyed()
        let first = try world.run { $0.phase == .rolledBack }
        let reply = try world.say(.retry(.plain))
        #expect(reply.attempt == 2 && reply.phase == .ready)
        try world.say(.start).requireObeyed()
        let second = try world.run { $0.phase == .completed }
        #expect(second.attempt == 2)
        #expect(second.generation > first.generation)
        let journal = try world.journal()
        #expect(Set(try journal.migrations().map(\.identity.salt)) == ["mig-001"])
        try world.checkInvariants()
        let again = try #require(world.controller).apply(world.plan, source: "plan")
        #expect(again.attempt == 3 && !again.isRepeated)
        #expect(try #require(world.controller).apply(world.plan, source: "plan").isRepeated)
        var other = world.plan
        other.owner = "somebody"
        let unfinished = #expect(throws: Failure.self) {
            try world.controller?.apply(other, source: "other")
        }
        #expect(unfinished?.code == "MIG_PHASE")
        #expect(unfinished?.problem.contains("attempt 3 of moving is ready") == true)
    }

    @Test("I1: a second migration of one target is refused while the first one is active")
    func oneAtATime() throws {
        let world = try world(at: .observing)
        var other = world.plan
        other.name = "rival"
        let controller = try #require(world.controller)
        _ = try controller.apply(other, source: "plan")
        let reply = try controller.submit(Command(.start, by: "user:ben"), for: "rival")
        guard case .refused(let refusal) = reply.outcome else {
            Issue.record("\(reply.outcome)")
            return
        }
        #expect(refusal.code == .targetBusy)
        #expect(refusal.problem.contains("moving-1"))
        let unknown = #expect(throws: Failure.self) {
            try controller.submit(Command(.start, by: "user:ben"), for: "nobody")
        }
        #expect(unknown?.code == "MIG_UNKNOWN")
    }

    @Test(
        "a plan that asks for what nobody does is refused, and so is a unit that the path has not"
    )
    func unsupportedPlans() throws {
        let world = try world(at: .ready)
        var plan = world.plan
        plan.name = "later"
        plan.windows.deny = ["2026-12-20/2027-01-03"]
        let refused = #expect(throws: Failure.self) {
            try world.controller?.apply(plan, source: "plan")
        }
        #expect(refused?.code == "MIG_PLAN_UNSUPPORTED")
        plan.windows.deny = []
        plan.unit.kind = .tenant
        let unit = #expect(throws: Failure.self) {
            try world.controller?.apply(plan, source: "plan")
        }
        #expect(unit?.code == "MIG_UNIT")
    }

    @Test("the loop obeys commands from other threads, and ends when it is told")
    func loops() throws {
        var plan = ControlPlans.ramp(.key, soakUnits: 8)
        plan.finalize.commit = .manual
        let world = try ControlWorld(plan)
        var options = world.options
        options.settings.machine.tickMs = 5
        try world.open(options)
        let controller = try #require(world.controller)
        _ = try controller.apply(plan, source: "plan")
        try controller.start()
        try world.say(.start).requireObeyed()
        var phase: Phase?
        for _ in 0..<2000 where phase != .finalizing {
            world.clock.advance(1000)
            world.path.advance(toMs: world.clock.milliseconds)
            pause(for: .milliseconds(5))
            phase = controller.snapshot(of: plan.name)?.phase
        }
        #expect(phase == .finalizing)
        try world.say(.promote(skipSoak: false, confirmation: plan.name)).requireObeyed()
        controller.stop()
        #expect(controller.failure == nil)
        #expect(try world.journal().latest(named: plan.name)?.state.phase == "completed")
    }
}
