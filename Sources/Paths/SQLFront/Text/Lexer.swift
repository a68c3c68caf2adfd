internal import Failures

/// Cuts a script into tokens; every text gives tokens ending in `.end`, and a failure for each bad piece.
struct Lexer {
    private let scalars: [Unicode.Scalar]
    private let source: String
    private var index = 0
    private var line = 1
    private var column = 1
    private(set) var tokens: [Token] = []
    private(set) var failures: [Failure] = []

    init(_ text: String, source: String) {
        self.scalars = Array(text.unicodeScalars)
        self.source = source
    }

    /// The tokens of a script and what could not be read, in order.
    static func tokens(of text: String, source: String) -> (tokens: [Token], failures: [Failure]) {
        var lexer = Lexer(text, source: source)
        lexer.run()
        return (lexer.tokens, lexer.failures)
    }

    private mutating func run() {
        while failures.count < ScriptLimits.errors {
            skipBlanks()
            guard let first = peek() else { break }
            readToken(first)
        }
        tokens.append(Token(.end, "", at: position))
    }

    private mutating func readToken(_ first: Unicode.Scalar) {
        switch first {
        case "'": readQuoted("'", as: .string)
        case "`": readQuoted("`", as: .quoted)
        case "\"": readQuoted("\"", as: .quoted)
        case "0"..."9": readNumber()
        case "." where peek(1).map(Self.isDigit) == true: readNumber()
        case "x", "X":
            if peek(1) == "'" { readBytes() } else { readWord() }
        default:
            if Self.beginsWord(first) { readWord() } else { readSymbol(first) }
        }
    }

    // MARK: Words and symbols

    private mutating func readWord() {
        let start = position
        var text = ""
        while let next = peek(), Self.continuesWord(next) {
            text.unicodeScalars.append(next)
            advance()
        }
        checkName(text, at: start)
        tokens.append(Token(.word, text, at: start))
    }

    private mutating func readSymbol(_ first: Unicode.Scalar) {
        let start = position
        let pair = String(first) + (peek(1).map { String($0) } ?? "")
        if ["<>", "<=", ">=", "!=", "||", "=>"].contains(pair) {
            advance(2)
            tokens.append(Token(.symbol, pair, at: start))
            return
        }
        advance()
        if "(),;.*/+-%=<>[]".unicodeScalars.contains(first) {
            tokens.append(Token(.symbol, String(first), at: start))
            return
        }
        let code = String(first.value, radix: 16, uppercase: true)
        fail(
            "PARSE_TOKEN",
            "the character \"\(first)\" (U+\(code)) begins no word, number or symbol of SQL",
            remedy: "remove it, or write it inside quotes",
            at: start
        )
    }

    private mutating func checkName(_ text: String, at start: SourcePosition) {
        guard text.utf8.count > ScriptLimits.nameBytes else { return }
        fail(
            "PARSE_LIMIT",
            "the name \"\(text.prefix(20))…\" has \(text.utf8.count) bytes",
            remedy: "names have at most \(ScriptLimits.nameBytes) bytes",
            at: start
        )
    }

    // MARK: Quotes

    private mutating func readQuoted(_ quote: Unicode.Scalar, as kind: Token.Kind) {
        let start = position
        advance()
        var text = ""
        while let next = peek() {
            advance()
            if next != quote {
                text.unicodeScalars.append(next)
            } else if peek() == quote {
                text.unicodeScalars.append(quote)
                advance()
            } else {
                if kind == .quoted { checkName(text, at: start) }
                tokens.append(Token(kind, text, at: start))
                return
            }
        }
        unterminated(kind == .string ? "text" : "quoted name", closing: String(quote), at: start)
    }

    private mutating func readBytes() {
        let start = position
        advance()
        readQuoted("'", as: .bytes)
        guard let last = tokens.last, last.kind == .bytes else { return }
        tokens[tokens.count - 1].position = start
        let isHexadecimal = last.text.unicodeScalars.allSatisfy { $0.properties.isASCIIHexDigit }
        if !isHexadecimal || last.text.utf8.count % 2 != 0 {
            fail(
                "PARSE_LITERAL",
                "X'\(last.text.prefix(40))' is not an even number of hexadecimal digits",
                remedy: "write two digits for each byte, as in X'0aff'",
                at: start
            )
        }
    }

