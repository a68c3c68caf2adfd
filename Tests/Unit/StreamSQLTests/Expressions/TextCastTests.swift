import Columns
import SQLFront
import StreamSQL
import Testing

@Suite("Casts of texts and times")
struct TextCastTests {
    private static func decimal(_ unscaled: Int128, _ scale: Int) -> Expression {
        literal(.decimal(unscaled), .decimal(precision: 10, scale: scale))
    }

    private static let epoch = literal(.integer(0), .timestamp(precision: 3))

    static let toText: [Vector] = [
        Vector("1.0", cast(double(1), .string), .text("1.0")),
        Vector("1.0E10", cast(double(1e10), .string), .text("1.0E10")),
        Vector("1.0E-5", cast(double(1e-5), .string), .text("1.0E-5")),
        Vector("1.50", cast(decimal(150, 2), .string), .text("1.50")),
        Vector("T5: -0.50", cast(decimal(-50, 2), .string), .text("-0.50")),
        Vector("TRUE", cast(bool(true), .string), .text("TRUE")),
        Vector("-7", cast(int(-7), .string), .text("-7")),
        Vector(
            "FLOAT 0.1",
            cast(literal(.double(Double(Float(0.1))), .float), .string),
            .text("0.1")
        ),
        Vector("12345 AS VARCHAR(3)", cast(int(12_345), .varchar(length: 3)), .text("123")),
        Vector("'aéb' AS VARCHAR(2)", cast(text("aéb"), .varchar(length: 2)), .text("aé")),
        Vector("DATE", cast(literal(.integer(19_858), .date), .string), .text("2024-05-15")),
        Vector(
            "TIME",
            cast(literal(.integer(3_723_000_000), .time(precision: 0)), .string),
            .text("01:02:03")
        ),
        Vector("TIMESTAMP(3)", cast(epoch, .string), .text("1970-01-01 00:00:00.000")),
        Vector(
            "months",
            cast(literal(.integer(-14), .intervalYearToMonth), .string),
            .text("-1-02")
        ),
        Vector(
            "a day and a half",
            cast(literal(.integer(129_600_000_000), .intervalDayToSecond), .string),
            .text("+1 12:00:00.000")
        ),
        Vector(
            "bytes as text",
            cast(literal(.bytes([0x61, 0xFF]), .bytes), .string),
            .text("a\u{FFFD}")
        ),
        Vector("text as bytes", cast(text("é"), .bytes), .value(.bytes([0xC3, 0xA9]))),
        Vector("NULL", cast(null(.int), .string), .null),
    ]

    static let fromText: [Vector] = [
        Vector("' 12 ' AS INT", cast(text(" 12 "), .int), .integer(12)),
        Vector("'1.9' AS INT", cast(text("1.9"), .int), .integer(1)),
        Vector("'x' AS INT", cast(text("x"), .int), .error("EVAL_CAST")),
        Vector("'' AS INT", cast(text(""), .int), .error("EVAL_CAST")),
        Vector("TRY_CAST('x' AS INT)", cast(text("x"), .int, isTry: true), .null),
        Vector("'3000000000' AS INT", cast(text("3000000000"), .int), .error("EVAL_OVERFLOW")),
        Vector("' 1.5 ' AS DOUBLE", cast(text(" 1.5 "), .double), .double(1.5)),
        Vector("'1e400' AS DOUBLE", cast(text("1e400"), .double), .double(.infinity)),
        Vector("'NaN' AS DOUBLE", cast(text("NaN"), .double), .double(.nan)),
        Vector("'abc' AS DOUBLE", cast(text("abc"), .double), .error("EVAL_CAST")),
        Vector(
            "'12.345' AS DECIMAL(10,2)",
            cast(text("12.345"), .decimal(precision: 10, scale: 2)),
            .decimal(1235)
        ),
        Vector(
            "'999' AS DECIMAL(2,0)",
            cast(text("999"), .decimal(precision: 2, scale: 0)),
            .error("EVAL_OVERFLOW")
        ),
        Vector("'Yes' AS BOOLEAN", cast(text("Yes"), .boolean), .boolean(true)),
        Vector("'F' AS BOOLEAN", cast(text("F"), .boolean), .boolean(false)),
        Vector("'maybe' AS BOOLEAN", cast(text("maybe"), .boolean), .error("EVAL_CAST")),
        Vector("'2024-05-15' AS DATE", cast(text("2024-05-15"), .date), .integer(19_858)),
        Vector(
            "'2024-05-15 09:30' AS DATE",
            cast(text("2024-05-15 09:30"), .date),
            .integer(19_858)
        ),
        Vector("'2024-02-30' AS DATE", cast(text("2024-02-30"), .date), .error("EVAL_CAST")),
        Vector(
            "'01:02:03' AS TIME",
            cast(text("01:02:03"), .time(precision: 0)),
            .integer(3_723_000_000)
        ),
        Vector(
            "'1970-01-01 00:00:01.5' AS TIMESTAMP(0)",
            cast(text("1970-01-01 00:00:01.5"), .timestamp(precision: 0)),
            .integer(1_000_000)
        ),
        Vector(
            "'25:00' AS TIMESTAMP",
            cast(text("25:00"), .timestamp(precision: 6)),
            .error("EVAL_CAST")
        ),
        Vector("NULL AS DATE", cast(null(.string), .date), .null),
    ]

