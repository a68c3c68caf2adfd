/// Who has to act for a failure to go away.
package enum Blame: String, Sendable {
    /// The command, script, plan or configuration is wrong.
    case request
    /// The data does not fit what was declared about it.
    case data
    /// A file system, server or other program failed.
    case outside
    /// Cutover itself is wrong.
    case bug
}

/// A failure as it crosses a module's boundary: what happened, where, with which value, and what to do.
///
/// Inside a module, closed error enums are thrown; at its boundary they become a `Failure`. `code` is a
/// stable, documented name (`CFG_UNKNOWN_KEY`); callers may switch on it, and new codes break nobody.
package struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    /// Stable upper-case name with its family's prefix, as listed in `docs/reference/errors.md`.
    package var code: String
    package var blame: Blame
    /// Whether the same call may succeed later without anything being changed.
    package var isRetryable: Bool
    /// One sentence without a final stop: what happened, with the offending value.
    package var problem: String
    /// One sentence without a final stop: what the reader can do.
    package var remedy: String
    /// Where in a text or a file it happened.
    package var position: Position?
    /// The text of the underlying error, where there is one.
    package var cause: String?

    /// A place in a script or in an input file.
    package enum Position: Sendable, Hashable, CustomStringConvertible {
        case text(SourcePosition)
        case file(FilePosition)

        package var description: String {
            switch self {
            case .text(let position): position.description
            case .file(let position): position.description
            }
        }
    }

    package init(
        _ code: String,
        blame: Blame,
        isRetryable: Bool = false,
        _ problem: String,
        remedy: String,
        at position: Position? = nil,
        cause: String? = nil
    ) {
        self.code = code
        self.blame = blame
        self.isRetryable = isRetryable
        self.problem = problem
        self.remedy = remedy
        self.position = position
        self.cause = cause
    }

    /// The same failure where its line in a file was counted from behind `count` lines.
    package func behind(lines count: Int) -> Failure {
        guard case .file(var place)? = position, let line = place.line else { return self }
        place.line = line + count
        var moved = self
        moved.position = .file(place)
        return moved
    }

    /// `bad.sql:7:23: error BIND_COLUMN: no column "dep_dely" in flights; nearest is dep_delay`.
    package var description: String {
        var text = position.map { "\($0): " } ?? ""
        text += "error \(code): \(problem)"
        if !remedy.isEmpty { text += "; \(remedy)" }
        if let cause { text += " (cause: \(cause))" }
        return text
    }
}

/// A place in a data file.
package struct FilePosition: Hashable, Sendable, CustomStringConvertible {
    package var path: String
    /// 0-based offset of the row's first byte in the decompressed file.
    package var byteOffset: Int
    /// 1-based line of the row's first byte, where lines were counted.
    package var line: Int?
    /// 1-based field of the row, where one field is to blame.
    package var field: Int?

    package init(path: String, byteOffset: Int, line: Int? = nil, field: Int? = nil) {
        self.path = path
        self.byteOffset = byteOffset
        self.line = line
        self.field = field
    }

    package var description: String {
        var text = path
        if let line { text += ":\(line)" }
        if let field { text += " field \(field)" }
        return text + " (byte \(byteOffset))"
    }
}
