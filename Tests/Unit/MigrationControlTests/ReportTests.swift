internal import Assembly
internal import Failures
internal import Foundation
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules
internal import TestKit
internal import Testing

@Suite("The page about a migration", .scratchDirectory, .timeLimit(.minutes(5)))
struct ReportTests {
    static let sections = [
        "Timeline", "Weight", "Evidence", "Throughput", "Latency", "Comparison", "Units", "Journal",
    ]

    /// Writes the page and reads it.
    private func page(
        of name: String,
        attempt: Int? = nil,
        in world: ControlWorld
    ) throws -> (text: String, outline: MarkupOutline) {
        let path = try MigrationReport.write(
            of: name,
            attempt: attempt,
            in: world.folder,
            binary: "1.0.0",
            to: try scratchPath("pages/page.html")
        )
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return (text, MarkupOutline(text))
    }

    private func check(_ text: String, _ outline: MarkupOutline) {
        #expect(outline.problem == nil)
        for section in Self.sections {
            #expect(outline.texts.contains(section), "section \(section)")
        }
        for word in ["http", "<script", "<link", "src=", "url(", "@import"] {
            #expect(!text.contains(word), "\(word) would be loaded")
        }
        #expect(text.contains("prefers-color-scheme: dark"))
    }

    @Test("a migration that has ended has its whole story, over the controllers that told it")
    func completed() throws {
        var plan = ControlPlans.ramp(.keyWindow)
        var rate = CheckPlan()
        rate.name = "differences"
        rate.role = .gate
        rate.kind = .rate
        rate.metric = "mismatch"
        rate.per = "compared"
        rate.promote = BoundPlan(.atMost, 0.5, .number)
        plan.checks.append(rate)
        let world = try ControlWorld(plan, routers: ["r1", "r2"])
        try world.begin()
        try world.run { $0.stage == "canary-50" && $0.stageState == .observing }
        try world.open()
        let end = try world.run { $0.phase == .completed }
        let (text, outline) = try page(of: plan.name, in: world)
        check(text, outline)
        #expect(outline.texts.contains("moving"))
        #expect(outline.texts.contains("Attempt 1 · fake/moving"))
        #expect(outline.texts.contains("✓ Completed."))
        #expect(
            outline.texts.contains { $0.hasPrefix("The candidate serves everything, after 5 ") }
        )
        #expect(
            outline.texts.contains { $0.hasSuffix("results were compared, and none differed.") }
        )
        #expect(outline.texts.contains(end.head))
        #expect(outline.texts.contains("cutover journal verify moving"))
        for stage in plan.stages { #expect(outline.texts.contains(stage.name)) }
        #expect(outline.texts.contains("controller"), "the second controller is a mark")
        // A path a stage, and timeline, weight, throughput, latency.
        #expect(outline.counts["figure"] ?? 0 >= 4 + 5)
        #expect(outline.counts["svg"] == outline.counts["figure"])
        let events = try world.journal().events(of: end.migration)
        for event in events { #expect(outline.texts.contains(event.type)) }
        #expect(outline.texts.filter { $0 == "✓ pass" }.count >= 10)
        let again = try page(of: end.migration, in: world).text
        #expect(again == text, "the same journal gives the same page")
    }

    @Test("a rollback tells its trigger and the kinds of differences")
    func rolledBack() throws {
        let world = try ControlWorld(ControlPlans.ramp(.key))
        try world.begin()
        try world.run { $0.stage == "canary-10" && $0.stageState == .observing }
        world.path.change { $0.isCandidateLying = true }
        try world.run { $0.phase == .rolledBack }
        let (text, outline) = try page(of: "moving", in: world)
        check(text, outline)
        #expect(outline.texts.contains("↩ Rolled back."))
        #expect(outline.texts.contains { $0.contains("(violation mismatch)") })
        #expect(outline.texts.contains("$.total"))
        #expect(outline.texts.contains("✗ violation"))
        #expect(outline.texts.contains("rollback"))
        #expect(outline.texts.contains("baseline"))
    }

    @Test("a migration that has only begun has a page, too")
    func begun() throws {
        let world = try ControlWorld(ControlPlans.ramp(.key))
        try world.open()
        _ = try #require(world.controller).apply(world.plan, source: "plan")
        let ready = try page(of: "moving", in: world)
        check(ready.text, ready.outline)
        #expect(ready.outline.texts.contains("▸ Ready."))
        try world.say(.start).requireObeyed()
        let begun = try page(of: "moving", in: world)
        check(begun.text, begun.outline)
    }

    @Test("names of plans, targets, stages and checks are never markup")
    func hostileNames() throws {
        let evil = "</title></style><script>alert(\"1\" & '2')</script>"
        var plan = ControlPlans.ramp(.key)
        plan.name = "moving \(evil)"
        plan.target = "fake/\(evil)"
        plan.stages[0].name = "shadow \(evil)"
        plan.checks[0].name = "errors \(evil)"
        let world = try ControlWorld(plan)
        try world.begin()
        try world.run { $0.stageIndex == 1 && $0.stageState == .observing }
        let (text, outline) = try page(of: plan.name, in: world)
        check(text, outline)
        #expect(outline.counts["script"] == nil)
        #expect(outline.counts["style"] == 1)
        for name in [plan.name, plan.stages[0].name, plan.checks[0].name] {
            #expect(outline.texts.contains { $0.contains(name) }, "\(name)")
        }
        let path = try MigrationReport.write(of: plan.name, in: world.folder, binary: "1.0.0")
        #expect(path.hasPrefix(world.folder + "/reports/moving---"))
        #expect(path.hasSuffix("-1.html"))
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test("an unknown migration or attempt is a mistake of the request")
    func unknown() throws {
        let world = try ControlWorld(ControlPlans.ramp(.key))
        try world.begin()
        let noName = #expect(throws: Failure.self) { _ = try page(of: "moved", in: world) }
        #expect(noName?.code == "MIG_UNKNOWN")
        let noAttempt = #expect(throws: Failure.self) {
            _ = try page(of: "moving", attempt: 7, in: world)
        }
        #expect(noAttempt?.code == "MIG_UNKNOWN")
        #expect(noAttempt?.problem == "there is no attempt 7 of moving")
        #expect(try page(of: "moving", attempt: 1, in: world).outline.problem == nil)
    }
}
