internal import Columns
internal import Failures
internal import Foundation
internal import Parquet
internal import TestKit
internal import Testing

@Suite("Parquet failures and foreign files", .scratchDirectory)
struct ParquetFailureTests {
    private static func golden(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)").path
    }

    @Test("a missing file is a failure of the file system that names it")
    func missingFile() {
        let failure = #expect(throws: Failure.self) {
            _ = try ParquetReader(path: "/nonexistent/x.parquet")
        }
        #expect(failure?.code == "IO_READ")
        #expect(failure?.problem.contains("/nonexistent/x.parquet") == true)
    }

    @Test("a file that cannot be created is a failure that names it")
    func unwritableFile() {
        let failure = #expect(throws: Failure.self) {
            _ = try ParquetWriter(
                path: "/nonexistent/x.parquet",
                schema: Schema([Field("a", .bigint)])
            )
        }
        #expect(failure?.code == "IO_WRITE")
        #expect(failure?.problem.contains("/nonexistent/x.parquet") == true)
    }

    @Test("a full file system is told apart")
    func fullFileSystem() throws {
        try #require(FileManager.default.fileExists(atPath: "/dev/full"))
        let failure = #expect(throws: Failure.self) {
            let writer = try ParquetWriter(
                path: "/dev/full",
                schema: Schema([Field("a", .bigint)])
            )
            try writer.finish()
        }
        #expect(failure?.code == "IO_SPACE")
    }

    @Test("an unfinished file is no Parquet file")
    func unfinishedFile() throws {
        let path = try scratchPath("unfinished.parquet")
        do {
            let writer = try ParquetWriter(path: path, schema: ParquetRoundTripTests.schema)
            try writer.write(ParquetRoundTripTests.batch(0..<100))
        }
        let failure = #expect(throws: Failure.self) { _ = try ParquetReader(path: path) }
        #expect(failure?.code == "DECODE_PARQUET")
    }

    @Test("files cut short or damaged anywhere fail without a crash")
    func damagedFiles() throws {
        let path = try scratchPath("whole.parquet")
        try ParquetRoundTripTests.write([ParquetRoundTripTests.batch(0..<200)], to: path)
        let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let damaged = try scratchPath("damaged.parquet")
        for length in stride(from: 0, to: whole.count, by: max(whole.count / 20, 1)) {
            try Data(whole[..<length]).write(to: URL(filePath: damaged))
            let failure = #expect(throws: Failure.self) {
                _ = try ParquetRoundTripTests.rows(damaged)
            }
            #expect(failure?.code == "DECODE_PARQUET")
            #expect(failure?.problem.contains(damaged) == true)
        }
        for position in stride(from: 4, to: whole.count, by: max(whole.count / 120, 1)) {
            var bytes = whole
            bytes[position] ^= 0x5A
            try Data(bytes).write(to: URL(filePath: damaged))
            // Damage inside a value may go unseen; what must not happen is a crash or another error.
            do { _ = try ParquetRoundTripTests.rows(damaged) } catch let failure as Failure {
                #expect(["DECODE_PARQUET", "DECODE_NUMBER", "STATE_BUDGET"].contains(failure.code))
            }
        }
    }

    @Test("a type without a place in Parquet names its column")
    func unsupportedWrite() throws {
        let path = try scratchPath("interval.parquet")
        let failure = #expect(throws: Failure.self) {
            _ = try ParquetWriter(
                path: path,
                schema: Schema([Field("gap", .intervalDayToSecond)])
            )
        }
        #expect(failure?.code == "TYPE_SINK")
        #expect(failure?.problem.contains("\"gap\"") == true)
    }

    @Test("types of other writers are widened and rescaled")
    func foreignTypes() throws {
        let names = [
            "u8", "u16", "u32", "u64", "ts_ms", "ts_ns", "ts_zone", "time_ms", "time_ns",
            "small_decimal", "fixed", "large", "category", "single", "tail",
        ]
        let reader = try ParquetReader(path: Self.golden("foreign.parquet"))
        let schema = try reader.schema(columns: names)
        #expect(
            schema.fields.map(\.type) == [
                .smallint, .int, .bigint, .decimal(precision: 20, scale: 0),
                .timestamp(precision: 3), .timestamp(precision: 6), .timestampLTZ(precision: 6),
                .time(precision: 3), .time(precision: 6), .decimal(precision: 5, scale: 2), .bytes,
                .string, .string, .float, .bigint,
            ]
        )
        let rows = try ParquetRoundTripTests.rows(reader.path, .init(columns: names))
        #expect(
            rows[0] == [
                .integer(255), .integer(65_535), .integer(4_294_967_295),
                .decimal(18_446_744_073_709_551_615), .integer(-1000), .integer(-1), .integer(-1),
                .integer(1000), .integer(1), .decimal(-125), .bytes([97, 98, 99]), .text("one"),
                .text("x"), .double(1.5), .integer(7),
            ]
        )
        #expect(rows[1] == [Value](repeating: .null, count: 14) + [.integer(8)])
        #expect(rows[2][5] == .integer(1))
        #expect(rows[2][8] == .integer(2))
        #expect(try reader.rowGroups(matching: [.init("u32", .less, .integer(0))]) == [])
        #expect(try reader.rowGroups(matching: [.init("category", .equal, .text("z"))]).count <= 1)
    }

    @Test("an unsupported column is named, and the others can be read")
    func unsupportedRead() throws {
        for (file, column, other) in [("foreign", "list", "tail"), ("wide", "wide", "plain")] {
            let path = Self.golden("\(file).parquet")
            let failure = #expect(throws: Failure.self) { _ = try ParquetRoundTripTests.rows(path) }
            #expect(failure?.code == "DECODE_PARQUET")
            #expect(failure?.problem.contains("\"\(column)\"") == true)
            let rows = try ParquetRoundTripTests.rows(path, .init(columns: [other]))
            #expect(!rows.isEmpty)
        }
    }

    @Test("a missing column is named beside those that exist")
    func missingColumn() throws {
        let reader = try ParquetReader(path: Self.golden("foreign.parquet"))
        let failure = #expect(throws: Failure.self) { _ = try reader.schema(columns: ["nope"]) }
        #expect(failure?.problem.contains("\"nope\"") == true)
        #expect(failure?.remedy.contains("tail") == true)
    }
}
