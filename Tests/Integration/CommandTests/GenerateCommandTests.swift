internal import Foundation
internal import JSON
internal import TestKit
internal import Testing

@Suite("cutover stream gen", .scratchDirectory)
struct GenerateCommandTests {
    @Test("The same seed makes the same bytes, another one does not")
    func seedsDecide() throws {
        let program = try Program()
        let first = try program.run("stream gen ticks --rows 1000 --out a --json")
        #expect(first.status == 0, "\(first.errors)")
        #expect(try first.json["files"]?.array?.first?["rows"]?.integer == 1000)
        #expect(try program.run("stream gen ticks --rows 1k --out b").status == 0)
        #expect(try program.run("stream gen ticks --rows 1000 --out c --seed 43").status == 0)
        let text = try program.text("a/ticks/ticks.csv")
        #expect(text == (try program.text("b/ticks/ticks.csv")))
        #expect(text != (try program.text("c/ticks/ticks.csv")))
    }

    @Test("Nexmark has three tables and a side input in three formats, in a folder of its name")
    func nexmarkIsWhole() throws {
        let program = try Program()
        let result = try program.run("stream gen nexmark --events 500 --out data/nexmark")
        #expect(result.status == 0, "\(result.errors)")
        let tables = ["auction", "bid", "person", "side_input"]
        let names = tables.flatMap { table in
            ["csv", "jsonl", "parquet"].map { "\(table).\($0)" }
        }
        #expect(program.files("data/nexmark") == names)
        let bids = try program.text("data/nexmark/bid.csv")
        #expect(bids.split(separator: "\n").count == 460)
    }

    @Test("Only the wanted formats are written, and an unknown one is refused with the nearest")
    func formatsAreChosen() throws {
        let program = try Program()
        #expect(try program.run("stream gen 1brc --rows 10 --format json").status == 0)
        #expect(program.files("data/1brc") == ["measurements.jsonl"])
        let wrong = try program.run("stream gen 1brc --rows 10 --format parket --json")
        #expect(wrong.status == 2)
        #expect(try wrong.json["error"]?["remedy"]?.string?.contains("parquet") == true)
    }
}
