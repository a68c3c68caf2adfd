import Failures
import TestKit
import Hashing
import SQLFront
import Testing

@Suite("Hostile scripts")
struct ParserFuzzTests {
    static let words = [
        "SELECT", "FROM", "WHERE", "GROUP", "BY", "ORDER", "HAVING", "JOIN", "LEFT", "ON", "USING",
        "UNION", "ALL", "EXCEPT", "VALUES", "(", ")", ",", ";", ".", "*", "+", "-", "/", "=", "<>",
        "AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "IS", "NULL", "CASE", "WHEN", "THEN", "END",
        "CAST", "AS", "INT", "DECIMAL(10,2)", "'text'", "1", "2.5", "1e3", "10s", "bid", "price",
        "auction", "customTime", "b", "TUMBLE", "TABLE", "DESCRIPTOR", "INTERVAL", "'1'", "HOUR",
        "COUNT", "SUM", "MAX", "OVER", "PARTITION", "ROW_NUMBER", "CREATE", "VIEW", "v", "INSERT",
        "INTO", "SET", "'k'", "window_start", "window_end", "LIMIT", "WITH", "WATERMARK", "FOR",
        "é",
        "DISTINCT", "FILTER", "WINDOW", "TUMBLING", "SESSION", "QUALIFY", "EXTRACT", "TRIM", "'",
        "`",
        "/*", "--", "\n", "\u{0}", "§", "=>", "FETCH", "OFFSET", "EMIT", "FINAL", "LATERAL",
    ]

    /// Unoptimised code takes ten milliseconds for each script.
    #if DEBUG
    static let rounds = 300
    static let mutations = 10
    #else
    static let rounds = 10_000
    static let mutations = 300
    #endif

    @Test("random words never crash the front end, and give at most twenty failures with places")
    func randomWords() {
        var generator = SeededGenerator(seed: 42)
        for _ in 0..<Self.rounds {
            let count = Int.random(in: 1...40, using: &generator)
            let text = (0..<count).map { _ in Self.words.randomElement(using: &generator) ?? "" }
                .joined(separator: " ")
            check(PlanFixture.tables + text)
        }
    }

    @Test("sound queries with one word changed never crash the front end")
    func mutatedQueries() {
        var generator = SeededGenerator(seed: 43)
        for example in GoldenPlanTests.cases {
            let pieces = example.script.split(separator: " ").map(String.init)
            for _ in 0..<Self.mutations {
                var changed = pieces
                let place = Int.random(in: pieces.indices, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: changed.remove(at: place)
                case 1: changed[place] = Self.words.randomElement(using: &generator) ?? ""
                default:
                    changed.insert(Self.words.randomElement(using: &generator) ?? "", at: place)
                }
                check(PlanFixture.tables + changed.joined(separator: " "))
            }
        }
    }

    private func check(_ script: String) {
        let report = StreamScript.check(script, source: "f", options: .init(name: "f"))
        if report.failures.count > 20 { Issue.record("\(report.failures.count): \(script)") }
        for failure in report.failures where failure.position == nil || failure.remedy.isEmpty {
            Issue.record("\(failure)")
        }
    }

    @Test("nesting and chains beyond the limit are failures, not crashes")
    func deepScripts() {
        let deep = 100_000
        let scripts = [
            "SELECT " + String(repeating: "(", count: deep) + "1"
                + String(repeating: ")", count: deep),
            "SELECT " + String(repeating: "-", count: 2).replacing("-", with: "- ") + "1"
                + String(repeating: " + 1", count: deep),
            "SELECT " + String(repeating: "NOT ", count: deep) + "TRUE",
            "SELECT " + String(repeating: "CASE WHEN ", count: deep),
            "SELECT 1" + String(repeating: " UNION SELECT 1", count: 5_000),
            String(repeating: "SELECT 1 FROM (", count: 5_000),
            "SELECT 1 FROM a" + String(repeating: " CROSS JOIN a", count: 5_000),
            "SELECT " + String(repeating: "UPPER(", count: deep),
        ]
        for script in scripts {
            let report = StreamScript.check(script, source: "f", options: .init(name: "f"))
            #expect(report.failures.first?.code == "PARSE_DEPTH", "\(script.prefix(40))")
        }
    }

    @Test("long chains of AND and OR are no nesting")
    func longConjunctions() {
        let terms = (0..<5_000).map { "price <> \($0)" }.joined(separator: " AND ")
        let report = PlanFixture.check("SELECT 1 FROM bid WHERE \(terms)")
        #expect(report.failures.isEmpty, "\(report.failures)")
    }

    @Test("parentheses up to the limit are sound")
    func allowedNesting() {
        let script =
            "SELECT " + String(repeating: "(", count: 200) + "1"
            + String(repeating: ")", count: 200)
        let report = StreamScript.check(script, source: "f", options: .init(name: "f"))
        #expect(report.failures.isEmpty)
    }

    @Test("views that multiply are refused before they fill the memory")
    func multiplyingViews() {
        var script = "CREATE VIEW v0 AS SELECT 1 AS a;"
        for level in 1...40 {
            script += "CREATE VIEW v\(level) AS SELECT x.a FROM v\(level - 1) x, v\(level - 1) y;"
        }
        script += "SELECT * FROM v40;"
        let report = StreamScript.check(script, source: "f", options: .init(name: "f"))
        #expect(report.failures.map(\.code).contains("PLAN_LIMIT"))
    }

    struct Limit: Sendable, CustomTestStringConvertible {
        var name: String
        var script: String
        var testDescription: String { name }
    }

    @Test(
        "scripts, names and lists have limits",
        arguments: [
            Limit(name: "bytes", script: "SELECT 1 -- " + String(repeating: "x", count: 1 << 20)),
            Limit(name: "statements", script: String(repeating: "SELECT 1;", count: 1_001)),
            Limit(name: "name", script: "SELECT 1 AS " + String(repeating: "n", count: 129)),
            Limit(
                name: "list",
                script: "SELECT 1 IN (0" + String(repeating: ",1", count: 10_000) + ")"
            ),
            Limit(name: "items", script: "SELECT 0" + String(repeating: ",1", count: 1_024)),
        ]
    )
    func limits(_ limit: Limit) {
        let report = StreamScript.check(limit.script, source: "f", options: .init(name: "f"))
        #expect(report.failures.first?.code == "PARSE_LIMIT", "\(report.failures)")
    }
}
