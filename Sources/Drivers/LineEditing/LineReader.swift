package import Failures

/// Reads lines that a person writes at a terminal, with editing, history and completion.
package struct LineReader {
    /// What came.
    package enum Result: Hashable, Sendable {
        case line(String)
        /// Ctrl-C.
        case interrupted
        /// Ctrl-D, or the terminal is gone.
        case end
    }

    /// Lines that came before, the oldest first.
    package private(set) var history: [String]
    private let historyLimit: Int
    private var decoder = KeyDecoder()

    package init(history: [String] = [], historyLimit: Int = 1000) {
        self.history = Array(history.suffix(historyLimit))
        self.historyLimit = historyLimit
    }

    /// Adds a line, unless it is empty or the last one again.
    package mutating func remember(_ line: String) {
        guard !line.allSatisfy(\.isWhitespace), history.last != line else { return }
        history.append(line)
        if history.count > historyLimit { history.removeFirst() }
    }

    /// Reads one line.
    ///
    /// - Parameters:
    ///   - prompt: stands before it.
    ///   - completion: gives names that begin with a word's first letters.
    /// - Returns: the line, or how reading ended.
    /// - Throws: `IO_READ` where standard input is no terminal.
    package mutating func read(
        prompt: String,
        completion: @escaping LineEditor.Completion
    ) throws(Failure) -> Result {
        let terminal = try RawTerminal()
        var editor = LineEditor(history: history, completion: completion)
        Self.draw(editor, prompt, on: terminal)
        while let byte = terminal.readByte() {
            guard let key = decoder.take(byte) else { continue }
            switch editor.apply(key) {
            case .editing: break
            case .line(let line):
                terminal.show("\n")
                return .line(line)
            case .interrupted:
                terminal.show("^C\n")
                return .interrupted
            case .end:
                terminal.show("\n")
                return .end
            case .cleared: terminal.show("\u{1B}[H\u{1B}[2J")
            case .choices(let names):
                terminal.show("\n" + names.prefix(60).joined(separator: "  ") + "\n")
            }
            Self.draw(editor, prompt, on: terminal)
        }
        return .end
    }

    private static func draw(
        _ editor: LineEditor,
        _ prompt: String,
        on terminal: borrowing RawTerminal
    ) {
        let columns = (RawTerminal.width ?? 80) - prompt.count
        let (text, cursor) = editor.view(columns: columns)
        let place = prompt.count + cursor
        let back = place > 0 ? "\r\u{1B}[\(place)C" : "\r"
        terminal.show("\r\(prompt)\(text)\u{1B}[K\(back)")
    }
}
