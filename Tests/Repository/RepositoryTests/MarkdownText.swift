/// What the document tests ask of a Markdown file.
struct MarkdownText {
    struct Link: Sendable {
        var line: Int
        var target: String
    }

    struct Command: Sendable {
        var line: Int
        /// The words before a comment, a pipe, a redirection or the next command.
        var words: [String]
    }

    /// Links outside code.
    private(set) var links: [Link] = []
    /// Command lines in `console`, `sh` and `bash` blocks: with `$ ` before them in `console`.
    private(set) var commands: [Command] = []
    /// Anchors that headings make, as the common renderers build them.
    private(set) var anchors: Set<String> = []

    init(_ file: SourceFile) {
        var fence: Substring?
        for line in file.lines {
            if line.text.hasPrefix("```") {
                fence = fence == nil ? line.text.dropFirst(3) : nil
            } else if let language = fence {
                readCode(line.text, language, line.number)
            } else {
                readProse(line.text, line.number)
            }
        }
    }

    private mutating func readCode(_ line: Substring, _ language: Substring, _ number: Int) {
        var text = line
        switch language {
        case "console":
            guard text.hasPrefix("$ ") else { return }
            text = text.dropFirst(2)
        case "sh", "bash": break
        default: return
        }
        for part in text.prefix(while: { $0 != "#" }).split(separator: /[;|&]+/) {
            let words = part.split(separator: " ").map(String.init)
            if !words.isEmpty { commands.append(Command(line: number, words: words)) }
        }
    }

    private mutating func readProse(_ line: Substring, _ number: Int) {
        if line.hasPrefix("#") {
            let title = line.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
            let kept = title.filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }
            anchors.insert(String(kept.map { $0 == " " ? "-" : $0 }))
        }
        let prose = line.replacing(/`[^`]*`/, with: "")
        for match in prose.matches(of: /\]\(([^)\s]+)\)/) {
            links.append(Link(line: number, target: String(match.output.1)))
        }
    }
}
