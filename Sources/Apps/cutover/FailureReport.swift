internal import Failures
internal import Foundation
internal import JSON
internal import Observe

extension Console {
    /// Tells of failures, at least one: to people each by itself, to a machine the first one; gives the exit code.
    func report(_ failures: [Failure], asJSON: Bool) -> ExitCode {
        for failure in failures { note(FailureText(failure).text(on: errorTerminal)) }
        guard let first = failures.first else { return .done }
        // Where even this cannot be written, the status is all that is left to tell.
        if asJSON { try? write(first.json) }
        return interruption.isRequested ? .interrupted : first.exitCode
    }
}

extension Failure {
    /// How a command ends that failed so.
    var exitCode: ExitCode {
        if code == "JOB_CANCELLED" { return .interrupted }
        // What was written is not what is there now: a journal, a checkpoint, a folder of output.
        if code == "MIG_JOURNAL_CHAIN" || code == "STATE_CORRUPT" { return .violated }
        return blame == .request ? .usage : .failed
    }
}

/// A failure as people read it: what, where, what to do, and on a terminal the line of the script with a caret.
struct FailureText {
    private let failure: Failure

    /// A longer file is no script, and a longer line does not help.
    private static let fileLimit = 1 << 20

    init(_ failure: Failure) { self.failure = failure }

    func text(on terminal: Terminal) -> String {
        // Texts of the user's own files may hold what a terminal would obey.
        var text = TerminalText.withoutControls(failure.description)
        if terminal.hasColor {
            let label = "error \(failure.code):"
            text = text.replacing(label, with: terminal.styled(label, .red), maxReplacements: 1)
        }
        guard terminal.isInteractive, let excerpt = excerpt(columns: terminal.width) else {
            return text
        }
        return "\(text)\n\(excerpt)"
    }

    /// The line and, below its column, a caret; nil where the position is not in a text file.
    func excerpt(columns: Int) -> String? {
        guard case .text(let position) = failure.position, let line = Self.line(position) else {
            return nil
        }
        let scalars = Array(line.unicodeScalars)
        let column = min(max(position.column - 1, 0), scalars.count)
        // Long lines are shown from shortly before the place.
        let room = max(columns - 4, 16)
        let start = column < room - 8 ? 0 : column - room / 2
        let before = Self.text(scalars[start..<column])
        let after = Self.text(scalars[column...])
        let shown = TerminalText.cut(before + after, to: room)
        return "  \(shown)\n  \(String(repeating: " ", count: TerminalText.width(before)))^"
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        for scalar in scalars { view.append(scalar == "\t" ? " " : scalar) }
        return TerminalText.withoutControls(String(view))
    }

    private static func line(_ position: SourcePosition) -> String? {
        guard let file = FileHandle(forReadingAtPath: position.source),
            let data = try? file.read(upToCount: fileLimit)
        else { return nil }
        let lines = data.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.indices.contains(position.line - 1) else { return nil }
        let bytes = lines[position.line - 1]
        return String(decoding: bytes.last == 0x0D ? bytes.dropLast() : bytes, as: UTF8.self)
    }
}
