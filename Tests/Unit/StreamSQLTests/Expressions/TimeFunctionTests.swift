import Columns
import Failures
import SQLFront
import StreamSQL
import Testing

private let day: Int64 = 86_400_000_000

/// Microseconds of a timestamp's text, by the cast that `TextCastTests` covers.
private func stamp(_ text: String, precision: Int = 3) throws -> Value {
    let value = try evaluate(
        cast(literal(.text(text), .string), .timestamp(precision: precision))
    ).values[0]
    try #require(!value.isNull)
    return value
}

private func timestamp(_ text: String) throws -> Expression {
    literal(try stamp(text), .timestamp(precision: 3))
}

private func date(_ text: String) throws -> Expression {
    literal(try evaluate(cast(literal(.text(text), .string), .date)).values[0], .date)
}

private func monthInterval(_ count: Int64) -> Expression {
    literal(.integer(count), .intervalYearToMonth)
}

private func duration(_ count: Int64) -> Expression {
    literal(.integer(count), .intervalDayToSecond)
}

@Suite("Time functions")
struct TimeFunctionTests {
    private let local = DataType.timestamp(precision: 3)

    @Test("months clamp to the end of the month")
    func months() throws {
        let cases: [(String, Int64, String)] = [
            ("2024-03-31 10:00:00", -1, "2024-02-29 10:00:00"),
            ("2023-03-31 00:00:00", -1, "2023-02-28 00:00:00"),
            ("2024-01-31 00:00:00.5", 1, "2024-02-29 00:00:00.5"),
            ("2024-02-29 00:00:00", 12, "2025-02-28 00:00:00"),
            ("1969-12-31 23:59:59", 1, "1970-01-31 23:59:59"),
            ("2024-05-15 00:00:00", -25, "2022-04-15 00:00:00"),
        ]
        for (from, count, to) in cases {
            let sum = call(.addInterval, local, try timestamp(from), monthInterval(count))
            #expect(try answer(sum) == .value(try stamp(to)), "\(from) + \(count)")
            let difference = call(
                .subtractInterval,
                local,
                try timestamp(from),
                monthInterval(-count)
            )
            #expect(try answer(difference) == .value(try stamp(to)))
        }
        let far = call(
            .addInterval,
            local,
            try timestamp("9999-12-01 00:00:00"),
            monthInterval(1)
        )
        #expect(try answer(far) == .error("EVAL_OVERFLOW"))
    }

