import Failures
import Foundation
import SQLFront
import Testing

@Suite("Example scripts")
struct ExampleScriptTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Examples/stream")

    /// Scripts below a folder whose mistakes are the point.
    static let brokenFolder = "/broken/"

    @Test("every broken example gives the failure that its name says")
    func brokenExamples() throws {
        let folder = Self.root.appending(path: "broken")
        let files = try FileManager.default.contentsOfDirectory(
            at: folder,
            includingPropertiesForKeys: nil
        )
        for file in files where file.pathExtension == "sql" {
            let name = file.deletingPathExtension().lastPathComponent
            let code = name.uppercased().replacing("-", with: "_")
            let text = try String(contentsOf: file, encoding: .utf8)
            let report = StreamScript.check(text, source: name, options: .init(name: name))
            #expect(report.failures.map(\.code) == [code], "\(name): \(report.failures)")
        }
        #expect(!files.isEmpty)
    }

    @Test("every example binds to jobs that have a distribution")
    func examplesBind() throws {
        let files = FileManager.default.enumerator(at: Self.root, includingPropertiesForKeys: nil)
        var count = 0
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "sql", !file.path.contains(Self.brokenFolder) else {
                continue
            }
            let text = try String(contentsOf: file, encoding: .utf8)
            let name = file.lastPathComponent
            let report = StreamScript.check(text, source: name, options: .init(name: name))
            #expect(report.failures.isEmpty, "\(report.failures)")
            #expect(!report.script.jobs.isEmpty, "\(name) runs nothing")
            for job in report.script.jobs {
                let explanation = try Explanation(job, processor: .standard, report: report)
                #expect(explanation.nodes.allSatisfy { !$0.reason.isEmpty })
            }
            count += 1
        }
        #expect(count > 0)
    }
}
