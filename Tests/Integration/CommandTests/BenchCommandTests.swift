internal import Foundation
internal import JSON
internal import Processes
internal import TestKit
internal import Testing

@Suite("cutover stream bench", .scratchDirectory, .serialized)
struct BenchCommandTests {
    /// The tests' own PATH, so that Python is the one that DuckDB was installed for.
    private static let path = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        "HOME": ProcessInfo.processInfo.environment["HOME"] ?? "/",
    ]

    private static var hasDuckDB: Bool {
        let isRequired = ProcessInfo.processInfo.environment["REQUIRE_SERVERS"] == "1"
        return isRequired || FileManager.default.fileExists(atPath: ".deps/duckdb/.ready")
    }

    /// A contestant has a figure, or says why not: other work on the machine may take the processors away.
    private func expectFigure(_ contestant: JSONValue) {
        let median = contestant["median_seconds"]?.double
        let reason = contestant["reason"]?.string
        #expect((median == nil) == (reason != nil), "\(contestant)")
        if let median { #expect(median > 0) }
        if let reason { #expect(reason.hasPrefix("not measurable: "), "\(reason)") }
    }

    @Test("A quick run has every case, and each own implementation with equal rows")
    func quickRunIsWhole() throws {
        let program = try Program()
        let line = "stream bench tumbling --rows 200k --quick --data data --json"
        let result = try program.run(line)
        #expect(result.status == 0, "\(result.errors)")
        let json = try result.json
        let names = try #require(json.object).members.map(\.name)
        #expect(
            names == ["suite", "rows", "rounds", "machine", "versions", "cases", "targets"]
        )
        #expect(json["rows"]?.integer == 200_000)
        #expect(
            json["machine"]?.object?.members.map(\.name)
                == ["cpu", "cores", "memory", "kernel", "load"]
        )
        let cases = try #require(json["cases"]?.array)
        #expect(
            cases.map { $0["case"]?.string }
                == ["scan", "csv", "memory", "parquet", "peak-memory"]
        )
        for item in cases {
            #expect(item["equal"]?.bool == true)
            #expect(item["rows_in"]?.integer == 200_000, "\(item)")
            let contestants = try #require(item["contestants"]?.array)
            #expect(contestants.map { $0["name"]?.string } == ["v1", "v2:1", "v2:2"])
            for contestant in contestants {
                if item["case"]?.string == "peak-memory" {
                    #expect(
                        try #require(contestant["peak_memory_bytes"]?.integer) > 1 << 20
                    )
                } else {
                    expectFigure(contestant)
                }
            }
        }
        #expect(cases[0]["contestants"]?.array?.first?["rows_out"]?.integer == 1)
        let ratios = try #require(cases[1]["ratios"]?.array)
        #expect(ratios.map { $0["contestant"]?.string } == ["v2:1", "v2:2"])
        // The second run takes the data that the first one made.
        let again = try program.run("stream bench tumbling --rows 200k --quick --data data")
        #expect(!again.errors.contains("making"), "\(again.errors)")
        #expect(again.output.contains("target"), "\(again.output)")
    }

    @Test("What routing costs is measured in four cases, and everybody gives the same answers")
    func routingIsMeasured() throws {
        let program = try Program()
        let line = "stream bench routing --rows 50k --quick --data data --json"
        let result = try program.run(line)
        #expect(result.status == 0, "\(result.errors)")
        let json = try result.json
        #expect(
            try #require(json.object).members.map(\.name)
                == ["suite", "rows", "rounds", "machine", "versions", "cases", "targets"]
        )
        let cases = try #require(json["cases"]?.array)
        let lanes = cases.map { item in
            (item["contestants"]?.array ?? []).compactMap { $0["name"]?.string }
        }
        #expect(
            cases.map { $0["case"]?.string } == ["decision", "live", "live-units", "shadow"]
        )
        #expect(
            lanes == [
                ["siphash-c", "siphash-c-message", "decision", "batch"], ["alone", "live"],
                ["alone", "live"], ["none", "stalled", "again"],
            ]
        )
        for item in cases {
            #expect(item["equal"]?.bool == true, "\(item)")
            item["contestants"]?.array?.forEach(expectFigure)
        }
        #expect(cases[0]["heap_growth_bytes"]?.integer == 0)
        let targets = try #require(json["targets"]?.array)
        #expect(targets.compactMap { $0["most"]?.double } == [1.5, 1.5, 1.05, 1.05, 1.01])
        #expect(targets.allSatisfy { $0["verdict"]?.string?.isEmpty == false })
        let text = try program.run("stream bench routing --rows 50k --quick --data data")
        #expect(text.output.contains("shadow: stalled against none"), "\(text.output)")
    }

    @Test("DuckDB gives the same rows, in every case", .enabled(if: hasDuckDB))
    func duckDBAgrees() throws {
        let program = try Program()
        let line = "stream bench tumbling --rows 200k --quick --data data --peers duckdb --json"
        let result = try program.run(line, Self.path)
        #expect(result.status == 0, "\(result.errors)")
        let json = try result.json
        #expect(json["versions"]?["duckdb"]?.string?.isEmpty == false)
        for item in try #require(json["cases"]?.array).dropLast() {
            #expect(item["equal"]?.bool == true, "\(item)")
            let peers = item["contestants"]?.array?.filter { $0["peer"]?.bool == true } ?? []
            #expect(!peers.isEmpty)
            peers.forEach(expectFigure)
        }
    }

    @Test("Example scripts run as well, and DuckDB agrees", .enabled(if: hasDuckDB))
    func scriptsAgree() throws {
        let program = try Program()
        // Nexmark starts DuckDB forty times.
        let isLong = ProcessInfo.processInfo.environment["CUTOVER_TEST_ALL"] == "1"
        for (suite, count) in [("1brc", 1), ("nexmark", 20)].prefix(isLong ? 2 : 1) {
            let line =
                "stream bench \(suite) --rows 20k --quick --processors v1 --data data "
                + "--peers duckdb --json"
            let result = try program.run(line, Self.path)
            #expect(result.status == 0, "\(result.errors)")
            let cases = try #require(try result.json["cases"]?.array)
            #expect(cases.count >= count)
            for item in cases { #expect(item["equal"]?.bool == true, "\(item)") }
        }
    }

    /// Writes a peer: a shell script that finds `--output` as `$output` and then runs `body`.
    private func writePeer(_ body: String, in program: Program) throws {
        try program.write(
            "peer",
            """
            #!/bin/bash
            output=
            while [ $# -gt 0 ]; do
                if [ "$1" = --output ]; then output=$2; fi
                shift
            done
            \(body)
            """
        )
        let path = program.folder.appending(path: "peer").path(percentEncoded: false)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    private static let fake =
        "stream bench 1brc --rows 1000 --quick --processors v1 --peers fake=./peer --data data"

    @Test("Another answer than V1's gives exit status 1, an example, and no ratio")
    func wrongAnswersGiveNoFigure() throws {
        let program = try Program()
        let answer = "printf 'nowhere,-1.0,0.0,1.0\\n' >\"$output\""
        try writePeer("\(answer); echo '{\"seconds\": 0.001, \"rows_out\": 1}'", in: program)
        let result = try program.run("\(Self.fake) --record --json")
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.errors.contains("nothing was recorded"), "\(result.errors)")
        let item = try #require(try result.json["cases"]?.array?.first)
        #expect(item["equal"]?.bool == false)
        #expect(item["ratios"]?.array == [])
        #expect(item["difference"]?["contestant"]?.string == "fake")
        #expect(item["difference"]?["example"]?.string?.contains("station=") == true)
        for contestant in try #require(item["contestants"]?.array) {
            #expect(contestant["median_seconds"]?.isNull == true)
        }
        let text = try program.run(Self.fake)
        #expect(text.output.contains("fake has other rows than v1"), "\(text.output)")
    }

    @Test("An engine that fails is told, and gives exit status 1")
    func failingPeersAreTold() throws {
        let program = try Program()
        try writePeer("echo 'out of luck' >&2; exit 3", in: program)
        let result = try program.run("\(Self.fake) --json")
        #expect(result.status == 1)
        #expect(result.errors.contains("out of luck"), "\(result.errors)")
        let contestants = try result.json["cases"]?.array?.first?["contestants"]?.array
        #expect(contestants?.last?["reason"]?.string == "fake could not run 1brc")
    }

    @Test("What cannot be measured is refused before anything is made")
    func wrongRequestsAreRefused() throws {
        let program = try Program()
        for line in [
            "tumbling --peers postgres", "tumbling --peers duckdb=./peer", "flights --rows 1000",
            "routing --peers duckdb",
            "tumbling --processors v1,,v2", "tumbling --processors v3",
            "tumbling --processors v1,v1", "unknown",
        ] {
            let result = try program.run("stream bench \(line) --data data --json")
            #expect(result.status == 2, "\(line): \(result.errors)")
        }
        #expect(program.files("data").isEmpty)
    }

    @Test("Data that the disk cannot hold is not begun")
    func roomIsLookedAt() throws {
        let program = try Program()
        let result = try program.run("stream bench nexmark --rows 1000G --data data --json")
        #expect(result.status == 1)
        #expect(try result.json["error"]?["code"]?.string == "IO_SPACE", "\(result.output)")
        #expect(program.files("data").isEmpty)
    }

    @Test("Ctrl-C ends the engine that runs, and exits with 130")
    func interruptionEndsPeers() throws {
        let program = try Program()
        try writePeer("echo $$ >started; sleep 60", in: program)
        let arguments = Self.fake.split(separator: " ").joined(separator: " ")
        let line = """
            "$0" \(arguments) & child=$!
            for _ in $(seq 600); do [ -s started ] && break; sleep 0.1; done
            kill -INT $child
            wait $child
            status=$?
            if kill -0 "$(cat started)" 2>/dev/null; then echo 'the engine still runs'; fi
            exit $status
            """
        var process = ChildProcess("/bin/bash", ["-c", line, Program.path])
        process.directory = program.folder.path(percentEncoded: false)
        process.timeLimit = .seconds(120)
        let report = try process.run()
        #expect(report.ending == .exited(status: 130), "\(report.errorText)")
        #expect(report.outputText.isEmpty, "\(report.outputText)")
    }
}
