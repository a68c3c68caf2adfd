import Failures
import TestKit
import Hashing
import SQLFront
import Testing

@Suite("Processor strings")
struct ProcessorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var input: String
        var printed: String
        var testDescription: String { "\"\(input)\"" }

        init(_ input: String, _ printed: String) {
            self.input = input
            self.printed = printed
        }
    }

    @Test(
        "valid strings print in canonical form",
        arguments: [
            Case("v1", "v1:simple"), Case("v1:simple", "v1:simple"), Case("simple", "v1:simple"),
            Case("V1:Transactional", "v1:transactional"),
            Case("transactional", "v1:transactional"), Case("v2", "v2"), Case("adaptive", "v2"),
            Case("  v2:8\n", "v2:8"), Case("v2:auto", "v2"), Case("v2:affinity", "v2:affinity"),
            Case("v2:8:affinity", "v2:8:affinity"), Case("v2:affinity:8", "v2:8:affinity"),
            Case("adaptive:4", "v2:4"),
            Case(
                "v2:latency=2s:buffer=3:batch=7:strategy=always_hash:transactional:4",
                "v2:4:transactional:strategy=hash:batch=7:buffer=3:latency=2000ms"
            ),
            Case("flink:local", "flink:local"), Case("flink:local:4", "flink:local:4"),
            Case("flink:Host-1.example:8081:4", "flink:host-1.example:8081:4"),
            Case("flink:[::1]:8081", "flink:[::1]:8081"),
        ]
    )
    func validStrings(_ example: Case) throws {
        let parsed = try ProcessorConfiguration.parse(example.input)
        #expect(parsed.description == example.printed)
        let again = try ProcessorConfiguration.parse(parsed.description)
        #expect(again == parsed)
    }

    struct BadCase: Sendable, CustomTestStringConvertible {
        var input: String
        var code: String
        var column: Int
        var testDescription: String { "\"\(input)\"" }

        init(_ input: String, _ code: String, _ column: Int) {
            self.input = input
            self.code = code
            self.column = column
        }
    }

    @Test(
        "bad strings give one failure with its column",
        arguments: [
            BadCase("", "CFG_EMPTY", 1), BadCase(" \t ", "CFG_EMPTY", 1),
            BadCase("v1:foo", "CFG_V1_VARIANT", 4), BadCase("v1:", "CFG_EMPTY_PARAM", 4),
            BadCase("v1:simple:x", "CFG_V1_VARIANT", 11),
            BadCase("v2:0", "CFG_PARTITIONS_RANGE", 4),
            BadCase("v2:1025", "CFG_PARTITIONS_RANGE", 4),
            BadCase("v2:99999999999999999999", "CFG_PARTITIONS_RANGE", 4),
            BadCase("v2:-1", "CFG_V2_PARAM", 4), BadCase("v2:abc", "CFG_V2_PARAM", 4),
            BadCase("v2:batch=x", "CFG_V2_PARAM", 4), BadCase("v2:batch=0", "CFG_V2_PARAM", 4),
            BadCase("v2:4:strategy=none", "CFG_V2_PARAM", 6),
            BadCase("v2:8:4", "CFG_DUPLICATE", 6), BadCase("v2:auto:4", "CFG_DUPLICATE", 9),
            BadCase("v2:affinity:affinity", "CFG_DUPLICATE", 13),
            BadCase("v2:", "CFG_EMPTY_PARAM", 4), BadCase("v2::8", "CFG_EMPTY_PARAM", 4),
            BadCase("v2foo", "CFG_PROCESSOR", 1), BadCase("  v20", "CFG_PROCESSOR", 3),
            BadCase("v2 8", "CFG_PROCESSOR", 1), BadCase("v3", "CFG_PROCESSOR", 1),
            BadCase(":v2", "CFG_PROCESSOR", 1), BadCase("flink", "CFG_FLINK_ADDRESS", 1),
            BadCase("flink:x", "CFG_FLINK_ADDRESS", 7), BadCase("flink:", "CFG_FLINK_ADDRESS", 7),
            BadCase("flink:h:0", "CFG_FLINK_ADDRESS", 7),
            BadCase("flink:h:80:0", "CFG_PARTITIONS_RANGE", 12),
            BadCase("flink:h:80:1:2", "CFG_FLINK_ADDRESS", 14),
        ]
    )
    func badStrings(_ example: BadCase) throws {
        let error = #expect(throws: Failure.self) {
            _ = try ProcessorConfiguration.parse(example.input)
        }
        let failure = try #require(error)
        #expect(failure.code == example.code)
        #expect(!failure.remedy.isEmpty)
        let place = SourcePosition(source: "processor", line: 1, column: example.column)
        #expect(failure.position == .text(place))
    }

    @Test(
        "a value that is not possible is told with those that are",
        arguments: [
            ("v2:buffer=1", "write buffer=2 to buffer=65536"),
            ("v2:buffer=65537", "write buffer=2 to buffer=65536"),
            ("v2:buffer=", "write buffer=2 to buffer=65536"),
            ("v2:batch=0", "write batch=1 to batch=1000000"),
            ("v2:batch=many", "write batch=1 to batch=1000000"),
            ("v2:latency=5", "write a whole number of ms, s, m or h, such as latency=100ms"),
            ("v2:latency=9999999999999999w", "such as latency=100ms"),
            ("v2:strategy=stiky", "nearest is strategy=sticky"),
            ("v2:strategy=none", "hash, sticky, smart, round_robin, fan_in"),
            ("v2:0", "write 1 to 1024, or auto"), ("v2:bufer=8", "nearest is buffer="),
            ("flink:h:0", "a port from 1 to 65535"),
        ]
    )
    func rangesAreTold(_ input: String, _ remedy: String) {
        let failure = #expect(throws: Failure.self) {
            _ = try ProcessorConfiguration.parse(input)
        }
        #expect(failure?.remedy.contains(remedy) == true, "\(failure as Any)")
    }

    /// Unoptimised code takes a millisecond for each string.
    #if DEBUG
    static let rounds = 10_000
    #else
    static let rounds = 100_000
    #endif

    @Test("random strings each give a value that prints and reads back, or one failure")
    func randomStrings() {
        var generator = SeededGenerator(seed: 7)
        let pieces = [
            "v1", "v2", "flink", "simple", "transactional", "adaptive", "local", ":", "::", "8",
            "0",
            "1024", "auto", "affinity", "strategy=", "hash", "smart", "round_robin", "batch=", "12",
            "buffer=", "latency=", "10ms", "3w", "host", "[::1]", "8081", " ", "é", "=", "İ", "-1",
        ]
        var validCount = 0
        for _ in 0..<Self.rounds {
            var text = ""
            for _ in 0..<Int.random(in: 0..<8, using: &generator) {
                text += pieces.randomElement(using: &generator) ?? ""
            }
            do throws(Failure) {
                let value = try ProcessorConfiguration.parse(text)
                let again = try ProcessorConfiguration.parse(value.description)
                if again != value { Issue.record("\(text) reads as \(again)") }
                validCount += 1
            } catch {
                if !error.code.hasPrefix("CFG_") || error.position == nil {
                    Issue.record("\(text): \(error)")
                }
            }
        }
        #expect(validCount > Self.rounds / 100)
    }
}
