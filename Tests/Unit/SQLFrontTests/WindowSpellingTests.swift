import SQLFront
import Testing

@Suite("Window spellings")
struct WindowSpellingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var function: String
        var group: String
        var clause: String
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "tumbling",
            function: "TUMBLE(TABLE bid, DESCRIPTOR(customTime), INTERVAL '1' HOUR)",
            group: "TUMBLE(customTime, INTERVAL '1' HOUR)",
            clause: "TUMBLING(customTime, 1h)"
        ),
        Case(
            name: "tumbling with named arguments and the only time column",
            function:
                "TUMBLE(DATA => TABLE bid, TIMECOL => DESCRIPTOR(customTime), SIZE => INTERVAL '90' SECOND)",
            group: "TUMBLE(customTime, INTERVAL '1:30' MINUTE TO SECOND)",
            clause: "TUMBLING(90s)"
        ),
        Case(
            name: "hopping, whose clause has the size first",
            function:
                "HOP(TABLE bid, DESCRIPTOR(customTime), INTERVAL '2' SECOND, INTERVAL '10' SECOND)",
            group: "HOP(customTime, INTERVAL '2' SECOND, INTERVAL '10' SECOND)",
            clause: "HOPPING(customTime, 10s, 2s)"
        ),
        Case(
            name: "sessions",
            function:
                "SESSION(TABLE bid PARTITION BY bidder, DESCRIPTOR(customTime), INTERVAL '10' SECOND)",
            group: "SESSION(customTime, INTERVAL '10' SECOND)",
            clause: "SESSION(10s)"
        ),
    ]

    @Test("all three spellings bind to equal plans", arguments: cases)
    func spellingsAreEqual(_ spelling: Case) throws {
        let name = spelling.group.prefix { $0 != "(" }
        let arguments = spelling.group.dropFirst(name.count)
        let function = try PlanFixture.plan(
            """
            SELECT bidder, window_start AS s, COUNT(*) AS n, MAX(price) AS m
            FROM TABLE(\(spelling.function)) GROUP BY bidder, window_start, window_end
            """
        )
        let group = try PlanFixture.plan(
            """
            SELECT bidder, \(name)_START\(arguments) AS s, COUNT(*) AS n, MAX(price) AS m
            FROM bid GROUP BY bidder, \(spelling.group)
            """
        )
        let clause = try PlanFixture.plan(
            """
            SELECT bidder, window_start AS s, COUNT(*) AS n, MAX(price) AS m
            FROM bid GROUP BY bidder WINDOW \(spelling.clause) EMIT FINAL
            """
        )
        let isGroupEqual = function == group
        let isClauseEqual = group == clause
        #expect(isGroupEqual)
        #expect(isClauseEqual)
    }

    @Test("grouping by one bound of the window is an ordinary aggregate")
    func oneBoundIsNoWindowAggregate() throws {
        let plan = try PlanFixture.plan(
            """
            SELECT window_start, COUNT(*) FROM
            TUMBLE(TABLE bid, DESCRIPTOR(customTime), INTERVAL '1' HOUR) GROUP BY window_start
            """
        )
        guard case .project(let input, _) = plan.operation,
            case .aggregate(_, let aggregate) = input.operation
        else {
            Issue.record("not an aggregate: \(plan.label)")
            return
        }
        #expect(aggregate.window == nil)
    }
}
