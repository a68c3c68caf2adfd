internal import Arguments
internal import Foundation
internal import Testing
internal import cutover

@Suite("Documents")
struct DocumentTests {
    private let documents = Checkout.files.filter { $0.path.hasSuffix(".md") }

    @Test("The documents that every reader looks for exist")
    func documentsExist() {
        let names = [
            "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE",
            "docs/glossary.md",
        ]
        for name in names { #expect(Checkout.exists(name), "\(name) is missing") }
    }

    @Test("Every link in a document leads somewhere")
    func linksResolve() throws {
        #expect(!documents.isEmpty)
        for document in documents {
            for link in MarkdownText(document).links {
                #expect(
                    try resolves(link.target, from: document),
                    "\(document.path):\(link.line): nothing at \(link.target)"
                )
            }
        }
    }

    @Test("Every script that README quotes exists and can be run")
    func readmeScriptsExist() throws {
        let commands = MarkdownText(try Checkout.file("README.md")).commands
        #expect(commands.contains { $0.words.first == "./cutover" })
        #expect(commands.contains { $0.words.first == "./test" })
        for command in commands {
            guard let script = command.words.first, script.contains("/") else { continue }
            let path = Checkout.root.appending(path: script).path
            #expect(
                FileManager.default.isExecutableFile(atPath: path),
                "README.md:\(command.line): \(script) is no program"
            )
        }
    }

    @Test("Every cutover command that a document quotes is understood")
    func quotedCommandsAreUnderstood() throws {
        for document in documents {
            for command in MarkdownText(document).commands {
                guard let program = command.words.firstIndex(where: Self.isProgram) else {
                    continue
                }
                var words = Array(command.words[command.words.index(after: program)...])
                if words.first == "--version" { words[0] = "version" }
                #expect(throws: Never.self, "\(document.path):\(command.line)") {
                    _ = try CommandTree.cutover.command.parse(words)
                }
            }
        }
    }

    private static func isProgram(_ word: String) -> Bool {
        word == "./cutover" || word == "cutover"
    }

    @Test("ARCHITECTURE.md has a row for every module")
    func modulesAreOnTheMap() throws {
        let map = try Checkout.file("ARCHITECTURE.md")
        let modules = ImportTable(files: Checkout.files).layers.flatMap { layer, names in
            names.map { "\(layer)/\($0)" }
        }
        let missing = modules.filter { !map.holds("`\($0)`") }.sorted()
        #expect(missing.isEmpty, "ARCHITECTURE.md's table of modules lacks them")
    }

    @Test("The changelog keeps its form")
    func changelogKeepsForm() throws {
        let lines = try Checkout.file("CHANGELOG.md").lines
        #expect(lines.first?.text == "# Changelog")
        let kinds: Set<Substring> = [
            "Added", "Changed", "Deprecated", "Removed", "Fixed", "Security",
        ]
        let version = /^## (Unreleased|\d+\.\d+\.\d+ · \d{4}-\d{2}-\d{2})$/
        for line in lines {
            if line.text.hasPrefix("### ") {
                #expect(kinds.contains(line.text.dropFirst(4)), "CHANGELOG.md:\(line.number)")
            } else if line.text.hasPrefix("## ") {
                #expect(line.text.wholeMatch(of: version) != nil, "CHANGELOG.md:\(line.number)")
            }
        }
    }

    @Test("Decisions are numbered without a gap, dated, and listed")
    func decisionsAreNumbered() throws {
        let folder = "docs/decisions/"
        let decisions = documents.filter { document in
            document.path.hasPrefix(folder) && document.path != folder + "README.md"
        }
        let index = try Checkout.file(folder + "README.md").text
        for (position, decision) in decisions.enumerated() {
            let name = decision.path.dropFirst(folder.count)
            let digits = String(position + 1)
            let number = String(repeating: "0", count: 4 - digits.count) + digits
            #expect(name.hasPrefix(number + "-"), "\(name) should be number \(number)")
            #expect(decision.text.contains(/\nDate: \d{4}-\d{2}-\d{2}\n/), "\(name) has no date")
            #expect(index.contains("(\(name))"), "docs/decisions/README.md does not list \(name)")
        }
    }

    private func resolves(_ target: String, from document: SourceFile) throws -> Bool {
        if target.contains(/^[a-z]+:/) { return true }
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        var path = document.path
        if !parts[0].isEmpty {
            let folder = Checkout.root.appending(path: document.path).deletingLastPathComponent()
            let file = folder.appending(path: String(parts[0])).standardizedFileURL
            guard FileManager.default.fileExists(atPath: file.path) else { return false }
            path = String(file.path.dropFirst(Checkout.root.path.count + 1))
        }
        guard parts.count == 2 else { return true }
        return MarkdownText(try Checkout.file(path)).anchors.contains(String(parts[1]))
    }
}
