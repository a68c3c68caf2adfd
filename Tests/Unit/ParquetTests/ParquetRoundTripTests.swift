internal import Columns
internal import Failures
internal import Foundation
internal import Parquet
internal import TestKit
internal import Testing

@Suite("Parquet round trip", .scratchDirectory)
struct ParquetRoundTripTests {
    static let types: [DataType] = [
        .boolean, .tinyint, .smallint, .int, .bigint, .float, .double,
        .decimal(precision: 38, scale: 4), .string, .bytes, .date, .time(precision: 6),
        .timestamp(precision: 6), .timestampLTZ(precision: 6),
    ]

    static let schema = Schema(types.enumerated().map { Field("c\($0)", $1) })

    /// Values of every type, every third row NULL.
    static func batch(_ rows: Range<Int>) -> Batch {
        let columns = types.map { type in
            Column(type, values: rows.map { value(type, $0) })
        }
        return Batch(schema: schema, columns: columns, rowCount: rows.count)
    }

    private static func value(_ type: DataType, _ row: Int) -> Value {
        if row % 3 == 1 { return .null }
        let sign = row % 2 == 0 ? 1 : -1
        switch type {
        case .boolean: return .boolean(row % 4 == 0)
        case .tinyint: return .integer(Int64(sign * (row % 128)))
        case .smallint: return .integer(Int64(sign * (row % 32768)))
        case .time: return .integer(Int64(row))
        case .float: return .double(Double(sign * row) / 4)
        case .double: return .double(Double(sign * row) / 7)
        case .decimal: return .decimal(Int128(sign * row) << 64)
        case .string: return .text("text \(row % 50) é")
        case .bytes: return .bytes([0, 255, UInt8(row % 256)])
        default: return .integer(Int64(sign * row))
        }
    }

    static func write(_ batches: [Batch], to path: String, rowGroupRows: Int = 1 << 20) throws {
        var options = ParquetWriter.Options()
        options.rowGroupRows = rowGroupRows
        let writer = try ParquetWriter(path: path, schema: batches[0].schema, options: options)
        for batch in batches { try writer.write(batch) }
        try writer.finish()
        #expect(writer.byteCount > 0)
    }

    static func rows(_ path: String, _ request: ParquetReader.Request = .init()) throws -> [[Value]]
    {
        let batches = try ParquetReader(path: path).batches(request)
        var rows: [[Value]] = []
        while let batch = try batches.next() { rows += (0..<batch.rowCount).map { batch.row($0) } }
        return rows
    }

    @Test("rows of every type come back, however batches are cut", arguments: [1, 7, 1000])
    func rowsComeBack(batchRows: Int) throws {
        let path = try scratchPath("all.parquet")
        let whole = Self.batch(0..<1000)
        let cuts = stride(from: 0, to: 1000, by: 333).map { whole.slice($0..<min($0 + 333, 1000)) }
        try Self.write(cuts, to: path, rowGroupRows: 400)
        let reader = try ParquetReader(path: path)
        #expect(reader.rowCount == 1000)
        #expect(reader.rowGroupCount == 3)
        #expect(reader.rowCount(ofRowGroup: 2) == 200)
        #expect(try reader.schema() == Self.schema)
        let rows = try Self.rows(path, .init(batchRows: batchRows))
        #expect(rows == (0..<1000).map { whole.row($0) })
    }

    @Test("a file without rows keeps its columns")
    func emptyFileKeepsColumns() throws {
        let path = try scratchPath("empty.parquet")
        try Self.write([Self.batch(0..<0)], to: path)
        #expect(try Self.rows(path).isEmpty)
        #expect(try ParquetReader(path: path).schema() == Self.schema)
    }

    @Test("columns and row groups are read in the order asked for")
    func projectionKeepsOrder() throws {
        let path = try scratchPath("order.parquet")
        let whole = Self.batch(0..<100)
        try Self.write([whole], to: path, rowGroupRows: 40)
        let rows = try Self.rows(path, .init(columns: ["c8", "c4"], rowGroups: [2, 0]))
        let expected = (Array(80..<100) + Array(0..<40)).map { row in
            [whole.columns[8].value(row), whole.columns[4].value(row)]
        }
        #expect(rows == expected)
        let counted = try ParquetReader(path: path).batches(.init(columns: [], batchRows: 30))
        var total = 0
        while let batch = try counted.next() { total += batch.rowCount }
        #expect(total == 100)
    }

