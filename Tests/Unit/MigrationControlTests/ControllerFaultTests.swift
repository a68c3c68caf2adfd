internal import Failures
internal import Foundation
internal import JSON
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules
internal import Routing
internal import Synchronization
internal import TestKit
internal import Testing

@Suite("Routers, barriers and evidence that fail", .scratchDirectory, .timeLimit(.minutes(3)))
struct ControllerFaultTests {
    @Test(
        "a router that never acknowledges sends the shift back",
        arguments: [UnitPlan.Kind.key, .keyWindow]
    )
    func deafRouters(_ kind: UnitPlan.Kind) throws {
        let world = try ControlWorld(ControlPlans.ramp(kind, soakUnits: 8), routers: ["r1", "r2"])
        try world.begin()
        try world.run { $0.stage == "canary-10" && $0.stageState == .observing }
        world.path.change { $0.routers[1].isDeaf = true }
        let back = try world.run { $0.phase == .rollingBack }
        #expect(back.rollbackTrigger == "acknowledgement timeout")
        #expect(back.weightAckedPPM == 100_000)
        world.path.change { $0.routers[1].isDeaf = false }
        // To the stage whose routes were active: nothing else is known to be wrong.
        let paused = try world.run { $0.phase == .paused }
        #expect(paused.stage == "canary-10")
        try world.say(.resume).requireObeyed()
        try world.run { $0.phase == .completed }
        try world.checkInvariants()
        guard kind == .keyWindow else { return }
        let types = try world.journal().events(of: paused.migration).map(\.type)
        #expect(types.contains("barrier.postponed"))
        #expect(world.path.change { $0.routers.allSatisfy { $0.machine.stallsFrom == nil } })
    }

    @Test("a router that has gone past a barrier refuses it, and a later one holds")
    func lateBarriers() throws {
        var plan = ControlPlans.ramp(.keyWindow, soakUnits: 8)
        plan.routing.barrierMarginWindows = 0
        let world = try ControlWorld(plan, routers: ["r1", "r2"])
        // The second router goes on between what it last told and the proposal.
        world.path.change { $0.routers[1].rush = 5000 }
        try world.begin()
        try world.run { $0.phase == .completed }
        let types = try world.journal().events(of: "moving-1").map(\.type)
        #expect(types.contains("barrier.postponed"))
        try world.checkInvariants()
    }

    @Test("a rollback that a router does not hear of is stuck, and goes on when somebody says so")
    func stuckRollbacks() throws {
        let world = try ControlWorld(ControlPlans.ramp(.key, soakUnits: 8), routers: ["r1", "r2"])
        try world.begin()
        try world.run { $0.stage == "canary-10" && $0.stageState == .observing }
        world.path.change { state in
            state.routers[1].isDeaf = true
            state.violation = Violation("uniqueness", "a window came twice")
        }
        let stuck = try world.run { $0.phase == .stuck }
        #expect(stuck.rollbackTrigger == "violation uniqueness")
        world.path.change { $0.routers[1].isDeaf = false }
        try world.say(.retry(.plain)).requireObeyed()
        try world.run { $0.phase == .rolledBack }
        try world.checkInvariants()
    }

