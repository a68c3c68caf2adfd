internal import Foundation
internal import JSON
internal import TestKit
internal import Testing

/// What is said where something cannot be done, seen as a user sees it.
@Suite("Refusals", .scratchDirectory)
struct RefusalCommandTests {
    private func program() throws -> Program {
        let program = try Program()
        try program.write("job.sql", Trades.script)
        try program.write("trades.csv", Trades.rows)
        return program
    }

    @Test(
        "A row of more than 16 MiB is refused with its line on every engine, and one of 16 MiB is read",
        arguments: ["v1", "v2:2"]
    )
    func longRows(processor: String) throws {
        let program = try program()
        let start = "2024-01-01 00:03:00,"
        let limit = 16 << 20
        for (size, isGood) in [(limit, true), (limit + 1, false)] {
            let name = String(repeating: "x", count: size - start.utf8.count - ",1".utf8.count)
            let rows = "\(Trades.rows)\(start)\(name),1\n2024-01-01 00:04:00,B,1\n"
            try program.write("trades.csv", rows)
            let line = "stream run job.sql --processor \(processor) --overwrite --json"
            let result = try program.run(line)
            let json = try result.json
            if isGood {
                #expect(json["rows_in"]?.integer == 7, "\(result.errors)")
                continue
            }
            #expect(json["error"]?["code"]?.string == "DECODE_CSV")
            let place = "trades.csv:6 (byte \(Trades.rows.utf8.count))"
            #expect(json["error"]?["position"]?.string == place)
        }
    }

    @Test("A value that cannot be computed is told with the row's place and the expression's")
    func expressionsHavePlaces() throws {
        let program = try program()
        let table = Trades.script.prefix { $0 != ";" }
        try program.write(
            "eval.sql",
            "\(table);\nSELECT REPEAT(symbol, CAST(1e9 * price AS INT)) FROM trades;\n"
        )
        let result = try program.run("stream run eval.sql --json")
        #expect(result.status == 1)
        let error = try #require(try result.json["error"])
        #expect(error["code"]?.string == "EVAL_STRING_LENGTH", "\(result.errors)")
        #expect(error["position"]?.string?.hasPrefix("trades.csv:1") == true)
        let problem = error["problem"]?.string ?? ""
        #expect(problem.contains("REPEAT('A', 1500000000)"), "\(problem)")
        #expect(problem.hasSuffix("(expression at eval.sql:3:8)"), "\(problem)")
    }

    @Test("An output that is a file is told as one")
    func outputIsFile() throws {
        let program = try program()
        try program.write("ofile", "kept")
        let result = try program.run("stream run job.sql --output ofile --json")
        #expect(result.status == 1)
        let error = try #require(try result.json["error"])
        #expect(error["problem"]?.string?.contains("ofile failed: it is a file") == true)
        #expect(try program.text("ofile") == "kept")
        let below = try program.run("stream run job.sql --output ofile/below --json")
        #expect(try below.json["error"]?["problem"]?.string?.contains("a file lies where") == true)
    }

    @Test("A compressed file without a byte is no empty table", arguments: ["gz", "zst"])
    func emptyArchive(suffix: String) throws {
        let program = try program()
        try program.write(
            "job.sql",
            Trades.script.replacing("trades.csv", with: "trades.csv.\(suffix)")
        )
        try program.write("trades.csv.\(suffix)", "")
        let result = try program.run("stream run job.sql --json")
        #expect(result.status == 1)
        let error = try #require(try result.json["error"])
        #expect(error["code"]?.string == "IO_READ")
        #expect(error["problem"]?.string?.contains("trades.csv.\(suffix) cannot be read") == true)
    }

    @Test("A journal that is none ends every command with 4")
    func damagedJournal() throws {
        let program = try program()
        try program.write("state/journal.db", String(repeating: "no journal at all ", count: 100))
        for line in [
            "demo", "list", "status flights-demo", "journal verify flights-demo",
            "report flights-demo", "stream run job.sql --target stream/minutes",
        ] {
            let result = try program.run("\(line) --state state --json")
            #expect(result.status == 4, "\(line): \(result.output)")
        }
    }
}