    @Test("text of few values is read as codes over one dictionary")
    func fewValuesAreCoded() throws {
        let path = try scratchPath("coded.parquet")
        let whole = Self.batch(0..<5000)
        try Self.write([whole], to: path)
        let batches = try ParquetReader(path: path).batches(.init(columns: ["c8"], batchRows: 700))
        var dictionaries: [TextDictionary] = []
        var row = 0
        while let batch = try batches.next() {
            guard case .coded(_, let dictionary) = batch.columns[0].values else {
                Issue.record("the column is not coded")
                return
            }
            dictionaries.append(dictionary)
            for index in 0..<batch.rowCount {
                #expect(batch.columns[0].value(index) == whole.columns[8].value(row + index))
            }
            row += batch.rowCount
        }
        #expect(row == 5000)
        #expect(dictionaries.count > 1)
        #expect(dictionaries.allSatisfy { $0 === dictionaries[0] })
        let plain = try ParquetReader(path: path).batches(
            .init(columns: ["c8"], dictionaryByteLimit: 0)
        )
        let first = try #require(try plain.next())
        guard case .texts = first.columns[0].values else {
            Issue.record("the column is coded")
            return
        }
    }

    @Test("bytes of a file depend on rows alone, not on batches or codes")
    func bytesDependOnRowsAlone() throws {
        let texts = TextDictionary(TextValues(["unused", "b", "a"]))
        let codes = Buffer<Int32>((0..<40_000).map { Int32($0 % 2 + 1) })
        let schema = Schema([Field("t", .string)])
        let coded = Column(.string, .coded(codes: codes, dictionary: texts))
        let whole = Batch(schema: schema, columns: [coded], rowCount: 40_000)
        let plain = Batch(schema: schema, columns: [coded.decoded], rowCount: 40_000)
        let one = try scratchPath("one.parquet")
        let many = try scratchPath("many.parquet")
        try Self.write([whole], to: one)
        let cuts = stride(from: 0, to: 40_000, by: 999).map { start in
            plain.slice(start..<min(start + 999, 40_000))
        }
        try Self.write(cuts, to: many)
        let left = try Data(contentsOf: URL(filePath: one))
        #expect(left == (try Data(contentsOf: URL(filePath: many))))
    }

    @Test("conditions leave out row groups that cannot match")
    func conditionsPruneGroups() throws {
        let path = try scratchPath("pruned.parquet")
        let schema = Schema([
            Field("n", .bigint), Field("t", .string), Field("at", .timestamp(precision: 6)),
            Field("d", .double), Field("p", .decimal(precision: 10, scale: 2)),
        ])
        let columns = [
            Column(.bigint, values: (0..<30).map { .integer($0) }),
            Column(.string, values: (0..<30).map { .text($0 < 10 ? "a" : "b\($0)") }),
            Column(
                .timestamp(precision: 6),
                values: (0..<30).map { $0 < 10 ? .null : .integer($0 * 1000) }
            ),
            Column(.double, values: (0..<30).map { .double($0 == 5 ? .nan : Double($0)) }),
            Column(.decimal(precision: 10, scale: 2), values: (0..<30).map { .decimal($0) }),
        ]
        let batch = Batch(schema: schema, columns: columns, rowCount: 30)
        try Self.write([batch], to: path, rowGroupRows: 10)
        let reader = try ParquetReader(path: path)
        func groups(_ conditions: ParquetCondition...) throws -> [Int] {
            try reader.rowGroups(matching: conditions)
        }
        #expect(try groups() == [0, 1, 2])
        #expect(try groups(.init("n", .equal, .integer(10))) == [1])
        #expect(try groups(.init("n", .less, .integer(10))) == [0])
        #expect(try groups(.init("n", .lessOrEqual, .integer(10))) == [0, 1])
        #expect(try groups(.init("n", .greater, .integer(19))) == [2])
        #expect(try groups(.init("n", .greaterOrEqual, .integer(19))) == [1, 2])
        #expect(try groups(.init("n", .equal, .integer(99))) == [])
        #expect(try groups(.init("n", .equal, .text("10"))) == [0, 1, 2])
        #expect(try groups(.init("t", .equal, .text("a"))) == [0])
        #expect(try groups(.init("at", .isNull)) == [0])
        #expect(try groups(.init("at", .isNotNull)) == [1, 2])
        #expect(try groups(.init("at", .less, .integer(11_000))) == [1])
        #expect(try groups(.init("d", .less, .double(5))) == [0])
        #expect(try groups(.init("d", .greater, .double(25))) == [0, 1, 2])
        #expect(try groups(.init("p", .equal, .decimal(25))) == [2])
        #expect(
            try groups(
                .init("n", .greater, .integer(5)),
                .init("t", .greater, .text("b2"))
            ) == [2]
        )
        #expect(throws: Failure.self) { _ = try groups(.init("missing", .isNull)) }
    }

    @Test("several threads read one file, each its own row groups")
    func threadsReadRowGroups() async throws {
        let path = try scratchPath("threads.parquet")
        let whole = Self.batch(0..<2000)
        try Self.write([whole], to: path, rowGroupRows: 500)
        let parts = try await withThrowingTaskGroup(of: (Int, [[Value]]).self) { group in
            for index in 0..<4 {
                group.addTask { (index, try Self.rows(path, .init(rowGroups: [index]))) }
            }
            var parts = [[[Value]]](repeating: [], count: 4)
            for try await (index, rows) in group { parts[index] = rows }
            return parts
        }
        #expect(parts.flatMap { $0 } == (0..<2000).map { whole.row($0) })
    }
}
