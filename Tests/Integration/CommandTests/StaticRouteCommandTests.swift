internal import Foundation
internal import JSON
internal import TestKit
internal import Testing

@Suite("cutover stream run under a static route", .scratchDirectory, .timeLimit(.minutes(5)))
struct StaticRouteCommandTests {
    private static let canary = ["MIGRATION_STRATEGY": "canary", "PRIMARY_PERCENTAGE": "60"]

    /// Trades of 200 symbols over 20 minutes.
    private func program() throws -> Program {
        let program = try Program()
        try program.write("trades.sql", Trades.script)
        var rows = ""
        for row in 0..<8000 {
            let minute = row / 400
            let (second, price) = (row % 400 * 60 / 400, Double(row % 97) / 8)
            rows += "2024-01-01 00:\(Self.two(minute)):\(Self.two(second)),S\(row % 200),\(price)\n"
        }
        try program.write("trades.csv", rows)
        return program
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private func output(_ program: Program, _ folder: String) throws -> String {
        let parts = program.files(folder).filter { $0.hasPrefix("part-") }
        return try parts.map { try program.text("\(folder)/\($0)") }.joined()
    }

    @Test("Every strategy writes the bytes of V1 alone, and tells what each side served")
    func strategies() throws {
        let program = try program()
        #expect(try program.run("stream run trades.sql --processor v1 --output v1").status == 0)
        let oracle = try output(program, "v1")
        #expect(oracle.utf8.count > 50_000)
        let cases: [(String, String?, weight: Int64, served: ClosedRange<Int64>, compared: Bool)] =
            [
                ("canary", "60", 400_000, 1000...2200, true),
                ("ab_test", nil, 500_000, 1300...2700, true),
                ("full", nil, 1_000_000, 4000...4000, true), ("shadow", nil, 0, 0...0, true),
                ("canary", "100", 0, 0...0, false), ("fallback", nil, 0, 0...0, false),
            ]
        for (number, (strategy, percentage, weight, served, isCompared)) in cases.enumerated() {
            var environment = ["MIGRATION_STRATEGY": strategy]
            environment["PRIMARY_PERCENTAGE"] = percentage
            let folder = "out\(number)"
            let line = "stream run trades.sql --processor v2:2 --output \(folder) --json"
            let result = try program.run(line, environment)
            #expect(result.status == 0, "\(strategy): \(result.errors)")
            #expect(try output(program, folder) == oracle, "\(strategy)")
            let route = try #require(try result.json["static_route"])
            #expect(route["target"]?.string == "stream/trades")
            #expect(route["strategy"]?.string == strategy)
            #expect(route["generation"]?.integer == Int64(number + 1))
            #expect(route["weight_ppm"]?.integer == weight)
            #expect(route["primary"]?.string == "v1:simple")
            #expect(route["candidate"]?.string == "v2:2")
            let candidate = route["candidate_units"]?.integer ?? -1
            #expect(served.contains(candidate), "\(strategy): \(candidate)")
            let all = strategy == "fallback" ? 1 : 4000
            #expect((route["primary_units"]?.integer ?? 0) + candidate == Int64(all))
            let compared = strategy == "shadow" ? 4000 : candidate
            #expect(route["compared"]?.integer == (isCompared ? compared : 0))
            #expect(route["mismatches"]?.integer == 0)
        }
    }

    @Test("A key finds the same side in every run, which `route` tells")
    func sameSides() throws {
        let program = try program()
        var served: [Int64] = []
        for folder in ["a", "b"] {
            let line = "stream run trades.sql --output \(folder) --json"
            let result = try program.run(line, Self.canary)
            served.append(try result.json["static_route"]?["candidate_units"]?.integer ?? -1)
        }
        #expect(served[0] == served[1])
        var count: Int64 = 0
        for symbol in 0..<200 {
            let line = "route S\(symbol) --target stream/trades --json"
            if try program.run(line).json["side"]?.string == "candidate" { count += 1 }
        }
        // A row for each of the 20 minutes.
        #expect(count * 20 == served[0])
        let named = try program.run("stream run trades.sql --name other --output c", Self.canary)
        #expect(named.status == 0, "\(named.errors)")
        #expect(named.output.contains("stream/other generation 1, canary, weight 40%: "))
    }

    @Test(
        "What contradicts itself exits with 2, and nothing runs",
        arguments: [
            ["MIGRATION_STRATEGY": "canary"], ["PRIMARY_PERCENTAGE": "90"],
            ["MIGRATION_STRATEGY": "half", "PRIMARY_PERCENTAGE": "50"],
            ["MIGRATION_STRATEGY": "canary", "PRIMARY_PERCENTAGE": "100.5"],
            ["MIGRATION_STRATEGY": "full", "PRIMARY_PERCENTAGE": "50"],
            ["MIGRATION_STRATEGY": "shadow", "CUTOVER_MIGRATION_STRATEGY": "full"],
            ["MIGRATION_STRATEGY": "shadow", "CUTOVER_CONFIG": "bad.yaml"],
        ]
    )
    func refusals(environment: [String: String]) throws {
        let program = try program()
        try program.write("bad.yaml", "processor: { migration: { primary: v9 } }")
        let result = try program.run("stream run trades.sql --json", environment)
        #expect(result.status == 2, "\(result.errors)")
        #expect(try result.json["error"]?["code"]?.string == "MIG_STATIC_VALUE")
        #expect(program.files("out").isEmpty)
        #expect(program.files(".cutover").isEmpty)
    }

    @Test("Runs that begin at once in a new folder each take a generation of their own")
    func atOnce() async throws {
        let program = try program()
        let runs = try await withThrowingTaskGroup(of: Program.Result.self) { group in
            for number in 1...6 {
                group.addTask {
                    try program.run("stream run trades.sql --output o\(number) --json", Self.canary)
                }
            }
            return try await group.reduce(into: [Program.Result]()) { $0.append($1) }
        }
        for run in runs { #expect(run.status == 0, "\(run.errors)") }
        let generations = try runs.map { run in
            try run.json["static_route"]?["generation"]?.integer ?? 0
        }
        #expect(generations.sorted() == [1, 2, 3, 4, 5, 6])
    }

    @Test("The file may say the same as the environment, and switch it off")
    func files() throws {
        let program = try program()
        let yaml = """
            processor:
              strategy: v1
              migration: { enabled: true, strategy: canary, primary_percentage: 60, secondary: "v2:2" }
            migration: { state: here }
            """
        try program.write("on.yaml", yaml)
        try program.write("off.yaml", yaml.replacing("enabled: true", with: "enabled: false"))
        let on = try program.run("stream run trades.sql --output a --json --config on.yaml")
        #expect(on.status == 0, "\(on.errors)")
        #expect(try on.json["static_route"]?["candidate"]?.string == "v2:2")
        #expect(program.files("here").contains("journal.db"))
        let off = try program.run("stream run trades.sql --output b --json --config off.yaml")
        #expect(off.status == 0, "\(off.errors)")
        #expect(try off.json["static_route"] == nil)
        #expect(try off.json["processor"]?.string == "v1:simple")
        #expect(try output(program, "a") == output(program, "b"))
    }

    @Test("Jobs without units of key and window are refused, and take no generation")
    func units() throws {
        let program = try program()
        let session = Trades.script.replacing(
            "TUMBLE(TABLE trades, DESCRIPTOR(ts),",
            with: "SESSION(TABLE trades PARTITION BY symbol, DESCRIPTOR(ts),"
        )
        try program.write("session.sql", session)
        for strategy in ["ab_test", "full", "shadow"] {
            let environment = ["MIGRATION_STRATEGY": strategy]
            let result = try program.run("stream run session.sql --json", environment)
            #expect(result.status == 2)
            #expect(try result.json["error"]?["code"]?.string == "MIG_UNIT", "\(result.errors)")
        }
        for line in ["--processor v1:transactional", "--processor flink:local"] {
            let result = try program.run("stream run trades.sql --json \(line)", Self.canary)
            #expect(try result.json["error"]?["code"]?.string == "MIG_UNIT", "\(result.errors)")
        }
        let fallback = ["MIGRATION_STRATEGY": "fallback"]
        let result = try program.run("stream run session.sql --json", fallback)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.json["static_route"]?["generation"]?.integer == 1)
    }

    @Test("Under fallback the candidate runs the job once if the primary fails before its commit")
    func fallback() throws {
        let program = try program()
        var environment = [
            "MIGRATION_STRATEGY": "fallback", "CUTOVER_BREAK_AT": "fail:part-opened",
        ]
        let saved = try program.run("stream run trades.sql --json", environment)
        #expect(saved.status == 0, "\(saved.errors)")
        #expect(saved.errors.contains("v1:simple failed, and v2:"))
        let route = try #require(try saved.json["static_route"])
        #expect(route["primary_units"]?.integer == 0)
        #expect(route["candidate_units"]?.integer == 1)
        #expect(route["failure"]?.string?.contains("IO_SPACE") == true)
        let alone = try program.run("stream run trades.sql --processor v1 --output v1")
        #expect(alone.status == 0)
        #expect(try output(program, "out") == output(program, "v1"))
        // What has begun to appear is not done again.
        environment["CUTOVER_BREAK_AT"] = "fail:parts-closed"
        let late = try program.run("stream run trades.sql --json --output late", environment)
        #expect(late.status == 1)
        #expect(try late.json["error"]?["problem"]?.string?.contains("then") == false)
        #expect(try output(program, "late").isEmpty)
    }

    @Test("Where both sides fail under fallback, both causes are told")
    func bothFail() throws {
        let program = try program()
        try program.write("trades.csv", "2024-01-01 00:00:01,A,1.5\nno row at all\n")
        let environment = ["MIGRATION_STRATEGY": "fallback"]
        let result = try program.run("stream run trades.sql --json --processor v2:2", environment)
        #expect(result.status == 1)
        let problem = try result.json["error"]?["problem"]?.string ?? ""
        #expect(problem.hasPrefix("v1:simple failed: "))
        #expect(problem.contains("; then v2:2 failed with "))
        #expect(program.files("out").filter { $0.hasPrefix("part-") }.isEmpty)
    }

    private static let plan = """
        apiVersion: cutover/v1
        kind: Migration
        metadata: { name: trades-v2 }
        spec:
          target: stream/trades
          primary: { adapter: stream, ref: v1 }
          candidate: { adapter: stream, ref: "v2:2" }
          effects: transactional
          unit: { kind: key-window, targetingKey: [symbol], eventTime: ts, window: tumbling 1m }
          checks:
            errors: { role: guard, kind: rate, metric: failed/total, promote: "<= 0.1%", rollback: "> 1%" }
          stages:
            - { name: shadow, strategy: shadow, sample: 100%, soak: { units: 30000 } }
            - { name: full, strategy: full, soak: { units: 30000 } }
          rollback: { to: baseline, standby: hot, deadline: 60s, drill: never }
          finalize: { reverseWindow: 0s, commit: auto }

        """

    @Test("An active migration of the target wins, and everybody says so")
    func migrationsWin() throws {
        let program = try program()
        try program.write("plan.yaml", Self.plan)
        let first = try program.run("stream run trades.sql --output a --json", Self.canary)
        #expect(try first.json["static_route"]?["generation"]?.integer == 1, "\(first.errors)")
        for line in ["apply plan.yaml", "start trades-v2"] {
            let result = try program.run(line)
            #expect(result.status == 0, "\(line): \(result.errors)")
        }
        let fast = ["CUTOVER_MIGRATION_TICK": "20ms", "CUTOVER_MIGRATION_INTERVAL": "50ms"]
        let environment = Self.canary.merging(fast) { $1 }
        let result = try program.run("stream run trades.sql --output b --json", environment)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.json["static_route"] == nil)
        #expect(try result.json["migration"]?["name"]?.string == "trades-v2")
        #expect(try result.json["migration"]?["generation"]?.integer ?? 0 > 1)
        #expect(result.errors.components(separatedBy: "MIG_STATIC_IGNORED").count == 2)
        #expect(result.errors.contains("the migration trades-v2 of stream/trades is running"))
        #expect(try output(program, "a") == output(program, "b"))
        let status = try program.run("status trades-v2", environment)
        #expect(status.output.contains("MIG_STATIC_IGNORED"))
        let told = try program.run("status trades-v2 --json", environment)
        #expect(try told.json["static_route"]?.string?.contains("canary") == true)
        #expect(try program.run("status trades-v2 --json").json["static_route"] == nil)
        #expect(try program.run("doctor", environment).output.contains("MIG_STATIC_IGNORED"))
        let bad = try program.run("doctor", ["MIGRATION_STRATEGY": "half"])
        #expect(bad.output.contains("MIG_STATIC_VALUE"))
        let other = try program.run("stream run trades.sql --name x --output c --json", environment)
        #expect(try other.json["static_route"]?["target"]?.string == "stream/x")
        // Both words at once: the journal lost its end, and the route is ignored.
        let head = #"{"migration":"trades-v2-1","seq":999,"hash":""}"#
        try program.write(".cutover/heads/trades-v2-1.json", head)
        let damaged = try program.run("status trades-v2 --json", environment)
        #expect(damaged.status == 4, "\(damaged.output)")
        #expect(try damaged.json["damage"]?.string?.contains("999 events") == true)
        #expect(try damaged.json["static_route"]?.string != nil)
        try program.write(".cutover/heads/trades-v2-1.json", "")
        // A rollback is active until the path has seen it; then the target takes static routes again.
        _ = try program.run("abort trades-v2 --reason test")
        let back = try program.run("stream run trades.sql --output d --json", environment)
        #expect(try back.json["migration"]?["phase"]?.string == "rolled-back", "\(back.errors)")
        let again = try program.run("stream run trades.sql --output e --json", environment)
        #expect(again.status == 0, "\(again.errors)")
        #expect(try again.json["static_route"]?["candidate_units"]?.integer ?? 0 > 0)
        #expect(try program.run("status trades-v2").output.contains("weight 0% set"))
        let verified = try program.run("journal verify trades-v2 --json")
        #expect(verified.status == 0, "\(verified.output)")
    }
}
