internal import Foundation
internal import JSON
internal import Processes
internal import TestKit
internal import Testing

/// The built program's demo, with a state folder of its own.
struct DemoRig {
    let state: String

    static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "cutover").path(percentEncoded: false)

    struct Result {
        /// nil where a signal ended it.
        let status: Int?
        let output: String
        let errors: String

        var json: JSONValue { get throws { try JSONValue(parsing: output) } }

        init(status: Int?, output: String, errors: String) {
            self.status = status
            self.output = output
            self.errors = errors
        }

        init(_ report: ChildProcess.Report) {
            var status: Int?
            if case .exited(let code) = report.ending { status = code }
            // timeout(1) dies by the signal that it sent, or tells of it.
            if status == 137 { status = nil }
            self.init(status: status, output: report.outputText, errors: report.errorText)
        }
    }

    init() throws {
        state = try #require(ScratchDirectory.current).appending(path: "state").path(
            percentEncoded: false
        )
    }

    /// Runs the demo as fast as the evidence allows; `seconds` kills it then.
    func demo(_ line: String = "", killedAfter seconds: Double? = nil) throws -> Result {
        try run("demo --json --speed max \(line)", killedAfter: seconds)
    }

    func run(_ line: String, killedAfter seconds: Double? = nil) throws -> Result {
        let words = line.split(separator: " ").map(String.init) + ["--state", state]
        var process = ChildProcess(Self.program, words)
        if let seconds {
            process = ChildProcess(
                "/usr/bin/timeout",
                ["-s", "KILL", "\(seconds)", Self.program] + words
            )
        }
        process.timeLimit = .seconds(120)
        return Result(try process.run())
    }

    /// Expects that what came out is right, and how the migration ended.
    func expect(
        _ result: Result,
        _ phase: String,
        status: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
        let json = try result.json
        #expect(json["phase"]?.string == phase, sourceLocation: sourceLocation)
        #expect(json["rows"]?.integer == 336_776, sourceLocation: sourceLocation)
        #expect(json["duplicates"]?.integer == 0, sourceLocation: sourceLocation)
        #expect(json["missing"]?.integer == 0, sourceLocation: sourceLocation)
        #expect(json["emitted_digest"] == json["oracle_digest"], sourceLocation: sourceLocation)
        let served =
            (json["primary_served"]?.integer ?? 0) + (json["candidate_served"]?.integer ?? 0)
        #expect(served == json["windows"]?.integer, sourceLocation: sourceLocation)
        #expect(json["journal_head"]?.string?.utf8.count == 64, sourceLocation: sourceLocation)
    }
}
