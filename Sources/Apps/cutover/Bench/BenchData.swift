internal import Failures
internal import Files
internal import Flow
internal import Foundation
internal import JSON
internal import StreamSQL
internal import Units

/// The files of a suite: made once, and kept for the next run.
struct BenchData: Sendable {
    let suite: BenchSuite
    let rows: Int
    /// Where the suites' folders are.
    let directory: String
    let console: Console

    /// Says which files a folder holds, so that others are not taken for them.
    private static let stamp = ".made.json"
    private static let stampLimit = 1 << 20

    /// Makes what is missing.
    ///
    /// - Returns: the folder with the suite's files.
    /// - Throws: `IO_SPACE` where the disk lacks room, what making and fetching throw, `JOB_CANCELLED`.
    func supply() throws(Failure) -> String {
        let folder = Directory.join(directory, folderName)
        if suite == .flights { return try supplyFlights(folder) }
        if isWhole(folder) { return folder }
        try checkRoom()
        let start = ContinuousClock.now
        console.note("making \(NumberText.grouped(rows)) rows in \(folderName)")
        let report = try generate(into: folder)
        try writeStamp(report, folder)
        let bytes = report.files.reduce(0) { $0 + $1.byteCount }
        let elapsed = ContinuousClock.now - start
        console.note("made \(ByteCount(bytes: bytes).rounded) in \(elapsed.roundedText)")
        return folder
    }

    private var folderName: String {
        switch suite {
        case .tumbling, .routing: "ticks-\(rows)"
        case .temperatures: "1brc-\(rows)"
        case .nexmark: "nexmark-\(rows)"
        case .flights: "flights"
        }
    }

    private func generate(into folder: String) throws(Failure) -> GeneratorReport {
        let threads = onlineProcessorCount()
        let text = GeneratorOptions(formats: [.csv], threads: threads)
        return try GeneratorLine(console: console, title: folderName).show {
            (progress) throws(Failure) in
            switch suite {
            case .tumbling, .routing:
                let both = GeneratorOptions(formats: [.csv, .parquet], threads: threads)
                return try TickTable(rows: rows)
                    .generate(into: folder, options: both, progress: progress)
            case .temperatures:
                return try MeasurementTable(rows: rows)
                    .generate(into: folder, options: text, progress: progress)
            case .nexmark, .flights:
                return try NexmarkEvents(count: rows)
                    .generate(into: folder, options: text, progress: progress)
            }
        }
    }

    private func supplyFlights(_ folder: String) throws(Failure) -> String {
        for name in ["flights", "weather", "planes", "flights-disordered"] {
            let path = Directory.join(folder, "\(name).csv")
            guard try Directory.kind(of: path) == .missing else { continue }
            try checkRoom()
            _ = try FlightsData(console: console)
                .generate(into: folder, disorder: FlightsData.standardDisorder())
            break
        }
        return folder
    }

    // MARK: What is there

    /// Whether the folder holds the files that its stamp names, each with its size.
    private func isWhole(_ folder: String) -> Bool {
        let stamp = Directory.join(folder, Self.stamp)
        guard let bytes = try? Directory.read(stamp, limit: Self.stampLimit),
            let json = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)),
            json["rows"]?.integer == Int64(rows), let files = json["files"]?.object,
            !files.isEmpty
        else { return false }
        return files.members.allSatisfy { file in
            guard let kind = try? Directory.kind(of: Directory.join(folder, file.name)),
                case .file(let size) = kind
            else { return false }
            return file.value.integer == Int64(size)
        }
    }

    private func writeStamp(_ report: GeneratorReport, _ folder: String) throws(Failure) {
        var files = JSONObject()
        for file in report.files {
            files[Directory.lastComponent(of: file.path)] = JSONValue(file.byteCount)
        }
        let json: JSONValue = ["rows": JSONValue(rows), "files": JSONValue(files)]
        let bytes = Array((json.compactText + "\n").utf8)
        try Directory.replace(Directory.join(folder, Self.stamp), with: bytes.span)
    }

    // MARK: Room

    /// Upper bounds of what a row takes in all files of its suite.
    private var bytesPerRow: Int {
        switch suite {
        case .tumbling, .routing: 72
        case .temperatures: 32
        case .nexmark: 240
        case .flights: 800
        }
    }

    private func checkRoom() throws(Failure) {
        try Directory.create(directory)
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: directory)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value else { return }
        let (needed, overflow) = rows.multipliedReportingOverflow(by: bytesPerRow)
        guard overflow || needed > free else { return }
        let room = ByteCount(bytes: overflow ? .max : needed).rounded
        throw Failure(
            "IO_SPACE",
            blame: .outside,
            "\(NumberText.grouped(rows)) rows take up to \(room), and \(directory) has "
                + "\(ByteCount(bytes: Int(free)).rounded) left",
            remedy: "ask for fewer --rows, or name a folder on another disk with --data"
        )
    }
}
