import Columns
import SQLFront
import StreamSQL
import Testing

private func decimal(_ unscaled: Int128, _ precision: Int, _ scale: Int) -> Expression {
    literal(.decimal(unscaled), .decimal(precision: precision, scale: scale))
}

private func type(_ precision: Int, _ scale: Int) -> DataType {
    .decimal(precision: precision, scale: scale)
}

@Suite("Arithmetic expressions")
struct ArithmeticTests {
    static let vectors: [Vector] = [
        Vector("7/2", call(.divide, .int, int(7), int(2)), .integer(3)),
        Vector("-7/2", call(.divide, .int, int(-7), int(2)), .integer(-3)),
        Vector("MOD(-7,3)", call(.modulo, .int, int(-7), int(3)), .integer(-1)),
        Vector("MOD(7,-3)", call(.modulo, .int, int(7), int(-3)), .integer(1)),
        Vector("T1: INT 10/0", call(.divide, .int, int(10), int(0)), .error("EVAL_DIV_ZERO")),
        Vector("10%0", call(.modulo, .int, int(10), int(0)), .error("EVAL_DIV_ZERO")),
        Vector("DOUBLE 10/0", call(.divide, .double, double(10), double(0)), .double(.infinity)),
        Vector("DOUBLE 0/0", call(.divide, .double, double(0), double(0)), .double(.nan)),
        Vector("DOUBLE 5.5 % -2", call(.modulo, .double, double(5.5), double(-2)), .double(1.5)),
        Vector(
            "0.908 * 100",
            call(.multiply, type(24, 3), decimal(908, 4, 3), decimal(100, 19, 0)),
            .decimal(90_800)
        ),
        Vector(
            "1/3",
            call(.divide, type(7, 6), decimal(1, 1, 0), decimal(3, 1, 0)),
            .decimal(333_333)
        ),
        Vector(
            "T2: 100.50/2.00",
            call(.divide, type(11, 6), decimal(10_050, 5, 2), decimal(200, 3, 2)),
            .decimal(50_250_000)
        ),
        Vector(
            "T3: 100.50/2.0e0",
            call(.divide, .double, cast(decimal(10_050, 5, 2), .double), double(2)),
            .double(50.25)
        ),
        Vector(
            "DECIMAL 1/0",
            call(.divide, type(7, 6), decimal(1, 1, 0), decimal(0, 1, 0)),
            .error("EVAL_DIV_ZERO")
        ),
        Vector(
            "DECIMAL sum past 38 digits",
            call(.add, type(38, 0), decimal(9 * tenTo37, 38, 0), decimal(9 * tenTo37, 38, 0)),
            .error("EVAL_OVERFLOW")
        ),
        Vector(
            "2147483647+1",
            call(.add, .int, int(2_147_483_647), int(1)),
            .error("EVAL_OVERFLOW")
        ),
        Vector(
            "T4: 9223372036854775807+1",
            call(.add, .bigint, bigint(.max), bigint(1)),
            .error("EVAL_OVERFLOW")
        ),
        Vector(
            "least BIGINT - 1",
            call(.subtract, .bigint, bigint(.min), bigint(1)),
            .error("EVAL_OVERFLOW")
        ),
        Vector(
            "least BIGINT / -1",
            call(.divide, .bigint, bigint(.min), bigint(-1)),
            .error("EVAL_OVERFLOW")
        ),
        Vector("least BIGINT % -1", call(.modulo, .bigint, bigint(.min), bigint(-1)), .integer(0)),
        Vector(
            "greatest BIGINT / greatest",
            call(.divide, .bigint, bigint(.max), bigint(.max)),
            .integer(1)
        ),
        Vector(
            "BIGINT * 2",
            call(.multiply, .bigint, bigint(1 << 62), bigint(2)),
            .error("EVAL_OVERFLOW")
        ),
        Vector("-least INT", call(.negate, .int, int(-2_147_483_648)), .error("EVAL_OVERFLOW")),
        Vector(
            "TINYINT -128 / -1",
            call(
                .divide,
                .tinyint,
                literal(.integer(-128), .tinyint),
                literal(.integer(-1), .tinyint)
            ),
            .error("EVAL_OVERFLOW")
        ),
        Vector("NULL + 1", call(.add, .int, null(.int), int(1)), .null),
        Vector("NULL / 0", call(.divide, .int, null(.int), int(0)), .null),
        Vector(
            "FLOAT 0.1 + 0.2",
            call(
                .add,
                .float,
                literal(.double(Double(Float(0.1))), .float),
                literal(.double(Double(Float(0.2))), .float)
            ),
            .double(Double(Float(0.1) + Float(0.2)))
        ),
    ]

    private static let tenTo37 = Int128(10_000_000_000_000_000_000) * 1_000_000_000_000_000_000

    @Test("every vector of the specification holds", arguments: vectors)
    func holds(_ vector: Vector) throws {
        #expect(try answer(vector.expression) == vector.expected())
    }

