import JSON
import MigrationRules
import TestKit
import Testing

@Suite("The stage machine")
struct StageMachineTests {
    @Test("a good candidate goes through every stage, one event for each transition")
    func wholeWay() throws {
        var world = try World(World.smallPlan())
        try world.finalize()
        world.step(.passLong)
        world.step(.commit)
        #expect(world.state.phase == .completed)
        let stage = [
            "stage.shift.intended", "route.activated", "stage.observing", "stage.evaluated",
            "stage.passed",
        ]
        let expected =
            ["plan.validated", "migration.started"] + stage + ["stage.promoted"] + stage
            + ["stage.promoted"] + stage + ["migration.finalizing", "migration.committed"]
        #expect(world.events.map(\.type.rawValue) == expected)
        #expect(world.state.generation == 3)
    }

    @Test("the first two events carry what the journal's test vectors show")
    func firstPayloads() throws {
        var world = try World(World.smallPlan())
        world.step(.pass)
        var facts = world.facts(of: .start)
        facts.targetGeneration = 1
        world.step(facts)
        let texts = try world.events.map { try CanonicalJSON.text($0.payload.json) }
        #expect(texts[0] == #"{"plan":"\#(world.hash)"}"#)
        #expect(texts[1] == #"{"generation":1,"stage":"shadow","weight_ppm":0}"#)
        #expect(world.events.map(\.cause) == [nil, 1])
    }

    @Test("I1: a target that is busy refuses the start")
    func oneActiveMigration() throws {
        var world = try World(World.smallPlan())
        world.step(.pass)
        var facts = world.facts(of: .start)
        facts.busyWith = "other"
        guard case .refused(let refusal) = world.step(facts).reply else {
            Issue.record("it was not refused")
            return
        }
        #expect(refusal.code == .targetBusy)
        #expect(refusal.problem.contains("other"))
        facts.command = nil
        facts.isScheduleDue = true
        #expect(world.step(facts).transition == nil)
        #expect(world.state.phase == .ready)
    }

    @Test("I3: generations go on above those of earlier migrations and of routers")
    func generationsContinue() throws {
        var world = try World(World.smallPlan())
        world.step(.pass)
        world.step(.start)
        var facts = world.facts(of: .pass)
        facts.targetGeneration = 41
        world.step(facts)
        #expect(world.state.generation == 42)
        world.step(.violation)
        #expect(world.state.generation == 43)
        world.step(.passLong)
        #expect(world.state.phase == .stuck)
        var adopt = world.facts(of: .pass)
        adopt.highestSeenGeneration = 70
        adopt.command = Command(.retry(.adopt), by: "user:ana", because: "restored backup")
        world.step(adopt)
        #expect(world.state.phase == .rollingBack)
        #expect(world.state.rollback?.generation == 71)
    }

    @Test("I4 I11: under shadow and dual write the candidate serves nothing")
    func shadowServesNothing() {
        var stage = StagePlan()
        stage.weightPPM = 700_000
        for strategy in [StagePlan.Strategy.shadow, .dualWrite] {
            stage.strategy = strategy
            #expect(stage.thresholdPPM == 0)
        }
    }

    @Test("I6: a rollback of key-window units cancels what was proposed, under a new generation")
    func rollbackCancelsProposals() throws {
        var plan = World.smallPlan()
        plan.unit.kind = .keyWindow
        var world = try World(plan)
        try world.advance(to: 1, .shifting)
        let proposed = world.state.generation
        guard case .propose(let order)? = world.intents.last else {
            Issue.record("no barrier was proposed")
            return
        }
        #expect(order.generation == proposed)
        let step = world.step(.abort)
        let intents = try #require(step.transition).intents
        #expect(intents.first == .cancelForward(below: proposed + 1))
        #expect(!intents.contains { $0.isForward })
    }

