internal import Foundation
package import Testing

/// Compares a text with the file `Golden/NAME.txt` beside the test's source file.
///
/// A difference is shown as a unified diff and the actual text is attached. `UPDATE_GOLDEN=1` rewrites
/// the file and then fails, so that an update is never mistaken for a pass.
/// `name` is `suite.case`.
package func expectGolden(
    _ actual: String,
    _ name: String,
    filePath: String = #filePath,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let folder = URL(filePath: filePath).deletingLastPathComponent().appending(path: "Golden")
    let file = folder.appending(path: "\(name).txt")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(actual.utf8).write(to: file)
        Issue.record("Golden/\(name).txt was rewritten", sourceLocation: sourceLocation)
        return
    }
    guard let data = try? Data(contentsOf: file) else {
        Issue.record(
            "Golden/\(name).txt is missing; UPDATE_GOLDEN=1 writes it",
            sourceLocation: sourceLocation
        )
        return
    }
    let expected = String(decoding: data, as: UTF8.self)
    guard expected != actual else { return }
    Attachment.record(actual, named: "\(name).txt", sourceLocation: sourceLocation)
    Issue.record(
        "Golden/\(name).txt differs:\n\(unifiedDiff(expected, actual))",
        sourceLocation: sourceLocation
    )
}

/// The lines that differ, with three lines around each; `-` is the first text, `+` the second.
package func unifiedDiff(_ old: String, _ new: String) -> String {
    let oldLines = old.split(separator: "\n", omittingEmptySubsequences: false)
    let newLines = new.split(separator: "\n", omittingEmptySubsequences: false)
    let changes = newLines.difference(from: oldLines)
    let removed = Set(changes.removals.map(\.offset))
    let inserted = Set(changes.insertions.map(\.offset))
    var lines: [(mark: String, text: Substring)] = []
    var (oldIndex, newIndex) = (0, 0)
    while oldIndex < oldLines.count || newIndex < newLines.count {
        if removed.contains(oldIndex) {
            lines.append(("-", oldLines[oldIndex]))
            oldIndex += 1
        } else if inserted.contains(newIndex) {
            lines.append(("+", newLines[newIndex]))
            newIndex += 1
        } else {
            lines.append((" ", newLines[newIndex]))
            oldIndex += 1
            newIndex += 1
        }
    }
    let changed = lines.indices.filter { lines[$0].mark != " " }
    var shown = Set<Int>()
    for index in changed { shown.formUnion(max(0, index - 3)...min(lines.count - 1, index + 3)) }
    return shown.sorted().map { lines[$0].mark + lines[$0].text }.joined(separator: "\n")
}

extension CollectionDifference.Change {
    fileprivate var offset: Int {
        switch self {
        case .insert(let offset, _, _), .remove(let offset, _, _): offset
        }
    }
}
