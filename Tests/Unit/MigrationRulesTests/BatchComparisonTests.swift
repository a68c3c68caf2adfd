import Columns
import MigrationRules
import TestKit
import Testing

@Suite("Comparing batches")
struct BatchComparisonTests {
    static let schema = Schema([
        Field("origin", .string), Field("start", .timestamp(precision: 3)),
        Field("flights", .bigint), Field("delay", .double), Field("emitted", .bigint),
    ])

    private func batch(_ rows: [[Value]]) -> Batch {
        let columns = Self.schema.fields.indices.map { index in
            let builder = ColumnBuilder(Self.schema[index].type)
            for row in rows { builder.append(row[index]) }
            return builder.finish()
        }
        return Batch(schema: Self.schema, columns: columns, rowCount: rows.count)
    }

    private func row(
        _ origin: String,
        _ start: Int64,
        _ flights: Int64 = 1,
        _ delay: Double = 0.5,
        emitted: Int64 = 0
    ) -> [Value] {
        [.text(origin), .integer(start), .integer(flights), .double(delay), .integer(emitted)]
    }

    private func rules(ignoringEmitted: Bool = false) throws -> ComparisonRules {
        var plan = ComparePlan()
        if ignoringEmitted {
            var rule = ComparisonRule()
            rule.path = "$.emitted"
            var ignore = IgnoreRule()
            ignore.reason = "wall clock"
            ignore.owner = "ana"
            ignore.expires = "2027-01-01"
            rule.ignore = ignore
            plan.rules = [rule]
        }
        return try ComparisonRules(plan, today: "2026-01-01")
    }

    private let key = ["origin", "start"]

    @Test("rows pair by key in any order, within the tolerance of floats")
    func pairsByKey() throws {
        let primary = batch([row("EWR", 1), row("JFK", 1, 2), row("EWR", 2, 3, 0.3)])
        let candidate = batch([row("EWR", 2, 3, 0.1 + 0.2), row("EWR", 1), row("JFK", 1, 2)])
        let found = BatchComparison(
            primary: primary,
            candidate: candidate,
            key: key,
            rules: try rules()
        )
        #expect(found.isEqual && found.matched.count == 3)
        #expect(found.tally.matches == 3)
    }

    @Test("wrong, missing and extra rows are told with their columns")
    func differences() throws {
        let primary = batch([row("EWR", 1), row("JFK", 1, 2), row("LGA", 1)])
        let candidate = batch([row("EWR", 1, 9, 7), row("JFK", 1, 2), row("BOS", 1)])
        let found = BatchComparison(
            primary: primary,
            candidate: candidate,
            key: key,
            rules: try rules()
        )
        #expect(found.mismatched.map(\.columns) == [[2, 3]])
        #expect(found.mismatched.map(\.pair) == [.init(primary: 0, candidate: 0)])
        #expect(found.missing == [2] && found.extra == [2])
        #expect(found.tally.mismatches == 3 && found.tally.matches == 1)
        #expect(found.tally.fields == [.value: 2, .missing: 1, .extra: 1])
    }

    @Test("I13: rows that differ only in ignored columns are ignored, not matched")
    func ignoredColumns() throws {
        let primary = batch([row("EWR", 1), row("JFK", 1), row("JFK", 1)])
        let candidate = batch([
            row("EWR", 1, emitted: 5), row("JFK", 1), row("JFK", 1, emitted: 7),
        ])
        let found = BatchComparison(
            primary: primary,
            candidate: candidate,
            key: key,
            rules: try rules(ignoringEmitted: true)
        )
        #expect(found.isEqual)
        #expect(found.matched.count == 1 && found.ignored.count == 2)
        #expect(found.tally.ignored == ["wall clock": 2])
    }

    @Test("a key that stands twice is compared as a multiset, and flagged")
    func duplicates() throws {
        let primary = batch([row("EWR", 1, 1), row("EWR", 1, 2), row("JFK", 1)])
        let candidate = batch([row("EWR", 1, 2), row("EWR", 1, 3), row("JFK", 1)])
        let found = BatchComparison(
            primary: primary,
            candidate: candidate,
            key: key,
            rules: try rules()
        )
        #expect(found.duplicates == (2, 2))
        #expect(found.matched.count == 2)
        #expect(found.missing == [0] && found.extra == [1])
    }

    @Test("without a key rows are a multiset; other columns are a schema difference")
    func withoutKey() throws {
        let primary = batch([row("EWR", 1), row("EWR", 1), row("JFK", 1, 1, 0.3)])
        let candidate = batch([row("JFK", 1, 1, 0.1 + 0.2), row("EWR", 1), row("EWR", 1)])
        let found = BatchComparison(
            primary: primary,
            candidate: candidate,
            key: [],
            rules: try rules()
        )
        #expect(found.isEqual && found.matched.count == 3)
        let narrow = Batch(
            schema: Schema(Array(Self.schema.fields.dropLast())),
            columns: Array(primary.columns.dropLast()),
            rowCount: 3
        )
        let other = BatchComparison(
            primary: primary,
            candidate: narrow,
            key: key,
            rules: try rules()
        )
        #expect(!other.isEqual)
        #expect(other.tally.mismatches == 3 && other.tally.fields == [.schema: 1])
        #expect(other.schemaDifferences == ["emitted: only the primary has it"])
    }

    @Test("rows changed, lost and added at random are found, all of them")
    func plantedEdits() throws {
        let rules = try rules()
        let edits = Gen<[Int]>.array(of: Gen<Int>.integer(in: 0...199))
        checkProperty("planted edits are found", edits) { edits in
            let rows = (0..<200).map { row("A\($0 % 7)", Int64($0), Int64($0)) }
            var changed = rows
            var (lost, bent) = (Set<Int>(), Set<Int>())
            for edit in edits {
                if edit % 2 == 0 { lost.insert(edit) } else { bent.insert(edit) }
            }
            for index in bent { changed[index][2] = .integer(-1) }
            changed = changed.indices.filter { !lost.contains($0) }.map { changed[$0] }.reversed()
            let found = BatchComparison(
                primary: batch(rows),
                candidate: batch(changed),
                key: key,
                rules: rules
            )
            return Set(found.missing) == lost && found.extra.isEmpty
                && Set(found.mismatched.map(\.pair.primary)) == bent
                && found.matched.count == 200 - lost.count - bent.count
        }
    }
}
