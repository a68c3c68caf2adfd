internal import Assembly
internal import Failures
internal import Foundation
internal import JSON
internal import MigrationControl
internal import Routing
internal import Synchronization
internal import TestKit
internal import Testing

@Suite("Verbs by hand", .timeLimit(.minutes(1)), .scratchDirectory)
struct HandVerbTests {
    @Test("Without a controller verbs write by themselves, and leave no lock and no socket")
    func byHand() throws {
        let world = try VerbWorld()
        #expect(try world.desk.list().isEmpty)
        #expect(try world.apply().json["outcome"]?.string == "done")
        let started = try world.ask(.start)
        #expect(started.json["phase"]?.string == "running")
        #expect(started.json["controller"]?.string == "by hand")
        let view = try world.desk.status(of: "orders")
        #expect(view.json["hold"]?["reason"]?.string == "dependency")
        let items = try world.desk.list()
        #expect(items.count == 1)
        #expect(items[0]["stage"]?.string == "shadow")
        #expect(try world.desk.unfinished() == ["orders"])
        // A controller that begins afterwards finds everything, and goes on.
        try world.control { _ in
            let live = try world.wait { $0.json["stage_state"]?.string == "observing" }
            #expect(live.isLive)
        }
        let aborted = try world.ask(.abort)
        #expect(aborted.json["phase"]?.string == "rolling-back")
        #expect(aborted.lines.joined().contains("no controller runs"))
        // The path's next controller ends what was asked for by hand.
        try world.control { _ in
            let result = try world.desk.wait(for: "orders", .init(), isStopped: { false })
            #expect(result.view.standing == .rolledBack)
        }
        #expect(try world.desk.verify("orders").damage == nil)
    }

