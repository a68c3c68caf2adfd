import Arguments
import Failures
import Foundation
import TestKit
import Testing
import Units

@Suite("Command line")
struct CommandLineTests {
    func run(_ line: String) throws -> Invocation {
        let request = try sample.parse(line.split(separator: " ").map(String.init))
        guard case .run(let invocation) = request else {
            throw Failure("HELP", blame: .bug, "help instead of a run", remedy: "")
        }
        return invocation
    }

    @Test("the sample tree has no defects, and a bad tree has them named")
    func defects() {
        #expect(sample.defects.isEmpty)
        let bad = Command.group(
            "Bad",
            "x",
            [
                Command(
                    "a",
                    "x",
                    positionals: [.init("F", .text, "x", arity: .any), .init("G", .text, "x")],
                    options: [.flag("json", "x"), .value("n", .integer(1...2), "x", default: "3")],
                    examples: [.init("other", "x")]
                ),
                Command("a", "x"),
            ]
        )
        #expect(
            bad.defects == [
                "Bad: two commands a", "Bad: \"Bad\" is no good name",
                "Bad a: two options --json", "Bad a: the example \"other\" is of another command",
                "Bad a: F is not last", "Bad a: the default of --n is not of its kind",
                "Bad a: no example",
            ]
        )
    }

    @Test("options are read in both forms, anywhere behind their command")
    func options() throws {
        let line =
            "stream run --processor=v1:simple a.sql --batch-rows 7 -s a=1 --set=b=2 --json -q"
        let invocation = try run(
            line + " --memory 64MiB --idle 5m --rate 10k --sample 1% --factor 0.5"
        )
        #expect(invocation.path == ["stream", "run"])
        #expect(invocation.argument("FILE") == "a.sql")
        #expect(invocation.text("processor") == "v1:simple")
        #expect(invocation.integer("batch-rows") == 7)
        #expect(invocation.texts("set") == ["a=1", "b=2"])
        #expect(invocation.flag("json") && invocation.flag("strict"))
        #expect(invocation.byteCount("memory") == .mebibytes(64))
        #expect(invocation.duration("idle") == .seconds(300))
        #expect(invocation.integer("rate") == 10_000)
        #expect(invocation.share("sample")?.value == 10_000)
        #expect(invocation.number("factor") == 0.5)
        #expect(invocation.values("set").map(\.argument) == [7, 9])
        #expect(invocation.position(of: "processor", column: 4).description == "--processor:1:4")
    }

    @Test("what is not given has its default")
    func defaults() throws {
        let invocation = try run("stream run a.sql")
        #expect(invocation.text("processor") == "v2")
        #expect(invocation.byteCount("memory") == .mebibytes(512))
        #expect(invocation.text("late") == nil)
        #expect(invocation.rateIsAbsent)
        #expect(invocation.text("state") == ".cutover")
        #expect(!invocation.isGiven("state") && !invocation.flag("json"))
        #expect(try run("demo").argument("NAME") == nil)
    }

    @Test("behind two hyphens everything is an argument, and a lone hyphen is one too")
    func separator() throws {
        #expect(try run("stream run -- --strict").argument("FILE") == "--strict")
        #expect(try run("stream run -").argument("FILE") == "-")
        let invocation = try run("stream compare x 1 2 3 --primary v1")
        #expect(invocation.arguments("REST") == ["1", "2", "3"])
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        var line: String
        var code: String
        var position: String
        var hint: String
        var testDescription: String { line }

        init(_ line: String, _ code: String, _ position: String, _ hint: String) {
            self.line = line
            self.code = code
            self.position = position
            self.hint = hint
        }
    }

    static let mistakes = [
        Mistake("strem run", "CFG_UNKNOWN_COMMAND", "argument 1:1:1", "nearest is stream"),
        Mistake("stream rnu", "CFG_UNKNOWN_COMMAND", "argument 2:1:1", "nearest is run"),
        Mistake("stream zzzzzz", "CFG_UNKNOWN_COMMAND", "argument 2:1:1", "known are run, compare"),
        Mistake("stream", "CFG_MISSING_COMMAND", "argument 2:1:1", "run, compare"),
        Mistake(
            "stream run a --procesor v1",
            "CFG_UNKNOWN_OPTION",
            "argument 4:1:1",
            "nearest is --processor"
        ),
        Mistake("stream run a --proc=v1", "CFG_UNKNOWN_OPTION", "argument 4:1:1", "--processor"),
        Mistake("stream run a -x", "CFG_UNKNOWN_OPTION", "argument 4:1:1", "known are"),
        Mistake("stream run a --processor", "CFG_MISSING_VALUE", "argument 4:1:1", "--processor P"),
        Mistake("stream run a --processor --json", "CFG_MISSING_VALUE", "argument 4:1:1", "P"),
        Mistake("stream run a --strict=1", "CFG_UNEXPECTED_VALUE", "argument 4:1:1", "alone"),
        Mistake("stream run a --strict -q", "CFG_DUPLICATE_OPTION", "argument 5:1:1", "once"),
        Mistake("stream run a --batch-rows 0", "CFG_VALUE", "--batch-rows:1:1", "from 1 to 1000"),
        Mistake("stream run a --batch-rows x", "CFG_VALUE", "--batch-rows:1:1", "integer"),
        Mistake("stream run a --memory 64M", "CFG_VALUE", "--memory:1:3", "64MiB"),
        Mistake("stream run a --idle 5", "CFG_VALUE", "--idle:1:2", "30m"),
        Mistake("stream run a --late dlp", "CFG_VALUE", "--late:1:1", "nearest is dlq"),
        Mistake("stream run a --factor 2", "CFG_VALUE", "--factor:1:1", "0.0 to 1.0"),
        Mistake("stream run", "CFG_MISSING_ARGUMENT", "argument 3:1:1", "run FILE"),
        Mistake("stream run a b", "CFG_TOO_MANY_ARGUMENTS", "argument 4:1:1", "run FILE"),
        Mistake(
            "stream compare x --primary v1",
            "CFG_MISSING_ARGUMENT",
            "argument 6:1:1",
            "REST..."
        ),
        Mistake("stream compare x 1", "CFG_MISSING_OPTION", "argument 5:1:1", "--primary TEXT"),
        Mistake("stream compare x 1 y --primary v1", "CFG_VALUE", "argument 5:1:1", "from 0 to 9"),
    ]

    @Test("mistakes are named with their place and a way out", arguments: mistakes)
    func isNamed(_ mistake: Mistake) {
        let error = #expect(throws: Failure.self) { _ = try run(mistake.line) }
        #expect(error?.code == mistake.code)
        #expect(error?.position?.description == mistake.position)
        #expect(error?.remedy.contains(mistake.hint) == true, "\(error?.remedy ?? "")")
    }

    @Test("help is there for every command, before anything else is checked")
    func help() throws {
        for line in ["stream run --help", "help stream run", "stream run -h --bogus"] {
            let request = try sample.parse(line.split(separator: " ").map(String.init))
            guard case .help(let text) = request else {
                Issue.record("\(line) gave no help")
                continue
            }
            try expectGolden(text, "help.run")
        }
        guard case .help(let text) = try sample.parse([]) else {
            Issue.record("no arguments gave no help")
            return
        }
        try expectGolden(text, "help.root")
    }

    @Test("JSON errors are wanted wherever --json stands before two hyphens")
    func wantsJSON() {
        #expect(Command.wantsJSON(["bogus", "--json"]))
        #expect(!Command.wantsJSON(["a", "--", "--json"]))
    }

    @Test("no command line makes the parser crash")
    func totality() {
        let words = [
            "stream", "run", "compare", "demo", "--", "-", "--json", "--help", "--processor", "a",
            "--processor=", "=", "", "--=", "-s", "-q", "é", "--set", "1", "--batch-rows=0",
        ]
        let lines = Gen.array(of: Gen<String>.element(of: words), maximum: 8)
        checkProperty("parsing ends", lines, rounds: 3000) { line in
            do throws(Failure) {
                _ = try sample.parse(line)
                return true
            } catch {
                return error.code.hasPrefix("CFG_") && error.position != nil
            }
        }
    }
}

