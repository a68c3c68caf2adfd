import Failures
import SQLFront
import Testing

@Suite("Failures of scripts")
struct FailureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var script: String
        var code: String
        /// Line in the script, and column.
        var place: String
        /// What the message has to say.
        var says: String
        var testDescription: String { "\(code): \(script)" }

        init(_ script: String, _ code: String, _ place: String, _ says: String) {
            self.script = script
            self.code = code
            self.place = place
            self.says = says
        }
    }

    /// One failure of each script, alone.
    static func expectFailure(_ example: Case) throws {
        let report = StreamScript.check(
            example.script,
            source: "s.sql",
            options: .init(name: "s")
        )
        let failure = try #require(report.failures.first)
        #expect(report.failures.count == 1, "\(report.failures)")
        #expect(failure.code == example.code, "\(failure)")
        #expect(failure.position?.description == "s.sql:\(example.place)", "\(failure)")
        #expect(failure.description.contains(example.says), "\(failure)")
        #expect(!failure.remedy.isEmpty)
    }

    @Test(
        "texts that cannot be read",
        arguments: [
            Case("SELECT 1 §", "PARSE_TOKEN", "1:10", "U+A7"),
            Case("SELECT 'abc", "PARSE_UNTERMINATED", "1:8", "close it with '"),
            Case("SELECT 1 /* x", "PARSE_UNTERMINATED", "1:10", "*/"),
            Case("SELECT 12abc", "PARSE_LITERAL", "1:8", "12abc"),
            Case("SELECT DATE '2013-02-30'", "PARSE_LITERAL", "1:8", "2013-02-30"),
            Case("SELECT INTERVAL '1' MONTHY", "PARSE_EXPECTED", "1:21", "MONTH"),
            Case("SELECT INTERVAL 'x' DAY", "PARSE_LITERAL", "1:8", "INTERVAL DAY"),
            Case("SELECT X'0g'", "PARSE_LITERAL", "1:8", "hexadecimal"),
            Case("SELEKT 1", "PARSE_EXPECTED", "1:1", "SELECT"),
            Case("SELECT 1 FORM t", "PARSE_EXPECTED", "1:10", "FROM"),
            Case("SELECT", "PARSE_EXPECTED", "1:7", "expression"),
            Case("SELECT (1 + 2", "PARSE_EXPECTED", "1:14", "\")\""),
            Case("SELECT CAST(1 AS INTT)", "PARSE_EXPECTED", "1:18", "INT"),
            Case(
                "CREATE TABLE t (a INT, PRIMARY KEY (a))",
                "PARSE_EXPECTED",
                "1:39",
                "NOT ENFORCED"
            ),
            Case("SELECT 1 AS select", "PARSE_EXPECTED", "1:13", "`select`"),
            Case("SELECT CAST(1 AS DECIMAL(39, 2))", "TYPE_ARGUMENT", "1:18", "38"),
            Case("SELECT CAST(1 AS TIMESTAMP(9))", "TYPE_ARGUMENT", "1:18", "TIMESTAMP(6)"),
        ]
    )
    func syntax(_ example: Case) throws { try Self.expectFailure(example) }

    static let table = """
        CREATE TABLE t (id BIGINT, name STRING, ok BOOLEAN, d DATE, ts TIMESTAMP(3), x DOUBLE, \
        WATERMARK FOR ts AS ts) WITH ('connector'='filesystem','path'='t.csv','format'='csv');

        """

    @Test(
        "names, types and groups that do not fit",
        arguments: [
            Case("SELECT nam FROM t", "BIND_COLUMN", "2:8", "nearest is name"),
            Case("SELECT t.nam FROM t", "BIND_COLUMN", "2:8", "nearest is name"),
            Case("SELECT u.name FROM t", "BIND_TABLE", "2:8", "\"u\""),
            Case("SELECT 1 FROM tt", "BIND_TABLE", "2:15", "nearest is t"),
            Case("SELECT a.id FROM t AS a, t AS a", "BIND_DUPLICATE", "2:26", "alias"),
            Case("SELECT id FROM t AS a, t AS b", "BIND_AMBIGUOUS", "2:8", "a and b"),
            Case("SELECT UPER(name) FROM t", "BIND_FUNCTION", "2:8", "UPPER(text)"),
            Case("SELECT UPPER(id) FROM t", "TYPE_ARGUMENT", "2:8", "UPPER(text)"),
            Case("SELECT SUBSTRING(name) FROM t", "PARSE_EXPECTED", "2:22", "FROM"),
            Case("SELECT id, COUNT(*) FROM t", "BIND_GROUP", "2:8", "\"id\""),
            Case("SELECT id + 1 FROM t GROUP BY name", "BIND_GROUP", "2:8", "\"id\""),
            Case("SELECT COUNT(*) FROM t GROUP BY 1", "BIND_GROUP_ORDINAL", "2:33", "GROUP BY 1"),
            Case("SELECT SUM(COUNT(*)) FROM t", "BIND_AGGREGATE_NESTED", "2:12", "subquery"),
            Case("SELECT 1 FROM t WHERE COUNT(*) > 1", "BIND_AGGREGATE_NESTED", "2:23", "HAVING"),
            Case("SELECT name + 1 FROM t", "TYPE_MISMATCH", "2:8", "CAST"),
            Case("SELECT 1 FROM t WHERE id", "TYPE_MISMATCH", "2:23", "BOOLEAN"),
            Case("SELECT 1 FROM t WHERE name = 1", "TYPE_MISMATCH", "2:23", "STRING = INT"),
            Case("SELECT 1 FROM t WHERE d > 'x'", "TYPE_MISMATCH", "2:27", "DATE"),
            Case("SELECT CAST(d AS INT) FROM t", "TYPE_CAST", "2:8", "DATE to INT"),
            Case("SELECT CASE WHEN ok THEN 1 ELSE 'a' END FROM t", "TYPE_MISMATCH", "2:33", "CASE"),
            Case("SELECT 1 UNION SELECT 'a'", "TYPE_MISMATCH", "2:10", "INT on one side"),
            Case("SELECT ROW_NUMBER() FROM t", "BIND_FUNCTION", "2:8", "OVER"),
            Case(
                "SELECT TUMBLE_START(ts, INTERVAL '1' HOUR) FROM t",
                "BIND_GROUP",
                "2:8",
                "TUMBLE"
            ),
            Case("CREATE VIEW v AS SELECT zz FROM t", "BIND_COLUMN", "2:25", "zz"),
            Case("CREATE TABLE t (a INT)", "BIND_DUPLICATE", "2:14", "\"t\""),
            Case("CREATE VIEW v AS SELECT * FROM v", "BIND_TABLE", "2:32", "\"v\" reads itself"),
            Case(
                "CREATE VIEW v AS SELECT * FROM v; SELECT * FROM v",
                "BIND_TABLE",
                "2:32",
                "itself"
            ),
            Case(
                "CREATE VIEW v AS SELECT * FROM w; CREATE VIEW w AS SELECT * FROM v",
                "BIND_TABLE",
                "2:66",
                "\"v\" reads itself by way of w"
            ),
            Case("DROP VIEW nope", "BIND_TABLE", "2:11", "IF EXISTS"),
        ]
    )
    func binding(_ example: Case) throws {
        var whole = example
        whole.script = Self.table + example.script
        try Self.expectFailure(whole)
    }

    @Test(
        "a chain has as many operators as the page of SQL says, and one of AND is as long as it likes"
    )
    func chains() {
        func codes(_ query: String) -> [String] {
            StreamScript.check(query, source: "s.sql", options: .init(name: "s")).failures.map(
                \.code
            )
        }
        let term = "CAST(1 AS DOUBLE)"
        #expect(codes("SELECT \(term)" + String(repeating: " + 1", count: 254)) == [])
        #expect(codes("SELECT \(term)" + String(repeating: " + 1", count: 256)) == ["PARSE_DEPTH"])
        #expect(codes("SELECT TRUE" + String(repeating: " AND TRUE", count: 2000)) == [])
    }

    @Test("a comment without an end comes before what was made of the text before it")
    func unterminatedFirst() {
        let report = StreamScript.check(
            "SELECT nope FROM nowhere; SELECT 1 /* x",
            source: "s.sql",
            options: .init(name: "s")
        )
        #expect(report.failures.map(\.code) == ["PARSE_UNTERMINATED", "BIND_TABLE"])
    }

    @Test(
        "plans that cannot run",
        arguments: [
            Case(
                "SELECT COUNT(*) FROM TUMBLE(TABLE t, DESCRIPTOR(x), INTERVAL '1' DAY)",
                "PLAN_WINDOW_TIME",
                "2:49",
                "TIMESTAMP"
            ),
            Case(
                "SELECT 1 FROM HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '7' SECOND, INTERVAL '10' SECOND)",
                "PLAN_WINDOW_MULTIPLE",
                "2:15",
                "7 s"
            ),
            Case(
                "SELECT 1 FROM CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '7' SECOND, INTERVAL '10' SECOND)",
                "PLAN_WINDOW_MULTIPLE",
                "2:15",
                "CUMULATE"
            ),
            Case(
                "SELECT 1 FROM HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '1' DAY)",
                "PLAN_LIMIT",
                "2:15",
                "86400"
            ),
            Case(
                """
                SET 'table.exec.source.idle-timeout' = '1 s';
                CREATE TABLE g (v INT) WITH ('connector' = 'datagen');
                SELECT a.v FROM g AS a UNION ALL SELECT b.v FROM g AS b;
                """,
                "PLAN_NOT_YET",
                "2:5",
                "idle-timeout"
            ),
            Case("SELECT (SELECT 1)", "PLAN_NOT_YET", "2:8", "subquery"),
            Case("SELECT 1 FROM t WHERE EXISTS (SELECT 1)", "PLAN_NOT_YET", "2:23", "EXISTS"),
            Case("SELECT ARRAY[1]", "PLAN_NOT_YET", "2:8", "ARRAY"),
            Case("SELECT SIN(x) FROM t", "PLAN_NOT_YET", "2:8", "SIN"),
            Case("SELECT name SIMILAR TO 'a' FROM t", "PLAN_NOT_YET", "2:13", "SIMILAR"),
            Case("SELECT id FROM t GROUP BY ROLLUP (id)", "PLAN_NOT_YET", "2:27", "UNION ALL"),
            Case("SELECT id FROM t EMIT CHANGES", "PLAN_NOT_YET", "2:18", "EMIT CHANGES"),
            Case("DESCRIBE t", "PLAN_NOT_YET", "2:1", "DESCRIBE"),
            Case(
                "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; END",
                "PLAN_NOT_YET",
                "2:1",
                "one after another"
            ),
            Case(
                "CREATE TABLE g (a INT) WITH ('connector'='datagen'); SELECT COUNT(*) FROM g",
                "PLAN_UPDATING_UNBOUNDED",
                "2:54",
                "windows"
            ),
            Case(
                "SET 'execution.runtime-mode'='batch'; CREATE TABLE g (a INT) WITH ('connector'='datagen'); SELECT a FROM g",
                "PLAN_UNBOUNDED",
                "2:106",
                "g never ends"
            ),
        ]
    )
    func plans(_ example: Case) throws {
        var whole = example
        whole.script = Self.table + example.script
        try Self.expectFailure(whole)
    }

    @Test(
        "options and settings that do not exist or do not fit",
        arguments: [
            Case(
                "CREATE TABLE s (a INT) WITH ('connector'='filesystem','path'='p','fromat'='csv')",
                "CFG_VALUE",
                "1:1",
                "fromat"
            ),
            Case(
                "CREATE TABLE s (a INT) WITH ('connector'='filesystem','path'='p','format'='csv','csv.null-litteral'='')",
                "CFG_UNKNOWN_KEY",
                "1:81",
                "csv.null-literal"
            ),
            Case(
                "CREATE TABLE s (a INT) WITH ('connector'='kafka')",
                "PLAN_NOT_YET",
                "1:42",
                "kafka"
            ),
            Case(
                "CREATE TABLE s (a INT) WITH ('connector'='filesytem')",
                "CFG_VALUE",
                "1:42",
                "filesystem"
            ),
            Case(
                "CREATE TABLE s (a INT) WITH ('connector'='print','standard-error'='maybe')",
                "CFG_VALUE",
                "1:67",
                "true or false"
            ),
            Case(
                "CREATE TABLE s (a INT) WITH ('connector'='datagen','fields.b.min'='1')",
                "CFG_UNKNOWN_KEY",
                "1:52",
                "fields.a"
            ),
            Case(
                "CREATE TABLE s (a INT) WITH ('connector'='datagen','fields.a.kind'='sequence')",
                "CFG_VALUE",
                "1:1",
                "start"
            ),
            Case(
                "SET 'table.local-time-zoen'='UTC'",
                "CFG_UNKNOWN_KEY",
                "1:5",
                "table.local-time-zone"
            ),
            Case("SET 'table.local-time-zone'='Europe/Paris'", "PLAN_NOT_YET", "1:29", "offset"),
            Case("SET 'parallelism.default'='0'", "CFG_VALUE", "1:27", "1024"),
            Case("SET 'execution.runtime-mode'='fast'", "CFG_VALUE", "1:30", "streaming or batch"),
            Case("RESET 'nope'", "CFG_UNKNOWN_KEY", "1:7", "known are"),
        ]
    )
    func options(_ example: Case) throws { try Self.expectFailure(example) }

    static let sinks = """
        CREATE TABLE s (a INT NOT NULL, b STRING, c DECIMAL(10, 2)) WITH ('connector'='blackhole');

        """

    @Test(
        "rows that a sink does not take",
        arguments: [
            Case("INSERT INTO s SELECT 1, 'x'", "TYPE_SINK", "2:15", "2 columns"),
            Case("INSERT INTO s SELECT 3000000000, 'x', 1.0", "TYPE_SINK", "2:22", "BIGINT"),
            Case("INSERT INTO s SELECT 1, 2, 1.0", "TYPE_SINK", "2:25", "STRING"),
            Case("INSERT INTO s SELECT 1, 'x', 1.234", "TYPE_SINK", "2:30", "DECIMAL(4, 3)"),
            Case("INSERT INTO s (b) SELECT 'x'", "TYPE_SINK", "2:1", "NOT NULL"),
            Case("INSERT INTO s (a, zzz) SELECT 1, 'x'", "BIND_COLUMN", "2:19", "columns are"),
            Case("INSERT INTO ss SELECT 1, 'x', 1.0", "BIND_TABLE", "2:13", "nearest is s"),
            Case("SELECT * FROM s", "BIND_TABLE", "2:15", "only be written"),
        ]
    )
    func inserts(_ example: Case) throws {
        var whole = example
        whole.script = Self.sinks + example.script
        try Self.expectFailure(whole)
    }

    @Test("one script reports all failures of its statements in order, and at most twenty")
    func manyFailures() {
        let script = Self.table + String(repeating: "SELECT nope FROM t;\n", count: 30)
        let report = StreamScript.check(script, source: "s", options: .init(name: "s"))
        #expect(report.failures.count == 20)
        #expect(report.failures.first?.position?.description == "s:2:8")
        #expect(report.failures.last?.position?.description == "s:21:8")
    }

    @Test("what uses a broken declaration is not reported again")
    func brokenDeclarations() {
        let script = """
            CREATE TABLE a (x INTT) WITH ('connector'='blackhole');
            CREATE VIEW v AS SELECT zz FROM a;
            INSERT INTO a SELECT * FROM v;
            """
        let report = StreamScript.check(script, source: "s", options: .init(name: "s"))
        #expect(report.failures.map(\.code) == ["PARSE_EXPECTED"])
    }
}
