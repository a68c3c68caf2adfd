internal import Failures
internal import MigrationRules
internal import Routing
internal import TestKit
internal import Testing

@Suite("Route table maker")
struct RouteTableMakerTests {
    private func plan(_ stages: [StagePlan] = StagePlan.ramp(soak: SoakPlan())) -> MigrationPlan {
        var plan = MigrationPlan()
        plan.name = "trades-v2"
        plan.target = "stream/trades"
        plan.stages = stages
        return plan
    }

    private func maker(_ plan: MigrationPlan) throws -> RouteTableMaker {
        try RouteTableMaker(plan, migration: "mig-001", salt: "mig-001")
    }

    private func moment(_ generation: Int) -> RouteTableMaker.Moment {
        RouteTableMaker.Moment(generation: generation, fence: 1)
    }

    private func stage(
        _ strategy: StagePlan.Strategy,
        weight: Int = 0,
        change: (inout StagePlan) -> Void = { _ in }
    ) -> StagePlan {
        var stage = StagePlan()
        stage.name = "\(strategy.rawValue)-\(weight)"
        stage.strategy = strategy
        stage.weightPPM = weight
        change(&stage)
        return stage
    }

    @Test("the ramp's tables: shadow, 10, 50, 90 %, full, each with its way back")
    func ramp() throws {
        let maker = try maker(plan())
        let tables = try (0..<5).map { try maker.table(ofStage: $0, at: moment($0 + 1)) }
        #expect(tables.map(\.thresholdPPM) == [0, 100_000, 500_000, 900_000, 1_000_000])
        #expect(
            tables.map(\.rules.compareFromPPM) == [1_000_000, 900_000, 500_000, 900_000, 1_000_000]
        )
        #expect(tables[0].rules.shadowPPM == 1_000_000)
        #expect(tables.allSatisfy { $0.rollback?.thresholdPPM == 0 })
        #expect(tables.allSatisfy { $0.rules.salt == "mig-001" })
        let back = try maker.table(ofStage: 3, at: moment(4), fallback: 2)
        #expect(back.rollback?.thresholdPPM == 500_000)
        #expect(try maker.rollback(toStage: nil, at: moment(9)).thresholdPPM == 0)
        #expect(try maker.rollback(toStage: 1, at: moment(9)).thresholdPPM == 100_000)
    }

    @Test("every strategy says who answers")
    func strategies() throws {
        let stages = [
            stage(.abTest, weight: 500_000), stage(.blueGreen), stage(.primaryWithFallback),
            stage(.primaryWithFallback) { $0.first = .primary }, stage(.dualWrite), stage(.full),
        ]
        let maker = try maker(plan(stages))
        let tables = try stages.indices.map { try maker.table(ofStage: $0, at: moment(1)) }
        #expect(
            tables.map(\.thresholdPPM) == [500_000, 1_000_000, 1_000_000, 0, 0, 1_000_000]
        )
        #expect(
            tables.map(\.rules.mode) == [.split, .split, .fallback, .fallback, .dualWrite, .split]
        )
        let primaryFirst = tables[3]
        let answered = try #require(primaryFirst.fallback(after: primaryFirst.decide(hash: 7)))
        #expect(answered.side == .candidate)
    }

    @Test("I5: from stage to stage no unit returns to the primary")
    func nested() throws {
        let stages = [
            stage(.shadow), stage(.waves, weight: 1) { $0.cohort = ["a", "b"] },
            stage(.waves, weight: 2) { $0.cohort = ["c"] }, stage(.canary, weight: 1_000_000),
        ]
        let maker = try maker(plan(stages))
        let tables = try stages.indices.map { try maker.table(ofStage: $0, at: moment($0 + 1)) }
        for unit in ["a", "b", "c", "d"] {
            let hash = try RouteKey(.route, salt: "mig-001").hash([.text(unit)])
            let sides = tables.map { $0.decide(hash: hash).side }
            let first = sides.firstIndex(of: .candidate) ?? sides.count
            #expect(sides[first...].allSatisfy { $0 == .candidate }, "\(unit): \(sides)")
        }
        let wave = tables[2]
        let key = RouteKey(.route, salt: "mig-001")
        #expect(try wave.decide(hash: key.hash([.text("a")])).reason == .targetingMatch)
        #expect(try wave.decide(hash: key.hash([.text("d")])).side == .primary)
    }

    @Test("a rollback takes pinned units back as well; verbs' pins win over the plan's")
    func pins() throws {
        var plan = plan()
        var pin = PinPlan()
        pin.key = ["tenant-a"]
        pin.side = .candidate
        plan.routing.pins = [pin]
        let maker = try maker(plan)
        let hash = try #require(try RouteKey(.route, salt: "mig-001").hash([.text("tenant-a")]))
        let table = try maker.table(ofStage: 1, at: moment(2))
        #expect(table.decide(hash: hash).side == .candidate)
        #expect(table.decide(hash: hash).reason == .pinned)
        #expect(table.rollback?.decide(hash: hash).side == .primary)
        var later = moment(3)
        later.pins = [hash: .primary]
        let changed = try maker.table(ofStage: 4, at: later)
        #expect(changed.decide(hash: hash).side == .primary)
        pin.side = .primary
        plan.routing.pins.append(pin)
        let error = #expect(throws: Failure.self) { _ = try self.maker(plan) }
        #expect(error?.code == "MIG_ROUTE_TABLE")
    }

    @Test("ranked units replace the bucket line, and the end keeps the last value")
    func rankedAndEnded() throws {
        var plan = plan()
        plan.routing.assign = .ranked
        let maker = try maker(plan)
        var moment = moment(2)
        var ranked = RankedAssignment()
        ranked.widen(toPPM: 400_000, of: [10, 20, 30, 40, 50])
        moment.ranked = ranked
        let table = try maker.table(ofStage: 1, at: moment)
        #expect(table.decide(hash: 20).side == .candidate)
        #expect(table.decide(hash: 20).reason == .split)
        #expect(table.decide(hash: 30).side == .primary)
        #expect(table.isCompared(table.decide(hash: 30)))
        let full = try maker.table(ofStage: 4, at: moment)
        let ended = try maker.ended(full, at: self.moment(9))
        #expect(ended.decide(hash: .max).side == .candidate)
        #expect(ended.decide(hash: .max).reason == .disabled)
    }

    @Test("I3, I8: generations of any sequence of stages and rollbacks can be posted in order")
    func posting() throws {
        let maker = try maker(plan())
        checkProperty("posted", Gen<[Int]>.array(of: .integer(in: 0...9))) { steps in
            let board = RouteBoard(try RouteTable.untouched(target: "stream/trades"))
            for (place, step) in steps.enumerated() {
                let moment = moment(place + 1)
                let table =
                    step < 5
                    ? try maker.table(ofStage: step, at: moment)
                    : try maker.rollback(toStage: step == 9 ? nil : step - 5, at: moment)
                guard try board.post(table) == .applied else { return false }
            }
            return board.table.generation == steps.count
        }
    }
}

