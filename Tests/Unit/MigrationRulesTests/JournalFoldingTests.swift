import JSON
import MigrationRules
import TestKit
import Testing

@Suite("Folding a journal")
struct JournalFoldingTests {
    static let moves = Gen<World.Move>.element(of: World.Move.allCases)

    /// Random moves, with enough good ones that migrations come far.
    static let journeys = Gen<[World.Move]> { generator, size in
        (0..<(20 + size)).map { _ in
            let good: [World.Move] = [.acknowledge, .acknowledge, .pass, .start, .resume, .commit]
            return Int.random(in: 0..<4, using: &generator) > 0
                ? good[Int.random(in: good.indices, using: &generator)]
                : moves.make(&generator, size)
        }
    }

    @Test("I19: replaying the journal's JSON gives the state bit for bit")
    func replayReproducesState() {
        checkProperty("the replay is the state", Self.journeys, rounds: 300) { moves in
            var world = try World(World.smallPlan())
            for move in moves { world.step(move) }
            var events: [MigrationEvent] = []
            for event in world.events {
                var read = event
                let text = try CanonicalJSON.text(event.payload.json)
                read.payload = try EventPayload(json: JSONValue(parsing: text))
                events.append(read)
            }
            let replayed = try MigrationState.replaying(events, from: world.draft)
            let (now, then) = (world.state.json, replayed.json)
            return try CanonicalJSON.text(now) == CanonicalJSON.text(then)
                && MigrationState(json: now) == world.state
        }
    }

    @Test("I20: the same journal prefix and the same facts give the same verdicts and events")
    func decisionsAreRepeatable() {
        checkProperty("two runs are one", Self.journeys, rounds: 100) { moves in
            var first = try World(World.smallPlan())
            var second = try World(World.smallPlan())
            for move in moves {
                guard first.step(move) == second.step(move) else { return false }
            }
            return first.events == second.events && first.intents == second.intents
        }
    }

    @Test("I2 I3: generations and numbers only grow, and a generation has one table")
    func numbersGrow() {
        checkProperty("numbers grow", Self.journeys, rounds: 300) { moves in
            var world = try World(World.smallPlan())
            for move in moves { world.step(move) }
            var orders: [RouteOrder] = []
            for intent in world.intents {
                if case .publish(let order) = intent { orders.append(order) }
            }
            let generations = orders.map(\.generation)
            let isRising = zip(generations, generations.dropFirst()).allSatisfy { $0 < $1 }
            return isRising && world.events.map(\.seq) == Array(1..<(world.events.count + 1))
        }
    }

    @Test("a gap, a lower fence, a lower generation and a row that the table lacks are refused")
    func illegalEvents() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 1, .observing)
        let state = world.state
        func refuse(_ type: EventType, _ edit: (inout MigrationEvent) -> Void = { _ in }) {
            var event = MigrationEvent(type, seq: state.seq + 1, atMs: 0, fence: 0, actor: "x")
            edit(&event)
            var changed = state
            #expect(throws: IllegalEvent.self) { try changed.apply(event) }
            #expect(changed == state)
        }
        refuse(.stageEvaluated) { $0.seq += 1 }
        refuse(.evidenceGap) { $0.payload.generation = 0 }
        refuse(.stagePassed)
        refuse(.migrationStarted)
        refuse(.rollbackCompleted)
        refuse(.rollbackStarted)
        refuse(.migrationCommitted)
        refuse(.planValidated)
        refuse(.stageHeld) { $0.payload.reason = "mood" }
    }

    @Test("a note keeps phase and stage, and takes its generation and fence over")
    func notes() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 1, .observing)
        var facts = world.facts(of: .pass)
        facts.fence = 7
        var payload = EventPayload()
        payload.generation = world.state.generation + 1
        let note = world.machine.note(.drillPassed, payload, world.state, facts: facts)
        #expect(note.rule == nil)
        #expect(note.state.generation == world.state.generation + 1)
        #expect(note.state.stageGeneration == world.state.stageGeneration)
        #expect(note.state.fence == 7)
        #expect(note.state.stageState == .observing)
    }

    @Test("the next attempt keeps the salt, unless units are reshuffled")
    func nextAttempt() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 1, .observing)
        #expect(world.state.nextAttempt(id: "mig-002") == nil)
        world.step(.abort)
        world.step(.acknowledge)
        let next = try #require(world.state.nextAttempt(id: "mig-002"))
        #expect(next.attempt == 2 && next.salt == "mig-001" && next.phase == .draft)
        #expect(world.state.nextAttempt(id: "mig-002", reshuffle: true)?.salt == "mig-002")
    }
}
