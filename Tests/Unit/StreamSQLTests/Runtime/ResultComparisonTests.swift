import Columns
import StreamSQL
import Testing

@Suite("Comparison of results")
struct ResultComparisonTests {
    private let schema = Schema([Field("key", .string), Field("sum", .double)])

    private func batch(_ rows: [(String, Double?)]) -> Batch {
        Batch(
            schema: schema,
            columns: [
                Column(.string, values: rows.map { .text($0.0) }),
                Column(.double, values: rows.map { row in row.1.map { .double($0) } ?? .null }),
            ],
            rowCount: rows.count
        )
    }

    private func compare(
        _ primary: [(String, Double?)],
        _ candidate: [(String, Double?)],
        key: [Int]? = [0],
        tolerance: RowTolerance = .exact
    ) -> ResultComparison {
        ResultComparison(
            primary: batch(primary),
            candidate: batch(candidate),
            key: key,
            tolerance: tolerance
        )
    }

    @Test("equal results match, NaN and signed zeros and NULL included")
    func equal() {
        let result = compare(
            [("a", 0.0), ("b", .nan), ("c", nil)],
            [("a", -0.0), ("b", .nan), ("c", nil)]
        )
        #expect(result.isEqual && result.matched == 3 && !result.isReordered)
    }

    @Test("each kind of difference is counted and shown")
    func differences() {
        let result = compare(
            [("a", 1), ("b", 2), ("gone", 3)],
            [("b", 2.5), ("a", 1), ("new", 4)]
        )
        #expect(result.matched == 1)
        #expect(result.mismatched == 1)
        #expect(result.missing == 1)
        #expect(result.extra == 1)
        #expect(result.examples.map(\.kind) == [.mismatch, .missing, .extra])
        #expect(result.examples[0].columns == ["sum"])
        #expect(result.examples[0].candidate == [.text("b"), .double(2.5)])
    }

    @Test("the same rows in another order are equal, and said to be reordered")
    func reordered() {
        let result = compare([("a", 1), ("b", 2)], [("b", 2), ("a", 1)])
        #expect(result.isEqual && result.isReordered)
    }

    @Test("without a key rows are multisets, with approximate numbers paired by rank")
    func multisets() {
        let same = compare(
            [("a", 1), ("a", 3), ("a", 1)],
            [("a", 3.0000000001), ("a", 1), ("a", 1)],
            key: nil,
            tolerance: .engines
        )
        #expect(same.isEqual)
        let different = compare([("a", 1), ("a", 1)], [("a", 1)], key: nil)
        #expect(different.missing == 1 && different.matched == 1)
    }

    @Test("a tolerance is relative to the larger number; infinities must be equal")
    func tolerance() {
        #expect(compare([("a", 1e12)], [("a", 1e12 + 1)], tolerance: .engines).isEqual)
        #expect(!compare([("a", 1e12)], [("a", 1e12 + 1)]).isEqual)
        #expect(!compare([("a", .infinity)], [("a", 1)], tolerance: .engines).isEqual)
    }

    @Test("empty results are equal")
    func empty() {
        #expect(compare([], []).isEqual)
        #expect(compare([], [], key: nil).isEqual)
        #expect(compare([], [("a", 1)]).extra == 1)
    }
}
