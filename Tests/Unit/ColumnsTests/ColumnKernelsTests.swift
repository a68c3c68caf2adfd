internal import Columns
internal import Testing

@Suite("Column kernels")
struct ColumnKernelsTests {
    static let seeds: [UInt64] = [1, 2, 3, 4, 5]

    @Test("a column built from values gives them back", arguments: RandomColumns.types)
    func builtColumnsGiveValuesBack(type: DataType) {
        for count in RandomColumns.rowCounts {
            for seed in Self.seeds {
                let values = RandomColumns.values(type, count, seed)
                let column = Column(type, values: values)
                #expect(Oracle.keys(column.valueArray) == Oracle.keys(values))
                #expect(column.nullCount == values.count { $0.isNull })
            }
        }
    }

    @Test("a builder starts again empty after finishing")
    func buildersStartAgain() {
        let builder = ColumnBuilder(.string)
        builder.append("one")
        builder.appendNull()
        let first = builder.finish()
        builder.append("two")
        let second = builder.finish()
        #expect(first.valueArray == [.text("one"), .null])
        #expect(second.valueArray == [.text("two")])
        #expect(second.validity == nil)
    }

    @Test("constants and NULLs fill every row", arguments: RandomColumns.types)
    func constantsFillRows(type: DataType) {
        var random = SeededGenerator(seed: 9)
        for count in RandomColumns.rowCounts {
            let value = RandomColumns.value(type, &random)
            let constant = Column.constant(value, type, count: count)
            #expect(constant.type == type)
            let expected = [Value](repeating: Oracle.key(value), count: count)
            #expect(Oracle.keys(constant.valueArray) == expected)
            let nulls = Column.nulls(type, count: count)
            #expect(nulls.valueArray == [Value](repeating: .null, count: count))
            #expect(nulls.nullCount == count)
        }
    }

    @Test("gathering picks rows in the selection's order", arguments: RandomColumns.types)
    func gatheringPicksRows(type: DataType) {
        for count in RandomColumns.rowCounts where count > 0 {
            for seed in Self.seeds {
                var random = SeededGenerator(seed: seed)
                let column = RandomColumns.column(type, count, seed)
                let rows = (0..<count * 2).map { _ in Int.random(in: 0..<count, using: &random) }
                let gathered = column.gather(by: Selection(rows))
                let values = column.valueArray
                #expect(Oracle.keys(gathered.valueArray) == rows.map { Oracle.key(values[$0]) })
            }
        }
    }

    @Test("gathering coded texts keeps the dictionary")
    func gatheringKeepsDictionaries() {
        let column = RandomColumns.codedColumn(100, 4)
        let gathered = column.gather(by: Selection([99, 0, 5, 5]))
        #expect(gathered.valueArray == [99, 0, 5, 5].map { column.value($0) })
        guard case .coded(_, let before) = column.values,
            case .coded(_, let after) = gathered.values
        else {
            Issue.record("the column is no longer coded")
            return
        }
        #expect(before === after)
    }

    @Test("filtering keeps TRUE rows and drops FALSE and NULL")
    func filteringKeepsTrueRows() {
        for count in RandomColumns.rowCounts {
            for seed in Self.seeds {
                let condition = RandomColumns.column(.boolean, count, seed)
                let column = RandomColumns.column(.string, count, seed &+ 7)
                let expected = (0..<count).filter { condition.value($0) == .boolean(true) }
                let filtered = column.filter(condition)
                #expect(filtered.valueArray == expected.map { column.value($0) })
                let selection = Selection(trueRowsOf: condition)
                #expect((0..<selection.count).map { Int(selection.rows[$0]) } == expected)
            }
        }
    }

    @Test("concatenation appends rows", arguments: RandomColumns.types)
    func concatenationAppends(type: DataType) {
        for seed in Self.seeds {
            let parts = RandomColumns.rowCounts.map { RandomColumns.column(type, $0, seed) }
            let joined = Column.concatenate(parts, type: type)
            #expect(Oracle.keys(joined.valueArray) == Oracle.keys(parts.flatMap(\.valueArray)))
        }
        #expect(Column.concatenate([], type: type).count == 0)
    }