    @Test("division by zero is NULL where the setting says so")
    func divisionByZeroAsNull() throws {
        let context = EvaluationContext(divisionByZero: .null)
        let input = batch([
            (.int, [.integer(10), .integer(7), .null]),
            (.int, [.integer(0), .integer(2), .integer(0)]),
        ])
        let quotient = call(.divide, .int, column(0, .int), column(1, .int))
        #expect(
            try answers(quotient, over: input, context: context) == [.null, .integer(3), .null]
        )
        let decimals = call(
            .divide,
            type(7, 6),
            cast(column(0, .int), type(10, 0)),
            cast(column(1, .int), type(10, 0))
        )
        #expect(try answers(decimals, over: input, context: context)[0] == .null)
    }

    @Test("a row that overflows is split out and the others go on, with the values in the message")
    func overflowInOneRow() throws {
        let input = batch([(.int, [.integer(1), .integer(2_147_483_647), .null, .integer(5)])])
        let (values, errors) = try evaluate(call(.add, .int, column(0, .int), int(1)), over: input)
        #expect(values[0] == .integer(2))
        #expect(values[2] == .null)
        #expect(values[3] == .integer(6))
        let error = try #require(errors.first)
        #expect(errors.count == 1)
        #expect(error.row == 1)
        #expect(error.code == "EVAL_OVERFLOW")
        #expect(error.position == somewhere)
        #expect(error.message == "the result of 2147483647 + 1 does not fit INT")
    }

    @Test("messages have the names that SQL has for functions")
    func namesOfSQL() throws {
        let input = batch([(.string, [.text("ab")])])
        let repeated = call(.repeatText, .string, column(0, .string), bigint(.max))
        let (_, errors) = try evaluate(repeated, over: input)
        #expect(
            errors.first?.message
                == "the result of REPEAT('ab', 9223372036854775807) is longer than a text may be"
        )
    }

    @Test("no function is shown by the name that it has in here")
    func everyName() {
        for function in ScalarFunction.allCases {
            let isSQL = function.sqlName.unicodeScalars.allSatisfy { scalar in
                !("a"..."z").contains(scalar)
            }
            #expect(isSQL, "\(function)")
        }
        #expect(
            ScalarFunction.timestampAdd.sqlText(["'DAY'", "3", "ts"]) == "TIMESTAMPADD(DAY, 3, ts)"
        )
        #expect(ScalarFunction.extract.sqlText(["'YEAR'", "ts"]) == "EXTRACT(YEAR FROM ts)")
        #expect(ScalarFunction.like.sqlText(["a", "'%'", "'!'"]) == "a LIKE '%' ESCAPE '!'")
        #expect(ScalarFunction.currentTimestamp.sqlText([]) == "CURRENT_TIMESTAMP")
    }
}

@Suite("Casts of numbers")
struct NumericCastTests {
    static let vectors: [Vector] = [
        Vector(
            "CAST(3000000000 AS INT)",
            cast(bigint(3_000_000_000), .int),
            .error("EVAL_OVERFLOW")
        ),
        Vector(
            "TRY_CAST(3000000000 AS INT)",
            cast(bigint(3_000_000_000), .int, isTry: true),
            .null
        ),
        Vector("12.345 to two decimals", cast(decimal(12_345, 5, 3), type(10, 2)), .decimal(1235)),
        Vector("12.335 to two decimals", cast(decimal(12_335, 5, 3), type(10, 2)), .decimal(1234)),
        Vector(
            "123.4 to DECIMAL(3,1)",
            cast(decimal(1234, 4, 1), type(3, 1)),
            .error("EVAL_OVERFLOW")
        ),
        Vector("1.5 to INT", cast(double(1.5), .int), .integer(1)),
        Vector("-1.5 to INT", cast(double(-1.5), .int), .integer(-1)),
        Vector("NaN to INT", cast(double(.nan), .int), .error("EVAL_OVERFLOW")),
        Vector("infinity to BIGINT", cast(double(.infinity), .bigint), .error("EVAL_OVERFLOW")),
        Vector("2^63 to BIGINT", cast(double(0x1p63), .bigint), .error("EVAL_OVERFLOW")),
        Vector("-2^63 to BIGINT", cast(double(-0x1p63), .bigint), .integer(.min)),
        Vector("127.9 to TINYINT", cast(double(127.9), .tinyint), .integer(127)),
        Vector("-128.9 to TINYINT", cast(double(-128.9), .tinyint), .integer(-128)),
        Vector("128 to TINYINT", cast(double(128), .tinyint), .error("EVAL_OVERFLOW")),
        Vector("-129 to TINYINT", cast(double(-129), .tinyint), .error("EVAL_OVERFLOW")),
        Vector("-1.99 DECIMAL to INT", cast(decimal(-199, 3, 2), .int), .integer(-1)),
        Vector(
            "10^30 DECIMAL to BIGINT",
            cast(decimal(tenTo30, 38, 0), .bigint),
            .error("EVAL_OVERFLOW")
        ),
        Vector("0.1 to FLOAT", cast(double(0.1), .float), .double(Double(Float(0.1)))),
        Vector("1e300 to FLOAT", cast(double(1e300), .float), .double(.infinity)),
        Vector("2^24+1 to FLOAT", cast(int(16_777_217), .float), .double(16_777_216)),
        Vector("DECIMAL to DOUBLE", cast(decimal(-50, 3, 2), .double), .double(-0.5)),
        Vector("TRUE to INT", cast(bool(true), .int), .integer(1)),
        Vector("FALSE to DECIMAL(2,1)", cast(bool(false), type(2, 1)), .decimal(0)),
        Vector("2 to BOOLEAN", cast(int(2), .boolean), .boolean(true)),
        Vector("0.0 to BOOLEAN", cast(double(0), .boolean), .boolean(false)),
        Vector("NULL to INT", cast(null(.bigint), .int), .null),
    ]

    private static let tenTo30 = Int128(1_000_000_000_000_000) * 1_000_000_000_000_000

    @Test("casts between numbers keep the value or fail", arguments: vectors)
    func holds(_ vector: Vector) throws {
        #expect(try answer(vector.expression) == vector.expected())
    }
}