    @Test("dates and times take intervals in their own ways")
    func otherIntervals() throws {
        let newYear = try date("2024-01-01")
        #expect(
            try answer(call(.addInterval, .date, newYear, duration(-day)))
                == answer(try date("2023-12-31"))
        )
        let time = literal(.integer(23 * 3_600_000_000), .time(precision: 0))
        #expect(
            try answer(call(.addInterval, .time(precision: 0), time, duration(2 * 3_600_000_000)))
                == .integer(3_600_000_000)
        )
        let difference = call(
            .timeDifference,
            .intervalDayToSecond,
            try timestamp("2024-01-02 00:00:00"),
            try timestamp("2024-01-01 12:00:00")
        )
        #expect(try answer(difference) == .integer(day / 2))
        #expect(
            try answer(call(.multiplyInterval, .intervalDayToSecond, duration(day), int(3)))
                == .integer(3 * day)
        )
        #expect(
            try answer(call(.addIntervals, .intervalDayToSecond, duration(.max), duration(1)))
                == .error("EVAL_OVERFLOW")
        )
    }

    @Test("T10: EXTRACT knows every unit of every temporal type")
    func extraction() throws {
        let cases: [(String, Int64)] = [
            ("YEAR", 2021), ("QUARTER", 1), ("MONTH", 1), ("WEEK", 53), ("DAY", 3), ("HOUR", 4),
            ("MINUTE", 5), ("SECOND", 6), ("MILLISECOND", 789), ("MICROSECOND", 789_000),
            ("DOW", 1),
            ("ISODOW", 7), ("DOY", 3), ("ISOYEAR", 2020), ("EPOCH", 1_609_646_706), ("DECADE", 202),
            ("CENTURY", 21), ("MILLENNIUM", 3),
        ]
        for (unit, expected) in cases {
            let part = call(.extract, .bigint, text(unit), try timestamp("2021-01-03 04:05:06.789"))
            #expect(try answer(part) == .integer(expected), "\(unit)")
        }
        let weeks: [(String, Int64)] = [
            ("2020-12-31", 53), ("2021-01-04", 1), ("2024-12-30", 1), ("2019-12-29", 52),
            ("1970-01-01", 1),
            ("1969-12-28", 52),
        ]
        for (day, expected) in weeks {
            let week = call(.extract, .bigint, text("WEEK"), try date(day))
            #expect(try answer(week) == .integer(expected), "\(day)")
        }
        let before = call(.extract, .bigint, text("SECOND"), try timestamp("1969-12-31 23:59:58.5"))
        #expect(try answer(before) == .integer(58))
        let time = literal(.integer(3_723_000_000), .time(precision: 0))
        #expect(try answer(call(.extract, .bigint, text("MINUTE"), time)) == .integer(2))
        #expect(
            try answer(call(.extract, .bigint, text("HOUR"), duration(day + 3_600_000_000)))
                == .integer(1)
        )
        #expect(
            try answer(call(.extract, .bigint, text("MONTH"), monthInterval(14)))
                == .integer(2)
        )
        let zoned = literal(.integer(0), .timestampLTZ(precision: 3))
        let context = EvaluationContext(zoneOffset: 2 * 3_600_000_000)
        #expect(
            try answer(call(.extract, .bigint, text("HOUR"), zoned), context: context)
                == .integer(2)
        )
    }

    @Test("FLOOR and CEIL go to the bounds of a unit")
    func rounding() throws {
        let cases: [(String, String, String, String)] = [
            ("2024-05-15 10:20:30.4", "SECOND", "2024-05-15 10:20:30", "2024-05-15 10:20:31"),
            ("2024-05-15 10:20:30.4", "MINUTE", "2024-05-15 10:20:00", "2024-05-15 10:21:00"),
            ("2024-05-15 10:20:30.4", "HOUR", "2024-05-15 10:00:00", "2024-05-15 11:00:00"),
            ("2024-05-15 10:20:30.4", "DAY", "2024-05-15 00:00:00", "2024-05-16 00:00:00"),
            ("2024-05-15 10:20:30.4", "WEEK", "2024-05-12 00:00:00", "2024-05-19 00:00:00"),
            ("2024-05-15 10:20:30.4", "MONTH", "2024-05-01 00:00:00", "2024-06-01 00:00:00"),
            ("2024-05-15 10:20:30.4", "QUARTER", "2024-04-01 00:00:00", "2024-07-01 00:00:00"),
            ("2024-05-15 10:20:30.4", "YEAR", "2024-01-01 00:00:00", "2025-01-01 00:00:00"),
            ("2024-05-15 10:20:30.4", "DECADE", "2020-01-01 00:00:00", "2030-01-01 00:00:00"),
            ("2024-05-15 10:20:30.4", "CENTURY", "2001-01-01 00:00:00", "2101-01-01 00:00:00"),
            ("2024-05-15 10:20:30.4", "MILLENNIUM", "2001-01-01 00:00:00", "3001-01-01 00:00:00"),
            ("1969-12-31 23:59:59.9", "HOUR", "1969-12-31 23:00:00", "1970-01-01 00:00:00"),
            ("2024-01-01 00:00:00", "YEAR", "2024-01-01 00:00:00", "2024-01-01 00:00:00"),
        ]
        for (from, unit, floor, ceiling) in cases {
            let value = try timestamp(from)
            #expect(
                try answer(call(.floorTo, local, value, text(unit))) == .value(try stamp(floor)),
                "\(unit)"
            )
            #expect(
                try answer(call(.ceilTo, local, value, text(unit))) == .value(try stamp(ceiling)),
                "\(unit)"
            )
        }
        let month = call(.floorTo, .date, try date("2024-05-15"), text("MONTH"))
        #expect(try answer(month) == answer(try date("2024-05-01")))
    }

    @Test("TIMESTAMPADD keeps the type, TIMESTAMPDIFF truncates toward zero")
    func adding() throws {
        let start = try timestamp("2024-01-31 00:00:00")
        let cases: [(String, Int64, String)] = [
            ("MONTH", 1, "2024-02-29 00:00:00"), ("DAY", -1, "2024-01-30 00:00:00"),
            ("WEEK", 1, "2024-02-07 00:00:00"),
            ("HOUR", 25, "2024-02-01 01:00:00"), ("QUARTER", 1, "2024-04-30 00:00:00"),
            ("YEAR", 1, "2025-01-31 00:00:00"), ("SECOND", 1, "2024-01-31 00:00:01"),
        ]
        for (unit, count, expected) in cases {
            let sum = call(.timestampAdd, local, text(unit), bigint(count), start)
            #expect(try answer(sum) == .value(try stamp(expected)), "\(unit)")
        }
        let differences: [(String, String, String, Int64)] = [
            ("MONTH", "2024-01-31 00:00:00", "2024-02-29 00:00:00", 0),
            ("MONTH", "2024-01-15 10:00:00", "2024-02-15 09:59:59", 0),
            ("MONTH", "2024-01-15 10:00:00", "2024-02-15 10:00:00", 1),
            ("MONTH", "2024-02-15 10:00:00", "2024-01-15 10:00:01", 0),
            ("MONTH", "2024-02-15 10:00:00", "2024-01-15 10:00:00", -1),
            ("YEAR", "2020-02-29 00:00:00", "2024-02-28 00:00:00", 3),
            ("DAY", "2024-01-01 12:00:00", "2024-01-02 11:59:59", 0),
            ("DAY", "2024-01-02 12:00:00", "2024-01-01 00:00:00", -1),
            ("HOUR", "2024-01-01 00:00:00", "2024-01-01 23:59:00", 23),
            ("QUARTER", "2024-01-01 00:00:00", "2024-12-31 00:00:00", 3),
        ]
        for (unit, from, to, expected) in differences {
            let difference = call(
                .timestampDiff,
                .int,
                text(unit),
                try timestamp(from),
                try timestamp(to)
            )
            #expect(try answer(difference) == .integer(expected), "\(unit) \(from) \(to)")
        }
    }

    @Test("DATE_FORMAT knows Java's letters")
    func formatting() throws {
        let value = try timestamp("2024-05-05 15:07:09.042")
        let cases: [(String, String)] = [
            ("yyyy-MM-dd HH:mm:ss.SSS", "2024-05-05 15:07:09.042"), ("yy/M/d", "24/5/5"),
            ("hh:mm a", "03:07 PM"),
            ("EEE, MMM d", "Sun, May 5"), ("EEEE MMMM", "Sunday May"), ("yyyy'T'HH", "2024T15"),
            ("h 'o''clock' a", "3 o'clock PM"), ("''yy''", "'24'"), ("D Q", "126 2"), ("S", "0"),
            ("SSSSSS", "042000"),
            ("k K", "15 3"), ("yyyyMMdd", "20240505"), ("", ""),
        ]
        for (pattern, expected) in cases {
            #expect(
                try answer(call(.dateFormat, .string, value, text(pattern))) == .text(expected),
                "\(pattern)"
            )
        }
        let error = #expect(throws: Failure.self) {
            _ = try evaluate(call(.dateFormat, .string, column(0, local), text("yyyy-bb")))
        }
        #expect(error?.code == "TYPE_ARGUMENT")
    }

    @Test("texts become timestamps and dates, bad ones NULL")
    func parsing() throws {
        func parsed(_ texts: String...) throws -> Answer {
            try answer(
                Expression(
                    .call(.toTimestamp, texts.map { text($0) }),
                    type: local,
                    at: somewhere
                )
            )
        }
        #expect(
            try parsed("2024-05-15 10:20:30.4567") == .value(try stamp("2024-05-15 10:20:30.456"))
        )
        #expect(try parsed("2024-5-1") == .value(try stamp("2024-05-01 00:00:00")))
        #expect(try parsed("2024-02-30 00:00:00") == .null)
        #expect(try parsed("nonsense") == .null)
        #expect(
            try parsed("15/05/2024 10:20", "dd/MM/yyyy HH:mm")
                == .value(try stamp("2024-05-15 10:20:00"))
        )
        #expect(
            try parsed("20240515102030", "yyyyMMddHHmmss")
                == .value(try stamp("2024-05-15 10:20:30"))
        )
        #expect(
            try parsed("03:07 PM May 5, 2024", "hh:mm a MMM d, yyyy")
                == .value(try stamp("2024-05-05 15:07:00"))
        )
        #expect(
            try parsed("2024-05-15 10:20:30", "yyyy/MM/dd")
                == .value(try stamp("2024-05-15 10:20:30"))
        )
        #expect(try parsed("2024-13-01", "yyyy-MM-dd") == .null)
        #expect(try parsed("2024-05-15x", "yyyy-MM-dd") == .null)
        #expect(
            try answer(call(.toDate, .date, text("2024-05-15"))) == answer(try date("2024-05-15"))
        )
        #expect(
            try answer(call(.toDate, .date, text("15.5.2024"), text("d.M.yyyy")))
                == answer(try date("2024-05-15"))
        )
        #expect(try answer(call(.toDate, .date, text("x"))) == .null)
    }

    @Test("epochs become times and back in the session's zone")
    func epochs() throws {
        let context = EvaluationContext(zoneOffset: 3_600_000_000)
        let zoned = DataType.timestampLTZ(precision: 3)
        #expect(
            try answer(call(.toTimestampLTZ, zoned, bigint(1000), int(0)))
                == .integer(1_000_000_000)
        )
        #expect(
            try answer(call(.toTimestampLTZ, zoned, bigint(1000), int(3))) == .integer(1_000_000)
        )
        #expect(try answer(call(.toTimestampLTZ, zoned, bigint(1000))) == .integer(1_000_000))
        #expect(try answer(call(.toTimestampLTZ, zoned, bigint(.max), int(0))) == .null)
        #expect(
            try answer(
                cast(call(.toTimestampLTZ, zoned, bigint(0), int(3)), .string),
                context: context
            )
                == .text("1970-01-01 01:00:00.000")
        )
        #expect(
            try answer(call(.fromUnixtime, .string, bigint(0)), context: context)
                == .text("1970-01-01 01:00:00")
        )
        #expect(
            try answer(call(.fromUnixtime, .string, bigint(86_400), text("dd.MM.yyyy")))
                == .text("02.01.1970")
        )
        #expect(
            try answer(call(.unixTimestamp, .bigint, text("1970-01-01 01:00:00")), context: context)
                == .integer(0)
        )
        #expect(
            try answer(call(.unixTimestamp, .bigint, text("02.01.1970"), text("dd.MM.yyyy")))
                == .integer(86_400)
        )
        #expect(try answer(call(.unixTimestamp, .bigint, text("?"))) == .null)
    }

    @Test("the clock is the caller's, per batch")
    func clock() throws {
        let zoned = DataType.timestampLTZ(precision: 3)
        let now: Int64 = 1_700_000_000_123_456
        let context = EvaluationContext(zoneOffset: 3_600_000_000)
        #expect(
            try answer(call(.currentTimestamp, zoned), clock: now)
                == .integer(1_700_000_000_123_000)
        )
        #expect(
            try answer(call(.localTimestamp, local), context: context, clock: now)
                == .integer(1_700_003_600_123_000)
        )
        #expect(try answer(call(.unixTimestamp, .bigint), clock: now) == .integer(1_700_000_000))
        let evaluator = try ExpressionEvaluator(
            [call(.unixTimestamp, .bigint)],
            inputSchema: Schema([Field("c", .int)]),
            context: context
        )
        let input = batch([(.int, [.integer(1), .integer(2)])])
        #expect(
            evaluator.evaluate(input, clock: 5_000_000).columns[0].valueArray == [
                .integer(5), .integer(5),
            ]
        )
        #expect(
            evaluator.evaluate(input, clock: 7_000_000).columns[0].valueArray == [
                .integer(7), .integer(7),
            ]
        )
    }
}