    @Test("concatenation keeps one dictionary and merges several")
    func concatenationMergesDictionaries() {
        let dictionary = TextDictionary(
            TextValues(["x", "y", "a long text that is no key of words"])
        )
        let shared = [2, 4, 6].map { RandomColumns.codedColumn(50, dictionary, $0) }
        let one = Column.concatenate(shared, type: .string)
        #expect(one.valueArray == shared.flatMap(\.valueArray))
        guard case .coded(_, let kept) = one.values else {
            Issue.record("the column is no longer coded")
            return
        }
        #expect(kept === dictionary)

        let others = shared + [1, 3, 1].map { RandomColumns.codedColumn(70, $0) }
        let merged = Column.concatenate(others, type: .string)
        #expect(merged.valueArray == others.flatMap(\.valueArray))
        guard case .coded(_, let union) = merged.values else {
            Issue.record("the column is no longer coded")
            return
        }
        let entries = (0..<union.values.count).map { union.values.string($0) }
        #expect(Set(entries).count == entries.count)

        let mixed = shared + [RandomColumns.column(.string, 30, 2)]
        let decoded = Column.concatenate(mixed, type: .string)
        #expect(decoded.valueArray == mixed.flatMap(\.valueArray))
    }

    @Test("decoding spells coded texts out")
    func decodingSpellsOut() {
        for seed in Self.seeds {
            let column = RandomColumns.codedColumn(90, seed)
            let decoded = column.slice(3..<80).decoded
            #expect(decoded.valueArray == (3..<80).map { column.value($0) })
            guard case .texts = decoded.values else {
                Issue.record("the column is still coded")
                return
            }
        }
        let empty = TextDictionary(TextValues([]))
        let codes = Buffer<Int32>(repeating: -5, count: 3)
        let nulls = Column(
            .string,
            .coded(codes: codes, dictionary: empty),
            validity: Bitmap(repeating: false, count: 3)
        )
        #expect(nulls.decoded.valueArray == [.null, .null, .null])
    }

    @Test("bitmaps append at any bit")
    func bitmapsAppendAnywhere() {
        var random = SeededGenerator(seed: 3)
        var builder = BitmapBuilder()
        var expected: [Bool] = []
        for _ in 0..<60 {
            let bits = (0..<Int.random(in: 0..<140, using: &random)).map { _ in
                Bool.random(using: &random)
            }
            builder.append(copying: Bitmap(bits))
            builder.append(true)
            builder.append(repeating: false, count: 3)
            expected += bits + [true, false, false, false]
        }
        let bitmap = builder.finish()
        #expect((0..<bitmap.count).map { bitmap[$0] } == expected)
        #expect(bitmap.setCount == expected.count { $0 })
    }

    @Test("a batch gathers, filters and concatenates all its columns")
    func batchesFollowTheirColumns() {
        let schema = Schema([Field("a", .bigint), Field("b", .string)])
        func batch(_ count: Int, _ seed: UInt64) -> Batch {
            Batch(
                schema: schema,
                columns: [
                    RandomColumns.column(.bigint, count, seed),
                    RandomColumns.column(.string, count, seed),
                ],
                rowCount: count
            )
        }
        let left = batch(20, 1)
        let right = batch(30, 2)
        let joined = Batch.concatenate([left, right])
        #expect(joined.rowCount == 50)
        #expect(joined.row(25) == right.row(5))
        let gathered = joined.gather(by: Selection([49, 0]))
        #expect(gathered.row(0) == right.row(29))
        #expect(gathered.row(1) == left.row(0))
        let all = joined.filter(Column.constant(.boolean(true), .boolean, count: 50))
        #expect(all.rowCount == 50)
    }
}
