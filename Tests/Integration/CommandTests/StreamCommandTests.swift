internal import Foundation
internal import JSON
internal import TestKit
internal import Testing

@Suite("cutover stream", .scratchDirectory)
struct StreamCommandTests {
    private func program() throws -> Program {
        let program = try Program()
        try program.write("job.sql", Trades.script)
        try program.write("trades.csv", Trades.rows)
        return program
    }

    @Test("run prints one JSON object with exactly the promised members, and both engines agree")
    func runReportsForMachines() throws {
        let program = try program()
        let serial = try program.run("stream run job.sql --processor v1 --output out/v1 --json")
        #expect(serial.status == 0, "\(serial.errors)")
        let object = try #require(try serial.json.object)
        let names = [
            "rows_in", "rows_out", "rows_late", "rows_bad", "elapsed_seconds", "rows_per_second",
            "processor", "output_digest", "peak_memory_bytes",
        ]
        #expect(object.members.map(\.name) == names)
        #expect(object["rows_in"]?.integer == 5)
        #expect(object["rows_out"]?.integer == 4)
        #expect(object["rows_late"]?.integer == 1)
        #expect(object["processor"]?.string == "v1:simple")
        #expect(try #require(object["peak_memory_bytes"]?.integer) > 1 << 20)
        let parallel = try program.run("stream run job.sql --processor v2:3 --output out/v2 --json")
        #expect(try parallel.json["output_digest"] == object["output_digest"])
        #expect(try parallel.json["processor"]?.string == "v2:3")
        let file = "part-00000000-0000.csv"
        #expect(program.files("out/v1").contains(file), "\(program.files("out/v1"))")
        #expect(try program.text("out/v1/\(file)") == program.text("out/v2/\(file)"))
    }