@Suite("Work projection")
struct WorkProjectionTests {
    @Test("a weight's share of the work is projected, and a heavy key holds the shift")
    func shares() {
        var work = WorkProjection()
        #expect(work.share(belowPPM: 100_000) == nil)
        #expect(!work.exceeds(maxWorkSharePPM: 1_500_000, atThresholdPPM: 100_000))
        for bin in 0..<1000 { work.add(bucket: bin * 1000 + 7, nanoseconds: 10) }
        #expect(abs((work.share(belowPPM: 100_500) ?? 0) - 0.1005) < 1e-12)
        #expect(!work.exceeds(maxWorkSharePPM: 1_500_000, atThresholdPPM: 100_000))
        var heavy = WorkProjection()
        heavy.add(bucket: 50_000, nanoseconds: 1000)
        work.add(heavy)
        // (1,000 + 1,000) of 11,000 below a tenth.
        #expect(abs((work.share(belowPPM: 100_000) ?? 0) - 2000 / 11_000) < 1e-12)
        #expect(work.exceeds(maxWorkSharePPM: 1_500_000, atThresholdPPM: 100_000))
        #expect(!work.exceeds(maxWorkSharePPM: 2_000_000, atThresholdPPM: 100_000))
        #expect(!work.exceeds(maxWorkSharePPM: 1_500_000, atThresholdPPM: 1_000_000))
    }
}
