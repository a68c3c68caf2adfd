import Foundation
import Testing

/// One text case: input files, a script, and the rows or the error it gives.
///
/// ```
/// # why the case exists
/// @file a.csv
/// 1,x
/// @script
/// SELECT …
/// @expect
/// 1|x
/// @late 2
/// ```
/// Instead of `@expect`, `@error CODE LINE:COLUMN` names the first failure. `@failure log` and `@set KEY VALUE`
/// change settings.
struct SQLCase: Sendable, CustomTestStringConvertible {
    var name: String
    var files: [(name: String, text: String)] = []
    var script = ""
    var rows: [String]?
    var error: String?
    var late = 0
    var bad = 0
    var settings: [(key: String, value: String)] = []

    var testDescription: String { name }

    /// All cases below `Tests/SQL/cases`, by name.
    static var all: [SQLCase] {
        get throws {
            let folder = URL(filePath: #filePath)
                .deletingLastPathComponent()
                .deletingLastPathComponent()
                .appending(path: "cases")
            let names = try FileManager.default.subpathsOfDirectory(
                atPath: folder.path(percentEncoded: false)
            )
            return try names.filter { $0.hasSuffix(".case") }.sorted().map { name in
                let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
                return SQLCase(name: String(name.dropLast(5)), text: text)
            }
        }
    }

    init(name: String, text: String) {
        self.name = name
        var section = ""
        var lines: [Substring] = []
        func body() -> String { lines.map { $0 + "\n" }.joined() }
        func end(_ item: inout SQLCase) {
            let words = section.split(separator: " ", maxSplits: 1).map(String.init)
            switch words.first {
            case "@file": item.files.append((words[1], body()))
            case "@script": item.script = body()
            case "@expect": item.rows = lines.filter { !$0.isEmpty }.map(String.init)
            default: break
            }
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("@") else {
                lines.append(line)
                continue
            }
            end(&self)
            lines = []
            section = String(line)
            let words = line.split(separator: " ").map(String.init)
            switch words[0] {
            case "@late": late = Int(words[1]) ?? -1
            case "@bad": bad = Int(words[1]) ?? -1
            case "@error": error = words.dropFirst().joined(separator: " ")
            case "@set": settings.append((words[1], words[2]))
            default: break
            }
        }
        end(&self)
    }
}
