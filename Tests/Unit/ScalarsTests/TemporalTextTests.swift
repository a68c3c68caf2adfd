import Scalars
import Testing

@Suite("Dates, times and timestamps as text")
struct TemporalTextTests {
    @Test("every day from 1 to 9999 counts on by one and reads back")
    func calendar() throws {
        var expected = try #require(CivilCalendar.days(of: .init(year: 1, month: 1, day: 1)))
        #expect(expected == -719_162)
        for year in 1...9999
        where year % 97 == 0 || year < 5 || year > 9990 || (1890...2110).contains(year) {
            expected = try #require(CivilCalendar.days(of: .init(year: year, month: 1, day: 1)))
            for month in 1...12 {
                for day in 1...CivilCalendar.dayCount(year: year, month: month) {
                    let civil = CivilCalendar.Day(year: year, month: month, day: day)
                    #expect(CivilCalendar.days(of: civil) == expected)
                    #expect(CivilCalendar.civil(ofDays: expected) == civil)
                    expected += 1
                }
            }
        }
    }

    @Test(
        "dates are days since 1970",
        arguments: [("1970-01-01", 0), ("2013-01-01", 15706), ("1969-12-31", -1)]
    )
    func dates(text: String, days: Int64) throws {
        #expect(try reading(text, TemporalText.parseDate) == days)
        #expect(writing { TemporalText.appendDate(days, to: &$0) } == text)
    }

    @Test(
        "a day that the calendar lacks is out of range",
        arguments: ["2013-02-30", "2013-02-29", "2013-13-01", "2013-00-10", "1900-02-29"]
    )
    func missingDays(text: String) {
        #expect(throws: ScalarTextError.outOfRange) { try reading(text, TemporalText.parseDate) }
    }

    struct TimestampCase: Sendable, CustomTestStringConvertible {
        var text: String
        var form: TemporalText.Form = .sql
        var hasZone = false
        var precision = 6
        var microseconds: Int64?
        var testDescription: String { text }
    }

    @Test(
        "timestamps read in the asked form only",
        arguments: [
            TimestampCase(text: "1970-01-01 00:00:00", microseconds: 0),
            TimestampCase(text: "1970-01-01 00:00:01.5", microseconds: 1_500_000),
            TimestampCase(text: "1969-12-31 23:59:59.999999", microseconds: -1),
            TimestampCase(text: "1969-12-31 23:59:59.999999", precision: 3, microseconds: -1000),
            TimestampCase(text: "1970-1-2 3:4:5", microseconds: 97_445_000_000),
            TimestampCase(text: "1970-01-01 00:00:00.123456789", microseconds: 123_456),
            TimestampCase(text: "1970-01-01 00:00:00.123456", precision: 3, microseconds: 123_000),
            TimestampCase(text: "1970-01-01 00:00:00.1234567890"),
            TimestampCase(text: "1970-01-01T00:00:00"),
            TimestampCase(text: "1970-01-01T00:00:00", form: .iso8601, microseconds: 0),
            TimestampCase(text: "1970-01-01T00:01", form: .iso8601, microseconds: 60_000_000),
            TimestampCase(text: "1970-01-01 00:00:00", form: .iso8601),
            TimestampCase(text: "1970-01-01", form: .cast, microseconds: 0),
            TimestampCase(text: "1970-01-01"),
            TimestampCase(text: "1970-01-01T00:00:02", form: .cast, microseconds: 2_000_000),
            TimestampCase(text: "1970-01-01 00:00:00Z", hasZone: true, microseconds: 0),
            TimestampCase(text: "1970-01-01 00:00:00", hasZone: true),
            TimestampCase(text: "1970-01-01 00:00:00Z"),
            TimestampCase(text: "1970-01-01 24:00:00"),
            TimestampCase(text: "1970-01-01 00:60:00"),
            TimestampCase(text: "1970-01-01 00:00:60"),
            TimestampCase(text: "1970-02-30 00:00:00"),
            TimestampCase(text: "1970-01-01 00:00:00."),
            TimestampCase(text: "1970-01-01 00:00"),
            TimestampCase(text: ""),
        ]
    )
    func timestamps(item: TimestampCase) {
        let actual = try? reading(item.text) { bytes throws(ScalarTextError) in
            try TemporalText.parseTimestamp(
                bytes,
                form: item.form,
                hasZone: item.hasZone,
                precision: item.precision
            )
        }
        #expect(actual == item.microseconds)
    }

    @Test("timestamps are written with as many fraction digits as the type has")
    func writtenTimestamps() {
        #expect(
            writing { TemporalText.appendTimestamp(-1, precision: 6, to: &$0) }
                == "1969-12-31 23:59:59.999999"
        )
        #expect(
            writing { TemporalText.appendTimestamp(1_500_000, precision: 3, to: &$0) }
                == "1970-01-01 00:00:01.500"
        )
        #expect(
            writing { TemporalText.appendTimestamp(0, precision: 0, to: &$0) }
                == "1970-01-01 00:00:00"
        )
        #expect(
            writing {
                TemporalText.appendTimestamp(
                    0,
                    precision: 3,
                    separator: 0x54,
                    hasZone: true,
                    to: &$0
                )
            } == "1970-01-01T00:00:00.000Z"
        )
        #expect(TemporalText.significantDigits(of: 1_500_000, precision: 6) == 1)
        #expect(TemporalText.significantDigits(of: 2_000_000, precision: 6) == 0)
        #expect(TemporalText.significantDigits(of: 1, precision: 6) == 6)
        #expect(TemporalText.floorDays(-1) == -1)
    }

    @Test("times of day")
    func times() throws {
        let parse = { (bytes: Span<UInt8>) throws(ScalarTextError) in
            try TemporalText.parseTime(bytes, precision: 3)
        }
        #expect(try reading("01:02:03.4567", parse) == 3_723_456_000)
        #expect(try reading("01:02", parse) == 3_720_000_000)
        #expect(throws: ScalarTextError.outOfRange) { try reading("25:00:00", parse) }
        #expect(
            writing { TemporalText.appendTime(3_723_456_000, precision: 3, to: &$0) }
                == "01:02:03.456"
        )
    }
}
