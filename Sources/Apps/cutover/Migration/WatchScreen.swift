internal import Assembly
internal import Failures
internal import JSON
internal import Observe

/// Shows a migration as it changes: on a terminal by drawing over, elsewhere line by line.
final class WatchScreen {
    private let console: Console
    private let asJSON: Bool
    private var shown: [String] = []
    private var last: StatusView?

    /// Events below the view.
    private static let eventCount = 5

    init(_ console: Console, asJSON: Bool) {
        self.console = console
        self.asJSON = asJSON
    }

    func show(_ view: StatusView) throws(Failure) {
        defer { last = view }
        if asJSON {
            if view != last { try console.write(view.json) }
        } else if console.outputTerminal.isInteractive {
            try draw(view)
        } else if view.headline != last?.headline {
            try console.write(lines: [view.headline])
        }
    }

    private func draw(_ view: StatusView) throws(Failure) {
        let terminal = console.outputTerminal
        let lines = (view.lines + view.eventLines(Self.eventCount)).map {
            TerminalText.cut(TerminalText.withoutControls($0), to: terminal.width - 1)
        }
        guard lines != shown else { return }
        var text = shown.isEmpty ? "" : "\u{1B}[\(shown.count)A"
        for (index, line) in lines.enumerated() {
            text += "\r\u{1B}[2K" + (index == 0 ? terminal.styled(line, .bold) : line) + "\n"
        }
        // Lines of a longer view before this one.
        text += "\u{1B}[J"
        shown = lines
        try console.write(text)
    }
}
