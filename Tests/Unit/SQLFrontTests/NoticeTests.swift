import SQLFront
import Testing

@Suite("Notices")
struct NoticeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var script: String
        var code: String
        var testDescription: String { code }

        init(_ script: String, _ code: String) {
            self.script = script
            self.code = code
        }
    }

    @Test(
        "what Flink refuses or reads differently is noted",
        arguments: [
            Case("SELECT COUNT(*) FROM bid WINDOW TUMBLING(1h) EMIT FINAL", "PORT_EMIT"),
            Case("SELECT COUNT(*) FROM bid WINDOW TUMBLING(1h)", "PORT_WINDOW_CLAUSE"),
            Case("SELECT price != 1 FROM bid", "PORT_BANG_EQUAL"),
            Case("SELECT price + 1 AS p, COUNT(*) FROM bid GROUP BY p", "PORT_GROUP_ALIAS"),
            Case("SELECT price + 1 AS p, p * 2 FROM bid", "PORT_LATERAL_ALIAS"),
            Case(
                "CREATE TABLE h (a INT) WITH ('connector'='filesystem','path'='p','format'='csv','csv.header'='true')",
                "PORT_CSV_HEADER"
            ),
            Case(
                "CREATE TABLE h (a INT) WITH ('connector'='filesystem','path'='p*','format'='csv')",
                "PORT_GLOB"
            ),
            Case(
                "CREATE TABLE h (a INT) WITH ('connector'='stdin','format'='csv')",
                "PORT_CONNECTOR"
            ),
            Case("SELECT LENGTH(channel) FROM bid", "PORT_FUNCTION"),
            Case(
                "CREATE TABLE h (a TIMESTAMP, WATERMARK FOR a AS a) WITH ('connector'='datagen')",
                "PORT_ROWTIME_PRECISION"
            ),
            Case(
                """
                SET 'execution.runtime-mode' = 'batch';
                SELECT COUNT(*) FROM bid GROUP BY SESSION(customTime, INTERVAL '1' HOUR)
                """,
                "PORT_SESSION_BATCH"
            ),
            Case(
                "CREATE TABLE h (`a` INT, value INT) WITH ('connector'='datagen')",
                "PORT_RESERVED"
            ),
            Case("SELECT customTime - customTime FROM bid", "PORT_INTERVAL_MINUS"),
            Case("SELECT customTime + INTERVAL '450' MINUTE FROM bid", "PORT_INTERVAL_PRECISION"),
            Case("SELECT customTime + INTERVAL '2' QUARTERS FROM bid", "PORT_INTERVAL_UNIT"),
            Case("SELECT customTime + INTERVAL '5' MILLISECOND FROM bid", "PORT_INTERVAL_UNIT"),
        ]
    )
    func portability(_ example: Case) {
        let report = PlanFixture.check(example.script)
        #expect(report.failures.isEmpty, "\(report.failures)")
        #expect(report.portability.contains { $0.code == example.code }, "\(report.portability)")
        #expect(report.portability.allSatisfy { $0.position != nil })
    }

    @Test("a portable script gives no notice")
    func portableScript() {
        let report = PlanFixture.check(
            """
            SELECT origin, window_start, COUNT(*) AS n
            FROM TABLE(TUMBLE(TABLE flights, DESCRIPTOR(time_hour), INTERVAL '1' HOUR))
            WHERE dep_delay <> 0 AND time_hour + INTERVAL '450' MINUTE(3) > time_hour
              AND time_hour + INTERVAL '90 12:00' DAY TO MINUTE > time_hour
            GROUP BY origin, window_start, window_end;
            """
        )
        #expect(report.portability.isEmpty)
        #expect(report.warnings.isEmpty)
    }

    @Test(
        "doubtful constructs are warned of",
        arguments: [
            Case("SELECT AVG(price) FROM bid", "WARN_INT_AVG"),
            Case("SELECT NOW() FROM bid", "WARN_NONDETERMINISTIC"),
            Case("SELECT CURRENT_DATE FROM bid", "WARN_NONDETERMINISTIC"),
            Case("SET 'pipeline.name' = 'x'", "WARN_SET_NO_EFFECT"),
            Case("SET 'table.exec.mini-batch.enabled' = 'true'", "WARN_SET_NO_EFFECT"),
            Case(
                "SET 'table.exec.source.idle-timeout' = '9 s'; SELECT price FROM bid",
                "WARN_SET_NO_EFFECT"
            ),
        ]
    )
    func warnings(_ example: Case) {
        let report = PlanFixture.check(example.script)
        #expect(report.failures.isEmpty, "\(report.failures)")
        #expect(report.warnings.map(\.code) == [example.code])
    }

    @Test("settings reach the jobs behind them, and RESET takes them back")
    func settings() {
        let report = PlanFixture.check(
            """
            SET 'execution.runtime-mode' = 'batch';
            SET 'table.local-time-zone' = '+05:30';
            SET 'parallelism.default' = '4';
            SET 'cutover.stream.batch.rows' = '7';
            SET 'execution.checkpointing.interval' = '3 s';
            SET 'table.exec.source.idle-timeout' = '2 min';
            SELECT 1;
            RESET 'cutover.stream.batch.rows';
            SELECT 2;
            RESET;
            SELECT 3;
            """
        )
        #expect(report.failures.isEmpty, "\(report.failures)")
        let jobs = report.script.jobs
        #expect(jobs.map(\.name) == ["t-1", "t-2", "t-3"])
        let first = jobs[0].settings
        #expect(first.isBatch)
        #expect(first.zoneOffset == 19_800_000_000)
        #expect(first.parallelism == 4)
        #expect(first.own["batch.rows"]?.text == "7")
        #expect(first.own["checkpoint.interval"]?.text == "3 s")
        #expect(first.idleTimeout == 120_000_000)
        #expect(jobs[1].settings.own["batch.rows"] == nil)
        #expect(jobs[2].settings == JobSettings())
    }
}