    static let temporal: [Vector] = [
        Vector(
            "DATE AS TIMESTAMP",
            cast(literal(.integer(1), .date), .timestamp(precision: 3)),
            .integer(86_400_000_000)
        ),
        Vector(
            "TIMESTAMP AS DATE",
            cast(literal(.integer(-1), .timestamp(precision: 6)), .date),
            .integer(-1)
        ),
        Vector(
            "TIMESTAMP AS TIME",
            cast(literal(.integer(-1_000_000), .timestamp(precision: 6)), .time(precision: 0)),
            .integer(86_399_000_000)
        ),
        Vector(
            "TIMESTAMP(6) AS TIMESTAMP(3)",
            cast(literal(.integer(-1), .timestamp(precision: 6)), .timestamp(precision: 3)),
            .integer(-1000)
        ),
        Vector(
            "greatest DATE AS TIMESTAMP",
            cast(literal(.integer(.max), .date), .timestamp(precision: 3)),
            .error("EVAL_OVERFLOW")
        ),
    ]

    @Test("every vector of the specification holds", arguments: toText + fromText + temporal)
    func holds(_ vector: Vector) throws {
        #expect(try answer(vector.expression) == vector.expected())
    }

    @Test("casts of columns equal those of constants, coded or not", arguments: [false, true])
    func columns(isCoded: Bool) throws {
        for vector in Self.toText + Self.fromText + Self.temporal {
            guard case .cast(let operand, let isTry) = vector.expression.kind,
                case .literal(let value) = operand.kind
            else { continue }
            let input = batch([(operand.type, [.null, value, value])], isCoded: isCoded)
            let moved = cast(column(0, operand.type), vector.expression.type, isTry: isTry)
            let rows = try answers(moved, over: input)
            #expect(rows == [.null, vector.expected(), vector.expected()], "\(vector.name)")
        }
    }

    @Test("local timestamps follow the session's zone")
    func zones() throws {
        let context = EvaluationContext(zoneOffset: 3_600_000_000)
        let zoned = DataType.timestampLTZ(precision: 3)
        let value = literal(.integer(0), zoned)
        #expect(
            try answer(cast(value, .string), context: context) == .text("1970-01-01 01:00:00.000")
        )
        #expect(
            try answer(cast(value, .timestamp(precision: 3)), context: context)
                == .integer(3_600_000_000)
        )
        #expect(
            try answer(cast(text("1970-01-01 01:00:00"), zoned), context: context) == .integer(0)
        )
        #expect(
            try answer(cast(text("1970-01-01 01:00:00Z"), zoned), context: context)
                == .integer(3_600_000_000)
        )
        #expect(
            try answer(cast(literal(.integer(0), .date), zoned), context: context)
                == .integer(-3_600_000_000)
        )
    }
}

@Suite("Mathematics")
struct MathematicsTests {
    private static func decimal(_ unscaled: Int128, _ precision: Int, _ scale: Int) -> Expression {
        literal(.decimal(unscaled), .decimal(precision: precision, scale: scale))
    }

    private static func type(_ precision: Int, _ scale: Int) -> DataType {
        .decimal(precision: precision, scale: scale)
    }

