import TestKit
import Testing
import Units

@Suite("Byte counts")
struct ByteCountTests {
    @Test(
        "texts are read exactly",
        arguments: [
            ("0", 0), ("4096", 4096), ("64MiB", 64 << 20), ("64 mib", 64 << 20),
            ("128 MB", 128_000_000), ("1kB", 1000), ("1.5 GiB", 3 << 29), ("1_000", 1000),
            ("1,048,576 B", 1 << 20), (" 2 TiB ", 2 << 40), ("7 bytes", 7), (".5KiB", 512),
        ]
    )
    func reads(text: String, expected: Int) throws {
        #expect(try ByteCount(parsing: text).bytes == expected)
    }

    @Test(
        "Flink's prefixes are powers of 1024",
        arguments: [("128 MB", 128 << 20), ("64m", 64 << 20), ("1k", 1024), ("5 b", 5)]
    )
    func flink(text: String, expected: Int) throws {
        #expect(try ByteCount(parsing: text, .flink).bytes == expected)
    }

    @Test(
        "other texts are refused where they go wrong",
        arguments: [
            ("", 1), ("MiB", 1), ("12q", 3), ("64M", 3), ("1.2.3", 4), ("-1", 1), ("1 MiB x", 7),
            ("0.5 B", 1), ("99999999999999 TiB", 1), ("١", 1),
            (String(repeating: "1", count: 90), 1),
        ]
    )
    func refuses(text: String, column: Int) {
        let error = #expect(throws: UnitError.self) { _ = try ByteCount(parsing: text) }
        #expect(error?.column == column)
        #expect(error?.description.contains("64MiB") == true)
    }

    @Test("what is printed reads back as itself")
    func roundTrip() {
        checkProperty("parse(print(x)) = x", Gen<Int>.integer(in: 0...Int.max)) { bytes in
            try ByteCount(parsing: ByteCount(bytes: bytes).description).bytes == bytes
        }
        #expect(ByteCount.mebibytes(64).description == "64 MiB")
        #expect(ByteCount(bytes: 1536).description == "1536 B")
        #expect(ByteCount(bytes: 1536).rounded == "1.50 KiB")
    }
}

@Suite("Durations")
struct DurationTextTests {
    @Test(
        "texts are read exactly",
        arguments: [
            ("100ms", Duration.milliseconds(100)), ("10 s", .seconds(10)), ("30m", .seconds(1800)),
            ("6h", .seconds(21_600)), ("1 min", .seconds(60)), ("1h 30m", .seconds(5400)),
            ("1.5s", .milliseconds(1500)), ("2 days", .seconds(172_800)), ("0", .zero),
            ("7 µs", .microseconds(7)), ("3ns", .nanoseconds(3)), ("5 Seconds", .seconds(5)),
        ]
    )
    func reads(text: String, expected: Duration) throws {
        #expect(try Duration(parsing: text) == expected)
    }

    @Test(
        "other texts are refused where they go wrong",
        arguments: [
            ("", 1), ("10", 3), ("s", 1), ("10 parsecs", 4), ("1m 2h", 5), ("1s1s", 4), ("-1s", 1),
            ("0.1ns", 1), ("999999d", 1), ("1h 999999d", 10), ("5 s!", 4),
        ]
    )
    func refuses(text: String, column: Int) {
        let error = #expect(throws: UnitError.self) { _ = try Duration(parsing: text) }
        #expect(error?.column == column)
    }

    @Test("a bare number is milliseconds only where Flink's rule is asked for")
    func bareNumbers() throws {
        #expect(try Duration(parsing: "250", bareNumber: .milliseconds) == .milliseconds(250))
    }

    @Test("what is printed reads back as itself")
    func roundTrip() {
        checkProperty("parse(print(x)) = x", Gen<Int64>.integer(in: 0...Int64.max)) { value in
            let duration = Duration.nanoseconds(value)
            return try Duration(parsing: duration.exactText) == duration
        }
        #expect(Duration.seconds(90).exactText == "90 s")
        #expect(Duration.seconds(-120).exactText == "-2 min")
    }

    @Test(
        "people read three digits or two units",
        arguments: [
            (Duration.zero, "0 s"), (.nanoseconds(12), "12 ns"), (.microseconds(1500), "1.50 ms"),
            (.milliseconds(1234), "1.23 s"), (.seconds(42), "42.0 s"), (.seconds(125), "2 min 5 s"),
            (.seconds(12_000), "3 h 20 min"), (.seconds(187_200), "2 d 4 h"),
            (.milliseconds(-20), "-20.0 ms"), (.microseconds(999_900), "1.00 s"),
        ]
    )
    func rounding(duration: Duration, expected: String) {
        #expect(duration.roundedText == expected)
    }
}

