import MigrationRules
import TestKit
import Testing

@Suite("Counting comparisons")
struct ComparisonTallyTests {
    @Test("I13: skipped, unsampled, ignored and failed units are no matches")
    func onlyMatchesAreMatches() {
        var tally = ComparisonTally()
        for result: ComparisonResult in [
            .skipped("queue full"), .ignored("wall clock"), .primaryError, .candidateError,
            .bothError, .timeout,
        ] {
            tally.add(result)
        }
        tally.add(unsampled: 10)
        #expect(tally.matches == 0 && tally.compared == 0 && tally.seen == 16)
    }

    @Test("sampled, dropped and compared units are those seen, and tallies add up in any order")
    func tallies() {
        let results: [ComparisonResult] = [
            .match, .mismatch, .ignored("a"), .ignored("b"), .primaryError, .candidateError,
            .bothError, .timeout, .skipped("full"), .primaryDefect, .candidateDefect,
        ]
        let lists = Gen<[ComparisonResult]>.array(of: Gen<ComparisonResult>.element(of: results))
        checkProperty("tallies add up", pair(lists, lists)) { pair in
            func tally(_ results: [ComparisonResult]) -> ComparisonTally {
                var tally = ComparisonTally()
                for result in results { tally.add(result) }
                return tally
            }
            var forth = tally(pair.0)
            forth.merge(tally(pair.1))
            var back = tally(pair.1)
            back.merge(tally(pair.0))
            return forth == back && forth == tally(pair.0 + pair.1)
                && forth.seen == pair.0.count + pair.1.count
        }
    }

    private func differences(_ count: Int, isSensitive: Bool = false) throws -> [FieldDifference] {
        var plan = ComparePlan()
        plan.isSensitive = isSensitive
        let comparison = ValueComparison(try ComparisonRules(plan, today: "2026-01-01"))
        return (0..<count).flatMap { number in
            comparison.compare(
                .structure([.init("name", .string("secret-\(number)"))]),
                .structure([.init("name", .string("other"))])
            ).differences
        }
    }

    @Test("twenty examples of each path and class are kept, equal ones once")
    func examples() throws {
        var shelf = ExampleShelf(limit: 20, salt: "mig-001")
        for (number, difference) in try differences(30).enumerated() {
            shelf.add([difference], unit: "u\(number)")
            shelf.add([difference], unit: "again")
        }
        #expect(shelf.examples.count == 20)
        #expect(shelf.examples.allSatisfy { $0.count == 2 && $0.path == "$.name" })
        #expect(shelf.examples[0].primary == #""secret-0""#)
    }

    @Test("I18: a sensitive value is redacted when it is captured")
    func redaction() throws {
        var shelf = ExampleShelf(limit: 20, salt: "mig-001")
        shelf.add(try differences(3, isSensitive: true), unit: "u1")
        #expect(shelf.examples.count == 3)
        for example in shelf.examples {
            #expect(!"\(example)".contains("secret"))
            #expect(example.primary == "<string, 10 bytes>")
        }
        var other = ExampleShelf(limit: 20, salt: "mig-002")
        other.add(try differences(1, isSensitive: true), unit: "u1")
        #expect(other.examples[0].fingerprint != shelf.examples[0].fingerprint)
    }
}