    @Test("Late rows give a warning with the first one's place, and 3 under --strict")
    func lateRowsAreTold() throws {
        let program = try program()
        let result = try program.run("stream run job.sql --strict")
        #expect(result.status == 3)
        #expect(
            result.errors.contains(
                "warning WARN_LATE_ROWS: 1 of 5 rows came late and were dropped "
                    + "(keep them: --late dlq); first at trades.csv:4"
            ),
            "\(result.errors)"
        )
    }

    @Test("Output that is there is kept unless somebody says otherwise")
    func outputIsNotOverwritten() throws {
        let program = try program()
        #expect(try program.run("stream run job.sql").status == 0)
        let again = try program.run("stream run job.sql --json")
        #expect(again.status != 0)
        #expect(try again.json["error"]?["code"]?.string == "SINK_NOT_EMPTY")
        #expect(try program.run("stream run job.sql --overwrite").status == 0)
        let both = try program.run("stream run job.sql --append --overwrite")
        #expect(both.status == 2)
    }

    @Test("A SELECT prints its rows")
    func selectPrints() throws {
        let program = try program()
        try program.write(
            "select.sql",
            "SELECT 1 AS one, CAST(NULL AS STRING) AS nothing, CAST(0.5 AS DECIMAL(3, 2)) AS half;"
        )
        let text = try program.run("stream run select.sql")
        #expect(text.status == 0, "\(text.errors)")
        #expect(text.output.hasPrefix("one  nothing  half\n"), "\(text.output)")
        let json = try program.run("stream run select.sql --json").json
        #expect(json["rows"]?.array?.first?.array == [1, nil, "0.50"])
        #expect(json["columns"]?.array == ["one", "nothing", "half"])
    }

    @Test("Several statements give one object each under jobs")
    func severalJobs() throws {
        let program = try program()
        try program.write("two.sql", "SELECT 1 AS a;\nSELECT 2 AS b;\n")
        let jobs = try program.run("stream run two.sql --json").json["jobs"]?.array
        #expect(jobs?.map { $0["job"]?.string } == ["two-1", "two-2"])
    }

    @Test("compare pairs rows by key, and exits with 0")
    func compareAgrees() throws {
        let program = try program()
        let result = try program.run("stream compare job.sql --primary v1 --candidate v2:4 --json")
        #expect(result.status == 0, "\(result.errors)")
        let json = try result.json
        #expect(json["matched"]?.integer == 4)
        #expect(json["mismatch"]?.integer == 0)
        #expect(json["verdict"]?.string == "pass")
        #expect(json["primary_digest"] == json["candidate_digest"])
        #expect(program.files("out").isEmpty)
        let text = try program.run("stream compare job.sql")
        #expect(text.output.contains("4 | 4 rows  matched 4  missing 0  extra 0  mismatch 0"))
    }

    @Test("compare of nothing proves nothing")
    func compareOfNothing() throws {
        let program = try program()
        try program.write("trades.csv", "")
        #expect(try program.run("stream compare job.sql").status == 3)
    }

    @Test("explain shows the plan of each job")
    func explainShows() throws {
        let program = try program()
        let text = try program.run("stream explain job.sql --processor v2:2")
        #expect(text.status == 0)
        #expect(text.output.contains("Exchange hash(symbol) ×2"), "\(text.output)")
        let json = try program.run("stream explain job.sql --json").json
        #expect(json["jobs"]?.array?.first?["portable"]?.bool == true)
    }

    @Test("validate tells all errors of all files, and exits with 2")
    func validateTellsAll() throws {
        let program = try program()
        try program.write("bad.sql", "SELECT a FROM nowhere;\nSELECT b FROM elsewhere;\n")
        let result = try program.run("stream validate job.sql bad.sql absent.sql")
        #expect(result.status == 2)
        #expect(result.output.contains("job.sql: valid, 1 job"))
        #expect(result.errors.contains("bad.sql:1:15: error BIND_TABLE"), "\(result.errors)")
        #expect(result.errors.contains("bad.sql:2:15: error BIND_TABLE"))
        #expect(result.errors.contains("absent.sql"))
        let json = try program.run("stream validate bad.sql --json").json
        #expect(json["files"]?.array?.first?["errors"]?.array?.count == 2)
        #expect(json["error"]?["position"]?.string == "bad.sql:1:15")
    }

    @Test("--metrics keeps exact counts in a file")
    func metricsFile() throws {
        let program = try program()
        let result = try program.run("stream run job.sql --metrics job.prom --processor v2:2")
        #expect(result.status == 0, "\(result.errors)")
        let text = try program.text("job.prom")
        for line in [
            #"records_in_total{job="job",source="trades"} 5"#,
            #"records_out_total{job="job"} 4"#,
            #"late_total{job="job"} 1"#,
        ] {
            #expect(text.contains("cutover_stream_\(line)\n"), "\(text)")
        }
        #expect(program.files(".").filter { $0.hasSuffix(".inprogress") }.isEmpty)
    }

    @Test("a strategy is an override that the plan must allow")
    func strategies() throws {
        let program = try program()
        let refused = try program.run("stream run job.sql --processor v2:2:strategy=sticky --json")
        #expect(refused.status == 2)
        #expect(try refused.json["error"]?["code"]?.string == "PLAN_UNSAFE_STRATEGY")
        let fanIn = try program.run("stream explain job.sql --set strategy=fan_in")
        #expect(fanIn.output.contains("Exchange single"), "\(fanIn.output)")
        #expect(fanIn.output.contains("strategy=fan_in brings all rows to one place"))
    }

    @Test("settings that change nothing for a job are told")
    func settingsWithoutEffect() throws {
        let program = try program()
        let result = try program.run(
            "stream run job.sql --set order=any --processor v2:2:latency=5ms"
        )
        #expect(result.status == 0)
        for setting in ["order=any", "latency="] {
            #expect(
                result.errors.contains("warning WARN_SET_NO_EFFECT: \(setting) has no effect"),
                "\(result.errors)"
            )
        }
    }

    @Test("validate --portable names what Flink refuses")
    func validatePortable() throws {
        let program = try program()
        try program.write("ext.sql", "SELECT 1 AS a WHERE 1 != 2;")
        #expect(try program.run("stream validate ext.sql").status == 0)
        let result = try program.run("stream validate ext.sql --portable")
        #expect(result.status == 2)
        #expect(result.errors.contains("PORT_BANG_EQUAL"), "\(result.errors)")
    }

    @Test(
        "A failed command prints exactly one error object, with exit 2 for a wrong request",
        arguments: [
            ("stream run absent.sql --json", "IO_READ"),
            ("stream run job.sql --processor v3 --json", "CFG_PROCESSOR"),
            ("stream run job.sql --processor v2:0 --json", "CFG_PARTITIONS_RANGE"),
            ("stream run job.sql --set batch.row=1 --json", "CFG_UNKNOWN_KEY"),
            ("stream run job.sql --late dlq --json", "CFG_DLQ_PATH"),
            ("stream rnu job.sql --json", "CFG_UNKNOWN_COMMAND"),
        ]
    )
    func failuresAreObjects(line: String, code: String) throws {
        let result = try program().run(line)
        #expect(result.status == 2)
        let object = try #require(try result.json.object)
        #expect(object.members.map(\.name) == ["error"])
        let error = try #require(object["error"]?.object)
        #expect(error.members.map(\.name) == ["code", "problem", "remedy", "position"])
        #expect(error["code"]?.string == code)
        #expect(!result.errors.isEmpty)
    }

    @Test("A row that cannot be read fails the job with its place and leaves no output")
    func badRowsFail() throws {
        let program = try program()
        try program.write("trades.csv", Trades.rows + "2024-01-01 00:03:00,A,cheap\n")
        let result = try program.run("stream run job.sql --json")
        #expect(result.status == 1)
        #expect(try result.json["error"]?["code"]?.string == "DECODE_NUMBER")
        #expect(try result.json["error"]?["position"]?.string?.hasPrefix("trades.csv:6") == true)
        #expect(program.files("out").filter { $0.hasSuffix(".csv") } == [])
        let logged = try program.run("stream run job.sql --failure log --json --overwrite")
        #expect(logged.status == 0, "\(logged.errors)")
        #expect(try logged.json["rows_bad"]?.integer == 1)
    }
}