    @Test("a router that is ahead of the journal stops everything until its generation is adopted")
    func restoredJournals() throws {
        let world = try ControlWorld(ControlPlans.ramp(.key, soakUnits: 8))
        try world.begin()
        try world.run { $0.stage == "canary-10" && $0.stageState == .observing }
        try world.path.change { state in
            var rules = state.routers[0].table.rules
            rules.generation = 40
            return Result { try RouteTable(rules) }.map { state.routers[0].table = $0 }
        }.get()
        // The deadline of the rollback is 20 s.
        let stuck = try world.run(limit: 2) { $0.phase == .stuck }
        #expect(stuck.rollbackTrigger == "violation router r1 is ahead of the journal")
        #expect(stuck.trouble?.contains("MIG_ROUTER_AHEAD") == true)
        let plain = try world.say(.retry(.plain))
        guard case .refused(let refusal) = plain.outcome else {
            Issue.record("\(plain.outcome)")
            return
        }
        #expect(refusal.code == .routerAhead)
        try world.say(.retry(.adopt)).requireObeyed()
        let end = try world.run { $0.phase == .rolledBack }
        #expect(end.generation > 40)
        #expect(world.path.change { $0.routers[0].table.thresholdPPM } == 0)
        let journal = try world.journal()
        #expect(
            try journal.verify("moving-1", rules: ControlRules.journalRules(for: journal)).isGood
        )
    }

    @Test("a router whose generation is just the next one is not taken for one that obeys")
    func restoredByOne() throws {
        for kind in [UnitPlan.Kind.key, .keyWindow] {
            let world = try ControlWorld(
                ControlPlans.ramp(kind, soakUnits: 8),
                folder: "state-\(kind)"
            )
            try world.begin()
            let now = try world.run { $0.stage == "canary-50" && $0.stageState == .observing }
            try world.path.change { state in
                var rules = state.routers[0].table.rules
                rules.generation = now.generation + 1
                rules.thresholdPPM = 900_000
                rules.compareFromPPM = RouteRules.compareFrom(thresholdPPM: 900_000)
                return Result { try RouteTable(rules) }.map { state.routers[0].table = $0 }
            }.get()
            let stuck = try world.run(limit: 3) { $0.phase == .stuck }
            #expect(stuck.generation == now.generation + 1)
            for _ in 0..<5 { try world.second() }
            #expect(try world.snapshot().phase == .stuck)
            // Another controller sees it, too.
            try world.open()
            for _ in 0..<5 { try world.second() }
            #expect(try world.snapshot().phase == .stuck)
            try world.say(.retry(.adopt)).requireObeyed()
            #expect(try world.say(.retry(.adopt)).outcome == .alreadySo)
            try world.run { $0.phase == .rolledBack }
            #expect(world.path.change { $0.routers[0].table.thresholdPPM } == 0)
        }
    }

    @Test("the share that was seen counts who answered, not who ran")
    func seenWeights() throws {
        for kind in [UnitPlan.Kind.key, .keyWindow] {
            let world = try ControlWorld(
                ControlPlans.ramp(kind, soakUnits: 200),
                folder: "state-\(kind)"
            )
            try world.begin()
            let shadow = try world.run { $0.stageState == .observing && $0.soak.units > 100 }
            #expect(shadow.stage == "shadow" && shadow.weightSeenPPM == 0)
            #expect(shadow.candidateUnits > 100)
            let half = try world.run { $0.stage == "canary-50" && $0.soak.units > 150 }
            #expect(abs((half.weightSeenPPM ?? 0) - 500_000) < 150_000, "\(half.json)")
        }
    }

    @Test("I12: without reports the soak stands still, also over a new controller")
    func missingReports() throws {
        let world = try ControlWorld(ControlPlans.ramp(.key, soakUnits: 200))
        try world.begin()
        try world.run { $0.stageState == .observing && $0.soak.units > 50 }
        world.path.change { $0.isWithoutReports = true }
        try world.second()
        let before = try world.snapshot().soak
        for _ in 0..<10 { try world.second() }
        #expect(try world.snapshot().soak == before)
        try world.open()
        for _ in 0..<10 { try world.second() }
        #expect(try world.snapshot().soak == before)
        let types = try world.journal().events(of: "moving-1").map(\.type)
        #expect(types.suffix(2) == ["controller.started", "evidence.gap"])
        world.path.change { $0.isWithoutReports = false }
        try world.run { $0.stage == "canary-10" }
    }

    @Test("a path that resumes finds its position, and reports that come again count once")
    func positions() throws {
        let world = try ControlWorld(ControlPlans.ramp(.key, soakUnits: 100_000))
        try world.begin()
        try world.run { $0.stageState == .observing && $0.comparisons.compared >= 300 }
        let before = try world.snapshot()
        let position = try #require(before.positions["r1"])
        #expect(position.position == world.clock.milliseconds)
        // It reads again from the start, and hands over what it had handed over.
        world.path.change { state in
            state.reports = state.handedOver
        }
        try world.open()
        try world.controller?.step()
        let after = try world.snapshot()
        #expect(after.positions == before.positions)
        #expect(after.comparisons == before.comparisons)
        #expect(after.checks == before.checks)
        let journal = try world.journal()
        let read = try MigrationViews.snapshot(named: world.plan.name, in: journal)
        #expect(read?.positions == before.positions)
        #expect(read?.comparisons == before.comparisons)
        #expect(read?.soak == after.soak)
    }

    @Test("changed evidence shows as another verdict, and a controller does not start on it")
    func tampering() throws {
        let world = try ControlWorld(ControlPlans.ramp(.key, soakUnits: 8))
        try world.begin()
        try world.run { $0.stage == "canary-10" && $0.stageState == .observing }
        world.controller = nil
        let journal = try MigrationJournal(
            state: world.folder,
            options: JournalOptions(access: .readWrite, binary: "1.0.0")
        )
        try journal.takeLease(holder: "eve", at: JournalTime(milliseconds: 0))
        var changed: [EvidenceRecord] = []
        for var row in try journal.evidence(of: "moving-1", stage: "shadow") {
            let text = JSONValue(row.counts).compactText
                .replacingOccurrences(of: "\"mismatch\":0", with: "\"mismatch\":1")
            row.counts = try #require(try JSONValue(parsing: text).object)
            changed.append(row)
        }
        try journal.record(changed, of: "moving-1")
        let report = try journal.verify("moving-1", rules: ControlRules.journalRules(for: journal))
        #expect(report.chain == nil && report.differences == [])
        #expect(report.wrongVerdicts.map(\.type) == ["stage.evaluated", "stage.passed"])
        let refused = #expect(throws: Failure.self) { try world.open() }
        #expect(refused?.code == "MIG_JOURNAL_CHAIN")
    }

    @Test("two controllers of one folder: the second one is told, and changes nothing")
    func oneController() throws {
        let world = try ControlWorld(ControlPlans.ramp(.key))
        try world.begin()
        let second = #expect(throws: Failure.self) {
            try MigrationController(state: world.folder, options: world.options)
        }
        #expect(second?.code == "MIG_STATE_LOCKED")
    }

    @Test("the story has every stage, interval and path, over a new controller")
    func stories() throws {
        let world = try ControlWorld(
            ControlPlans.ramp(.keyWindow, soakUnits: 8),
            routers: ["r1", "r2"]
        )
        try world.begin()
        try world.run { $0.stage == "canary-50" }
        try world.open()
        try world.run { $0.phase == .completed }
        let story = try MigrationStory(of: "moving-1", in: try world.journal())
        #expect(story.phase == .completed)
        #expect(story.spans.map(\.weightPPM) == [0, 100_000, 500_000, 900_000, 1_000_000])
        #expect(story.spans.map(\.stageIndex) == [0, 1, 2, 3, 4])
        #expect(story.spans.allSatisfy { $0.barrier != nil && $0.toMs != nil })
        #expect(zip(story.spans, story.spans.dropFirst()).allSatisfy { $0.toMs == $1.fromMs })
        let units = story.intervals.reduce(0) { $0 + $1.cell.candidate.units }
        #expect(units > 40)
        let paths = story.paths.filter { $0.check == "errors" }
        #expect(paths.map(\.stage) == world.plan.stages.map(\.name))
        #expect(paths.allSatisfy { $0.points.last?.verdict == .pass })
        #expect(
            story.paths.contains { $0.check == StageEvaluation.sampleRatio && $0.harmBound != nil }
        )
        #expect(story.events.count == story.seq)
    }

    @Test("a shift that would move too much of the work waits")
    func workShares() throws {
        let world = try ControlWorld(ControlPlans.ramp(.key, soakUnits: 8))
        var heavy = WorkProjection()
        heavy.add(bucket: 50_000, nanoseconds: 900)
        heavy.add(bucket: 950_000, nanoseconds: 100)
        world.path.change { $0.work = heavy }
        try world.begin()
        let held = try world.run { $0.hold?.reason == .throttle }
        #expect(held.stage == "canary-10" && held.hold?.detail == "share of work")
        for _ in 0..<5 { try world.second() }
        #expect(try world.snapshot().stage == "canary-10")
        var even = WorkProjection()
        for bucket in 0..<1000 { even.add(bucket: bucket * 1000, nanoseconds: 1) }
        world.path.change { $0.work = even }
        try world.run { $0.phase == .completed }
    }

    @Test("a wall clock that is set is written down, and adds nothing to the soak")
    func clockSteps() throws {
        var plan = ControlPlans.ramp(.key, soakUnits: 0)
        plan.stages[0].soak.minMs = 60_000
        let world = try ControlWorld(plan)
        try world.begin()
        for _ in 0..<10 { try world.second() }
        let before = try world.snapshot().soak.milliseconds
        world.clock.stepWall(3_600_000)
        try world.second()
        #expect(try world.snapshot().soak.milliseconds <= before + 1000)
        let last = try #require(try world.journal().events(of: "moving-1").last)
        #expect(last.type == "clock.step" && last.payload["detail"]?.string == "by 3600000 ms")
        world.clock.stepWall(-3_600_000)
        try world.second()
        try world.run { $0.stage == "canary-10" }
    }

    @Test("a verb works where no path runs, and what it begins is done when one does")
    func verbsAlone() throws {
        let world = try ControlWorld(
            ControlPlans.ramp(.keyWindow, soakUnits: 8),
            routers: ["r1", "r2"]
        )
        try world.begin()
        try world.run { $0.stage == "canary-50" && $0.stageState == .observing }
        world.controller = nil
        do {
            let verb = try MigrationController(state: world.folder, options: world.options)
            let command = Command(.abort, by: "user:ana", because: "wrong totals")
            try verb.submit(command, for: world.plan.name).requireObeyed()
            let isOver = try verb.step(within: .milliseconds(50)) {
                verb.snapshot(of: world.plan.name)?.phase.isTerminal ?? false
            }
            #expect(!isOver)
            let now = try #require(verb.snapshot(of: world.plan.name))
            #expect(now.phase == .rollingBack && now.routers.allSatisfy { !$0.isAlive })
            #expect(now.trouble?.contains("MIG_ROUTER_BEHIND") == true)
        }
        try world.open()
        try world.run { $0.phase == .rolledBack }
        #expect(world.path.change { $0.routers.allSatisfy { $0.table.thresholdPPM == 0 } })
        try world.checkInvariants()
    }

    @Test(
        "a path that starts from nothing gets the tables in force, never one whose barrier is open"
    )
    func tablesInForce() throws {
        let world = try ControlWorld(
            ControlPlans.ramp(.keyWindow, soakUnits: 8),
            routers: ["r1", "r2"]
        )
        try world.begin()
        try world.run { $0.stage == "canary-10" && $0.stageState == .observing }
        world.path.change { $0.routers[0].isDeaf = true }
        let asked = try world.run { $0.stageState == .shifting }
        let journal = try world.journal()
        let tables = try MigrationViews.tables(of: world.plan.target, in: journal)
        #expect(tables.map(\.thresholdPPM) == [0, 100_000])
        #expect(tables.last?.rules.log.entries.map(\.generation) == [1, 2])
        #expect(try journal.routes(of: world.plan.target).last?.generation == asked.generation)
    }

    @Test("an intent without a door stays open and says so, and is done once there is one")
    func openIntents() throws {
        var plan = ControlPlans.ramp(.key, soakUnits: 8)
        var notify = NotifyPlan()
        notify.on = [.promoted]
        notify.webhook = "$PAGER_URL"
        plan.notify = [notify]
        let world = try ControlWorld(plan)
        try world.begin()
        let waiting = try world.run { $0.stage == "canary-50" }
        #expect(waiting.trouble?.contains("MIG_INTENT") == true)
        let open = try world.journal().intents(of: "moving-1").filter { $0.kind == "notify" }
        #expect(!open.isEmpty && open.allSatisfy { $0.state == .pending && $0.lastError != nil })
        var options = world.options
        let said = Mutex<[String]>([])
        options.outlets.notify = { _, text, _ in said.withLock { $0.append(text) } }
        try world.open(options)
        try world.run { $0.phase == .completed }
        for _ in 0..<40 { try world.second() }
        #expect(said.withLock { $0.count } == 4)
        #expect(said.withLock { Set($0).count } == 4)
        #expect(try world.journal().intents(of: "moving-1").allSatisfy { $0.state == .done })
    }
}
