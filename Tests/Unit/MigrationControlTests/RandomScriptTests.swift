internal import Failures
internal import Foundation
internal import Hashing
internal import JSON
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules
internal import Routing
internal import TestKit
internal import Testing

/// Random commands, faults and crashes; whatever happens, the invariants hold.
@Suite("Random scripts", .scratchDirectory, .timeLimit(.minutes(10)))
struct RandomScriptTests {
    /// A world, a source of randomness, and what must be remembered between two moves.
    struct Script {
        let seed: UInt64
        var generator: SeededGenerator
        let world: ControlWorld

        init(seed: UInt64) throws {
            self.seed = seed
            generator = SeededGenerator(seed: seed)
            let kind: UnitPlan.Kind = Bool.random(using: &generator) ? .key : .keyWindow
            var plan = ControlPlans.ramp(kind, soakUnits: Int.random(in: 4...40, using: &generator))
            plan.finalize.commit = Bool.random(using: &generator) ? .auto : .manual
            plan.rollback.to = Bool.random(using: &generator) ? .baseline : .lastPassed
            world = try ControlWorld(plan, routers: ["r1", "r2"], folder: "seed-\(seed)")
        }

        mutating func chance(_ percent: Int) -> Bool {
            Int.random(in: 0..<100, using: &generator) < percent
        }

        /// One second, with whatever comes in it.
        mutating func move() throws {
            if chance(3) { try world.open() }
            let router = Int.random(in: 0..<2, using: &generator)
            if chance(3) { world.path.change { $0.routers[router].isAlive.toggle() } }
            if chance(3) { world.path.change { $0.routers[router].isDeaf.toggle() } }
            if chance(2) { world.path.change { $0.isWithoutReports.toggle() } }
            if chance(2) { world.path.change { $0.routers[router].rush = 3000 } }
            if chance(1) { world.path.change { $0.isCandidateLying.toggle() } }
            if chance(1) { world.path.change { $0.violation = Violation("uniqueness") } }
            if chance(2) {
                world.path.change { $0.probe = $0.probe == .passed ? .failed("lag") : .passed }
            }
            if chance(12) { try command() }
            let isSilent = world.path.change { $0.isWithoutReports && $0.reports.isEmpty }
            let before = try world.snapshot()
            try world.second()
            let after = try world.snapshot()
            check(before, after, isSilent)
        }

        private mutating func command() throws {
            let verbs: [Command.Verb] = [
                .pause, .resume, .resume, .resume, .hold, .rollback(to: "shadow"),
                .rollback(to: "canary-10"), .retry(.plain), .retry(.plain),
                .promote(skipSoak: true, confirmation: "moving"), .start,
                .extend(milliseconds: 1000), .approve(subject: "canary-50"),
            ]
            let verb = chance(8) ? .abort : verbs.randomElement(using: &generator) ?? .abort
            let before = try world.snapshot()
            let reply = try world.say(verb)
            if case .abort = verb, before.phase != .completed {
                if case .refused(let refusal) = reply.outcome {
                    Issue.record(
                        "I9, seed \(seed): an abort in \(before.phase) was refused: \(refusal)"
                    )
                }
            }
            if case .start = verb, reply.outcome == .done { return }
            // The same word again changes nothing by itself.
            guard case .retry = verb else { return }
            if reply.attempt > before.attempt { _ = try world.say(.start) }
        }

        private func check(
            _ before: MigrationSnapshot,
            _ after: MigrationSnapshot,
            _ isSilent: Bool
        ) {
            guard before.migration == after.migration else { return }
            #expect(after.generation >= before.generation, "I3, seed \(seed)")
            #expect(after.seq >= before.seq, "I2, seed \(seed)")
            if isSilent, before.stage == after.stage, before.generation == after.generation,
                after.soak.units > 0
            {
                #expect(after.soak == before.soak, "I12, seed \(seed)")
            }
        }

