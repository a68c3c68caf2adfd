import Failures
import SQLFront
import TestKit
import Testing

@Suite("Distribution")
struct DistributionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var query: String
        var exchange: String
        var isKeyWindow: Bool
        /// Strategies that are refused.
        var refused: [DistributionStrategy]
        var testDescription: String { name }
    }

    static let keyed =
        "SELECT bidder, COUNT(*) FROM TUMBLE(TABLE bid, DESCRIPTOR(customTime), INTERVAL '1' HOUR) GROUP BY bidder, window_start, window_end"

    static let cases = [
        Case(
            name: "stateless",
            query: "SELECT price + 1 FROM bid WHERE price > 2",
            exchange: "",
            isKeyWindow: false,
            refused: []
        ),
        Case(
            name: "keyed window",
            query: keyed,
            exchange: "Exchange hash(bidder) ×2",
            isKeyWindow: true,
            refused: [.sticky]
        ),
        Case(
            name: "unkeyed window",
            query:
                "SELECT COUNT(*) FROM TUMBLE(TABLE bid, DESCRIPTOR(customTime), INTERVAL '1' HOUR) GROUP BY window_start, window_end",
            exchange: "Exchange single",
            isKeyWindow: true,
            refused: [.hash, .sticky]
        ),
        Case(
            name: "session",
            query:
                "SELECT bidder, COUNT(*) FROM bid GROUP BY bidder, SESSION(customTime, INTERVAL '1' HOUR)",
            exchange: "Exchange hash(bidder) ×2",
            isKeyWindow: false,
            refused: [.sticky]
        ),
        Case(
            name: "key of an expression",
            query: "SELECT HOUR(customTime), COUNT(*) FROM bid GROUP BY HOUR(customTime)",
            exchange: "Exchange hash(expr_5) ×2",
            isKeyWindow: false,
            refused: [.sticky]
        ),
        Case(
            name: "ordered",
            query: "SELECT price FROM bid ORDER BY price LIMIT 3",
            exchange: "Exchange single",
            isKeyWindow: false,
            refused: [.hash, .sticky, .roundRobin]
        ),
        Case(
            name: "top n per key",
            query:
                "SELECT price FROM (SELECT price, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price) AS r FROM bid) WHERE r = 1",
            exchange: "Exchange hash(auction) ×2",
            isKeyWindow: false,
            refused: [.sticky, .roundRobin]
        ),
        Case(
            name: "join",
            query: "SELECT name FROM bid JOIN person ON bidder = id",
            exchange: "Exchange hash(bidder) | hash(id) ×2",
            isKeyWindow: false,
            refused: [.sticky, .roundRobin]
        ),
        Case(
            name: "join without equality",
            query: "SELECT name FROM bid JOIN person ON bidder < id",
            exchange: "Exchange single",
            isKeyWindow: false,
            refused: [.hash, .sticky, .roundRobin]
        ),
    ]

    @Test("exchanges and units follow from the plan", arguments: cases)
    func exchanges(_ example: Case) throws {
        let report = PlanFixture.check(example.query)
        let job = try #require(report.script.jobs.first)
        let processor = try ProcessorConfiguration.parse("v2:2")
        let explanation = try Explanation(job, processor: processor, report: report)
        let parts = explanation.chain.split(separator: " ← ").map(String.init)
        let exchanges = parts.filter { $0.hasPrefix("Exchange") }
        #expect(exchanges == (example.exchange.isEmpty ? [] : [example.exchange]))
        #expect(explanation.units.contains("key-window") == example.isKeyWindow)
        #expect((explanation.unitReason == nil) == example.isKeyWindow)
        #expect(explanation.nodes.allSatisfy { !$0.reason.isEmpty })
    }

    @Test("a strategy that would change the result is refused with the operator", arguments: cases)
    func strategies(_ example: Case) throws {
        let plan = try PlanFixture.plan(example.query)
        for strategy in DistributionStrategy.allCases {
            do throws(Failure) {
                _ = try Distribution(plan, strategy: strategy)
                #expect(!example.refused.contains(strategy), "\(strategy)")
            } catch {
                #expect(error.code == "PLAN_UNSAFE_STRATEGY")
                #expect(example.refused.contains(strategy), "\(strategy)")
            }
        }
    }

    @Test("sticky is safe where the source is declared to be partitioned by the key")
    func stickyPartitioning() throws {
        let table = """
            CREATE TABLE p (k INT, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) PARTITIONED BY (k)
            WITH ('connector' = 'stdin', 'format' = 'csv');
            """
        let byKey = try PlanFixture.plan(table + "SELECT k, v, COUNT(*) FROM p GROUP BY k, v")
        _ = try Distribution(byKey, strategy: .sticky)
        let byOther = try PlanFixture.plan(table + "SELECT v, COUNT(*) FROM p GROUP BY v")
        #expect(throws: Failure.self) { _ = try Distribution(byOther, strategy: .sticky) }
    }

    @Test("rows that are together already are not moved again")
    func noSecondExchange() throws {
        let plan = try PlanFixture.plan(
            """
            SELECT bidder, MAX(n) FROM (
              SELECT bidder, auction, COUNT(*) AS n FROM (
                SELECT bidder, auction, COUNT(*) AS m FROM bid GROUP BY bidder, auction)
              GROUP BY bidder, auction)
            GROUP BY bidder
            """
        )
        let distribution = try Distribution(plan)
        let exchanges = distribution.steps.filter { $0.exchange == .hash }
        #expect(exchanges.count == 2)
    }

    @Test("explain shows the chain, the types, the distribution and the state")
    func explainText() throws {
        let report = PlanFixture.check(
            """
            CREATE TABLE hourly (origin STRING, s TIMESTAMP(3), n BIGINT) WITH ('connector' = 'blackhole');
            INSERT INTO hourly SELECT origin, window_start, COUNT(*)
            FROM TABLE(TUMBLE(TABLE flights, DESCRIPTOR(time_hour), INTERVAL '1' HOUR))
            GROUP BY origin, window_start, window_end
            """
        )
        let job = try #require(report.script.jobs.first)
        let processor = try ProcessorConfiguration.parse("v2:4")
        let explanation = try Explanation(job, processor: processor, report: report)
        try expectGolden(explanation.text + "\n", "explain.hourly")
        let serial = try Explanation(
            job,
            processor: .serial(isTransactional: false),
            report: report
        )
        #expect(!serial.chain.contains("Exchange"))
    }
}
