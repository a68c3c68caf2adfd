import Foundation
import JSON
import MigrationRules
import TestKit
import Testing

/// Every order of events up to a depth, with the invariants held to every step.
@Suite("Every order of events")
struct StageMachineExplorationTests {
    @Test("to depth 8, I2 I3 I4 I5 I7 I8 I9 I10 I12 I16 I19 I20 hold at every step")
    func allOrders() throws {
        let isLong = ProcessInfo.processInfo.environment["PROPERTY_ROUNDS"] != nil
        var world = try World(World.smallPlan())
        world.step(.pass)
        var explorer = Explorer()
        explorer.explore(from: world, depth: isLong ? 11 : 8)
        #expect(explorer.visited > 500)
        #expect(explorer.rules.isSuperset(of: [.t2, .t3, .t3h, .t4, .t6, .t14, .t15, .t17]))
    }

    @Test("and from deeper inside: observing, holding, finalizing, rolling back, stuck")
    func allOrdersFromInside() throws {
        let isLong = ProcessInfo.processInfo.environment["PROPERTY_ROUNDS"] != nil
        var starts: [World] = []
        for (stage, state) in [(1, StageState.observing), (2, .shifting), (2, .deciding)] {
            var world = try World(World.smallPlan())
            try world.advance(to: stage, state)
            starts.append(world)
        }
        var holding = starts[0]
        holding.step(.hold)
        starts.append(holding)
        var finalizing = try World(World.smallPlan())
        try finalizing.finalize()
        starts.append(finalizing)
        var rolling = finalizing
        rolling.step(.guardFails)
        starts.append(rolling)
        rolling.step(.passLong)
        #expect(rolling.state.phase == .stuck)
        starts.append(rolling)
        var explorer = Explorer()
        for world in starts { explorer.explore(from: world, depth: isLong ? 7 : 4) }
        #expect(
            explorer.rules.isSuperset(of: [
                .t5, .t7, .t8, .t9, .t10, .t12, .t13, .t14, .t15, .t15s, .t16, .t16r,
            ])
        )
    }

    @Test("the exploration notices a rule that is broken")
    func harnessIsAwake() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 1, .deciding)
        let facts = world.facts(of: .noData)
        let honest = world.machine.step(world.state, world.progress, plan: world.plan, facts: facts)
        #expect(honest.transition?.rule == .t9)
        var forged = honest
        let passing = world.machine.step(
            world.state,
            world.progress,
            plan: world.plan,
            facts: world.facts(of: .pass)
        )
        forged.transition = passing.transition
        #expect(Explorer.problem(world, facts, forged)?.hasPrefix("I7") == true)
        #expect(Explorer.problem(world, facts, honest) == nil)
    }
}

/// Breadth first over all moves, each world once.
struct Explorer {
    private(set) var visited = 0
    private(set) var rules: Set<TransitionRule> = []
    private var seen: Set<World.Identity> = []

    mutating func explore(from start: World, depth: Int) {
        var frontier = [start]
        for _ in 0..<depth {
            var next: [World] = []
            for world in frontier {
                for move in World.Move.allCases {
                    guard let reached = take(move, from: world) else { continue }
                    next.append(reached)
                }
            }
            frontier = next
        }
    }

    /// The world after a move; nil where it was met before or a rule was broken.
    private mutating func take(_ move: World.Move, from world: World) -> World? {
        let facts = world.facts(of: move)
        var reached = world
        let step = reached.step(facts)
        if let rule = step.transition?.rule { rules.insert(rule) }
        if let problem = Self.problem(world, facts, step) {
            Issue.record(
                """
                \(problem)
                move \(move) from \(world.state.json) \(world.progress)
                events \(world.events.map(\.type.rawValue))
                """
            )
            return nil
        }
        guard seen.insert(reached.identity).inserted else { return nil }
        visited += 1
        // Events of the path stay for the report; intents would only grow.
        reached.intents = []
        return reached
    }

    /// The first invariant that a step breaks.
    static func problem(_ world: World, _ facts: MigrationFacts, _ step: MachineStep) -> String? {
        let again = world.machine.step(world.state, world.progress, plan: world.plan, facts: facts)
        if case .refused(let refusal) = step.reply, let verb = facts.command?.verb.name,
            refusal.remedy.contains("possible now: "),
            refusal.remedy.dropFirst(14).split(separator: ", ").contains(verb[...])
        {
            return "a refusal names its own verb: \(refusal)"
        }
        guard let transition = step.transition else {
            if step != again { return "I20: the same facts gave another step" }
            return Self.soakProblem(world, facts, step) ?? Self.abortProblem(world, facts, step)
        }
        return Self.journalProblem(world, transition) ?? Self.routeProblem(world, transition)
            ?? Self.promotionProblem(world, facts, transition)
            ?? Self.phaseProblem(world.state, transition)
            ?? Self.soakProblem(world, facts, step) ?? Self.abortProblem(world, facts, step)
            ?? (step != again ? "I20: the same facts gave another step" : nil)
    }