extension Invocation {
    fileprivate var rateIsAbsent: Bool { integer("rate") == nil }
}

@Suite("Nearest names")
struct NearestNameTests {
    @Test("edits are counted, neighbours swapped count once")
    func distances() {
        let pairs = [("", "abc", 3), ("abc", "abc", 0), ("ab", "ba", 1), ("kitten", "sitting", 3)]
        for (left, right, expected) in pairs {
            #expect(NearestName.distance(Array(left), Array(right)) == expected)
        }
    }

    @Test("distance is symmetric, zero for equals, at most the longer length")
    func metric() {
        checkProperty("a distance", pair(Gen.text, Gen.text)) { left, right in
            let there = NearestName.distance(Array(left), Array(right))
            let back = NearestName.distance(Array(right), Array(left))
            let isEqual = Array(left) == Array(right)
            return there == back && (there == 0) == isEqual
                && there <= max(left.count, right.count)
        }
    }

    @Test("the nearest name is offered, and nothing where nothing is near")
    func nearest() {
        let names = ["batch.rows", "batch.latency", "buffer.bytes", "processor"]
        #expect(NearestName.nearest(to: "batch_row", in: names) == "batch.rows")
        #expect(NearestName.nearest(to: "Processor", in: names) == "processor")
        #expect(NearestName.nearest(to: "proc", in: names) == "processor")
        #expect(NearestName.nearest(to: "watermark", in: names) == nil)
        #expect(NearestName.nearest(to: "", in: names) == nil)
        #expect(NearestName.remedy(for: "x", in: []) == "leave it out")
    }
}
