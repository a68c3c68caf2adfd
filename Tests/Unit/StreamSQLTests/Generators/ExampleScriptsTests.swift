import Failures
import Foundation
import SQLFront
import Testing

@Suite("Example scripts")
struct ExampleScriptsTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Examples/stream").path

    /// Names of the scripts in a folder below Examples/stream, without the suffix.
    private static func names(_ part: String) -> [String] {
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(part)")) ?? []
        return names.filter { $0.hasSuffix(".sql") }.map { part + $0.dropLast(4) }.sorted()
    }

    static let sound = names("") + names("nexmark/")
    static let broken = names("broken/")

    @Test("every script is bound without a failure, to one job", arguments: sound)
    func soundScripts(name: String) throws {
        let report = try check(name)
        #expect(report.failures.map(\.description) == [])
        #expect(report.script.jobs.count == 1)
    }

    @Test("every script is portable", arguments: sound)
    func portableScripts(name: String) throws {
        let report = try check(name)
        #expect(report.portability.map(\.code) == [])
    }

    @Test("every broken script is refused with the code that it names", arguments: broken)
    func brokenScripts(name: String) throws {
        let expected = try #require(try text(name).firstMatch(of: /-- Expected: ([A-Z_]+)\./)).1
        let report = try check(name)
        #expect(report.failures.first?.code == String(expected))
        #expect(report.failures.first?.position != nil)
    }

    @Test("there are scripts")
    func thereAreScripts() {
        #expect(Self.sound.count > 25)
        #expect(Self.broken.count > 20)
    }

    private func text(_ name: String) throws -> String {
        try contents("\(Self.folder)/\(name).sql")
    }

    private func check(_ name: String) throws -> StreamScript.Report {
        StreamScript.check(try text(name), source: "\(name).sql", options: .init(name: name))
    }
}