        /// Ends everything: routers are there again, and somebody says abort until all is on the primary.
        mutating func end() throws {
            world.path.change { state in
                for index in state.routers.indices {
                    state.routers[index].isAlive = true
                    state.routers[index].isDeaf = false
                }
                state.isWithoutReports = false
            }
            try world.open()
            _ = try world.say(.abort)
            for _ in 0..<60 {
                try world.second()
                let now = try world.snapshot()
                if now.phase == .stuck { _ = try world.say(.retry(.plain)) }
                if now.phase.isTerminal { break }
            }
            let last = try world.snapshot()
            #expect(last.phase.isTerminal, "seed \(seed): \(last.json)")
            guard last.phase != .completed else { return }
            let thresholds = world.path.change { $0.routers.map(\.table.thresholdPPM) }
            #expect(thresholds == [0, 0], "11, seed \(seed)")
        }
    }

    /// Runs a script.
    ///
    /// Returns the types of its events.
    private func run(seed: UInt64, seconds: Int) throws -> Set<String> {
        var script = try Script(seed: seed)
        try script.world.begin()
        for _ in 0..<seconds { try script.move() }
        try script.end()
        script.world.controller = nil
        try script.world.checkInvariants("seed \(seed)")
        try checkJournal(script.world, seed)
        let journal = try script.world.journal()
        var types: Set<String> = []
        for record in try journal.migrations() {
            types.formUnion(try journal.events(of: record.id).map(\.type))
        }
        return types
    }

    /// I7, I8: what followed what, and on which evidence.
    private func checkJournal(_ world: ControlWorld, _ seed: UInt64) throws {
        let journal = try world.journal()
        for record in try journal.migrations() {
            var isGoingBack = false
            for event in try journal.events(of: record.id) {
                guard let type = EventType(rawValue: event.type), !type.isNote else { continue }
                let place = "seed \(seed), event \(event.seq) \(event.type)"
                switch type {
                case .stagePassed:
                    #expect(event.payload["verdict"]?.string == "pass", "I7, \(place)")
                    #expect(event.payload["evidence"]?["order"]?.integer ?? 0 > 0, "I7, \(place)")
                case .rollbackStarted, .routeAckTimeout: isGoingBack = true
                case .rollbackStuck, .rollbackRetried, .rollbackForced, .rollbackAdopted:
                    #expect(isGoingBack, "I8, \(place)")
                case .rollbackCompleted:
                    #expect(isGoingBack, "I8, \(place)")
                    isGoingBack = false
                default: #expect(!isGoingBack, "I8, \(place)")
                }
            }
        }
        checkCohorts(world, seed)
    }

    /// I5: from one window to the next no key leaves the candidate, except by a rollback.
    private func checkCohorts(_ world: ControlWorld, _ seed: UInt64) {
        let thresholds = (try? world.journal().routes(of: world.plan.target)) ?? []
        var weights: [Int: Int] = [:]
        for route in thresholds {
            weights[route.generation] = (try? RouteTable(parsing: route.table))?.thresholdPPM
        }
        world.path.change { state in
            var last: (generation: Int, keys: Set<Int>) = (0, [])
            for (window, sides) in state.emitted.sorted(by: { $0.key < $1.key }) {
                let owners = Set((state.owners[window] ?? [:]).values)
                // Where one router is ahead, two generations decide about one window.
                guard owners.count == 1, let generation = owners.first,
                    sides.count == world.path.keyCount
                else { continue }
                let keys = Set(sides.filter { $0.value == [.candidate] }.keys)
                if let before = weights[last.generation], let now = weights[generation],
                    now >= before
                {
                    #expect(last.keys.isSubset(of: keys), "I5, seed \(seed), window \(window)")
                }
                last = (generation, keys)
            }
        }
    }

    @Test("invariants hold under random commands, faults and crashes")
    func scripts() throws {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["PROPERTY_SEED"].flatMap(UInt64.init) ?? 1
        let count: UInt64 = environment["CUTOVER_TEST_ALL"] == "1" ? 300 : 25
        var types: Set<String> = []
        for seed in first..<(first + count) { types.formUnion(try run(seed: seed, seconds: 150)) }
        // The scripts come to every place of the table.
        let known = EventType.allCases.filter { !$0.isNote && $0 != .planAmended }.map(\.rawValue)
        let missed = Set(known).subtracting(types)
        #expect(
            missed.isSubset(of: ["rollback.forced", "rollback.adopted", "migration.cancelled"])
        )
    }
}
