internal import Failures

/// Recursive descent over the tokens of a script.
///
/// A bad statement costs one failure: the parser goes on behind its `;`. Depth is counted, so no text
/// overflows the stack.
struct Parser {
    var tokens: [Token]
    var index = 0
    var depth = 0
    private(set) var failures: [Failure] = []

    /// The statements that could be read and everything that could not, by position.
    static func parse(
        _ text: String,
        source: String
    ) -> (statements: [StatementSyntax], failures: [Failure]) {
        guard text.utf8.count <= ScriptLimits.scriptBytes else {
            let failure = Failure.request(
                "PARSE_LIMIT",
                "the script has \(text.utf8.count) bytes",
                remedy: "scripts have at most \(ScriptLimits.scriptBytes) bytes; split it",
                at: SourcePosition(source: source, line: 1, column: 1)
            )
            return ([], [failure])
        }
        let (tokens, lexical) = Lexer.tokens(of: text, source: source)
        var parser = Parser(tokens: tokens)
        let statements = parser.parseScript(limit: ScriptLimits.errors - lexical.count)
        // What could not be read explains the parser's trouble behind it in the same statement.
        let ends = tokens.filter { $0.kind == .symbol && $0.text == ";" }.map(\.position)
        let parsed = parser.failures.filter { failure in
            !lexical.contains { cause in
                let hasEnd = ends.contains { cause.place < $0 && $0 < failure.place }
                return cause.place.line == failure.place.line
                    || (cause.place < failure.place && !hasEnd)
            }
        }
        let failures = (lexical + parsed).sorted { $0.place < $1.place }
        return (statements, Array(failures.prefix(ScriptLimits.errors)))
    }

    private init(tokens: [Token]) {
        self.tokens = tokens
    }

    private mutating func parseScript(limit: Int) -> [StatementSyntax] {
        var statements: [StatementSyntax] = []
        var count = 0
        while failures.count < limit {
            while accept(";") {}
            if current.kind == .end { break }
            count += 1
            do throws(Failure) {
                guard count <= ScriptLimits.statements else { throw tooManyStatements() }
                let statement = try parseStatement()
                guard current.kind == .end || isSymbol(";") else {
                    throw expected("\";\" or the end of the statement")
                }
                statements.append(statement)
            } catch {
                failures.append(error)
                if count > ScriptLimits.statements { break }
                recover()
            }
        }
        return statements
    }

    private func tooManyStatements() -> Failure {
        .request(
            "PARSE_LIMIT",
            "the script has more than \(ScriptLimits.statements) statements",
            remedy: "split it into several scripts",
            at: current.position
        )
    }

    /// Goes behind the next `;`, or behind the END of a statement set.
    private mutating func recover() {
        depth = 0
        while current.kind != .end, !isSymbol(";") { index += 1 }
    }

    // MARK: Tokens

    var current: Token { tokens[index] }

    func lookahead(_ distance: Int) -> Token {
        tokens[min(index + distance, tokens.count - 1)]
    }

    mutating func advance() {
        if index < tokens.count - 1 { index += 1 }
    }

    func isSymbol(_ symbol: String) -> Bool {
        current.kind == .symbol && current.text == symbol
    }

    func isKeyword(_ keyword: String) -> Bool { current.upper == keyword }

    /// Takes the symbol if it is next.
    mutating func accept(_ symbol: String) -> Bool {
        guard isSymbol(symbol) else { return false }
        advance()
        return true
    }

    /// Takes the keyword, or all of the keywords in a row, if they are next.
    mutating func acceptKeyword(_ keywords: String...) -> Bool {
        for (distance, keyword) in keywords.enumerated()
        where lookahead(distance).upper != keyword {
            return false
        }
        for _ in keywords { advance() }
        return true
    }

    mutating func expect(_ symbol: String) throws(Failure) {
        if !accept(symbol) { throw expected("\"\(symbol)\"") }
    }

    mutating func expectKeyword(_ keyword: String) throws(Failure) {
        if !acceptKeyword(keyword) { throw expected(keyword, keywords: [keyword]) }
    }

    /// A failure at the current token, with the nearest of the keywords that could stand here.
    func expected(_ what: String, keywords: [String] = []) -> Failure {
        var remedy = "expected \(what)"
        if current.kind == .word, let near = nearestName(to: current.upper, among: keywords),
            near != current.upper
        {
            remedy += "; did you mean \(near)?"
        }
        return .request(
            "PARSE_EXPECTED",
            "found \(current.description)",
            remedy: remedy,
            at: current.position
        )
    }

    // MARK: Shared pieces

    /// A bare or quoted name; reserved words need quotes.
    mutating func parseIdentifier(_ what: String = "a name") throws(Failure) -> Identifier {
        let token = current
        switch token.kind {
        case .quoted where !token.text.isEmpty:
            advance()
            return Identifier(text: token.text, position: token.position, isQuoted: true)
        case .word where !Keywords.reserved.contains(token.upper):
            advance()
            return Identifier(text: token.text, position: token.position)
        case .word:
            throw .request(
                "PARSE_EXPECTED",
                "found the keyword \(token.upper)",
                remedy: "expected \(what); quote it as `\(token.text)` if it is a name",
                at: token.position
            )
        default:
            throw expected(what)
        }
    }

    /// `(a, b, …)`, at least one.
    mutating func parseNameList(_ what: String) throws(Failure) -> [Identifier] {
        try expect("(")
        var names = [try parseIdentifier(what)]
        while accept(",") { names.append(try parseIdentifier(what)) }
        try expect(")")
        return names
    }

    /// A non-negative integer literal.
    mutating func parseCount(_ what: String) throws(Failure) -> Int64 {
        guard current.kind == .number, let count = Int64(current.text) else {
            throw expected("\(what), a whole number")
        }
        advance()
        return count
    }

    /// Enters one level of nesting.
    mutating func enter() throws(Failure) {
        depth += 1
        if depth > ScriptLimits.nesting { throw tooDeep(at: current.position) }
    }

    func tooDeep(at position: SourcePosition) -> Failure {
        .request(
            "PARSE_DEPTH",
            "the statement nests more than \(ScriptLimits.nesting) levels deep here",
            remedy: "name inner parts with CREATE VIEW or WITH, or shorten the chain of operators",
            at: position
        )
    }
}

extension Failure {
    /// Whether a text, a quoted name or a comment never ends.
    var isUnterminated: Bool { code == "PARSE_UNTERMINATED" }

    /// Where a script's failure stands, for sorting.
    var place: SourcePosition {
        if case .text(let position)? = position { return position }
        return SourcePosition(line: 0, column: 0)
    }
}
