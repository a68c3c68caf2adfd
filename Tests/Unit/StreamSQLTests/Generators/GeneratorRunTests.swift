import Columns
import Failures
import Foundation
import Hashing
import Parquet
import StreamSQL
import Synchronization
import TestKit
import Testing

@Suite("Generated files", .scratchDirectory)
struct GeneratorRunTests {
    @Test("files are the same whatever the number of threads", arguments: [1, 2, 5])
    func sameForAnyThreads(threads: Int) throws {
        let folder = try scratchPath("ticks")
        let table = try TickTable(rows: 70_001, keys: 50)
        _ = try table.generate(into: folder, options: options(threads)) { _ in }
        let hash = try sha256("\(folder)/ticks.csv")
        #expect(hash == "55c946362de138f9a7741c749c4bf2c3d49e3eb66c823454288a23f9c8e5fe71")
        #expect(try Self.names(folder) == ["ticks.csv", "ticks.jsonl"])
    }

    @Test("Nexmark's files for seed 42 are the recorded ones")
    func nexmarkRecord() throws {
        let folder = try scratchPath("nexmark")
        let events = try NexmarkEvents(count: 5_000)
        let report = try events.generate(into: folder, options: options(2)) { _ in }
        let hashes = try report.files.filter { $0.format == .csv }.map { try sha256($0.path) }
        #expect(hashes == Self.nexmarkHashes)
        #expect(report.files.map(\.rowCount) == [100, 100, 300, 300, 4_600, 4_600, 10_000, 10_000])
        for file in report.files {
            #expect(try contents(file.path).utf8.count == file.byteCount)
        }
    }

    @Test(
        "a million of Nexmark's events for seed 42 are the recorded files",
        .enabled(
            if: ProcessInfo.processInfo.environment["CUTOVER_TEST_ALL"] == "1",
            "./test --all"
        )
    )
    func nexmarkMillion() throws {
        let folder = try scratchPath("million")
        let events = try NexmarkEvents(count: 1_000_000)
        let report = try events.generate(into: folder, options: GeneratorOptions(threads: 2)) { _ in
        }
        let hashes = try report.files.prefix(3).map { try sha256($0.path) }
        #expect(
            hashes == [
                "da12e33a04a2c33ef8802df0a68cadc4f86fdc9ed726351579284ca8a0c0bc71",
                "27e788bcb2b990af12666374b294bda54b3129f372612f4a12d65f801d4052fd",
                "bb29d6d4d2b9f02138153b784bc1059a8ed125aa0ccc15f8862f620b4270508e",
            ]
        )
    }

    private static let nexmarkHashes = [
        "1e4fa209e6f712e73edb1cc639bbd24e94f264e80a87c17fd07eea9b8c706c1c",
        "2c991ada3de7ebbdaeeea00b07d08c7f2b5bcd2caa94eac235dd872c265127a2",
        "aa418880fffcd326e029e5f6b717f3f47d25af926579f2142d327e0b04186f1b",
        "4964415b33d462e2fe31fa0ab9343b1ca6556c9d60ad68a4cb3d5d9317c3d5a9",
    ]

    @Test("rows are written as fields and as objects")
    func forms() throws {
        let folder = try scratchPath("forms")
        let events = try NexmarkEvents(count: 5)
        _ = try events.generate(into: folder, options: options(1)) { _ in }
        let bid = try contents("\(folder)/bid.csv")
        let fields = bid.dropLast().split(separator: ",", omittingEmptySubsequences: false)
        #expect(fields.count == 7)
        #expect(fields[5] == "2023-11-14 22:13:20.004")
        let line = try contents("\(folder)/bid.jsonl")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        )
        #expect(object.count == 7)
        #expect(object["auction"] as? Int == Int(fields[0]))
        #expect(object["customTime"] as? String == String(fields[5]))
        #expect(object["extra"] as? String == String(fields[6]))
        _ = try MeasurementTable(rows: 3).generate(into: folder, options: options(1)) { _ in }
        let measurements = try contents("\(folder)/measurements.csv").split(separator: "\n")
        #expect(measurements.count == 3)
        #expect(measurements.allSatisfy { $0.wholeMatch(of: /[^;]+;-?\d+\.\d/) != nil })
    }

    @Test("Parquet holds the rows of the table")
    func parquet() throws {
        let folder = try scratchPath("parquet")
        let tables: [any GeneratedTable] = [
            try TickTable(rows: 1_000, keys: 9), try MeasurementTable(rows: 500),
            NexmarkPeople(try NexmarkEvents(count: 2_000)),
        ]
        let options = GeneratorOptions(formats: [.parquet], threads: 2)
        let report = try GeneratorRun(options: options) { _ in }.write(tables, into: folder)
        for (table, file) in zip(tables, report.files) {
            #expect(file.path == "\(folder)/\(table.name).parquet")
            #expect(try Data(contentsOf: URL(filePath: file.path)).count == file.byteCount)
            var batches: [Batch] = []
            let stream = try ParquetReader(path: file.path).batches()
            while let batch = try stream.next() { batches.append(batch) }
            let rows = Batch.concatenate(batches)
            let expected = table.batch(0..<table.rowCount)
            #expect(rows.schema.fields.map(\.name) == table.schema.fields.map(\.name))
            for column in expected.columns.indices {
                let same = rows.columns[column].valueArray == expected.columns[column].valueArray
                #expect(same, "\(table.name).\(table.schema[column].name)")
            }
        }
    }

    @Test("progress rises to the end, over all tables")
    func progress() throws {
        let seen = Mutex<[GeneratorProgress]>([])
        let events = try NexmarkEvents(count: 50_000)
        _ = try events.generate(into: try scratchPath("progress"), options: options(3)) { now in
            seen.withLock { $0.append(now) }
        }
        let steps = seen.withLock { $0 }
        #expect(steps.map(\.rowsDone) == steps.map(\.rowsDone).sorted())
        #expect(steps.last == GeneratorProgress(rowsDone: 60_000, rowsInAll: 60_000))
    }

    @Test("a run that is stopped leaves the old files and nothing else")
    func stopped() throws {
        let folder = try scratchPath("stopped")
        let old = try TickTable(rows: 10)
        _ = try old.generate(into: folder, options: options(1)) { _ in }
        let before = try contents("\(folder)/ticks.csv")
        let stop = Failure("STOP", blame: .request, "stopped", remedy: "")
        let failure = #expect(throws: Failure.self) {
            _ = try TickTable(rows: 100_000).generate(into: folder, options: options(2)) {
                now throws(Failure) in
                if now.rowsDone > 50_000 { throw stop }
            }
        }
        #expect(failure == stop)
        #expect(try contents("\(folder)/ticks.csv") == before)
        #expect(try Self.names(folder) == ["ticks.csv", "ticks.jsonl"])
    }

    @Test("an empty table is an empty file")
    func empty() throws {
        let folder = try scratchPath("empty")
        let report = try TickTable(rows: 0).generate(into: folder, options: options(4)) { _ in }
        #expect(report.files.map(\.byteCount) == [0, 0])
        #expect(try contents("\(folder)/ticks.csv").isEmpty)
    }

    private func options(_ threads: Int) -> GeneratorOptions {
        GeneratorOptions(formats: [.csv, .json], threads: threads)
    }

    static func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }
}

func contents(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
}

func sha256(_ path: String) throws -> String {
    var hash = SHA256()
    let bytes = Array(try Data(contentsOf: URL(filePath: path)))
    hash.update(bytes.span)
    return hash.finalize().map { String(format: "%02x", $0) }.joined()
}
