/// Lengths side by side: one labelled horizontal bar a line, all drawn from zero to one scale.
package struct BarChart: Sendable {
    package struct Bar: Sendable {
        package var label: String
        /// What the bar's length shows; nothing is drawn for negative numbers and NaN.
        package var value: Double
        /// What stands behind the bar.
        package var text: String

        package init(_ label: String, _ value: Double, _ text: String) {
            self.label = label
            self.value = value
            self.text = text
        }
    }

    package var bars: [Bar]

    package init(_ bars: [Bar]) { self.bars = bars }

    /// The chart's lines, each with its line end and no wider than the terminal.
    package func text(on terminal: Terminal = .plain) -> String {
        let labels = bars.map { TerminalText.cut(TerminalText.withoutControls($0.label), to: 32) }
        let labelWidth = labels.map(TerminalText.width).max() ?? 0
        let textWidth = bars.map { TerminalText.width($0.text) }.max() ?? 0
        let room = max(4, min(60, terminal.width - labelWidth - textWidth - 4))
        let values = bars.map { $0.value.isFinite ? max(0, $0.value) : 0 }
        let longest = values.max() ?? 0
        return bars.indices.map { index in
            let share = longest > 0 ? values[index] / longest : 0
            let bar = Self.bar(share, columns: room, isUnicode: terminal.hasUnicode)
            let label = TerminalText.padded(labels[index], to: labelWidth)
            let drawn = bar.isEmpty ? "" : terminal.styled(bar, .cyan) + " "
            return "\(label)  \(drawn)\(bars[index].text)\n"
        }
        .joined()
    }

    /// A bar of `share` (0...1) of `columns`; eighths of a column where the terminal has them.
    static func bar(_ share: Double, columns: Int, isUnicode: Bool) -> String {
        let eighths = Int((share * Double(columns) * 8).rounded())
        // What is not nothing is at least visible.
        let shown = share > 0 ? max(eighths, 1) : 0
        guard isUnicode else { return String(repeating: "#", count: (shown + 7) / 8) }
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: shown / 8) + parts[shown % 8]
    }
}