@Suite("Shares")
struct PartsPerMillionTests {
    @Test(
        "texts are read exactly",
        arguments: [
            ("0.1%", 1000), ("100 %", 1_000_000), ("25 percent", 250_000), ("3‰", 3000),
            ("250ppm", 250), ("0", 0), ("0.0001%", 1),
        ]
    )
    func reads(text: String, expected: Int) throws {
        #expect(try PartsPerMillion(parsing: text).value == expected)
    }

    @Test(
        "other texts are refused",
        arguments: ["", "1", "101%", "0.00001%", "x%", "5 %%", "1/2", "1000001 ppm"]
    )
    func refuses(text: String) {
        #expect(throws: UnitError.self) { _ = try PartsPerMillion(parsing: text) }
    }

    @Test("what is printed reads back as itself")
    func roundTrip() {
        checkProperty("parse(print(x)) = x", Gen<Int>.integer(in: 0...1_000_000)) { value in
            let share = try #require(PartsPerMillion(value))
            return try PartsPerMillion(parsing: share.description) == share
        }
        #expect(PartsPerMillion(1_000_001) == nil)
        #expect(PartsPerMillion(-1) == nil)
    }
}

@Suite("Numbers for people")
struct NumberTextTests {
    @Test("thousands are grouped by commas")
    func grouping() {
        let numbers = [0, 999, 1000, 336_776, -4_152_200, Int.min]
        #expect(
            numbers.map { NumberText.grouped($0) } == [
                "0", "999", "1,000", "336,776", "-4,152,200", "-9,223,372,036,854,775,808",
            ]
        )
    }

    @Test("fractions have a fixed number of digits, rounded half away from zero")
    func fixed() {
        #expect(NumberText.fixed(1234.5, digits: 0) == "1,235")
        #expect(NumberText.fixed(0.05, digits: 2) == "0.05")
        #expect(NumberText.fixed(-2.5, digits: 0) == "-3")
        #expect(NumberText.fixed(-0.001, digits: 1) == "0.0")
        #expect(NumberText.fixed(.nan, digits: 1) == "nan")
        #expect(NumberText.fixed(1e300, digits: 1) == "1e+300")
    }

    @Test("speeds have three digits and a prefix")
    func rates() {
        #expect(NumberText.rate(306_123, "rows", per: .seconds(1)) == "306 k rows/s")
        #expect(NumberText.rate(40_800_000, "rows", per: .seconds(1)) == "40.8 M rows/s")
        #expect(NumberText.rate(999_950, "rows", per: .seconds(1)) == "1.00 M rows/s")
        #expect(NumberText.rate(17, "rows", per: .seconds(2)) == "8.50 rows/s")
        #expect(NumberText.rate(17, "rows", per: .zero) == "- rows/s")
        #expect(NumberText.percent(0.12345) == "12.3%")
    }

    @Test("counts are read with separators and prefixes")
    func counts() throws {
        #expect(try NumberText.count(parsing: "10M") == 10_000_000)
        #expect(try NumberText.count(parsing: "10_000") == 10_000)
        #expect(try NumberText.count(parsing: "1.5k") == 1500)
        for text in ["", "x", "1.5", "10 m", "-1", "99999999999999999999", "1 2"] {
            #expect(throws: UnitError.self) { _ = try NumberText.count(parsing: text) }
        }
    }

    @Test("no text makes the readers crash")
    func totality() {
        checkProperty("reading ends", Gen.text, rounds: 1000) { text in
            _ = try? ByteCount(parsing: text)
            _ = try? Duration(parsing: text)
            _ = try? PartsPerMillion(parsing: text)
            _ = try? NumberText.count(parsing: text)
            return true
        }
        let near = Gen.text(of: Array("0123456789.,_ kKmMGiBsh%µ-"))
        checkProperty("reading what is almost right ends", near, rounds: 2000) { text in
            _ = try? ByteCount(parsing: text)
            _ = try? Duration(parsing: text)
            _ = try? PartsPerMillion(parsing: text)
            _ = try? NumberText.count(parsing: text)
            return true
        }
    }
}
