import MigrationRules
import TestKit
import Testing

@Suite("Soak, holds and policies")
struct SoakTests {
    @Test("I12: an interval without a report, data, life or health adds nothing")
    func soakNeedsEvidence() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 0, .observing)
        let start = world.progress.soakMs
        for move in [World.Move.silentRouter, .noData, .brokenQuery, .idleCandidate] {
            world.step(move)
            #expect(world.progress.soakMs == start, "\(move)")
        }
        var signal = world.facts(of: .pass)
        signal.evidence?.checks[2].verdict = .fail
        world.step(signal)
        #expect(world.progress.soakMs == start)
        var unreported = world.facts(of: .pass)
        unreported.interval = nil
        world.step(unreported)
        #expect(world.progress.soakMs == start)
        // Zero units are a report, and doubt is health enough.
        var quiet = world.facts(of: .inconclusive)
        quiet.interval?.candidateUnits = 0
        world.step(quiet)
        #expect(world.progress.soakMs == start + 10_000)
    }

    @Test("I12: one interval adds two ticks at most, and a restart adds nothing")
    func suspensionsDoNotCount() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 0, .observing)
        let start = world.progress.soakMs
        world.step(world.facts(after: 3_600_000))
        #expect(world.progress.soakMs == start + 10_000)
        world.progress.restart()
        world.clock.monotonicMs = 77
        world.step(.inconclusive)
        #expect(world.progress.soakMs == start + 10_000)
    }

    @Test("I12: the soak is at most the time, and the sum of the observed intervals")
    func soakIsBounded() {
        let moves = Gen<World.Move>.element(of: [
            .pass, .inconclusive, .noData, .silentRouter, .passLong, .pause, .resume, .hold,
        ])
        checkProperty("soak stays below the time", Gen<[World.Move]>.array(of: moves)) { moves in
            var plan = World.smallPlan()
            plan.stages[0].soak.minMs = 1 << 50
            plan.stages[0].soak.maxMs = nil
            var world = try World(plan)
            try world.advance(to: 0, .observing)
            let start = world.clock.monotonicMs
            for move in moves { world.step(move) }
            return world.progress.soakMs <= world.clock.monotonicMs - start
        }
    }

    @Test("a soak in units waits for the units that the candidate ran")
    func soakInUnits() throws {
        var plan = World.smallPlan()
        plan.stages[0].soak = SoakPlan()
        plan.stages[0].soak.units = 450
        var world = try World(plan)
        try world.advance(to: 0, .observing)
        for _ in 0..<4 {
            world.step(.pass)
            #expect(world.state.stageState == .observing)
        }
        world.step(.pass)
        #expect(world.state.stageState == .deciding)
        #expect(world.events.last?.payload.units == 500)
    }

    @Test("a stage does not begin with what another one has collected")
    func soakBelongsToStage() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 0, .passed)
        #expect(world.progress.soakUnits > 0)
        world.step(.pass)
        #expect(world.state.stageIndex == 1 && world.progress.soakUnits == 0)
        try world.advance(to: 1, .observing)
        for _ in 0..<3 { world.step(.inconclusive) }
        #expect(world.progress.soakUnits > 0 && world.progress.soakMs > 0)
        world.step(.rollbackToFirst)
        world.step(.acknowledge)
        #expect(world.state.phase == .paused && world.state.stageIndex == 0)
        #expect(world.progress.soakUnits == 0 && world.progress.soakMs == 0)
        #expect(world.progress.ageMs == 0)
    }

    @Test("I12: the same interval, shown to several steps, counts once")
    func intervalsCountOnce() throws {
        var plan = World.smallPlan()
        plan.stages[0].soak.minMs = 1 << 50
        var world = try World(plan)
        try world.advance(to: 0, .observing)
        let facts = world.facts(of: .inconclusive)
        world.step(facts)
        let once = world.progress
        world.step(facts)
        world.step(facts)
        #expect(world.progress.soakUnits == once.soakUnits && once.soakUnits > 0)
        #expect(world.progress.soakMs == once.soakMs)
    }

    @Test("pause stops the soak while guards run; hold lets it run and blocks the pass")
    func pauseAndHold() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 1, .observing)
        world.step(.pause)
        let paused = world.progress.soakMs
        world.step(.pass)
        #expect(world.progress.soakMs == paused)
        var failing = world
        failing.step(.guardFails)
        #expect(failing.state.phase == .rollingBack)
        world.step(.resume)
        world.step(.hold)
        for _ in 0..<5 { world.step(.pass) }
        #expect(world.progress.soakMs > paused)
        #expect(world.state.hold?.reason == .operator)
        world.step(.resume)
        try world.advance(to: 1, .passed, limit: 10)
    }

    @Test("a hold during a shift is remembered and holds what comes next")
    func holdDuringShift() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 1, .shifting)
        world.step(.hold)
        #expect(world.state.stageState == .shifting)
        world.step(.acknowledge)
        for _ in 0..<8 { world.step(.pass) }
        #expect(world.state.hold == Hold(.operator, "hold", from: .observing))
    }

    @Test("a pause lets a shift under way end, or be undone")
    func pauseDuringShift() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 1, .shifting)
        world.step(.pause)
        var undone = world
        undone.step(.passLong)
        #expect(undone.events.last?.type == .routeAckTimeout)
        #expect(undone.state.rollback?.stage == 0)
        world.step(.acknowledge)
        #expect(world.state.phase == .paused)
        #expect(world.state.stageState == .warming)
        world.step(.pass)
        #expect(world.state.stageState == .warming)
    }

    @Test("missing evidence holds for as long as its policy says, then goes back, never forward")
    func policies() throws {
        var plan = World.smallPlan()
        plan.defaults.onNoData = HoldPolicy(holdMs: 20_000, then: .rollback)
        plan.stages[2].onError = HoldPolicy(holdMs: 10_000, then: .rollbackStage)
        plan.defaults.onInconclusive = HoldPolicy(holdMs: 15_000, then: .rollbackStage)
        var world = try World(plan)
        try world.advance(to: 2, .observing)
        var silent = world
        for _ in 0..<3 { silent.step(.noData) }
        #expect(silent.state.phase == .running)
        silent.step(.noData)
        #expect(
            silent.state.rollback
                == RollbackState(
                    to: nil,
                    trigger: "hold policy no-data",
                    generation: silent.state.generation
                )
        )
        var broken = world
        for _ in 0..<2 { broken.step(.brokenQuery) }
        #expect(broken.state.rollback?.stage == 1)
        for _ in 0..<20 where world.state.phase == .running { world.step(.inconclusive) }
        #expect(world.state.rollback?.trigger == "hold policy inconclusive")
        #expect(world.state.rollback?.stage == 1)
    }

    @Test("every cause of a hold before a shift is told, and its end resumes")
    func preflightHolds() throws {
        let causes: [(World.Move, HoldReason)] = [
            (.freeze, .freeze), (.throttle, .throttle), (.deadRouter, .dependency),
            (.probeFails, .dependency), (.deny, .approval),
        ]
        for (move, reason) in causes {
            var world = try World(World.smallPlan())
            try world.advance(to: 1, .preflight)
            world.step(move)
            #expect(world.state.hold?.reason == reason)
            #expect(world.state.hold?.from == .preflight)
            #expect(world.step(move).transition == nil)
            world.step(.pass)
            #expect(world.state.stageState == .preflight)
        }
    }

    @Test("skipping the soak skips no gate")
    func skipSoak() throws {
        var plan = World.smallPlan()
        plan.stages[0].soak.minMs = 86_400_000
        plan.stages[0].soak.maxMs = nil
        var world = try World(plan)
        try world.advance(to: 0, .observing)
        var doubtful = world.facts(of: .promote)
        doubtful.evidence = world.evidence(.inconclusive)
        guard case .refused(let refusal) = world.step(doubtful).reply else {
            Issue.record("a gate was skipped")
            return
        }
        #expect(refusal.code == .noEvidence)
        world.step(.promote)
        #expect(world.events.last?.payload.isSoakSkipped == true)
        try world.advance(to: 1, .shifting, limit: 5)
        #expect(!world.state.isSoakSkipped)
    }

    @Test("an extension gives an inconclusive stage more time")
    func extensionOfSoak() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 0, .observing)
        for _ in 0..<10 { world.step(.inconclusive) }
        #expect(world.state.stageState == .holding)
        var facts = world.facts(of: .inconclusive)
        facts.command = Command(.extend(milliseconds: 60_000), by: "user:ana")
        world.step(facts)
        #expect(world.state.extensionMs == 60_000)
        for _ in 0..<5 { world.step(.inconclusive) }
        #expect(world.state.stageState == .observing)
    }
}
