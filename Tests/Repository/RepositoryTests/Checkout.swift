internal import Foundation

/// The clone that these tests were built from, read as text.
enum Checkout {
    /// Folder that holds `Package.swift`.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Folders that are made or fetched, never written by hand.
    private static let made: Set<String> = [".build", ".deps", ".git", ".cutover", "data", "out"]

    /// Every file written by hand, in the order of its path.
    static let files: [SourceFile] = {
        var found: [SourceFile] = []
        collect(root, prefix: "", into: &found)
        return found.sorted { $0.path < $1.path }
    }()

    /// The Swift files below `folder`.
    static func swift(below folder: String) -> [SourceFile] {
        files.filter { $0.path.hasPrefix(folder + "/") && $0.path.hasSuffix(".swift") }
    }

    static func file(_ path: String) throws -> SourceFile {
        SourceFile(
            path: path,
            text: try String(contentsOf: root.appending(path: path), encoding: .utf8)
        )
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    private static func collect(_ folder: URL, prefix: String, into found: inout [SourceFile]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where !name.hasPrefix(".build-") {
            if prefix.isEmpty, made.contains(name) { continue }
            let url = folder.appending(path: name)
            let values = try? url.resourceValues(forKeys: [.isDirectoryKey, .isSymbolicLinkKey])
            if values?.isSymbolicLink == true { continue }
            if values?.isDirectory == true {
                collect(url, prefix: prefix + name + "/", into: &found)
            } else if let text = try? String(contentsOf: url, encoding: .utf8) {
                found.append(SourceFile(path: prefix + name, text: text))
            }
        }
    }
}

/// One text file of the clone.
struct SourceFile: Sendable, CustomStringConvertible {
    /// Path from the root of the clone.
    var path: String
    var text: String

    var description: String { path }

    /// The lines with their numbers, which begin at 1.
    var lines: [(number: Int, text: Substring)] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated().map { ($0.offset + 1, $0.element) }
    }

    /// The modules that the file imports.
    var imports: [String] {
        let kinds: Set<Substring> = [
            "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
        ]
        let levels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        return lines.compactMap { line in
            let words = line.text.split(separator: " ")
                .drop { $0.hasPrefix("@") || levels.contains($0) }
            guard words.first == "import" else { return nil }
            let name = words.dropFirst().drop { kinds.contains($0) }.first
            return name.map { String($0.prefix { $0 != "." }) }
        }
    }
}
