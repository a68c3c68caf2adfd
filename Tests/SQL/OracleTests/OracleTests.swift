internal import Foundation
internal import JSON
internal import Processes
internal import TestKit
internal import Testing

@Suite("Examples against an independent engine", .scratchDirectory, .timeLimit(.minutes(10)))
struct OracleTests {
    private static let processors = ["v1", "v2:3"]

    @Test("every flights example gives DuckDB's rows on both processors")
    func flights() throws {
        let workshop = try Workshop()
        let names = try Workshop.examples("")
        #expect(names.count >= 9)
        // The first run makes data/flights.
        for name in names { _ = try check(name, workshop) }
    }

    @Test("every Nexmark query gives DuckDB's rows and the recorded digest on both processors")
    func nexmark() throws {
        let workshop = try Workshop()
        let digests = try RecordedDigests()
        let made = try workshop.cutover(
            [
                "stream", "gen", "nexmark", "--out", "data/nexmark", "--format", "csv", "--events",
                "\(digests.events)", "--seed", "\(digests.seed)",
            ]
        )
        #expect(made.isSuccess, "\(made.errorText)")
        let names = try Workshop.examples("nexmark/")
        #expect(names.count >= 20)
        var found: [String: String] = [:]
        for name in names {
            found[String(name.dropFirst("nexmark/".count))] = try check(name, workshop)
        }
        try digests.check(found)
    }

    /// Runs an example on every processor and holds its rows against DuckDB's; the digest of its output.
    private func check(_ name: String, _ workshop: Workshop) throws -> String? {
        var digests: [String?] = []
        for processor in Self.processors {
            let arguments = [
                "stream", "run", "Examples/stream/\(name).sql", "--processor", processor,
                "--output", "out/\(processor)/\(name)", "--json",
            ]
            let report = try workshop.cutover(arguments)
            try #require(report.isSuccess, "\(name) on \(processor): \(report.errorText)")
            digests.append(try JSONValue(parsing: report.outputText)["output_digest"]?.string)
        }
        let folders = Self.processors.map { "out/\($0)/\(name)" }
        #expect(digests[0] != nil && digests[0] == digests[1], "\(name): the digests differ")
        let bytes = try folders.map(workshop.parts)
        #expect(bytes[0] == bytes[1], "\(name): the bytes differ")
        let answer = try workshop.oracle(name, against: folders)
        #expect(answer.isSuccess, "\(name): \(answer.outputText)\(answer.errorText)")
        return digests[0]
    }
}
