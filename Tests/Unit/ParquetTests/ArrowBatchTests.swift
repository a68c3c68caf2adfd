internal import Columns
internal import Parquet
internal import Testing

@Suite("Arrow batch")
struct ArrowBatchTests {
    /// Where a column's values lie, as numbers; offsets and bytes for text.
    private static func addresses(_ column: Column) -> [UInt] {
        func address<Element>(_ buffer: Buffer<Element>) -> UInt {
            UInt(bitPattern: unsafe buffer.firstElement)
        }
        let validity = column.validity.map { [address($0.words)] } ?? []
        switch column.values {
        case .integers(let buffer): return validity + [address(buffer)]
        case .doubles(let buffer): return validity + [address(buffer)]
        case .booleans(let bitmap): return validity + [address(bitmap.words)]
        case .decimals(let buffer): return validity + [address(buffer)]
        case .texts(let texts): return validity + [address(texts.offsets), address(texts.bytes)]
        case .coded(let codes, _): return validity + [address(codes)]
        }
    }

    @Test("crossing the interface keeps every value where it lies")
    func crossingCopiesNothing() throws {
        let types = ParquetRoundTripTests.types.filter { type in
            ![.tinyint, .smallint, .int, .float, .date].contains(type)
        }
        let whole = ParquetRoundTripTests.batch(0..<200)
        let schema = Schema(types.map { Field("\($0)", $0) })
        let all = types.compactMap { type in whole.columns.first { $0.type == type } }
        for range in [0..<200, 64..<130] {
            let batch = Batch(schema: schema, columns: all, rowCount: 200).slice(range)
            let adopted = try ArrowBatch(lending: batch).adopt()
            #expect(adopted.schema == schema)
            for (before, after) in zip(batch.columns, adopted.columns) {
                #expect(Self.addresses(before) == Self.addresses(after), "\(before.type)")
            }
            #expect(
                (0..<range.count).map { adopted.row($0) } == (0..<range.count).map { batch.row($0) }
            )
        }
    }

    @Test("adopted columns outlive the batch that lent them")
    func adoptedColumnsLive() throws {
        func adopted() throws -> Batch {
            let batch = ParquetRoundTripTests.batch(0..<3000)
            return try ArrowBatch(lending: batch).adopt()
        }
        let batch = try adopted()
        let expected = ParquetRoundTripTests.batch(0..<3000)
        let text = batch.columns[8]
        #expect(text.valueArray == expected.columns[8].valueArray)
        #expect(batch.columns.map(\.nullCount) == expected.columns.map(\.nullCount))
    }

    @Test("a batch that nobody adopts is given back")
    func unadoptedBatches() throws {
        for _ in 0..<10 { _ = try ArrowBatch(lending: ParquetRoundTripTests.batch(0..<10)) }
    }
}
