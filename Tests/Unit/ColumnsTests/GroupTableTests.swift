internal import Columns
internal import Testing

@Suite("Group table")
struct GroupTableTests {
    /// Group numbers in first-seen order, found the obvious way.
    private struct GroupOracle {
        var numbers: [[Value]: Int32] = [:]

        mutating func groups(_ columns: [Column], _ rows: [Int]) -> [Int32] {
            rows.map { row in
                let key = columns.map { Oracle.key($0.value(row)) }
                let next = Int32(numbers.count)
                if let known = numbers[key] { return known }
                numbers[key] = next
                return next
            }
        }
    }

    private static func keys(_ index: Int, _ count: Int, _ seed: UInt64) -> [Column] {
        let types = RandomColumns.types
        switch index {
        case 0..<types.count: return [RandomColumns.column(types[index], count, seed)]
        case types.count: return [RandomColumns.codedColumn(count, seed)]
        case types.count + 1:
            return [
                RandomColumns.codedColumn(count, seed),
                RandomColumns.column(.bigint, count, seed &+ 3),
            ]
        default:
            return [
                RandomColumns.column(.double, count, seed), RandomColumns.codedColumn(count, seed),
                RandomColumns.column(.boolean, count, seed),
            ]
        }
    }

    private static func array(_ buffer: Buffer<Int32>) -> [Int32] {
        (0..<buffer.count).map { buffer[$0] }
    }

    @Test("groups are numbered in first-seen order", arguments: 0..<9)
    func groupsAreNumberedInOrder(index: Int) {
        let types = Self.keys(index, 1, 1).map(\.type)
        var table = GroupTable(keyTypes: types)
        var oracle = GroupOracle()
        for (seed, count) in ([0, 1, 63, 64, 65, 500, 2000] as [Int]).enumerated() {
            let keys = Self.keys(index, count, UInt64(seed))
            let all = table.groups(of: keys, rows: count)
            #expect(Self.array(all) == oracle.groups(keys, Array(0..<count)))
            let rows = Array(stride(from: count - 1, through: 0, by: -3))
            let more = Self.keys(index, count, UInt64(seed) &+ 100)
            let selected = table.groups(of: more, rows: Selection(rows))
            #expect(Self.array(selected) == oracle.groups(more, rows))
        }
        #expect(table.count == oracle.numbers.count)
        let columns = table.keyColumns()
        for (key, number) in oracle.numbers {
            #expect(columns.map { Oracle.key($0.value(Int(number))) } == key)
        }
    }

    @Test("unknown keys have no group until they are added")
    func unknownKeysHaveNoGroup() {
        for index in 0..<9 {
            let keys = Self.keys(index, 200, 3)
            var table = GroupTable(keyTypes: keys.map(\.type))
            #expect(Self.array(table.knownGroups(of: keys, rows: 200)).allSatisfy { $0 == -1 })
            #expect(table.count == 0)
            let added = Self.array(table.groups(of: keys, rows: 200))
            #expect(Self.array(table.knownGroups(of: keys, rows: 200)) == added)
        }
    }

    @Test("without key columns all rows are one group")
    func noKeysMakeOneGroup() {
        var table = GroupTable(keyTypes: [])
        #expect(table.count == 0)
        #expect(Self.array(table.groups(of: [], rows: 3)) == [0, 0, 0])
        #expect(table.count == 1)
        #expect(Self.array(table.sortedRanks()) == [0])
        #expect(table.keyColumns().isEmpty)
    }

    @Test("many keys of every length survive growth")
    func manyKeysSurviveGrowth() {
        var table = GroupTable(keyTypes: [.string])
        var builder = TextBuilder()
        for number in 0..<30_000 {
            builder.append(
                number % 2 == 0 ? "key \(number)" : "a key of more than words: \(number)"
            )
        }
        let column = Column(.string, .texts(builder.finish()))
        let first = table.groups(of: [column], rows: column.count)
        #expect((0..<first.count).allSatisfy { Int(first[$0]) == $0 })
        let copy = table
        let again = table.groups(of: [column], rows: column.count)
        #expect(Self.array(first) == Self.array(again))
        #expect(copy.count == 30_000)
        #expect(table.byteCount > 30_000 * 16)
        let keys = table.keyColumns(groups: Selection([29_999, 0]))
        #expect(keys[0].valueArray == [column.value(29_999), column.value(0)])
    }

    @Test(
        "in a large table NULL, empty, short and long texts are found",
        arguments: [1, 2, 3] as [UInt64]
    )
    func largeTableFindsEveryKind(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var table = GroupTable(keyTypes: [.string])
        var oracle = GroupOracle()
        for _ in 0..<12 {
            let values = (0..<3001).map { _ -> Value in
                let number = Int.random(in: 0..<9000, using: &random)
                return switch number % 7 {
                // Rare enough to be met late, when rows are looked up in blocks.
                case 0 where number > 8950: .text("")
                case 1 where number > 8000: .null
                case 2: .text("a text of more than two words, number \(number)")
                case 3: .text("15 bytes: \(10_000 + number)")
                default: .text("k\(number)")
                }
            }
            let column = Column(.string, values: values)
            let groups = table.groups(of: [column], rows: values.count)
            #expect(Self.array(groups) == oracle.groups([column], Array(values.indices)))
            let known = table.knownGroups(of: [column], rows: values.count)
            #expect(Self.array(known) == Self.array(groups))
        }
        let others = Column(.string, values: [.text("unknown"), .text("k1 "), .text("\0")])
        #expect(Self.array(table.knownGroups(of: [others], rows: 3)) == [-1, -1, -1])
    }

    @Test("ranks follow the key order, also when groups are added later", arguments: 0..<9)
    func ranksFollowKeyOrder(index: Int) {
        var table = GroupTable(keyTypes: Self.keys(index, 1, 1).map(\.type))
        for seed in [1, 2, 3] as [UInt64] {
            let keys = Self.keys(index, 150, seed)
            _ = table.groups(of: keys, rows: 150)
            let ranks = Self.array(table.sortedRanks())
            let columns = table.keyColumns()
            let orders = columns.map { _ in SortOrder.ascending }
            let expected = Selection(sorting: columns, orders: orders, rows: table.count)
            let sorted = table.sortedGroups()
            #expect(Self.array(sorted.rows) == Self.array(expected.rows))
            #expect((0..<table.count).allSatisfy { Int(ranks[Int(sorted.rows[$0])]) == $0 })
        }
    }

    @Test("forgetting leaves an empty table of the same types")
    func forgettingEmpties() {
        var table = GroupTable(keyTypes: [.bigint])
        let column = Column(.bigint, values: [.integer(5), .null])
        _ = table.groups(of: [column], rows: 2)
        _ = table.sortedRanks()
        table.removeAll()
        #expect(table.count == 0)
        #expect(table.sortedRanks().count == 0)
        #expect(Self.array(table.groups(of: [column], rows: 2)) == [0, 1])
    }
}
