import JSON
import Observe
import TestKit
import Testing

@Suite("Log")
struct LogTests {
    static let event = LogEvent(
        time: 1_767_323_045_678_901,
        level: .info,
        message: "job started",
        metadata: ["job": "flights", "rows": 7, "path": "a b", "empty": "", "odd": "x\n\"y\""]
    )

    @Test("a line of text quotes what is not plain")
    func text() {
        #expect(
            LogFormat.text.line(Self.event)
                == #"2026-01-02T03:04:05.678901Z info    job started job=flights rows=7 path="a b" empty="" "#
                + #"odd="x\n\"y\"""#
        )
    }

    @Test("a line of JSON has the three fixed names first")
    func json() throws {
        var event = Self.event
        event.metadata = ["level": "mine", "rows": 7]
        #expect(
            LogFormat.json.line(event)
                == #"{"time":"2026-01-02T03:04:05.678901Z","level":"info","message":"job started","#
                + #""level_":"mine","rows":7}"#
        )
    }

    @Test("no value breaks a line or a JSON object")
    func totality() {
        checkProperty("one line", Gen.text, rounds: 1000) { text in
            var event = Self.event
            event.metadata = ["value": JSONValue(text)]
            let line = LogFormat.text.line(event)
            let object = try JSONValue(parsing: LogFormat.json.line(event))
            let isOneLine = !line.unicodeScalars.contains { $0.value < 0x20 }
            return isOneLine && object["value"]?.string == text
        }
    }

    @Test("events below the minimum are neither made nor written")
    func minimum() {
        let collector = LogCollector()
        let log = collector.log(minimum: .warning)
        log.info(
            "ignored",
            {
                Issue.record("the metadata was made"); return [:]
            }()
        )
        log.warning("kept", ["a": 1])
        #expect(collector.events.map(\.message) == ["kept"])
        #expect(collector.events.first?.metadata == ["a": 1])
    }

    @Test("bound metadata comes first, and a later value of the same name wins")
    func bound() {
        let collector = LogCollector()
        let log = collector.log().with(["job": "a", "side": "old"])
        log.error("failed", ["side": "new", "code": "X"])
        #expect(collector.events.first?.metadata == ["job": "a", "side": "new", "code": "X"])
    }

    @Test("a collector keeps the newest events")
    func limit() {
        let collector = LogCollector(limit: 2)
        let log = collector.log()
        log.debug("one")
        log.debug("two")
        log.debug("three")
        #expect(collector.events.map(\.message) == ["two", "three"])
    }

    @Test(
        "moments are written in UTC",
        arguments: [
            (0 as Int64, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
            (-62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
        ]
    )
    func moments(microseconds: Int64, expected: String) {
        #expect(WallTime.text(microseconds: microseconds) == expected)
        #expect(!WallTime.text(microseconds: .min).isEmpty)
    }
}
