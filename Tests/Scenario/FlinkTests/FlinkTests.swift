internal import Foundation
internal import JSON
internal import Processes
internal import TestKit
internal import Testing

/// Every example on Apache Flink, in a process of its own; Flink's jars and Java 17 are needed.
@Suite("Examples on Flink", .scratchDirectory, .serialized, .timeLimit(.minutes(60)))
struct FlinkTests {
    private let place: FlinkPlace

    init() throws { place = try FlinkPlace() }

    @Test("every example gives the same rows on V2 and on Flink")
    func examples() throws {
        let made = try place.cutover(
            "stream gen nexmark --out data/nexmark --format csv --events 20000"
        )
        #expect(made.isSuccess, "\(made.errorText)")
        let names = try place.examples()
        #expect(names.count >= 29)
        for name in names {
            let report = try place.cutover(
                "stream compare Examples/stream/\(name).sql --primary v2:2 --candidate flink:local --json"
            )
            let text = "\(name): \(report.outputText.prefix(2000))\(report.errorText.suffix(2000))"
            #expect(report.isSuccess, "\(text)")
            let answer = try JSONValue(parsing: report.outputText)
            #expect(answer["verdict"]?.string == "pass", "\(text)")
        }
    }

    @Test("a run on Flink writes the sink's files with V1's digest")
    func runs() throws {
        try place.write("job.sql", Self.job)
        try place.write("in.csv", "a,1\nb,2\na,3\n")
        let serial = try place.cutover("stream run job.sql --processor v1 --output one --json")
        let flink = try place.cutover("stream run job.sql --processor flink:local --json")
        #expect(flink.isSuccess, "\(flink.outputText)\(flink.errorText)")
        let digest = try JSONValue(parsing: flink.outputText)["output_digest"]?.string
        #expect(digest != nil)
        #expect(digest == (try JSONValue(parsing: serial.outputText)["output_digest"]?.string))
        let again = try place.cutover("stream run job.sql --processor flink:local --json")
        #expect(
            try JSONValue(parsing: again.outputText)["error"]?["code"]?.string == "SINK_NOT_EMPTY"
        )
    }

    @Test("what cannot work has its own error")
    func refusals() throws {
        try place.write("job.sql", Self.job)
        try place.write("in.csv", "a,x\n")
        func code(_ line: String, _ environment: [String: String] = [:]) throws -> String? {
            let report = try place.cutover(line, environment)
            return try JSONValue(parsing: report.outputText)["error"]?["code"]?.string
        }
        let run = "stream run job.sql --json --processor"
        #expect(try code("\(run) flink:local", ["FLINK_LIB": "/nowhere"]) == "FLINK_NOT_INSTALLED")
        #expect(try code("\(run) flink:local", ["JAVA_HOME": "/nowhere"]) == "FLINK_JAVA")
        #expect(try code("\(run) flink:127.0.0.1:1") == "FLINK_UNREACHABLE")
        #expect(try code("\(run) flink:local") == "FLINK_JOB")
        #expect(!place.exists("out/.flink"))
        try place.write("job.sql", "SELECT LENGTH('a') WHERE 1 != 2;")
        let report = try place.cutover("stream run job.sql --processor flink:local")
        #expect(report.ending == .exited(status: 2), "\(report.errorText)")
        #expect(report.errorText.contains("PORT_"))
    }

    private static let job = """
        SET 'execution.runtime-mode' = 'batch';
        CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
        CREATE TABLE sums (k STRING, s INT) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'csv');
        INSERT INTO sums SELECT k, SUM(v) FROM t GROUP BY k;

        """
}

/// A folder laid out like a clone, and the command run in it.
struct FlinkPlace {
    private let folder: URL

    private static let clone = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "cutover").path(percentEncoded: false)

    init() throws {
        folder = try #require(ScratchDirectory.current)
        var install = ChildProcess(
            Self.clone.appending(path: "scripts/install-peers").path(percentEncoded: false),
            ["flink"]
        )
        install.timeLimit = .seconds(1800)
        let report = try install.run()
        try #require(report.isSuccess, "\(report.errorText)")
        let examples = folder.appending(path: "Examples")
        try FileManager.default.createDirectory(at: examples, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: Self.clone.appending(path: "Examples/stream"),
            to: examples.appending(path: "stream")
        )
    }

    func examples() throws -> [String] {
        try ["", "nexmark/"].flatMap { part in
            let place = folder.appending(path: "Examples/stream/\(part)")
            return try FileManager.default.contentsOfDirectory(atPath: place.path)
                .filter { $0.hasSuffix(".sql") }.map { part + $0.dropLast(4) }.sorted()
        }
    }

    func cutover(
        _ line: String,
        _ environment: [String: String] = [:]
    ) throws -> ChildProcess.Report {
        var process = ChildProcess(Self.program, line.split(separator: " ").map(String.init))
        process.directory = folder.path(percentEncoded: false)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.timeLimit = .seconds(600)
        return try process.run()
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    /// Whether a file's path begins so.
    func exists(_ start: String) -> Bool {
        let names = try? FileManager.default.subpathsOfDirectory(
            atPath: folder.path(percentEncoded: false)
        )
        return names?.contains { $0.hasPrefix(start) } ?? false
    }
}
