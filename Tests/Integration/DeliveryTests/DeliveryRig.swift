internal import Foundation
internal import JSON
internal import Processes
internal import TestKit
internal import Testing

/// A folder with a job whose result fills several parts, and the built program to run it with.
struct DeliveryRig {
    let folder: URL

    /// The program that the package's build left beside the tests.
    static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "cutover").path(percentEncoded: false)

    struct Result {
        /// nil where a signal ended it.
        let status: Int?
        let output: String
        let errors: String

        /// The whole output as one JSON value.
        var json: JSONValue { get throws { try JSONValue(parsing: output) } }

        /// Code of the failure that `--json` printed.
        var failure: String? {
            get throws { try JSONValue(parsing: output)["error"]?["code"]?.string }
        }
    }

    init(rows: Int = 6000, format: String = "csv") throws {
        folder = try #require(ScratchDirectory.current)
        try write("job.sql", Self.script(format: format))
        let trades = folder.appending(path: "trades")
        try FileManager.default.createDirectory(at: trades, withIntermediateDirectories: true)
        // Two files take turns, so that a job has many steps.
        try write("trades/a.csv", Self.rows(stride(from: 0, to: rows, by: 2)))
        try write("trades/b.csv", Self.rows(stride(from: 1, to: rows, by: 2)))
    }

    /// Rows of a few keys, mostly in order; every twentieth comes late.
    private static func rows(_ numbers: StrideTo<Int>) -> String {
        var text = ""
        for row in numbers {
            let second = row % 20 == 7 ? max(0, row - 400) : row
            let time = padded(second / 3600) + ":" + padded(second / 60 % 60) + ":"
            text += "2024-01-01 \(time)\(padded(second % 60)),S\(row * 7 % 13),\(row % 50).5\n"
        }
        return text
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    static func script(format: String) -> String {
        """
        CREATE TABLE trades (ts TIMESTAMP(3), symbol STRING, price DOUBLE, WATERMARK FOR ts AS ts)
        WITH ('connector' = 'filesystem', 'path' = 'trades', 'format' = 'csv');
        CREATE TABLE minutes (opened TIMESTAMP(3), symbol STRING, n BIGINT, total DOUBLE)
        WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = '\(format)',
              'sink.rolling-policy.file-size' = '8kb');
        INSERT INTO minutes
        SELECT window_start, symbol, COUNT(*), SUM(price)
        FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
        GROUP BY symbol, window_start, window_end;

        """
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    func file(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    /// Runs the program; arguments are separated by single spaces.
    func run(_ line: String, breakAt: String? = nil) throws -> Result {
        var process = ChildProcess(Self.program, line.split(separator: " ").map(String.init))
        if let breakAt { process.environment = ["CUTOVER_BREAK_AT": breakAt] }
        return try result(of: process, line)
    }

    /// Runs a line of bash, in which `$0` is the program.
    func bash(_ line: String) throws -> Result {
        try result(of: ChildProcess("/bin/bash", ["-c", line, Self.program]), line)
    }

    private func result(of process: ChildProcess, _ line: String) throws -> Result {
        var process = process
        process.directory = folder.path(percentEncoded: false)
        process.timeLimit = .seconds(120)
        process.environment = (process.environment ?? [:]).merging([
            "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": folder.path(percentEncoded: false),
        ]) { $1 }
        let report = try process.run()
        var status: Int?
        switch report.ending {
        case .exited(let code): status = code
        default: break
        }
        return Result(status: status, output: report.outputText, errors: report.errorText)
    }

    /// Names in a folder, ascending, hidden ones too.
    func names(_ name: String) -> [String] {
        let path = folder.appending(path: name).path(percentEncoded: false)
        let names = try? FileManager.default.contentsOfDirectory(atPath: path)
        return (names ?? []).sorted()
    }

    /// Names that a reader of the folder sees.
    func parts(_ name: String) -> [String] { names(name).filter { !$0.hasPrefix(".") } }

    /// The text that a reader of the folder sees.
    func text(_ name: String) throws -> String {
        try parts(name).map { part in
            try String(
                contentsOf: folder.appending(path: name).appending(path: part),
                encoding: .utf8
            )
        }.joined()
    }

    /// Whether a folder says that its publishing is not complete.
    func isUnfinished(_ name: String) -> Bool { names(name).contains(".cutover.commit") }

    func removeAll(_ name: String) throws {
        let url = folder.appending(path: name)
        if FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) {
            try FileManager.default.removeItem(at: url)
        }
    }
}
