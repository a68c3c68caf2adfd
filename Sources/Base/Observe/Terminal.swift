internal import Glibc

/// What the place that text goes to can show.
package struct Terminal: Sendable, Equatable {
    /// Whether a person watches: only then are lines drawn over.
    package var isInteractive: Bool
    package var hasColor: Bool
    package var hasUnicode: Bool
    /// Columns of a line.
    package var width: Int

    package init(isInteractive: Bool, hasColor: Bool, hasUnicode: Bool, width: Int) {
        self.isInteractive = isInteractive
        self.hasColor = hasColor
        self.hasUnicode = hasUnicode
        self.width = width
    }

    /// Plain text without colours, as files want it.
    package static let plain = Terminal(
        isInteractive: false,
        hasColor: false,
        hasUnicode: true,
        width: 96
    )

    /// What the environment says: `NO_COLOR` (when not empty), `TERM=dumb`, `COLUMNS`, and the locale.
    ///
    /// - Parameters:
    ///   - isTerminal: whether the stream is a terminal.
    ///   - environment: the process's environment.
    package init(isTerminal: Bool, environment: [String: String]) {
        let isDumb = environment["TERM"] == "dumb" || environment["TERM"] == ""
        let wantsNoColor = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].lazy
            .compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let encoding = locale.uppercased()
        isInteractive = isTerminal && !isDumb
        hasColor = isTerminal && !isDumb && !wantsNoColor
        hasUnicode = encoding.contains("UTF-8") || encoding.contains("UTF8")
        let columns = environment["COLUMNS"].flatMap(Int.init) ?? 80
        width = min(max(columns, 20), 500)
    }

    /// Whether standard error is a terminal.
    package static var standardErrorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether standard output is a terminal.
    package static var standardOutputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// How a text stands out.
    package enum Style: Int, Sendable {
        case bold = 1
        case dim = 2
        case red = 31
        case green = 32
        case yellow = 33
        case blue = 34
        case cyan = 36
    }

    /// The text in a style, or as it is where there are no colours.
    package func styled(_ text: String, _ style: Style) -> String {
        hasColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
