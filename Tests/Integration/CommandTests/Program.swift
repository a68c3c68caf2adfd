internal import Foundation
internal import JSON
internal import Processes
internal import TestKit
internal import Testing

/// The built command, run as a user runs it.
struct Program {
    /// The folder that the command is run in.
    let folder: URL

    init() throws { folder = try #require(ScratchDirectory.current) }

    /// The program that the package's build left beside the tests.
    static let path = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "cutover").path(percentEncoded: false)

    struct Result {
        let status: Int
        let output: String
        let errors: String

        /// The whole output as one JSON value.
        var json: JSONValue { get throws { try JSONValue(parsing: output) } }
    }

    /// Runs the command to its end; arguments are separated by single spaces.
    func run(
        _ line: String,
        _ environment: [String: String] = [:],
        input: String = ""
    ) throws -> Result {
        var process = ChildProcess(Self.path, line.split(separator: " ").map(String.init))
        process.directory = folder.path(percentEncoded: false)
        process.input = Array(input.utf8)
        process.timeLimit = .seconds(120)
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path(percentEncoded: false)]
            .merging(environment) { $1 }
        let report = try process.run()
        guard case .exited(let status) = report.ending else {
            Issue.record("cutover \(line): \(report.ending)\n\(report.errorText)")
            return Result(status: -1, output: report.outputText, errors: report.errorText)
        }
        return Result(status: status, output: report.outputText, errors: report.errorText)
    }

    func write(_ name: String, _ text: String) throws {
        let url = folder.appending(path: name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: url)
    }

    func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    /// All files below a folder, hidden ones too.
    func files(_ name: String) -> [String] {
        let names = try? FileManager.default.subpathsOfDirectory(
            atPath: folder.appending(path: name).path(percentEncoded: false)
        )
        return (names ?? []).sorted()
    }
}

/// A small job: trades per minute and symbol, one of them late.
enum Trades {
    static let script = """
        CREATE TABLE trades (ts TIMESTAMP(3), symbol STRING, price DOUBLE, WATERMARK FOR ts AS ts)
        WITH ('connector' = 'filesystem', 'path' = 'trades.csv', 'format' = 'csv');
        CREATE TABLE minutes (opened TIMESTAMP(3), symbol STRING, n BIGINT, total DOUBLE)
        WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'csv');
        INSERT INTO minutes
        SELECT window_start, symbol, COUNT(*), SUM(price)
        FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
        GROUP BY symbol, window_start, window_end;

        """
    static let rows = """
        2024-01-01 00:00:01,A,1.5
        2024-01-01 00:00:30,B,2
        2024-01-01 00:01:00,A,4
        2024-01-01 00:00:40,A,8
        2024-01-01 00:02:00,A,16

        """
}
