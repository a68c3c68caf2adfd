internal import Columns
internal import Hashing
internal import Testing

@Suite("Key encoding")
struct KeyEncodingTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var types: [DataType]
        var values: [Value]
        var hash: UInt64
        var slot: UInt16

        var testDescription: String { "\(values)" }

        var columns: [Column] { zip(types, values).map { Column($0, values: [$1]) } }
    }

    static let vectors: [Vector] = [
        Vector(types: [.int], values: [.integer(1)], hash: 0x7bc7_59f3_a16f_d092, slot: 1980),
        Vector(types: [.int], values: [.null], hash: 0xe934_a84a_db05_2768, slot: 3731),
        Vector(types: [.string], values: [.text("EWR")], hash: 0x1a1c_7f7b_f2e9_a893, slot: 417),
        Vector(types: [.string], values: [.text("JFK")], hash: 0x9b6c_d430_b42f_611c, slot: 2486),
        Vector(
            types: [.string, .string],
            values: [.text("ab"), .text("c")],
            hash: 0x746f_90d0_585d_f8b7,
            slot: 1862
        ),
        Vector(
            types: [.string, .string],
            values: [.text("a"), .text("bc")],
            hash: 0x4a26_c9b1_8c69_77fd,
            slot: 1186
        ),
        Vector(types: [.double], values: [.double(.nan)], hash: 0x2803_0885_6b40_9770, slot: 640),
    ]

    @Test("the recorded vectors hold", arguments: vectors)
    func recordedVectorsHold(vector: Vector) {
        #expect(KeyEncoding(vector.columns).hash(0) == vector.hash)
        var slots = KeySlots()
        #expect(slots.slots(of: vector.columns, rows: 1)[0] == vector.slot)
    }

    @Test("each type has its tag and width")
    func typesHaveTagsAndWidths() {
        func bytes(_ type: DataType, _ value: Value) -> [UInt8] {
            KeyEncoding([Column(type, values: [value])]).bytes(0)
        }
        let zeros7 = [UInt8](repeating: 0, count: 7)
        #expect(bytes(.bigint, .null) == [0])
        #expect(bytes(.boolean, .boolean(true)) == [1, 1])
        #expect(bytes(.tinyint, .integer(-1)) == [2] + [UInt8](repeating: 255, count: 8))
        #expect(
            bytes(.decimal(precision: 5, scale: 2), .decimal(-2))
                == [3, 254] + [UInt8](repeating: 255, count: 15)
        )
        #expect(bytes(.double, .double(-0.0)) == [4] + zeros7 + [0])
        #expect(bytes(.float, .double(-.nan)) == [4, 0, 0, 0, 0, 0, 0, 0xF8, 0x7F])
        #expect(bytes(.char(length: 3), .text("é")) == [5, 2, 0, 0, 0, 0xC3, 0xA9])
        #expect(bytes(.bytes, .bytes([0, 7])) == [6, 2, 0, 0, 0, 0, 7])
        #expect(bytes(.date, .integer(-1)) == [7, 255, 255, 255, 255])
        #expect(bytes(.timestamp(precision: 3), .integer(1)) == [8, 1] + zeros7)
        #expect(bytes(.timestampLTZ(precision: 6), .integer(1)) == [9, 1] + zeros7)
        #expect(bytes(.time(precision: 0), .integer(1)) == [10, 1] + zeros7)
        #expect(bytes(.intervalYearToMonth, .integer(1)) == [11, 1] + zeros7)
        #expect(bytes(.intervalDayToSecond, .integer(1)) == [12, 1] + zeros7)
    }

    @Test("every fast path gives the slots of the encoded bytes")
    func fastPathsAgree() {
        let timestamps = RandomColumns.column(.bigint, 130, 4).retyped(.timestamp(precision: 6))
        let zoned = RandomColumns.column(.bigint, 130, 5).retyped(.timestampLTZ(precision: 6))
        var columns = RandomColumns.types.map { [RandomColumns.column($0, 130, 6)] }
        columns += [[timestamps], [zoned], [timestamps.retyped(.date)]]
        columns += [[RandomColumns.codedColumn(130, 2)], [RandomColumns.codedColumn(130, 3)]]
        columns += [[timestamps, RandomColumns.codedColumn(130, 4), zoned], []]
        var slots = KeySlots()
        for keys in columns {
            let actual = slots.slots(of: keys, rows: 130)
            for row in 0..<130 {
                let bytes = KeyEncoding(keys).bytes(row)
                let hash = XXH64.hash(bytes.span)
                #expect(actual[row] == UInt16(hash >> 52))
                #expect(KeyEncoding(keys).hash(row) == hash)
            }
        }
    }

    @Test("equal text has one slot whether coded or not")
    func codedTextHasTheSameSlot() {
        let coded = RandomColumns.codedColumn(100, 8)
        var slots = KeySlots()
        let left = slots.slots(of: [coded], rows: 100)
        let right = slots.slots(of: [coded.decoded], rows: 100)
        #expect((0..<100).allSatisfy { left[$0] == right[$0] })
    }

    @Test("partitions hold every row once, in order, at its worker")
    func partitionsHoldEveryRow() {
        for count in RandomColumns.rowCounts {
            let keys = [RandomColumns.column(.bigint, count, 3)]
            var hasher = KeySlots()
            let slots = hasher.slots(of: keys, rows: count)
            for workerCount in [1, 2, 3, 7, 4096] {
                let parts = KeySlots.partition(slots, workerCount: workerCount)
                #expect(parts.count == workerCount)
                #expect(parts.reduce(0) { $0 + $1.count } == count)
                for (worker, part) in parts.enumerated() {
                    let rows = (0..<part.count).map { Int(part.rows[$0]) }
                    #expect(rows == rows.sorted())
                    #expect(rows.allSatisfy { Int(slots[$0]) * workerCount / 4096 == worker })
                }
            }
        }
    }
}
