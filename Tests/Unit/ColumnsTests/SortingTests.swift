internal import Columns
internal import Testing

@Suite("Sorting")
struct SortingTests {
    private static func columns(_ count: Int, _ seed: UInt64) -> [[Column]] {
        let plain = RandomColumns.types.map { RandomColumns.column($0, count, seed) }
        let coded = RandomColumns.codedColumn(count, seed)
        return plain.map { [$0] } + [
            [coded], [plain[2], plain[1]], [plain[2], coded, plain[4]],
            [plain[4], plain[3], plain[0]],
        ]
    }

    private static func oracle(_ columns: [Column], _ orders: [SortOrder], _ rows: Int) -> [Int] {
        let values = columns.map(\.valueArray)
        return (0..<rows).sorted { left, right in
            for (column, order) in zip(values, orders) {
                let sign = Oracle.order(column[left], column[right])
                if sign != 0 { return (order == .descending ? -sign : sign) < 0 }
            }
            return left < right
        }
    }

    @Test(
        "rows are sorted as the obvious comparison sorts them",
        arguments: [1, 2, 3, 4] as [UInt64]
    )
    func sortsLikeTheOracle(seed: UInt64) {
        for count in RandomColumns.rowCounts + [1000] {
            for (index, keys) in Self.columns(count, seed).enumerated() {
                let orders = keys.indices.map {
                    ($0 + index) % 2 == 0 ? SortOrder.ascending : .descending
                }
                for orders in [orders, orders.map { $0 == .ascending ? .descending : .ascending }] {
                    let sorted = Selection(sorting: keys, orders: orders, rows: count)
                    let rows = (0..<count).map { Int(sorted.rows[$0]) }
                    #expect(
                        rows == Self.oracle(keys, orders, count),
                        "case \(index), \(count) rows"
                    )
                }
            }
        }
    }

    @Test("wide ranges of integers are sorted by all their digits")
    func sortsManyIntegers() {
        var random = SeededGenerator(seed: 5)
        let values = (0..<20_000).map { _ in Int64.random(in: .min ... .max, using: &random) }
        let column = Column(.bigint, .integers(Buffer(values)))
        let sorted = Selection(sorting: [column], orders: [.ascending], rows: values.count)
        let expected = values.sorted()
        #expect((0..<values.count).allSatisfy { values[Int(sorted.rows[$0])] == expected[$0] })
    }

    @Test("the comparator agrees with the obvious comparison across sources")
    func comparatorAgrees() {
        let left = Self.columns(60, 11)
        let right = Self.columns(60, 12)
        for (a, b) in zip(left, right) {
            let orders = a.indices.map { $0 % 2 == 0 ? SortOrder.ascending : .descending }
            let comparator = RowComparator(sources: [a, b], orders: orders)
            for row in 0..<60 {
                let other = (row * 7) % 60
                let actual = comparator.compare(row, in: 0, other, in: 1).signum()
                var expected = 0
                for index in a.indices where expected == 0 {
                    let sign = Oracle.order(a[index].value(row), b[index].value(other))
                    expected = orders[index] == .descending ? -sign : sign
                }
                #expect(actual == expected)
            }
        }
    }

    @Test("merging sorted batches equals sorting their concatenation")
    func mergingEqualsSorting() {
        let schema = Schema([Field("a", .bigint), Field("n", .bigint)])
        let keys = [Batch.SortKey(0, .descending)]
        var batches: [Batch] = []
        for (index, count) in [5, 0, 64, 1, 130].enumerated() {
            let batch = Batch(
                schema: schema,
                columns: [
                    RandomColumns.column(.bigint, count, UInt64(index)),
                    Column.constant(.integer(Int64(index)), .bigint, count: count),
                ],
                rowCount: count
            )
            batches.append(batch.sorted(by: keys))
        }
        let merged = Batch.merge(batches, by: keys)
        let sorted = Batch.concatenate(batches).sorted(by: keys)
        #expect((0..<merged.rowCount).map { merged.row($0) } == (0..<200).map { sorted.row($0) })
    }
}