    @Test("A migration that never started is cancelled, and its name can be applied again")
    func cancelling() throws {
        let world = try VerbWorld()
        try world.apply()
        #expect(
            try world.ask(.abort).lines == ["orders: abort, cancelled before its start, event 2"]
        )
        #expect(try world.desk.status(of: "orders").standing == .cancelled)
        #expect(try world.apply().json["attempt"]?.integer == 2)
        #expect(try world.desk.status(of: "orders-1").standing == .cancelled)
        let old = MigrationRequest(.abort, by: "user:ana", because: "test")
        let failure = #expect(throws: Failure.self) {
            try world.desk.submit(old, to: "orders-1", within: .zero)
        }
        #expect(failure?.problem == "orders-1 is cancelled, and orders-2 came after it")
        #expect(try world.desk.submit(old, to: "orders-2", within: .zero).json["attempt"] == 2)
    }

    @Test("A verb that changes nothing leaves nothing in the journal, however often it is said")
    func idleVerbs() throws {
        let world = try VerbWorld()
        try world.apply()
        try world.ask(.start)
        func count() throws -> Int {
            try world.desk.events(of: "orders").json["events"]?.array?.count ?? 0
        }
        try world.ask(.pause)
        let before = try count()
        for _ in 0..<3 {
            #expect(try world.ask(.pause).json["outcome"]?.string == "already")
            #expect(
                try world.ask(.start).lines.first?.hasPrefix(
                    "orders: start was done already, paused"
                ) == true
            )
            let refused = #expect(throws: Failure.self) {
                try world.ask(.promote(skipSoak: true, confirmation: nil))
            }
            #expect(refused?.remedy == "possible now: resume, approve, rollback, abort")
            let unknown = #expect(throws: Failure.self) { try world.ask(.approve(subject: "hal")) }
            #expect(unknown?.code == "MIG_UNKNOWN" && unknown?.remedy == "nearest is half")
        }
        #expect(try count() == before)
        try world.ask(.resume(extensionMs: nil))
        #expect(try count() > before)
        #expect(try world.desk.verify("orders").damage == nil)
    }

    @Test("Unknown names, wrong plans and folders without a journal are refused with what to do")
    func refusals() throws {
        let world = try VerbWorld()
        let none = #expect(throws: Failure.self) { try world.ask(.start) }
        #expect(none?.code == "MIG_UNKNOWN")
        #expect(none?.remedy.contains("--state") == true)
        #expect(!FileManager.default.fileExists(atPath: world.folder))
        let bad = #expect(throws: Failure.self) { try world.apply("apiVersion: cutover/v1") }
        #expect(bad?.blame == .request)
        #expect(!FileManager.default.fileExists(atPath: world.folder))
        try world.apply()
        let near = #expect(throws: Failure.self) { try world.desk.status(of: "order") }
        #expect(near?.remedy == "nearest is orders")
        let phase = #expect(throws: Failure.self) { try world.ask(.pause) }
        #expect(phase?.code == "MIG_PHASE")
        #expect(phase?.remedy.contains("start") == true)
    }

    @Test("A controller without a socket is named with its process")
    func lockedFolders() throws {
        let world = try VerbWorld()
        try world.apply()
        let controller = try MigrationController(
            state: world.folder,
            options: ControllerOptions(
                holder: "controller:test",
                binary: "1.0.0",
                settings: world.desk.settings.control
            )
        )
        try controller.start()
        defer { controller.stop() }
        let failure = #expect(throws: Failure.self) { try world.ask(.start) }
        #expect(failure?.code == "MIG_STATE_LOCKED")
        #expect(failure?.problem.contains("\(ProcessInfo.processInfo.processIdentifier)") == true)
        // Looking needs no lock.
        #expect(try world.desk.status(of: "orders").phase == "ready")
    }

    @Test("A route is explained from the table in force, and from past ones")
    func routes() throws {
        let world = try VerbWorld()
        try world.apply()
        let before = try world.desk.explain(RouteQuestion(key: "EWR-LAX"))
        #expect(before.json["side"]?.string == "primary")
        #expect(before.json["reason"]?.string == "DISABLED")
        #expect(before.lines == ["no route of exec/orders was published yet: primary (DISABLED)"])
        try world.control { _ in
            try world.ask(.start)
            _ = try world.wait { $0.json["stage"]?.string == "full" }
        }
        let table = world.path.state.withLock { $0.table }
        let hash = try table.key.hash([.text("EWR"), .text("LAX")])
        let bucket = Self.bucket(try #require(hash))
        let now = try world.desk.explain(RouteQuestion(key: "EWR-LAX"))
        #expect(now.json["bucket"]?.integer == Int64(bucket))
        #expect(now.json["side"]?.string == "candidate")
        #expect(now.lines.joined().contains("candidate from weight"))
        let fields = RouteQuestion(fields: ["EWR", "LAX"], target: VerbWorld.target, generation: 1)
        let then = try world.desk.explain(fields)
        #expect(then.json["bucket"]?.integer == Int64(bucket))
        #expect(then.json["side"]?.string == "primary")
        #expect(then.json["generation"]?.integer == 1)
        for question in [
            RouteQuestion(key: "EWR"), RouteQuestion(key: "A-B-C"), RouteQuestion(fields: ["A"]),
        ] {
            let failure = #expect(throws: Failure.self) { try world.desk.explain(question) }
            #expect(failure?.code == "MIG_ROUTE_KEY")
            #expect(failure?.problem.contains("origin, dest") == true)
        }
        let late = #expect(throws: Failure.self) {
            try world.desk.explain(RouteQuestion(key: "A-B", generation: 99))
        }
        #expect(late?.remedy.contains("from 1 to") == true)
        let other = #expect(throws: Failure.self) {
            try world.desk.explain(RouteQuestion(key: "A-B", target: "exec/order"))
        }
        #expect(other?.remedy == "nearest is exec/orders")
    }

    @Test("A window's owner is told by where it starts, for every generation that owns some")
    func windowRoutes() throws {
        let target = "stream/orders"
        // 2013-01-01 00:30 UTC; windows of an hour, barriers two windows ahead.
        let world = try VerbWorld(target: target, eventTime: 1_357_000_200_000_000)
        let unit =
            "{ kind: key-window, targetingKey: [origin, dest], eventTime: t, window: tumbling 1h }"
        try world.apply(VerbWorld.plan(target: target, unit: unit))
        try world.control { _ in
            try world.ask(.start)
            _ = try world.wait { $0.phase == "finalizing" }
        }
        let now = try world.desk.explain(RouteQuestion(key: "EWR-LAX", target: target))
        #expect(now.json["side"]?.string == "candidate")
        #expect(now.json["threshold_ppm"]?.integer == 1_000_000)
        let windows = try #require(now.json["windows"]?.array)
        #expect(windows.compactMap { $0["threshold_ppm"]?.integer } == [0, 500_000, 1_000_000])
        #expect(windows[0]["from"]?.string == "2013-01-01T03:00:00.000Z")
        #expect(now.lines.count == 4)
        func owner(_ window: String) throws -> JSONValue {
            try world.desk.explain(RouteQuestion(key: "EWR-LAX", window: window)).json
        }
        #expect(try owner("2013-01-01 02:59:59")["generation"]?.integer == 0)
        #expect(try owner("2013-01-01 02:59:59")["side"]?.string == "primary")
        #expect(try owner("2013-01-01T03:10:00Z")["generation"] == windows[0]["generation"])
        #expect(
            try owner("2013-01-01T03:10:00Z")["window_start"]?.string == "2013-01-01T03:00:00.000Z"
        )
        #expect(try owner("2013-02-01")["side"]?.string == "candidate")
        #expect(throws: Failure.self) { try owner("tomorrow") }
    }

    @Test("A journal is shown, exported and checked; a flipped byte is damage")
    func journals() throws {
        let world = try VerbWorld()
        try world.apply()
        try world.ask(.start)
        let shown = try world.desk.events(of: "orders")
        let events = try #require(shown.json["events"]?.array)
        #expect(events.first?["type"]?.string == "plan.validated")
        #expect(shown.lines.joined().contains("migration.started"))
        var lines: [String] = []
        let note = try world.desk.export("orders") { lines.append($0) }
        #expect(lines.count == events.count + 2)
        #expect(note.contains(events.last?["hash"]?.string ?? "no hash"))
        #expect(try world.desk.verify("orders").damage == nil)

        let file = URL(fileURLWithPath: world.folder + "/journal.db")
        var bytes = try Data(contentsOf: file)
        let place = try #require(bytes.range(of: Data("plan.validated".utf8)))
        bytes[place.lowerBound] ^= 1
        try bytes.write(to: file)
        let verified = try world.desk.verify("orders")
        #expect(verified.damage?.code == "MIG_JOURNAL_CHAIN")
        #expect(verified.json["chain"]?.string == "broken")
        let failure = #expect(throws: Failure.self) { try world.ask(.pause) }
        #expect(failure?.code == "MIG_JOURNAL_CHAIN")

        // A plan whose meaning was changed, and one that is no JSON any more.
        bytes[place.lowerBound] ^= 1
        for (text, change) in [("\"targetingKey\":[\"origin\"", UInt8(1)), ("\"align\":", 0x20)] {
            var changed = bytes
            let member = try #require(changed.range(of: Data(text.utf8), options: .backwards))
            changed[member.lowerBound + 1] ^= change
            try changed.write(to: file)
            let found = try world.desk.verify("orders")
            #expect(found.damage?.code == "MIG_JOURNAL_CHAIN", "\(found.text)")
            let refusal = #expect(throws: Failure.self) { try world.ask(.pause) }
            #expect(refusal?.code == "MIG_JOURNAL_CHAIN")
        }
    }

    /// High bits of hash × 1,000,000, worked out in another way.
    private static func bucket(_ hash: UInt64) -> Int {
        Int(hash.multipliedFullWidth(by: 1_000_000).high)
    }
}
