extension Command {
    /// The command line in one line: `cutover stream run FILE [options]`.
    package func usage(path: [String]) -> String {
        let label = path.joined(separator: " ")
        guard subcommands.isEmpty else { return "\(label) COMMAND" }
        let required = options.filter(\.isRequired).map(\.usage)
        return ([label] + positionals.map(\.usage) + required + ["[options]"]).joined(
            separator: " "
        )
    }

    /// The whole help of a command, at most 96 columns wide, ending with a line end.
    package func helpText(path: [String]) -> String {
        var text = "\(path.joined(separator: " ")): \(summary)\n\nUsage: \(usage(path: path))\n"
        for paragraph in discussion.split(separator: "\n\n") {
            text += "\n" + Self.wrapped(String(paragraph), indentation: 0) + "\n"
        }
        text += Self.section("Commands", subcommands.map { ($0.name, $0.summary) })
        text += Self.section("Arguments", positionals.map { ($0.name, $0.summary) })
        text += Self.section("Options", options.map(Self.row))
        text += Self.section("Options of every command", Command.globalOptions.map(Self.row))
        guard !examples.isEmpty else { return text }
        text += "\nExamples:\n"
        for example in examples { text += "  \(example.line)\n      \(example.meaning)\n" }
        return text
    }

    private static func row(_ option: Option) -> (String, String) {
        var summary = option.summary
        if let standard = option.standard { summary += " (default \(standard))" }
        if option.isRepeatable { summary += "; may be repeated" }
        let letter = option.letter.map { "-\($0), " } ?? ""
        return (letter + option.usage, summary)
    }

    private static func section(_ title: String, _ rows: [(String, String)]) -> String {
        guard !rows.isEmpty else { return "" }
        let width = min(rows.map(\.0.count).max() ?? 0, 28)
        var text = "\n\(title):\n"
        for (name, summary) in rows {
            let isLong = name.count > width
            let padding = String(repeating: " ", count: isLong ? width + 4 : width - name.count + 2)
            text += "  \(name)" + (isLong ? "\n" : "") + padding
            text += wrapped(summary, indentation: width + 4) + "\n"
        }
        return text
    }

    /// Breaks lines at spaces so that none passes column 96; all but the first are indented.
    private static func wrapped(_ text: String, indentation: Int) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            if !line.isEmpty, indentation + line.count + 1 + word.count > 96 {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        lines.append(line)
        return lines.joined(separator: "\n" + String(repeating: " ", count: indentation))
    }
}
