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

    @Test("a text may be CHAR(5) on one side and STRING on the other")
    func textsOfOtherLengths() {
        func texts(_ type: DataType, _ values: [String]) -> Batch {
            Batch(
                schema: Schema([Field("sight", type)]),
                columns: [Column(type, values: values.map { .text($0) })],
                rowCount: values.count
            )
        }
        let result = ResultComparison(
            primary: texts(.char(length: 5), ["clear", "haze"]),
            candidate: texts(.string, ["haze", "fog"]),
            key: nil,
            tolerance: .engines
        )
        #expect(result.matched == 1 && result.missing == 1 && result.extra == 1)
    }

    @Test("empty results are equal")
    func empty() {
        #expect(compare([], []).isEqual)
        #expect(compare([], [], key: nil).isEqual)
        #expect(compare([], [("a", 1)]).extra == 1)
    }

    /// The dearest two of each kind: `key` is the kind, `sum` the price, the place is what may differ.
    private func best(_ rows: [(String, Double, Int64)]) -> Batch {
        Batch(
            schema: Schema([
                Field("kind", .string), Field("price", .double), Field("place", .bigint),
            ]),
            columns: [
                Column(.string, values: rows.map { .text($0.0) }),
                Column(.double, values: rows.map { .double($0.1) }),
                Column(.bigint, values: rows.map { .integer($0.2) }),
            ],
            rowCount: rows.count
        )
    }

    private func compareBest(
        _ primary: [(String, Double, Int64)],
        _ candidate: [(String, Double, Int64)]
    ) -> ResultComparison {
        ResultComparison(
            primary: best(primary),
            candidate: best(candidate),
            key: nil,
            tolerance: .engines,
            choice: .ties(
                TieRule(
                    partition: [0],
                    order: [Batch.SortKey(1, .descending)],
                    rank: nil,
                    skipsFirst: false,
                    limit: 2
                )
            )
        )
    }

    @Test("rows at the cut may be others that tie, if partition and order keys agree")
    func tiesAtTheCut() {
        let same = compareBest(
            [("a", 9, 1), ("a", 5, 2), ("b", 3, 3)],
            [("a", 9, 1), ("a", 5, 7), ("b", 3, 3)]
        )
        #expect(same.isEqual && same.matched == 3 && same.tied == 1)
        let otherPrice = compareBest([("a", 9, 1), ("a", 5, 2)], [("a", 9, 1), ("a", 6, 2)])
        #expect(!otherPrice.isEqual && otherPrice.tied == 0)
    }

    @Test("rows before the cut that tie with none must be the same")
    func noTieBeforeTheCut() {
        let before = compareBest([("a", 9, 1), ("a", 5, 2)], [("a", 9, 7), ("a", 5, 2)])
        #expect(!before.isEqual && before.tied == 0)
        // A partition that is not full has no cut.
        let inside = compareBest([("b", 3, 3)], [("b", 3, 4)])
        #expect(!inside.isEqual && inside.tied == 0)
    }

    @Test("of LIMIT without ORDER BY only the number of rows counts")
    func anyRows() {
        func counted(_ primary: [(String, Double?)], _ candidate: [(String, Double?)])
            -> ResultComparison
        {
            ResultComparison(
                primary: batch(primary),
                candidate: batch(candidate),
                key: nil,
                tolerance: .engines,
                choice: .anyRows
            )
        }
        #expect(counted([("a", 1), ("b", 2)], [("c", 3), ("a", 1)]).isEqual)
        #expect(counted([("a", 1), ("b", 2)], [("c", 3)]).missing == 1)
        #expect(counted([("a", 1)], [("c", 3), ("d", 3)]).extra == 1)
    }
}
