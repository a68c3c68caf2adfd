import Columns
import SQLFront
import Testing

@Suite("Types of expressions")
struct TypeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var expression: String
        var type: String
        var testDescription: String { expression }

        init(_ expression: String, _ type: String) {
            self.expression = expression
            self.type = type
        }
    }

    static let table = """
        CREATE TABLE t (ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, x DOUBLE, p DECIMAL(10, 2),
          w DECIMAL(38, 10), c CHAR(3), v VARCHAR(5), s STRING, ok BOOLEAN, d DATE, tm TIME(3),
          ts TIMESTAMP(3), lz TIMESTAMP_LTZ(3), n INT NOT NULL
        ) WITH ('connector'='filesystem','path'='t','format'='csv');

        """

    static func field(_ expression: String) throws -> Field {
        let script = table + "SELECT \(expression) AS e FROM t"
        let report = StreamScript.check(script, source: "t", options: .init(name: "t"))
        if let failure = report.failures.first { throw failure }
        return try #require(report.script.jobs.first).plan.schema[0]
    }

    @Test(
        "operators and functions have Flink's result types",
        arguments: [
            Case("1", "INT"), Case("2147483648", "BIGINT"), Case("-2147483648", "INT"),
            Case("-9223372036854775808", "BIGINT"), Case("9223372036854775808", "DECIMAL(19, 0)"),
            Case("1.0", "DECIMAL(2, 1)"), Case("0.908", "DECIMAL(4, 3)"), Case("1e3", "DOUBLE"),
            Case("'abc'", "CHAR(3)"), Case("TRUE", "BOOLEAN"), Case("X'0aff'", "BYTES"),
            Case("ti + si", "SMALLINT"), Case("i / b", "BIGINT"), Case("i % ti", "INT"),
            Case("i + f", "FLOAT"), Case("f + x", "DOUBLE"), Case("p + x", "DOUBLE"),
            Case("p + f", "DOUBLE"), Case("p + i", "DECIMAL(13, 2)"),
            Case("0.908 * b", "DECIMAL(24, 3)"), Case("p / p", "DECIMAL(23, 13)"),
            Case("1.0 / 3.0", "DECIMAL(8, 6)"), Case("100.50 / 2.00", "DECIMAL(11, 6)"),
            Case("w * w", "DECIMAL(38, 6)"), Case("w + w", "DECIMAL(38, 9)"),
            Case("p % 3", "DECIMAL(10, 2)"), Case("MOD(b, i)", "BIGINT"),
            Case("-p", "DECIMAL(10, 2)"),
            Case("c || v", "VARCHAR(8)"), Case("'a' || 'bc'", "CHAR(3)"), Case("s || c", "STRING"),
            Case("ts - INTERVAL '1' DAY", "TIMESTAMP(3)"), Case("d + INTERVAL '1' MONTH", "DATE"),
            Case("d + INTERVAL '2' DAY", "DATE"), Case("d + INTERVAL '2' HOUR", "TIMESTAMP(3)"),
            Case("ts - ts", "INTERVAL DAY TO SECOND"),
            Case("INTERVAL '1' DAY * i", "INTERVAL DAY TO SECOND"),
            Case("CASE WHEN ok THEN 'abc' ELSE 'de' END", "VARCHAR(3)"),
            Case("CASE i WHEN 1 THEN 1.5 ELSE i END", "DECIMAL(11, 1)"),
            Case("COALESCE(ti, b)", "BIGINT"), Case("NULLIF(i, 0)", "INT"),
            Case("IF(ok, i, x)", "DOUBLE"), Case("GREATEST(i, p)", "DECIMAL(12, 2)"),
            Case("ROUND(p, 1)", "DECIMAL(10, 1)"), Case("ROUND(p)", "DECIMAL(9, 0)"),
            Case("ROUND(x, 2)", "DOUBLE"), Case("CEIL(p)", "DECIMAL(10, 0)"), Case("ABS(i)", "INT"),
            Case("SQRT(i)", "DOUBLE"), Case("UPPER(c)", "VARCHAR(3)"),
            Case("CHAR_LENGTH(s)", "INT"),
            Case("EXTRACT(HOUR FROM ts)", "BIGINT"), Case("YEAR(d)", "BIGINT"),
            Case("FLOOR(ts TO HOUR)", "TIMESTAMP(3)"), Case("TO_TIMESTAMP(s)", "TIMESTAMP(3)"),
            Case("TO_TIMESTAMP_LTZ(b, 3)", "TIMESTAMP_LTZ(3)"),
            Case("TIMESTAMPDIFF(DAY, d, ts)", "INT"),
            Case("TIMESTAMPADD(HOUR, 1, d)", "TIMESTAMP(3)"),
            Case("CURRENT_TIMESTAMP", "TIMESTAMP_LTZ(3)"), Case("s LIKE 'a%'", "BOOLEAN"),
            Case("i IN (1, 2)", "BOOLEAN"),
            Case("ts BETWEEN '2013-01-01' AND '2014-01-01'", "BOOLEAN"),
            Case("TRY_CAST(s AS DECIMAL)", "DECIMAL(10, 0)"), Case("CAST(i AS VARCHAR)", "STRING"),
            Case("TIMESTAMP '2013-01-01 00:00:00.123'", "TIMESTAMP(3)"),
        ]
    )
    func resultTypes(_ example: Case) throws {
        let field = try Self.field(example.expression)
        #expect(field.type.description == example.type)
    }

    @Test(
        "aggregates have Flink's result types",
        arguments: [
            Case("COUNT(*)", "BIGINT"), Case("SUM(ti)", "TINYINT"),
            Case("SUM(p)", "DECIMAL(38, 2)"),
            Case("SUM(f)", "FLOAT"), Case("AVG(i)", "INT"), Case("AVG(p)", "DECIMAL(38, 6)"),
            Case("AVG(w)", "DECIMAL(38, 10)"), Case("AVG(x)", "DOUBLE"),
            Case("MIN(ts)", "TIMESTAMP(3)"),
            Case("STDDEV(i)", "INT"), Case("VAR_POP(x)", "DOUBLE"), Case("LISTAGG(s)", "STRING"),
            Case("FIRST_VALUE(c)", "CHAR(3)"),
            Case("COUNT(DISTINCT s) FILTER (WHERE ok)", "BIGINT"),
        ]
    )
    func aggregateTypes(_ example: Case) throws {
        let field = try Self.field(example.expression)
        #expect(field.type.description == example.type)
    }

    @Test("nullability follows operands")
    func nullability() throws {
        let examples = [
            ("n + 1", false), ("i + 1", true), ("i IS NULL", false), ("COALESCE(i, 0)", false),
            ("COUNT(*)", false), ("SUM(n)", true), ("CASE WHEN ok THEN 1 END", true),
            ("NULLIF(n, 0)", true), ("TRY_CAST(n AS SMALLINT)", true), ("CONCAT_WS(',', s)", false),
        ]
        for (expression, isNullable) in examples {
            let field = try Self.field(expression)
            #expect(field.isNullable == isNullable, "\(expression)")
        }
    }
}
