internal import Foundation
internal import Testing

/// A text that sources must not contain, outside the folders that may.
struct BannedText: Sendable, CustomTestStringConvertible {
    /// What to look for, as a regular expression.
    var pattern: String
    /// Texts of which every match holds one: looked for first, because they are found fast.
    var needles: [String]
    var reason: String
    /// Whether a line that is only a comment counts as well.
    var inComments = false
    /// Folders below which every file is looked at.
    var folders = ["Sources/", "Tests/"]
    /// Prefixes of paths where the text is allowed.
    var exempt: [String] = []

    var testDescription: String { pattern }
}

/// Folders whose code may go without the compiler's memory checks, each place with its reason.
private let unsafeFolders = [
    "Sources/System/", "Sources/Drivers/", "Sources/Base/Columns/Storage/", "Sources/Base/Flow/",
]

private let bannedTexts: [BannedText] = [
    BannedText(
        pattern: #"\b(TODO|FIXME|XXX|HACK)\b"#,
        needles: ["TODO", "FIXME", "XXX", "HACK"],
        reason: "unfinished work belongs in an issue",
        inComments: true
    ),
    BannedText(
        pattern: #"\btry!"#,
        needles: ["try!"],
        reason: "a failure must reach the caller",
        folders: ["Sources/"]
    ),
    BannedText(
        pattern: #"\bfatalError\("#,
        needles: ["fatalError("],
        reason: "bad input is an error; our own mistake is a precondition"
    ),
    BannedText(pattern: #"\bas!"#, needles: ["as!"], reason: "a wrong type must not trap"),
    BannedText(
        pattern: #"@testable\b"#,
        needles: ["@testable"],
        reason: "tests use package access, in release mode too"
    ),
    BannedText(
        pattern: #"\bimport XCTest\b"#,
        needles: ["XCTest"],
        reason: "tests are Swift Testing's"
    ),
    BannedText(
        pattern: #"@unchecked Sendable|nonisolated\(unsafe\)|@preconcurrency"#,
        needles: ["@unchecked", "nonisolated(unsafe)", "@preconcurrency"],
        reason: "only the drivers and the storage prove safety by hand",
        exempt: unsafeFolders + ["Tests/Repository/"]
    ),
    BannedText(
        pattern: #"\bunsafe [a-z_(]"#,
        needles: ["unsafe "],
        reason: "pointers stay in the drivers and the storage",
        folders: ["Sources/"],
        exempt: unsafeFolders
    ),
    BannedText(
        pattern: #"\bTask\.detached\b"#,
        needles: ["Task.detached"],
        reason: "every task has an owner"
    ),
    BannedText(
        pattern: #"Copyright|SPDX"#,
        needles: ["Copyright", "SPDX"],
        reason: "the licence is in LICENSE, once",
        inComments: true
    ),
]

@Suite("Words")
struct WordTests {
    @Test("Sources and tests contain no banned text", arguments: bannedTexts)
    func bannedTextIsAbsent(_ banned: BannedText) throws {
        let pattern = try Regex(banned.pattern)
        for file in Checkout.files where file.path.hasSuffix(".swift") {
            guard banned.folders.contains(where: file.path.hasPrefix),
                !banned.exempt.contains(where: file.path.hasPrefix),
                file.path != "Tests/Repository/RepositoryTests/WordTests.swift"
            else { continue }
            guard banned.needles.contains(where: file.holds) else { continue }
            let lines = banned.inComments ? file.lines : code(of: file)
            for line in lines where line.text.contains(pattern) {
                Issue.record("\(file.path):\(line.number): \(banned.pattern): \(banned.reason)")
            }
        }
    }

    @Test("Every file with unsafe code says why it is safe")
    func unsafeCodeIsExplained() {
        for file in Checkout.swift(below: "Sources") {
            guard file.holds("unsafe ") || file.holds("@unchecked Sendable") else { continue }
            let risky = code(of: file).contains { line in
                line.text.contains("unsafe ") || line.text.contains("@unchecked Sendable")
            }
            #expect(!risky || file.text.contains("SAFETY:"), "\(file.path) has no SAFETY: comment")
        }
    }

    @Test("No file is a bag of leftovers by name")
    func namesSayWhatIsInside() {
        let vague = /(?i)^(util|helper|common|misc|stuff|extension)s?\b/
        for file in Checkout.files where file.path.hasPrefix("Sources/") {
            let name = file.path.split(separator: "/").last ?? ""
            #expect(name.firstMatch(of: vague) == nil, "\(file.path) names no topic")
        }
    }

    @Test("No tracked text holds a path of one machine")
    func noMachinePaths() throws {
        let homes = ["/" + "work/", "/" + "farm/", "/" + "root/", "/" + "home/", "/" + "Users/"]
        for file in Checkout.files where homes.contains(where: file.holds) {
            for line in file.lines where homes.contains(where: { line.text.contains($0) }) {
                Issue.record("\(file.path):\(line.number): \(line.text)")
            }
        }
    }

    /// The lines of a file, without those that are only a comment.
    private func code(of file: SourceFile) -> [(number: Int, text: Substring)] {
        file.lines.filter { line in
            let text = line.text.drop { $0 == " " }
            return !text.hasPrefix("//")
                || text.firstMatch(of: /TODO|FIXME|XXX|HACK|Copyright/) != nil
        }
    }
}
