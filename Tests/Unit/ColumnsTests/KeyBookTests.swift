internal import Columns
internal import Testing

@Suite("Key book")
struct KeyBookTests {
    private static func keyColumns(_ index: Int, _ count: Int, _ seed: UInt64) -> [Column] {
        let text = RandomColumns.column(.string, count, seed)
        switch index {
        case 0: return [text]
        case 1: return [RandomColumns.column(.bytes, count, seed)]
        case 2: return [RandomColumns.column(.bigint, count, seed), text]
        case 3: return [text, RandomColumns.codedColumn(count, seed), text]
        case 4: return [RandomColumns.column(.double, count, seed)]
        default: return [RandomColumns.codedColumn(count, seed)]
        }
    }

    @Test("slots and values are those of the rows, batch after batch", arguments: 0..<6)
    func slotsAndValuesAreKept(index: Int) {
        var book = KeyBook()
        var table: GroupTable?
        var plainTable: GroupTable?
        for (seed, count) in ([3, 200, 0, 64, 1000] as [Int]).enumerated() {
            let keys = Self.keyColumns(index, count, UInt64(seed))
            let reading = book.read(keys, rows: count)
            var plain = KeySlots()
            let slots = plain.slots(of: keys, rows: count)
            #expect((0..<count).allSatisfy { reading.slots[$0] == slots[$0] })
            for (column, expected) in zip(reading.keys, keys) {
                #expect(column.type == expected.type)
                // By their texts, because NaN is not equal to itself.
                #expect("\(column.valueArray)" == "\(expected.valueArray)")
            }
            // Groups by code are numbered as groups by text.
            var coded = table ?? GroupTable(keyTypes: keys.map(\.type))
            var texts = plainTable ?? GroupTable(keyTypes: keys.map(\.type))
            let groups = coded.groups(of: reading.keys, rows: count)
            let expected = texts.groups(of: keys, rows: count)
            #expect((0..<count).allSatisfy { groups[$0] == expected[$0] })
            table = coded
            plainTable = texts
        }
        #expect(!book.isFull)
    }

    @Test("texts that come again have the same code")
    func codesStay() {
        var book = KeyBook()
        let first = Column(.string, values: [.text("a"), .null, .text("b")])
        let second = Column(.string, values: [.text("c"), .text("b"), .text("a")])
        guard case .coded(let codes, let dictionary) = book.read([first], rows: 3).keys[0].values,
            case .coded(let later, let extended) = book.read([second], rows: 3).keys[0].values
        else {
            Issue.record("a book gives codes")
            return
        }
        #expect(later[1] == codes[2])
        #expect(later[2] == codes[0])
        #expect(dictionary.lineage === extended.lineage)
        #expect(extended.values.count > dictionary.values.count)
        #expect(dictionary.values.string(Int(codes[2])) == "b")
    }

    @Test("too many keys are passed on as they are")
    func manyKeysArePassedOn() {
        var book = KeyBook()
        var next = 0
        while next <= KeyBook.keyLimit {
            let column = Column(.string, values: (next..<next + 1000).map { .text("key \($0)") })
            _ = book.read([column], rows: 1000)
            next += 1000
        }
        #expect(book.isFull)
        let column = Column(.string, values: [.text("key 1"), .null])
        let reading = book.read([column], rows: 2)
        guard case .texts = reading.keys[0].values else {
            Issue.record("a full book gives texts")
            return
        }
        var plain = KeySlots()
        let slots = plain.slots(of: [column], rows: 2)
        #expect(reading.slots[0] == slots[0] && reading.slots[1] == slots[1])
    }
}
