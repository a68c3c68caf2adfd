internal import Units

/// Decides when a long piece of work shows how far it is, and with which text.
///
/// A pure machine: it gets counts and the time since the start, and returns the text to write to standard
/// error, or nil. Nothing is shown within the first second, and at most ten times a second after it;
/// where nobody watches, a plain line every ten seconds, or nothing.
package struct ProgressMachine: Sendable {
    /// How progress is shown.
    package enum Style: Sendable, Equatable {
        /// One line, drawn over again and again.
        case bar
        /// A line from time to time.
        case lines
        case silent
    }

    private let title: String
    private let noun: String
    /// How much there is to do; nil where nobody knows.
    package var total: Int?
    private let style: Style
    private let terminal: Terminal
    private var shownAt: Duration?
    private var isDrawn = false

    private static let firstShow = Duration.seconds(1)
    private static let barInterval = Duration.milliseconds(100)
    private static let lineInterval = Duration.seconds(10)

    /// Progress of `title` in `noun`s (`rows`), in a style that suits the terminal unless one is given.
    package init(
        _ title: String,
        noun: String,
        total: Int? = nil,
        on terminal: Terminal,
        style: Style? = nil
    ) {
        self.title = TerminalText.withoutControls(title)
        self.noun = noun
        self.total = total
        self.terminal = terminal
        self.style = style ?? (terminal.isInteractive ? .bar : .silent)
    }

    /// Takes how much is done, and gives what to write now.
    package mutating func update(done: Int, elapsed: Duration) -> String? {
        guard style != .silent, elapsed >= Self.firstShow else { return nil }
        let interval = style == .bar ? Self.barInterval : Self.lineInterval
        if let shownAt, elapsed - shownAt < interval { return nil }
        shownAt = elapsed
        let text = TerminalText.cut(status(done, elapsed), to: terminal.width - 1)
        guard style == .bar else { return text + "\n" }
        isDrawn = true
        return "\r\(text)\u{1B}[K"
    }

    /// What wipes the line out, so that the result can be written; nil where nothing was drawn.
    package mutating func finish() -> String? {
        defer { isDrawn = false }
        return isDrawn ? "\r\u{1B}[K" : nil
    }

    private func status(_ done: Int, _ elapsed: Duration) -> String {
        var pieces = [title]
        if let total, total > 0 {
            let share = min(1, max(0, Double(done) / Double(total)))
            if style == .bar { pieces.append(bar(share)) }
            pieces.append("\(Int(share * 100))%")
            pieces.append("\(NumberText.grouped(done)) of \(NumberText.grouped(total)) \(noun)")
        } else {
            pieces.append("\(NumberText.grouped(done)) \(noun)")
        }
        pieces.append(NumberText.rate(done, noun, per: elapsed))
        if let left = remainingSeconds(done, elapsed) {
            let text = left < 100 ? "\(left) s" : Duration.seconds(left).roundedText
            pieces.append("\(text) left")
        }
        return pieces.joined(separator: "  ")
    }

    private func bar(_ share: Double) -> String {
        let columns = 20
        let drawn = BarChart.bar(share, columns: columns, isUnicode: terminal.hasUnicode)
        return "[" + TerminalText.padded(drawn, to: columns) + "]"
    }

    /// The time left at the speed so far, in whole seconds.
    private func remainingSeconds(_ done: Int, _ elapsed: Duration) -> Int? {
        guard let total, done > 0, done < total else { return nil }
        let seconds = elapsed.inSeconds / Double(done) * Double(total - done)
        return seconds < 1e9 ? Int(seconds.rounded(.up)) : nil
    }
}