    static let vectors: [Vector] = [
        Vector("ROUND(2.5)", call(.round, type(3, 0), decimal(25, 2, 1), int(0)), .decimal(3)),
        Vector("ROUND(-2.5)", call(.round, type(3, 0), decimal(-25, 2, 1), int(0)), .decimal(-3)),
        Vector("ROUND(1234,-2)", call(.round, .int, int(1234), int(-2)), .integer(1200)),
        Vector("ROUND(1.005e0,2)", call(.round, .double, double(1.005), int(2)), .double(1.01)),
        Vector(
            "ROUND(2147483647,-1)",
            call(.round, .int, int(.init(Int32.max)), int(-1)),
            .error("EVAL_OVERFLOW")
        ),
        Vector("ROUND(1234,-99)", call(.round, .int, int(1234), int(-99)), .integer(0)),
        Vector(
            "TRUNCATE(-1.99,1)",
            call(.truncate, type(4, 2), decimal(-199, 3, 2), int(1)),
            .decimal(-190)
        ),
        Vector("TRUNCATE(42.5e0)", call(.truncate, .double, double(42.5), int(0)), .double(42)),
        Vector("ABS(-7)", call(.abs, .int, int(-7)), .integer(7)),
        Vector("ABS(least INT)", call(.abs, .int, int(-2_147_483_648)), .error("EVAL_OVERFLOW")),
        Vector("ABS(-1.5)", call(.abs, type(3, 1), decimal(-15, 3, 1)), .decimal(15)),
        Vector("ABS(-0.0e0)", call(.abs, .double, double(-0.0)), .double(0)),
        Vector("CEIL(1.2)", call(.ceil, type(3, 0), decimal(12, 2, 1)), .decimal(2)),
        Vector("CEIL(-1.2)", call(.ceil, type(3, 0), decimal(-12, 2, 1)), .decimal(-1)),
        Vector("FLOOR(-1.2)", call(.floor, type(3, 0), decimal(-12, 2, 1)), .decimal(-2)),
        Vector("FLOOR(1.9e0)", call(.floor, .double, double(1.9)), .double(1)),
        Vector("CEIL(5)", call(.ceil, .int, int(5)), .integer(5)),
        Vector("SIGN(-2.5)", call(.sign, type(3, 1), decimal(-25, 3, 1)), .decimal(-10)),
        Vector("SIGN(-3)", call(.sign, .int, int(-3)), .integer(-1)),
        Vector("POWER(2,10)", call(.power, .double, double(2), double(10)), .double(1024)),
        Vector("SQRT(-1)", call(.sqrt, .double, double(-1)), .double(.nan)),
        Vector("LN(0)", call(.ln, .double, double(0)), .double(-.infinity)),
        Vector("LOG10(1000)", call(.log10, .double, double(1000)), .double(3)),
        Vector("LOG(2,8)", call(.log, .double, double(2), double(8)), .double(3)),
        Vector("EXP(0)", call(.exp, .double, double(0)), .double(1)),
        Vector("EXP(NULL)", call(.exp, .double, null(.double)), .null),
        Vector("GREATEST(1,3,2)", call(.greatest, .int, int(1), int(3), int(2)), .integer(3)),
        Vector("LEAST('b','a')", call(.least, .string, text("b"), text("a")), .text("a")),
        Vector("GREATEST(1,NULL)", call(.greatest, .int, int(1), null(.int)), .null),
        Vector("NULLIF(1,1)", call(.nullIf, .int, int(1), int(1)), .null),
        Vector("NULLIF(1,2)", call(.nullIf, .int, int(1), int(2)), .integer(1)),
    ]

    @Test("every vector holds", arguments: vectors)
    func holds(_ vector: Vector) throws {
        #expect(try answer(vector.expression) == vector.expected())
    }

    @Test("NULLIF with a NULL second operand gives the first")
    func nullIfNull() throws {
        #expect(try answers(call(.nullIf, .int, int(1), null(.int))) == [.integer(1)])
        #expect(
            try answers(
                call(.nullIf, .string, text("a"), column(0, .string)),
                over: batch([(.string, [.text("a"), .null, .text("b")])])
            ) == [.null, .text("a"), .text("a")]
        )
    }
}
