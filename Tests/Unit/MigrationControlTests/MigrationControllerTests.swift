internal import Failures
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules
internal import Routing
internal import TestKit
internal import Testing

@Suite("Moving a path", .scratchDirectory, .timeLimit(.minutes(3)))
struct MigrationControllerTests {
    @Test(
        "a good candidate goes from shadow to everything by itself",
        arguments: [UnitPlan.Kind.key, .keyWindow]
    )
    func goodCandidatesArrive(_ kind: UnitPlan.Kind) throws {
        let world = try ControlWorld(ControlPlans.ramp(kind), routers: ["r1", "r2"])
        try world.begin()
        var weights: [Int] = []
        try world.run { now in
            if weights.last != now.weightAckedPPM { weights.append(now.weightAckedPPM) }
            return now.phase == .completed
        }
        #expect(weights == [0, 100_000, 500_000, 900_000, 1_000_000])
        #expect(
            world.path.change {
                $0.routers.allSatisfy { $0.table.thresholdPPM == 1_000_000 }
            }
        )
        try world.checkInvariants()
        let journal = try world.journal()
        let id = try world.snapshot().migration
        let report = try journal.verify(id, rules: try ControlRules.journalRules(for: journal))
        #expect(report.verdictCount == 10)
        #expect(try journal.intents(of: id).allSatisfy { $0.state == .done })
    }

    @Test(
        "a lying candidate is taken back, and serves nothing afterwards",
        arguments: [UnitPlan.Kind.key, .keyWindow]
    )
    func liarsGoBack(_ kind: UnitPlan.Kind) throws {
        let world = try ControlWorld(ControlPlans.ramp(kind))
        try world.begin()
        try world.run { $0.stage == "canary-50" && $0.stageState == .observing }
        world.path.change { $0.isCandidateLying = true }
        let end = try world.run { $0.phase == .rolledBack }
        #expect(end.rollbackTrigger == "violation mismatch")
        #expect(end.weightAckedPPM == 0)
        let before = world.clock.milliseconds
        for _ in 0..<5 { try world.second() }
        world.path.change { state in
            for (window, keys) in state.emitted where window >= Int64(before) {
                #expect(keys.values.allSatisfy { $0 == [.primary] }, "window \(window)")
            }
        }
        try world.checkInvariants()
        #expect(try world.journal().mismatches(of: end.migration).first?.fingerprint == "f1")
    }
}