    private static func journalProblem(_ world: World, _ transition: Transition) -> String? {
        let event = transition.event
        guard event.seq == world.state.seq + 1 else { return "I2: not exactly one event" }
        do {
            var replayed = world.state
            var read = event
            read.payload = try EventPayload(json: event.payload.json)
            try replayed.apply(read)
            guard replayed == transition.state else { return "I19: the replay differs" }
        } catch {
            return "I19: \(error)"
        }
        return nil
    }

    private static func routeProblem(_ world: World, _ transition: Transition) -> String? {
        let before = world.state
        var orders: [RouteOrder] = []
        for intent in transition.intents {
            switch intent {
            case .publish(let order), .propose(let order): orders.append(order)
            default: break
            }
        }
        if orders.count > 1 { return "I4: two tables at once" }
        guard let order = orders.first else { return nil }
        if order.generation <= before.generation { return "I3: generation \(order.generation)" }
        if order.generation != transition.state.generation { return "I3: another generation" }
        let active = before.activeStage.map { world.plan.stages[$0].thresholdPPM } ?? 0
        if !order.isRollback, order.thresholdPPM < active { return "I5: the cohort shrinks" }
        if order.isRollback, order.thresholdPPM > active { return "I8: a rollback moves forward" }
        return nil
    }

    private static func promotionProblem(
        _ world: World,
        _ facts: MigrationFacts,
        _ transition: Transition
    ) -> String? {
        if transition.rule == .t8 {
            guard let evidence = facts.evidence, evidence.planHash == world.state.planHash,
                evidence.generation == world.state.stageGeneration,
                evidence.checks.allSatisfy({ $0.verdict == .pass })
            else { return "I7: promoted without a pass" }
        }
        let hooks = transition.intents.filter { if case .runHook = $0 { true } else { false } }
        if !hooks.isEmpty, transition.rule != .t13 { return "I10: the primary was retired early" }
        return nil
    }

    private static func phaseProblem(
        _ before: MigrationState,
        _ transition: Transition
    ) -> String? {
        let after = transition.state
        if before.phase.isTerminal, after.phase != before.phase { return "a terminal phase ended" }
        if before.phase == .rollingBack, transition.rule != nil {
            let isDeeper =
                after.phase == .rollingBack
                && (after.rollback?.stage ?? -1) < (before.rollback?.stage ?? -1)
            let isEarlier =
                after.phase == .paused && (after.stageIndex ?? .max) <= (before.stageIndex ?? -1)
            let isLegal =
                after.phase == .rolledBack || after.phase == .stuck || isDeeper || isEarlier
            if !isLegal { return "I8: rolling-back led to \(after.phase)" }
        }
        if (after.hold != nil) != (after.stageState == .holding) { return "a hold without holding" }
        let rolls = after.phase == .rollingBack || after.phase == .stuck
        if (after.rollback != nil) != rolls { return "a rollback outside its phases" }
        return nil
    }

    private static func soakProblem(
        _ world: World,
        _ facts: MigrationFacts,
        _ step: MachineStep
    ) -> String? {
        let gained = step.progress.soakMs - world.progress.soakMs
        if gained <= 0 { return nil }
        let isWatched = world.state.phase == .running
        let isComplete = facts.interval?.missingRouters.isEmpty == true
        let isAlive = facts.candidateIdleMs.map { $0 <= 900_000 } ?? false
        let hasEvidence = facts.evidence?.checks.allSatisfy { $0.verdict <= .inconclusive } ?? false
        guard isWatched, isComplete, isAlive, hasEvidence else {
            return "I12: soak without evidence"
        }
        return gained > 10_000 ? "I12: one interval added \(gained) ms" : nil
    }

    private static func abortProblem(
        _ world: World,
        _ facts: MigrationFacts,
        _ step: MachineStep
    ) -> String? {
        guard facts.command?.verb == .abort else { return nil }
        let after = step.transition?.state ?? world.state
        let isTerminal = world.state.phase.isTerminal
        if case .refused = step.reply, !isTerminal { return "I9: abort was refused" }
        if isTerminal { return nil }
        let isGoing = after.rollback != nil && after.rollback?.stage == nil
        return isGoing || after.phase == .cancelled || after.phase == .rolledBack
            ? nil : "I9: abort led to \(after.phase)"
    }
}
