internal import Foundation
internal import JSON
internal import Processes
internal import TestKit
internal import Testing

/// A folder laid out like a clone, with the example scripts and the data that they read.
struct Workshop {
    let folder: URL

    /// The clone that the tests were built from.
    static let clone = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The program that the package's build left beside the tests.
    private static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "cutover").path(percentEncoded: false)

    init() throws {
        folder = try #require(ScratchDirectory.current)
        let examples = folder.appending(path: "Examples")
        try FileManager.default.createDirectory(at: examples, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: Self.clone.appending(path: "Examples/stream"),
            to: examples.appending(path: "stream")
        )
    }

    /// Names of the examples that DuckDB has a query for, below one folder.
    static func examples(_ part: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: clone.appending(path: "Tests/SQL/duckdb/\(part)").path(percentEncoded: false)
        )
        return names.filter { $0.hasSuffix(".sql") && !$0.hasPrefix("tables-") }
            .map { part + $0.dropLast(4) }.sorted()
    }

    /// Runs the command to its end.
    func cutover(_ arguments: [String]) throws -> ChildProcess.Report {
        try run(Self.program, arguments)
    }

    /// Holds rows of one example against DuckDB's answer.
    func oracle(_ name: String, against folders: [String]) throws -> ChildProcess.Report {
        let script = Self.clone.appending(path: "Tests/SQL/oracle.py")
        let arguments = [script.path(percentEncoded: false), name, "--data", "data", "--compare"]
        return try run("/usr/bin/env", ["python3"] + arguments + folders)
    }

    private func run(_ program: String, _ arguments: [String]) throws -> ChildProcess.Report {
        var process = ChildProcess(program, arguments)
        process.directory = folder.path(percentEncoded: false)
        process.timeLimit = .seconds(300)
        return try process.run()
    }

    /// A part file of a sink's folder.
    func parts(_ name: String) throws -> [String: Data] {
        let place = folder.appending(path: name)
        let names = try FileManager.default.contentsOfDirectory(
            atPath: place.path(percentEncoded: false)
        )
        var parts: [String: Data] = [:]
        for name in names { parts[name] = try Data(contentsOf: place.appending(path: name)) }
        return parts
    }
}
