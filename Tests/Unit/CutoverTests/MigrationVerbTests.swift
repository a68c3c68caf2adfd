internal import Foundation
internal import JSON
internal import TestKit
internal import Testing
internal import cutover

@Suite("Verbs of migrations", .timeLimit(.minutes(1)), .scratchDirectory)
struct MigrationVerbTests {
    private struct Result {
        var status: ExitCode
        var output: String
        var errors: String

        var json: JSONValue {
            get throws { try JSONValue(parsing: output) }
        }
    }

    private static let plan = """
        apiVersion: cutover/v1
        kind: Migration
        metadata: { name: orders }
        spec:
          target: exec/orders
          primary: { command: ./v1 }
          candidate: { command: ./v2 }
          effects: none
          preset: ramp
        """

    private func run(_ words: String...) throws -> Result { try run(words) }

    private func run(_ words: [String]) throws -> Result {
        let recorded = RecordedConsole()
        let console = recorded.console([
            "USER": "ana", "CUTOVER_STATE": try scratchPath("state"),
            "CUTOVER_MIGRATION_TICK": "20ms",
        ])
        let status = Cutover.run(words, console)
        return Result(status: status, output: recorded.output, errors: recorded.errors)
    }

    private func planFile(_ text: String = plan) throws -> String {
        let path = try scratchPath("plan.yaml")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test("A plan is applied, started, looked at and aborted by hand")
    func wholeWay() throws {
        let path = try planFile()
        let applied = try run("apply", path)
        #expect(applied.status == .done)
        #expect(applied.output.hasPrefix("orders: attempt 1 is ready, plan sha256:"))
        #expect(try run("apply", path, "--json").json["outcome"]?.string == "already")
        #expect(try run("start", "orders", "--json").json["phase"]?.string == "running")

        let status = try run("status", "orders")
        #expect(status.status == .holding)
        #expect(status.output.hasPrefix("orders attempt 1  running  stage 1/5 shadow holding"))
        #expect(status.output.contains("holds: dependency, no router is registered"))
        #expect(try run("status", "orders", "--wait").status == .holding)
        #expect(try run("status", "orders", "--timeout", "0s").status == .holding)
        let list = try run("list")
        #expect(list.output.contains("orders"))
        #expect(try run("list", "--json").json["migrations"]?.array?.count == 1)

        #expect(
            try run("pause", "orders").output
                == "orders: pause, paused, stage shadow holding, event \(try events())\n"
        )
        let refused = try run("promote", "orders", "--json")
        #expect(refused.status == .usage)
        let error = try #require(try refused.json["error"])
        #expect(error["code"]?.string == "MIG_PHASE")
        #expect(error["remedy"]?.string == "possible now: resume, approve, rollback, abort")

        let silent = try run("abort", "orders")
        #expect(silent.status == .usage)
        #expect(silent.errors.contains("--reason"))
        let aborted = try run("abort", "--all", "--reason", "test", "--json")
        #expect(aborted.status == .done)
        #expect(try aborted.json["aborted"]?.array?.count == 1)
        #expect(try run("abort", "orders", "--reason", "test").status == .done)

        let shown = try run("journal", "show", "orders", "--json")
        let actors = try shown.json["events"]?.array?.compactMap { $0["actor"]?.string } ?? []
        #expect(actors.contains("user:ana"))
    }

    private func events() throws -> Int {
        Int(try run("status", "orders", "--json").json["journal"]?["seq"]?.integer ?? 0)
    }

