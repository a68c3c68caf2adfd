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
    typealias Line = (number: Int, text: Substring)

    /// Path from the root of the clone.
    let path: String
    let text: String
    /// The lines with their numbers, which begin at 1.
    let lines: [Line]
    private let bytes: [UInt8]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        // Bytes are split, not characters: whole repositories pass through here.
        let parts = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        lines = parts.enumerated().map { ($0.offset + 1, Substring($0.element)) }
        bytes = Array(text.utf8)
    }

    var description: String { path }

    /// The modules that the file imports.
    var imports: [String] {
        guard holds("import ") else { return [] }
        let kinds: Set<Substring> = [
            "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
        ]
        let levels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        let starts = Set("@import public package internal private \t".utf8)
        return lines.compactMap { line in
            guard let first = line.text.utf8.first, starts.contains(first) else { return nil }
            let words = line.text.split(separator: " ")
                .drop { $0.hasPrefix("@") || levels.contains($0) }
            guard words.first == "import" else { return nil }
            let name = words.dropFirst().drop { kinds.contains($0) }.first
            return name.map { String($0.prefix { $0 != "." }) }
        }
    }

    /// Whether the text has `needle` in it, byte for byte.
    func holds(_ needle: String) -> Bool {
        let wanted = Array(needle.utf8)
        guard let first = wanted.first, bytes.count >= wanted.count else { return wanted.isEmpty }
        for start in 0...(bytes.count - wanted.count) where bytes[start] == first {
            if bytes[start..<start + wanted.count].elementsEqual(wanted) { return true }
        }
        return false
    }
}