    @Test("I7: evidence of another plan, another generation or with a missing check never promotes")
    func onlyPresentEvidencePromotes() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 0, .observing)
        world.step(.pass)
        world.step(.pass)
        let edits: [(inout StageEvidence) -> Void] = [
            { $0.planHash = "sha256:old" }, { $0.generation += 1 }, { $0.checks.removeLast(2) },
            { $0.checks = [] },
        ]
        for edit in edits {
            var stale = world
            for _ in 0..<30 {
                var facts = stale.facts(after: 5000)
                if var evidence = facts.evidence {
                    edit(&evidence)
                    facts.evidence = evidence
                }
                stale.step(facts)
            }
            #expect(stale.state.stageIndex == 0)
            #expect(stale.state.hold?.reason == .inconclusive)
            #expect(stale.state.hold?.detail == "no-data")
        }
    }

    @Test("I7: an age beyond soak.max judges, and only evidence promotes")
    func timersNeverPromote() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 0, .observing)
        for _ in 0..<100 { world.step(.inconclusive) }
        #expect(world.state.stageState == .holding)
        #expect(world.state.hold == Hold(.inconclusive, "inconclusive", from: .observing))
        world.step(.pass)
        #expect(world.state.stageState == .observing)
        #expect(world.events.last?.type == .stageResumed)
    }

    @Test("I9: abort ends with nothing on the candidate from every state on the way, also twice")
    func abortFromEverywhere() throws {
        var world = try World(World.smallPlan())
        var count = 0
        while !world.state.phase.isTerminal {
            var aborted = world
            if case .refused = aborted.step(.abort).reply { Issue.record("refused") }
            #expect(aborted.step(.abort).transition?.event.type != .rollbackStarted)
            for _ in 0..<3 { aborted.step(.acknowledge) }
            if world.state.phase == .draft || world.state.phase == .ready {
                #expect(aborted.state.phase == .cancelled)
            } else {
                #expect(aborted.state.phase == .rolledBack)
                #expect(aborted.state.activeStage == nil)
            }
            count += 1
            switch (world.state.phase, world.state.stageState) {
            case (.ready, _): world.step(.start)
            case (_, .shifting): world.step(.acknowledge)
            case (.finalizing, _):
                world.step(world.progress.sinceTransitionMs > 9999 ? .commit : .pass)
            default: world.step(.pass)
            }
        }
        #expect(world.state.phase == .completed)
        #expect(count > 20)
    }

    @Test("I9: an abort during a rollback to a stage deepens it, under a higher generation")
    func abortDeepens() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 2, .observing)
        world.step(.guardFails)
        #expect(world.state.rollback?.stage == 1)
        let generation = world.state.generation
        world.step(.abort)
        #expect(world.state.rollback?.stage == nil)
        #expect(world.state.generation == generation + 1)
        world.step(.acknowledge)
        #expect(world.state.phase == .rolledBack)
    }

    @Test("violations go to the baseline, guards where the plan says")
    func depth() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 2, .observing)
        var violated = world
        violated.step(.violation)
        #expect(violated.state.rollback?.stage == nil)
        world.step(.guardFails)
        world.step(.acknowledge)
        #expect(world.state.phase == .paused)
        #expect(world.state.stageIndex == 1)
        #expect(world.state.awaitsRestart)
        world.step(.pass)
        #expect(world.state.phase == .paused)
        world.step(.resume)
        #expect(world.state.phase == .running)
        #expect(world.state.stageState == .warming)
        try world.advance(to: 2, .observing)

        var plan = World.smallPlan()
        plan.rollback.to = .stage("shadow")
        plan.rollback.cooldownMs = 20_000
        var named = try World(plan)
        try named.advance(to: 2, .observing)
        named.step(.guardFails)
        named.step(.acknowledge)
        #expect(named.state.stageIndex == 0)
        guard case .refused(let refusal) = named.step(.resume).reply else {
            Issue.record("the cooldown was skipped")
            return
        }
        #expect(refusal.problem.contains("cooldown"))
        named.step(.passLong)
        #expect(named.step(.resume).transition?.event.type == .migrationResumed)
    }

    @Test("a rollback under a router that is ahead is stuck at once, until somebody adopts")
    func routersAhead() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 1, .observing)
        world.step(.routerAhead)
        #expect(world.state.rollback?.stage == nil && world.state.phase == .rollingBack)
        let step = world.step(.routerAhead)
        #expect(step.transition?.rule == .t16)
        #expect(step.transition?.event.payload.router == "r1")
        var facts = world.facts(of: .routerAhead)
        facts.violations = []
        facts.command = Command(.retry(.plain), by: "user:ana", because: "again")
        guard case .refused(let refusal) = world.step(facts).reply else {
            Issue.record("a plain retry cannot help")
            return
        }
        #expect(refusal.code == .routerAhead && refusal.remedy.contains("--adopt"))
        #expect(world.state.phase == .stuck)
        facts.command = Command(.retry(.adopt), by: "user:ana", because: "restored backup")
        let seen = facts.highestSeenGeneration
        #expect(world.step(facts).reply == .done)
        #expect(world.state.rollback?.generation == seen + 1)
        world.step(.acknowledge)
        #expect(world.state.phase == .rolledBack)
    }

    @Test("a retry while a rollback runs finds out first whether it is stuck")
    func earlyAdoption() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 1, .observing)
        world.step(.abort)
        var facts = world.facts(of: .routerAhead)
        facts.command = Command(.retry(.adopt), by: "user:ana", because: "restored backup")
        let first = world.step(facts)
        #expect(first.transition?.rule == .t16 && first.reply == nil)
        #expect(world.step(facts).reply == .done)
        #expect(world.state.phase == .rollingBack)
    }

    @Test("a retry of a rollback that never was stuck is refused; repeated, it was done already")
    func retries() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 1, .observing)
        world.step(.abort)
        guard case .refused(let refusal) = world.step(.retry).reply else {
            Issue.record("nothing was retried")
            return
        }
        #expect(refusal.code == .phase && refusal.remedy == "possible now: approve, abort")
        world.step(.passLong)
        #expect(world.state.phase == .stuck)
        #expect(world.step(.retry).reply == .done)
        #expect(world.step(.retry).reply == .alreadySo)
        world.step(.passLong)
        #expect(world.state.phase == .stuck)
        #expect(world.step(.retry).reply == .done)
    }

    @Test("before any router was there, an abort ends at once: nothing is verified or compensated")
    func abortWithoutRouters() throws {
        var plan = World.smallPlan()
        var invariant = InvariantPlan()
        invariant.name = "conservation"
        plan.rollback.verify = [invariant]
        plan.rollback.compensate = ["undo"]
        var world = try World(plan)
        world.step(.pass)
        world.step(.start)
        func lonely(_ world: World, _ move: World.Move) -> MigrationFacts {
            var facts = world.facts(of: move)
            facts.routers = []
            facts.isVerified = false
            facts.isCompensated = false
            return facts
        }
        var held = world
        world.step(lonely(world, .pass))
        #expect(world.state.hold?.detail == "no router is registered")
        world.step(lonely(world, .abort))
        world.step(lonely(world, .pass))
        #expect(world.state.phase == .rolledBack)
        // Where one is known, it has to say so.
        held.step(lonely(held, .abort))
        var facts = lonely(held, .pass)
        facts.routers = [RouterReading("r1", ackedGeneration: held.state.generation)]
        held.step(facts)
        #expect(held.state.phase == .rollingBack)
    }

    @Test("a word on what is no stage, hook or plan is refused with the nearest name")
    func unknownSubjects() throws {
        var plan = World.smallPlan()
        var hook = HookPlan()
        hook.name = "retire"
        plan.finalize.onCommit = [hook]
        var world = try World(plan)
        try world.advance(to: 1, .observing)
        for verb in [Command.Verb.approve(subject: "fulll"), .deny(subject: "fulll")] {
            var facts = world.facts(of: .pass)
            facts.command = Command(verb, by: "user:ana")
            guard case .refused(let refusal) = world.step(facts).reply else {
                Issue.record("\(verb.name) of nothing")
                continue
            }
            #expect(refusal.code == .unknown && refusal.remedy == "nearest is full")
            #expect(refusal.problem.contains("fulll"))
        }
        for subject in ["full", "retire", world.hash] {
            var facts = world.facts(of: .pass)
            facts.command = Command(.approve(subject: subject), by: "user:ana")
            #expect(world.step(facts).reply == .done, "\(subject)")
        }
    }

    @Test("I10: the primary is retired by the commit only, once the reverse window is over")
    func commitIsLast() throws {
        var plan = World.smallPlan()
        var hook = HookPlan()
        hook.name = "retire"
        plan.finalize.onCommit = [hook]
        plan.finalize.commit = .auto
        var world = try World(plan)
        try world.finalize()
        #expect(!world.intents.contains(.runHook(hook)))
        world.step(.pass)
        #expect(world.state.phase == .finalizing)
        var dead = world.facts(of: .pass)
        dead.reversePath = .failed("feed stopped")
        world.step(dead)
        #expect(world.state.phase == .finalizing)
        world.step(.noData)
        #expect(world.state.phase == .finalizing)
        world.step(.pass)
        #expect(world.state.phase == .completed)
        #expect(world.intents.contains(.runHook(hook)))
    }

    @Test(
        "I16: an irreversible stage or hook needs an approval that names it, and that is in force"
    )
    func irreversibleStepsNeedApproval() throws {
        var plan = World.smallPlan()
        plan.stages[1].reversibility.kind = .none
        var world = try World(plan)
        try world.advance(to: 1, .preflight)
        world.step(.pass)
        #expect(world.state.hold == Hold(.approval, "stage half", from: .preflight))
        let good = Approval(
            "half",
            planHash: world.hash,
            generation: world.state.stageGeneration,
            expiresAtMs: world.clock.wallMs + 60_000
        )
        var others = [good, good, good, good, good]
        others[0].subject = "full"
        others[1].planHash = "sha256:old"
        others[2].generation -= 1
        others[3].expiresAtMs = world.clock.wallMs
        others[4].isGranted = false
        for other in others {
            var facts = world.facts(of: .pass)
            facts.approvals = [other]
            var tried = world
            for _ in 0..<3 { tried.step(facts) }
            #expect(tried.state.stageState == .holding)
        }
        var facts = world.facts(of: .pass)
        facts.approvals = [good]
        world.step(facts)
        #expect(world.state.stageState == .preflight)
        world.step(facts)
        #expect(world.state.stageState == .shifting)
    }

    @Test("I17: a rollback needs no evidence, window, throttle, dependency or probe")
    func rollbackNeedsLittle() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 1, .observing)
        world.step(.abort)
        var facts = world.facts(of: .acknowledge)
        facts.evidence = nil
        facts.interval = nil
        facts.candidateIdleMs = nil
        facts.freeze = "night"
        facts.throttles = ["lag"]
        facts.reversePath = .missing
        facts.reverseProbe = .missing
        facts.drill = .missing
        facts.dependencies = [Dependency("readers", .pending)]
        world.step(facts)
        #expect(world.state.phase == .rolledBack)
    }

    @Test("without the lease, or behind the fence, nothing happens")
    func leaseIsNeeded() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 1, .observing)
        let before = world.state
        var facts = world.facts(of: .violation)
        facts.holdsLease = false
        world.step(facts)
        #expect(world.state == before)
    }
}