    @Test("A cancelled migration ends with 1, and its journal is sound")
    func cancelled() throws {
        _ = try run("apply", try planFile())
        #expect(try run("abort", "orders", "--reason", "test").output.contains("cancelled before"))
        #expect(try run("status", "orders").status == .failed)
        #expect(try run("watch", "orders").status == .failed)
        #expect(try run("status", "orders", "--wait").status == .failed)
        let verified = try run("journal", "verify", "orders")
        #expect(verified.status == .done)
        #expect(
            verified.output.hasSuffix(
                "events, chain intact, replay equals state, 0 verdicts recomputed and equal\n"
            )
        )
        let json = try run("journal", "verify", "orders", "--json").json
        #expect(json["events"]?.integer == 2)
        #expect(json["chain"]?.string == "intact")
        #expect(json["replay"]?.string == "equal")
        #expect(json["verdicts"]?.string == "equal")
        let exported = try run("journal", "export", "orders")
        #expect(exported.output.split(separator: "\n").count == 4)
        #expect(exported.errors.contains("2 events, head "))
    }

    @Test("A damaged journal is told with 4, by every verb that meets it")
    func damage() throws {
        _ = try run("apply", try planFile())
        let file = URL(fileURLWithPath: try scratchPath("state") + "/journal.db")
        var bytes = try Data(contentsOf: file)
        let place = try #require(bytes.range(of: Data("plan.validated".utf8)))
        bytes[place.lowerBound] ^= 1
        try bytes.write(to: file)
        let verified = try run("journal", "verify", "orders", "--json")
        #expect(verified.status == .violated, "\(verified.output)")
        #expect(try verified.json["chain"]?.string == "broken")
        #expect(try verified.json["damage"]?.string?.contains("event 1") == true)
        #expect(try run("start", "orders").status == .violated)
        try Data("no database at all, and long enough to be one".utf8).write(to: file)
        #expect(try run("journal", "verify", "orders").status == .violated)
        #expect(try run("status", "orders").status == .violated)
        #expect(try run("abort", "orders", "--reason", "test").status == .violated)
    }

    @Test("What people write cannot pass for lines of the journal, and stays exact for machines")
    func textsAreShownSafely() throws {
        _ = try run("apply", try planFile())
        _ = try run("start", "orders")
        let reason = "x\n9  2026-01-01T00:00:00.000Z  migration.committed  user:0\u{1B}[8m\u{202E}"
        #expect(try run("pause", "orders", "--reason", reason).status == .done)
        let machine = try run("journal", "show", "orders", "--json").json
        let events = try #require(machine["events"]?.array)
        #expect(events.contains { $0["payload"]?["reason"]?.string == reason })
        for words in [["journal", "show", "orders"], ["status", "orders"], ["list"]] {
            let shown = try run(words).output
            let isSafe = shown.unicodeScalars.allSatisfy { scalar in
                scalar == "\n" || (scalar.value >= 0x20 && scalar != "\u{202E}")
            }
            #expect(isSafe, "\(words)")
            #expect(!shown.split(separator: "\n").contains { $0.hasPrefix("9  2026-01-01") })
        }
        let lines = try run("journal", "show", "orders").output.split(separator: "\n")
        #expect(lines.count == events.count)
        #expect(lines.contains { $0.contains("x\u{FFFD}9  2026-01-01") })
    }

    @Test("Names, plans, keys and folders that are not there are refused with what to do")
    func refusals() throws {
        let missing = try run("start", "orders", "--json")
        #expect(missing.status == .usage)
        #expect(try missing.json["error"]?["code"]?.string == "MIG_UNKNOWN")
        #expect(try run("list").output == "no migrations\n")
        #expect(!FileManager.default.fileExists(atPath: try scratchPath("state")))
        #expect(try run("abort", "--all", "--reason", "test").output == "nothing is under way\n")
        #expect(try run("abort", "--reason", "test").status == .usage)
        #expect(try run("apply", try scratchPath("none.yaml")).status == .usage)
        #expect(try run("apply", try planFile("kind: Migration")).status == .usage)
        _ = try run("apply", try planFile())
        #expect(try run("status", "order").errors.contains("nearest is orders"))
        #expect(try run("promote", "orders", "--skip-soak").errors.contains("--reason"))
        #expect(
            try run("retry", "orders", "--adopt", "--without-router", "r", "--reason", "x").status
                == .usage
        )
        #expect(try run("evidence", "orders").output == "orders-1: nothing was counted yet\n")
        #expect(try run("evidence", "orders", "shadow", "--mismatches").status == .usage)
        #expect(try run("evidence", "orders", "--mismatches").output == "orders-1: no mismatches\n")
        let route = try run("route", "job-1", "--json")
        #expect(route.status == .done)
        #expect(try route.json["side"]?.string == "primary")
        #expect(try run("route").status == .usage)
        #expect(try run("route", "a", "--field", "b").status == .usage)
    }
}