    private mutating func unterminated(
        _ what: String,
        closing: String,
        at start: SourcePosition
    ) {
        fail(
            "PARSE_UNTERMINATED",
            "the \(what) that begins here never ends",
            remedy: "close it with \(closing)",
            at: start
        )
    }

    // MARK: Numbers

    private mutating func readNumber() {
        let start = position
        var text = readDigits()
        var isInteger = true
        if peek() == ".", peek(1) != "." {
            isInteger = false
            advance()
            text += "." + readDigits()
        }
        if let exponent = peek(), exponent == "e" || exponent == "E", exponentFollows {
            isInteger = false
            text += "e"
            advance()
            if let sign = peek(), sign == "+" || sign == "-" {
                text.unicodeScalars.append(sign)
                advance()
            }
            text += readDigits()
        }
        finishNumber(text, isInteger: isInteger, at: start)
    }

    /// Whether the `e` at the index is followed by digits, with an optional sign.
    private var exponentFollows: Bool {
        if let next = peek(1), next == "+" || next == "-" {
            return peek(2).map(Self.isDigit) == true
        }
        return peek(1).map(Self.isDigit) == true
    }

    private mutating func finishNumber(_ text: String, isInteger: Bool, at start: SourcePosition) {
        var suffix = ""
        while let next = peek(), Self.continuesWord(next) {
            suffix.unicodeScalars.append(next)
            advance()
        }
        if suffix.isEmpty {
            tokens.append(Token(.number, text, at: start))
        } else if isInteger, DurationUnit(suffix: suffix) != nil {
            tokens.append(Token(.duration, text + suffix.lowercased(), at: start))
        } else {
            fail(
                "PARSE_LITERAL",
                "\"\(text)\(suffix.prefix(20))\" is neither a number nor a name",
                remedy: "put a space after the number, or quote the name with `…`",
                at: start
            )
        }
    }

    private mutating func readDigits() -> String {
        var digits = ""
        while let next = peek(), Self.isDigit(next) {
            digits.unicodeScalars.append(next)
            advance()
        }
        return digits
    }

    // MARK: Blanks

    private mutating func skipBlanks() {
        while let next = peek() {
            if next.properties.isWhitespace || next == "\u{FEFF}" {
                advance()
            } else if next == "-", peek(1) == "-" {
                while let comment = peek(), comment != "\n" { advance() }
            } else if next == "/", peek(1) == "*" {
                skipBlockComment()
            } else {
                return
            }
        }
    }

    private mutating func skipBlockComment() {
        let start = position
        advance(2)
        while let next = peek() {
            if next == "*", peek(1) == "/" {
                advance(2)
                return
            }
            advance()
        }
        unterminated("comment", closing: "*/", at: start)
    }

    // MARK: Characters

    private var position: SourcePosition {
        SourcePosition(source: source, line: line, column: column)
    }

    private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        index + distance < scalars.count ? scalars[index + distance] : nil
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count {
            if scalars[index] == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
            index += 1
        }
    }

    private mutating func fail(
        _ code: String,
        _ problem: String,
        remedy: String,
        at position: SourcePosition
    ) {
        failures.append(.request(code, problem, remedy: remedy, at: position))
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar)
    }

    private static func beginsWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "$" || scalar.properties.isAlphabetic
    }

    private static func continuesWord(_ scalar: Unicode.Scalar) -> Bool {
        beginsWord(scalar) || isDigit(scalar) || scalar.properties.isIDContinue
    }
}

extension Failure {
    /// A failure of the script at a place in it.
    static func request(
        _ code: String,
        _ problem: String,
        remedy: String,
        at position: SourcePosition
    ) -> Failure {
        Failure(code, blame: .request, problem, remedy: remedy, at: .text(position))
    }

    /// A construct that stream SQL describes and this version does not run.
    static func notYet(_ construct: String, remedy: String, at position: SourcePosition) -> Failure
    {
        .request(
            "PLAN_NOT_YET",
            "\(construct) is not available in this version",
            remedy: remedy,
            at: position
        )
    }
}
