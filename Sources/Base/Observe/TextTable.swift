/// A table for people: a header, a rule, and rows in columns; numbers stand to the right.
package struct TextTable: Sendable {
    package enum Alignment: Sendable {
        case left
        case right
    }

    package struct Column: Sendable {
        package var title: String
        package var alignment: Alignment

        package static func text(_ title: String) -> Column {
            Column(title: title, alignment: .left)
        }
        package static func number(_ title: String) -> Column {
            Column(title: title, alignment: .right)
        }
    }

    package let columns: [Column]
    package private(set) var rows: [[String]] = []
    /// Columns that one cell may take; longer texts are cut.
    private let cellLimit: Int

    package init(_ columns: [Column], cellLimit: Int = 60) {
        self.columns = columns
        self.cellLimit = cellLimit
    }

    /// Adds a row with a cell for each column; control characters are made visible.
    package mutating func append(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row has a cell for each column")
        rows.append(cells.map { TerminalText.cut(TerminalText.withoutControls($0), to: cellLimit) })
    }

    /// The table's lines, each with its line end; bold titles where the terminal has styles.
    package func text(on terminal: Terminal = .plain) -> String {
        let titles = columns.map { TerminalText.cut($0.title, to: cellLimit) }
        let widths = columns.indices.map { column in
            rows.reduce(TerminalText.width(titles[column])) {
                max($0, TerminalText.width($1[column]))
            }
        }
        let rule = terminal.hasUnicode ? "─" : "-"
        let rules = widths.map { String(repeating: rule, count: $0) }
        var text = terminal.styled(line(titles, widths), .bold) + "\n"
        text += terminal.styled(line(rules, widths), .dim) + "\n"
        for row in rows { text += line(row, widths) + "\n" }
        return text
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = cells.indices.map { column in
            TerminalText.padded(
                cells[column],
                to: widths[column],
                right: columns[column].alignment == .right
            )
        }
        var line = padded.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }
}
