import Columns
import SQLFront
import TestKit
import Testing

@Suite("Golden plans")
struct GoldenPlanTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var script: String
        var testDescription: String { name }

        init(_ name: String, _ script: String) {
            self.name = name
            self.script = script
        }
    }

    static let cases = [
        Case(
            "filter-project",
            "SELECT origin, dep_delay + 1 AS d FROM flights WHERE 100 < distance AND dest IN ('A', 'B')"
        ),
        Case(
            "flights-hourly",
            """
            SELECT origin, dest, window_start, window_end, COUNT(*) AS departures,
              AVG(CAST(dep_delay AS DOUBLE)) AS mean_delay, MAX(dep_delay) AS max_delay,
              COUNT(*) FILTER (WHERE dep_delay > 15) * 100.0 / COUNT(*) AS late_share
            FROM TABLE(TUMBLE(TABLE flights, DESCRIPTOR(time_hour), INTERVAL '1' HOUR))
            WHERE dep_delay IS NOT NULL
            GROUP BY origin, dest, window_start, window_end
            """
        ),
        Case(
            "computed-time",
            """
            CREATE VIEW v AS SELECT id, ts, twice FROM events;
            SELECT window_start, SUM(twice) AS s
            FROM HOP(TABLE v, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)
            GROUP BY window_start, window_end
            """
        ),
        Case("count-only", "SELECT COUNT(*) AS n FROM (SELECT price * 2 AS d FROM bid)"),
        Case(
            "top-n",
            """
            SELECT auction, price FROM (
              SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) AS rn FROM bid)
            WHERE rn <= 3 AND auction > 5 AND price > 7
            """
        ),
        Case(
            "qualify",
            """
            SELECT auction, price, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) AS rn
            FROM bid QUALIFY rn = 2
            """
        ),
        Case(
            "window-top-n",
            """
            SELECT auction, n, window_end FROM (
              SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY n DESC) AS rn
              FROM (SELECT auction, COUNT(*) AS n, window_start, window_end
                FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(customTime), INTERVAL '10' SECOND))
                GROUP BY auction, window_start, window_end))
            WHERE rn < 4
            """
        ),
        Case(
            "comma-join",
            """
            SELECT b.auction, p.name FROM bid b, person p
            WHERE b.bidder = p.id AND p.state IN ('OR', 'ID') AND b.price > p.id AND b.channel <> 'x'
            ORDER BY b.price DESC, p.name LIMIT 3 OFFSET 1
            """
        ),
        Case(
            "join-order",
            """
            SELECT a.price, c.name FROM bid a, bid b, person c
            WHERE a.bidder = c.id AND c.id = b.auction AND a.price < b.price
            """
        ),
        Case(
            "left-join",
            """
            SELECT b.auction, p.name FROM bid b
            LEFT JOIN person p ON b.bidder + 1 = p.id AND p.state = 'OR' AND b.price > 3
            WHERE b.channel = 'y' AND p.name IS NULL
            """
        ),
        Case(
            "full-join-using",
            """
            SELECT customTime, a.price, n FROM bid AS a
            FULL JOIN (SELECT customTime, COUNT(*) AS n FROM person GROUP BY customTime) AS b
            USING (customTime)
            """
        ),
        Case(
            "membership",
            """
            SELECT auction FROM bid WHERE bidder IN (SELECT id FROM person WHERE state = 'OR')
            AND auction NOT IN (SELECT id FROM person)
            """
        ),
        Case(
            "q5-hot-items",
            """
            SELECT AuctionBids.auction, AuctionBids.num FROM (
              SELECT auction, COUNT(*) AS num, window_start AS starttime, window_end AS endtime
              FROM TABLE(HOP(TABLE bid, DESCRIPTOR(customTime), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
              GROUP BY auction, window_start, window_end
            ) AS AuctionBids
            JOIN (
              SELECT MAX(CountBids.num) AS maxn, CountBids.starttime, CountBids.endtime
              FROM (
                SELECT COUNT(*) AS num, window_start AS starttime, window_end AS endtime
                FROM TABLE(HOP(TABLE bid, DESCRIPTOR(customTime), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
                GROUP BY auction, window_start, window_end
              ) AS CountBids
              GROUP BY CountBids.starttime, CountBids.endtime
            ) AS MaxBids
            ON AuctionBids.starttime = MaxBids.starttime AND AuctionBids.endtime = MaxBids.endtime
              AND AuctionBids.num >= MaxBids.maxn
            """
        ),
        Case(
            "fused-window",
            """
            SELECT k, window_start, SUM(d) AS s FROM (
              SELECT bidder AS k, price * 2 AS d, window_start, window_end
              FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(customTime), INTERVAL '1' MINUTE)))
            WHERE k > 3 GROUP BY k, window_start, window_end
            """
        ),
        Case(
            "set-operations",
            """
            SELECT auction FROM bid UNION SELECT id FROM person
            EXCEPT SELECT 7 INTERSECT SELECT price FROM bid
            """
        ),
        Case(
            "distinct-having",
            """
            SELECT DISTINCT channel, COUNT(DISTINCT bidder) AS n FROM bid
            GROUP BY channel HAVING MAX(price) > 10 ORDER BY n DESC NULLS FIRST, channel
            """
        ),
        Case(
            "common-tables",
            """
            WITH a (auction, p) AS (SELECT auction, price FROM bid), b AS (SELECT p * 2 AS q FROM a)
            SELECT q + 1 AS r FROM b WHERE q > 4
            """
        ),
        Case(
            "over-frames",
            """
            SELECT auction, SUM(price) OVER (PARTITION BY bidder ORDER BY customTime
                ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS s,
              LAG(price, 2, 0) OVER (PARTITION BY bidder ORDER BY customTime) AS before,
              RANK() OVER (ORDER BY price) AS r FROM bid
            """
        ),
        Case("values", "SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS t (x, y) WHERE x > 1"),
        Case("no-from", "SELECT 1 + 1 AS two, CAST('2013-01-01' AS DATE) AS d"),
    ]

    @Test("queries become small plans", arguments: cases)
    func plans(_ example: Case) throws {
        try expectGolden(try PlanFixture.tree(example.script) + "\n", "plan.\(example.name)")
    }

    @Test("batch mode has no watermarks and allows windows over any timestamp")
    func batchMode() throws {
        let tree = try PlanFixture.tree(
            """
            SET 'execution.runtime-mode' = 'batch';
            CREATE TABLE plain (k INT, at TIMESTAMP(3)) WITH
              ('connector' = 'filesystem', 'path' = 'p', 'format' = 'parquet');
            SELECT k, COUNT(*) AS n FROM TUMBLE(TABLE plain, DESCRIPTOR(at), INTERVAL '1' DAY)
            GROUP BY k, window_start, window_end
            """
        )
        let scan = try PlanFixture.tree(
            "SET 'execution.runtime-mode' = 'batch'; SELECT price FROM bid WHERE bidder = 1"
        )
        #expect(scan.hasSuffix("Scan bid[bidder, price, prune (bidder = 1)]"))
        try expectGolden(tree + "\n", "plan.batch")
    }

    @Test("INSERT casts to the sink's types and fills what it leaves out with NULL")
    func insertion() throws {
        let report = PlanFixture.check(
            """
            CREATE TABLE s (a BIGINT, b STRING, c DECIMAL(20, 4), d INT, e TIMESTAMP(6))
            WITH ('connector' = 'blackhole');
            INSERT INTO s (c, a, e) SELECT price * 1.5, dep_delay, time_hour FROM flights;
            INSERT INTO s VALUES (1, 'x', 2.5, 3, TIMESTAMP '2013-01-01 00:00:00');
            """
        )
        #expect(report.failures.isEmpty, "\(report.failures)")
        let lines = report.script.jobs.map { job in
            job.plan.label + " "
                + job.plan.schema.fields.map(\.type.description).joined(separator: ", ")
        }
        try expectGolden(lines.joined(separator: "\n") + "\n", "plan.insert")
    }
}
