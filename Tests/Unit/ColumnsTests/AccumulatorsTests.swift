internal import Columns
internal import Testing

@Suite("Accumulators")
struct AccumulatorsTests {
    private static let groupCount = 7

    private static func groups(_ count: Int, _ seed: UInt64) -> [Int32] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in Int32.random(in: -1..<Int32(groupCount), using: &random) }
    }

    /// Folds the obvious way: rows of each group that are not NULL, in order.
    private static func members(_ groups: [Int32], _ column: Column) -> [[Value]] {
        var members = [[Value]](repeating: [], count: groupCount)
        for (row, group) in groups.enumerated() where group >= 0 && !column.isNull(row) {
            members[Int(group)].append(column.value(row))
        }
        return members
    }

    @Test("integers are counted, added and compared by group")
    func integersByGroup() {
        for count in RandomColumns.rowCounts {
            for seed in 1...6 as ClosedRange<UInt64> {
                let column = RandomColumns.column(.bigint, count, seed)
                guard case .integers(let buffer) = column.values else { continue }
                let groups = Self.groups(count, seed)
                var counts = [Int64](repeating: 0, count: Self.groupCount)
                var sums = [Int128](repeating: 0, count: Self.groupCount)
                var minima = [Int64](repeating: .max, count: Self.groupCount)
                var maxima = [Int64](repeating: .min, count: Self.groupCount)
                var countStates = counts.mutableSpan
                Accumulators.addCounts(groups.span, validity: column.validity, into: &countStates)
                var sumStates = sums.mutableSpan
                Accumulators.addSums(
                    groups.span,
                    buffer.span,
                    validity: column.validity,
                    into: &sumStates
                )
                var minimumStates = minima.mutableSpan
                Accumulators.addMinima(
                    groups.span,
                    buffer.span,
                    validity: column.validity,
                    into: &minimumStates
                )
                var maximumStates = maxima.mutableSpan
                Accumulators.addMaxima(
                    groups.span,
                    buffer.span,
                    validity: column.validity,
                    into: &maximumStates
                )
                for (group, values) in Self.members(groups, column).enumerated() {
                    let integers = values.map { value in
                        if case .integer(let integer) = value { integer } else { 0 as Int64 }
                    }
                    #expect(counts[group] == Int64(integers.count))
                    #expect(sums[group] == integers.reduce(0) { $0 + Int128($1) })
                    #expect(minima[group] == integers.min() ?? .max)
                    #expect(maxima[group] == integers.max() ?? .min)
                }
            }
        }
    }

    @Test("a sum that leaves 64 bits stops at its row")
    func overflowStopsAtItsRow() {
        let values: [Int64] = [.max, 1, -5, 6, 1]
        let groups: [Int32] = [0, 1, 0, 0, 0]
        var sums: [Int64] = [0, 0]
        var states = sums.mutableSpan
        let row = Accumulators.addSums(groups.span, values.span, validity: nil, into: &states)
        #expect(row == 3)
        #expect(sums == [.max - 5, 1])
    }

    @Test("a sum that leaves 128 bits stops at its row")
    func decimalOverflowStops() {
        let values: [Int128] = [.min, 4, -5]
        let groups: [Int32] = [0, 0, 0]
        var sums: [Int128] = [0]
        var states = sums.mutableSpan
        let row = Accumulators.addSums(groups.span, values.span, validity: nil, into: &states)
        #expect(row == 2)
        #expect(sums == [.min + 4])
    }

    @Test("NaN is the largest double, and empty groups keep their start")
    func extremesOfDoubles() {
        let values: [Double] = [.nan, 2, -1, .nan, .infinity]
        let groups: [Int32] = [0, 0, 0, 1, 2]
        var minima: [Double] = [.nan, .nan, .nan, .nan]
        var maxima = [Double](repeating: -.infinity, count: 4)
        var minimumStates = minima.mutableSpan
        Accumulators.addMinima(groups.span, values.span, validity: nil, into: &minimumStates)
        var maximumStates = maxima.mutableSpan
        Accumulators.addMaxima(groups.span, values.span, validity: nil, into: &maximumStates)
        #expect(minima[0] == -1 && minima[1].isNaN && minima[2] == .infinity && minima[3].isNaN)
        #expect(
            maxima[0].isNaN && maxima[1].isNaN && maxima[2] == .infinity && maxima[3] == -.infinity
        )
    }

    @Test("sums of doubles keep what plain addition loses")
    func doublesAreCompensated() {
        let values: [Double] = [1, 1e100, 1, -1e100, 0.1]
        let groups: [Int32] = [0, 0, 0, 0, 1]
        var sums = [DoubleSum](repeating: DoubleSum(), count: 2)
        var states = sums.mutableSpan
        Accumulators.addSums(groups.span, values.span, validity: nil, into: &states)
        #expect(sums[0].value == 2)
        #expect(sums[0].count == 4)
        #expect(sums[1].value == 0.1)
    }

    @Test("infinities and NaN stay apart from the sum")
    func specialsStayApart() {
        func sum(_ values: [Double]) -> DoubleSum {
            var sum = DoubleSum()
            for value in values { sum.add(value) }
            return sum
        }
        #expect(sum([1, .infinity, 2]).value == .infinity)
        #expect(sum([1, -.infinity]).value == -.infinity)
        #expect(sum([.infinity, -.infinity]).value.isNaN)
        #expect(sum([.nan, 1]).value.isNaN)
        #expect(sum([1e308, 1e308]).value == .infinity)
        var merged = sum([1, 1e100])
        merged.merge(sum([1, -1e100]))
        #expect(merged.value == 2)
        #expect(merged.count == 4)
        #expect(DoubleSum().value == 0)
    }
}
