import JSON
import MigrationRules
import Testing

/// A migration with a world around it: one router, a clock, and whatever facts a test sets.
struct World {
    /// What a controller or a person does in one step.
    enum Move: CaseIterable {
        case pass
        case passLong
        case inconclusive
        case noData
        case brokenQuery
        case silentRouter
        case idleCandidate
        case acknowledge
        case deadRouter
        case guardFails
        case violation
        case freeze
        case throttle
        case probeFails
        case dependencyLost
        case stalePlan
        case start
        case promote
        case commit
        case pause
        case resume
        case hold
        case abort
        case rollbackToFirst
        case retry
        case adopt
        case approve
        case extend
        case routerAhead
        case deny
    }

    let plan: MigrationPlan
    let hash: String
    let machine: StageMachine
    let draft: MigrationState
    var state: MigrationState
    var progress = StageProgress()
    var clock = ClockReading(monotonicMs: 0, wallMs: 1_767_600_000_000)
    var acked = 0
    var events: [MigrationEvent] = []
    var intents: [Intent] = []

    init(_ plan: MigrationPlan) throws {
        self.plan = plan
        hash = try plan.hash()
        machine = StageMachine(actor: "controller:c1")
        draft = MigrationState(id: "mig-001", name: plan.name, target: plan.target, salt: "mig-001")
        state = draft
    }

    /// Shadow, half, full: each soaks 10 s, waits 30 s at most before it is judged.
    static func smallPlan() -> MigrationPlan {
        var plan = MigrationPlan()
        plan.name = "small"
        plan.target = "exec/small"
        for (name, role) in [("errors", CheckRole.guarding), ("speed", .gate), ("memory", .signal)]
        {
            var check = CheckPlan()
            check.name = name
            check.role = role
            plan.checks.append(check)
        }
        var soak = SoakPlan()
        soak.minMs = 10_000
        soak.maxMs = 30_000
        for (name, strategy, weight) in [
            ("shadow", StagePlan.Strategy.shadow, 0), ("half", .canary, 500_000),
            ("full", .full, 1_000_000),
        ] {
            var stage = StagePlan()
            stage.name = name
            stage.strategy = strategy
            stage.weightPPM = weight
            stage.samplePPM = strategy == .shadow ? 1_000_000 : 0
            stage.soak = soak
            plan.stages.append(stage)
        }
        plan.rollback.to = .lastPassed
        plan.finalize.reverseWindowMs = 10_000
        return plan
    }

    /// Facts in which everything is in order.
    func facts(after milliseconds: Int) -> MigrationFacts {
        var facts = MigrationFacts()
        facts.clock = ClockReading(
            monotonicMs: clock.monotonicMs + milliseconds,
            wallMs: clock.wallMs + milliseconds
        )
        facts.draftPlanHash = hash
        facts.targetGeneration = state.generation
        facts.routers = [RouterReading("r1", ackedGeneration: acked)]
        facts.candidateIdleMs = 0
        facts.interval = IntervalReport(candidateUnits: 100)
        facts.isCompensated = true
        facts.isVerified = true
        facts.evidence = evidence(.pass)
        return facts
    }

    func evidence(_ verdict: Verdict, guards: Verdict = .pass) -> StageEvidence {
        StageEvidence(
            planHash: state.planHash,
            generation: state.stageGeneration,
            checks: [
                CheckReading("errors", .guarding, guards), CheckReading("speed", .gate, verdict),
                CheckReading("memory", .signal, .pass),
            ]
        )
    }

