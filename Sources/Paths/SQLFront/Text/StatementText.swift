package import Failures

/// One statement of a script as text, for an engine that reads SQL itself.
///
/// Parts of it can be exchanged; everything else stays as it was written.
package struct StatementText: Sendable {
    package enum Kind: Sendable, Hashable {
        case createTable(name: String)
        case insert
        case query
        case explain
        /// SET with its key.
        case set(key: String)
        case other
    }

    package let kind: Kind
    package let position: SourcePosition
    private let scalars: [Unicode.Scalar]
    /// Tokens with the place of their first scalar.
    private let tokens: [(token: Token, start: Int)]

    /// The statements of a script that has no failures, in order.
    package static func all(of script: String) -> [StatementText] {
        let tokens = Lexer.tokens(of: script, source: "").tokens
        let scalars = Array(script.unicodeScalars)
        var lineStarts = [0]
        for (index, scalar) in scalars.enumerated() where scalar == "\n" {
            lineStarts.append(index + 1)
        }
        var statements: [StatementText] = []
        var current: [(token: Token, start: Int)] = []
        for token in tokens {
            let start =
                token.kind == .end
                ? scalars.count : lineStarts[token.position.line - 1] + token.position.column - 1
            guard token.kind == .end || (token.kind == .symbol && token.text == ";") else {
                current.append((token, start))
                continue
            }
            if let first = current.first {
                let text = Array(scalars[first.start..<start])
                let moved = current.map { ($0.token, $0.start - first.start) }
                statements.append(StatementText(text, moved))
            }
            current = []
        }
        return statements
    }

    private init(_ scalars: [Unicode.Scalar], _ tokens: [(token: Token, start: Int)]) {
        self.scalars = scalars
        self.tokens = tokens
        position = tokens[0].token.position
        func isTable(_ index: Int) -> Bool {
            tokens.count > index && tokens[index].token.upper == "TABLE"
        }
        switch tokens[0].token.upper {
        case "CREATE" where isTable(1) || isTable(2):
            var name = isTable(1) ? 2 : 3
            if name + 3 < tokens.count, tokens[name].token.upper == "IF" { name += 3 }
            kind = .createTable(name: name < tokens.count ? tokens[name].token.text : "")
        case "INSERT": kind = .insert
        case "EXPLAIN": kind = .explain
        case "SET": kind = .set(key: tokens.count > 1 ? tokens[1].token.text : "")
        case "SELECT", "WITH", "VALUES", "": kind = .query
        default: kind = .other
        }
    }

    /// The statement without its semicolon.
    package var text: String { Self.text(scalars[...]) }

    /// The options of a CREATE TABLE, as pairs of key and value.
    package var options: [(key: String, value: String)] {
        guard let range = optionTokens else { return [] }
        var pairs: [(key: String, value: String)] = []
        for index in range where index + 2 < range.upperBound + 1 {
            let sign = tokens[index + 1].token
            guard sign.kind == .symbol, sign.text == "=" else { continue }
            pairs.append((tokens[index].token.text, tokens[index + 2].token.text))
        }
        return pairs
    }

    /// A CREATE TABLE with another value of the option `path`.
    package func replacingPath(_ path: String) -> String {
        guard let range = optionTokens,
            let key = range.first(where: { tokens[$0].token.text == "path" }),
            key + 2 < tokens.count
        else { return text }
        let value = tokens[key + 2].start
        let end = key + 3 < tokens.count ? tokens[key + 3].start : scalars.count
        return Self.text(scalars[..<value]) + SQLText.literal(path) + " "
            + Self.text(scalars[end...])
    }

    /// An INSERT into another table.
    package func replacingTarget(_ name: String) -> String {
        guard let into = tokens.firstIndex(where: { $0.token.upper == "INTO" }),
            into + 2 < tokens.count
        else { return text }
        let end = tokens[into + 2].start
        return Self.text(scalars[..<tokens[into + 1].start]) + SQLText.name(name) + " "
            + Self.text(scalars[end...])
    }

    /// The tokens between the parentheses behind WITH.
    private var optionTokens: Range<Int>? {
        var depth = 0
        for (index, item) in tokens.enumerated() {
            if item.token.kind == .symbol {
                if item.token.text == "(" { depth += 1 }
                if item.token.text == ")" { depth -= 1 }
            }
            guard depth == 0, item.token.upper == "WITH", index + 2 < tokens.count else { continue }
            return index + 2..<tokens.count - 1
        }
        return nil
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}

/// Pieces of SQL, quoted.
package enum SQLText {
    /// `` `name` ``.
    package static func name(_ name: String) -> String { quoted(name, "`") }

    /// `'text'`.
    package static func literal(_ text: String) -> String { quoted(text, "'") }

    private static func quoted(_ text: String, _ quote: Character) -> String {
        "\(quote)" + text.flatMap { $0 == quote ? [$0, $0] : [$0] } + "\(quote)"
    }
}