    /// The facts of a move.
    func facts(of move: Move) -> MigrationFacts {
        var facts = facts(after: move == .passLong ? 60_000 : 5000)
        func say(_ verb: Command.Verb) {
            facts.command = Command(verb, by: "user:ana", because: "test")
        }
        switch move {
        case .pass, .passLong: break
        case .inconclusive: facts.evidence = evidence(.inconclusive)
        case .noData: facts.evidence = nil
        case .brokenQuery: facts.evidence = evidence(.error)
        case .silentRouter: facts.interval?.missingRouters = ["r1"]
        case .idleCandidate: facts.candidateIdleMs = 900_001
        case .acknowledge:
            facts.routers = [RouterReading("r1", ackedGeneration: state.generation)]
        case .deadRouter:
            facts.routers = [RouterReading("r1", isAlive: false, ackedGeneration: acked)]
        case .guardFails: facts.evidence = evidence(.pass, guards: .fail)
        case .violation: facts.violations = ["uniqueness"]
        case .freeze: facts.freeze = "holidays"
        case .throttle: facts.throttles = ["source_lag_seconds"]
        case .probeFails: facts.reverseProbe = .failed("3 of 100 objects differ")
        case .dependencyLost: facts.dependencies = [Dependency("readers", .rolledBack)]
        case .stalePlan: facts.evidence?.planHash = "sha256:old"
        case .start: say(.start)
        case .promote: say(.promote(skipSoak: true, confirmation: nil))
        case .commit: say(.promote(skipSoak: false, confirmation: "small"))
        case .pause: say(.pause)
        case .resume: say(.resume)
        case .hold: say(.hold)
        case .abort: say(.abort)
        case .rollbackToFirst: say(.rollback(to: "shadow"))
        case .retry: say(.retry(.plain))
        case .adopt: say(.retry(.adopt))
        case .approve: say(.approve(subject: "half"))
        case .extend: say(.extend(milliseconds: 5000))
        case .routerAhead:
            facts.routers = [RouterReading("r1", ackedGeneration: 0, isAhead: true)]
            facts.highestSeenGeneration = state.generation + 2
            facts.violations = ["router r1 is ahead of the journal"]
        case .deny:
            facts.approvals = [
                Approval(
                    plan.stages[state.stageIndex ?? 0].name,
                    planHash: state.planHash,
                    generation: state.stageGeneration,
                    isGranted: false
                )
            ]
        }
        return facts
    }

    /// Steps once under `facts`.
    @discardableResult
    mutating func step(_ facts: MigrationFacts) -> MachineStep {
        let step = machine.step(state, progress, plan: plan, facts: facts)
        clock = facts.clock
        progress = step.progress
        acked = max(acked, facts.routers.map(\.ackedGeneration).max() ?? 0)
        guard let transition = step.transition else { return step }
        state = transition.state
        events.append(transition.event)
        intents += transition.intents
        return step
    }

    @discardableResult
    mutating func step(_ move: Move) -> MachineStep { step(facts(of: move)) }

    /// Steps until the stage state is reached, acknowledging whatever is asked.
    mutating func advance(to stage: Int, _ wanted: StageState, limit: Int = 200) throws {
        if state.phase == .draft { step(.pass) }
        if state.phase == .ready { step(.start) }
        for _ in 0..<limit where state.stageIndex != stage || state.stageState != wanted {
            step(state.stageState == .shifting ? .acknowledge : .pass)
        }
        try #require(state.stageIndex == stage && state.stageState == wanted)
    }

    /// Steps until the migration is finalizing.
    mutating func finalize() throws {
        try advance(to: plan.stages.count - 1, .passed)
        step(.pass)
        try #require(state.phase == .finalizing)
    }

    /// What two worlds that will behave alike have in common: durations beyond every limit are one, and
    /// generations count from the newest.
    var identity: Identity {
        var state = state
        state.seq = 0
        state.updatedAtMs = 0
        let newest = state.generation
        state.stageGeneration -= newest
        state.rollback?.generation -= newest
        state.rollback?.trigger = ""
        state.generation = 0
        var progress = progress
        progress.lastStepMs = nil
        progress.lastIntervalMs = progress.lastIntervalMs == nil ? nil : 0
        progress.sinceTransitionMs = min(progress.sinceTransitionMs, 60_000)
        progress.ageMs = min(progress.ageMs, 30_000 + state.extensionMs)
        progress.soakMs = min(progress.soakMs, 10_000)
        progress.soakUnits = 0
        progress.warmupMs = 0
        progress.inconclusiveMs = 0
        progress.noDataMs = 0
        progress.errorMs = 0
        return Identity(state: state, progress: progress, lag: newest - acked)
    }

    struct Identity: Hashable {
        var state: MigrationState
        var progress: StageProgress
        var lag: Int
    }
}
