internal import Columns
internal import Failures

extension Parser {
    /// A literal, a name, a call, or an expression in parentheses.
    mutating func parsePrimary() throws(Failure) -> ExpressionSyntax {
        let token = current
        switch token.kind {
        case .number: return try leaf(.number(token.text))
        case .string: return try leaf(.string(token.text))
        case .bytes: return try leaf(.bytes(token.text))
        case .duration: return try parseDuration()
        case .quoted: return try parseName()
        case .word: return try parseWord(token)
        case .symbol where token.text == "(": return try parseParenthesized()
        case .symbol where token.text == "*": return try leaf(.star(nil))
        case .symbol, .end: throw expected("an expression")
        }
    }

    private mutating func leaf(_ kind: ExpressionSyntax.Kind) throws(Failure) -> ExpressionSyntax {
        let position = current.position
        advance()
        return try node(kind, at: position)
    }

    private mutating func parseDuration() throws(Failure) -> ExpressionSyntax {
        guard let microseconds = DurationUnit.microseconds(of: current.text) else {
            throw .request(
                "PARSE_LITERAL",
                "the duration \(current.text) does not fit",
                remedy: "durations are kept in microseconds, in 64 bits",
                at: current.position
            )
        }
        return try leaf(.duration(microseconds))
    }

    private mutating func parseParenthesized() throws(Failure) -> ExpressionSyntax {
        let start = current.position
        try expect("(")
        if isKeyword("SELECT") || isKeyword("WITH") {
            throw .notYet(
                "a subquery as a value",
                remedy: "join the subquery, or use IN (SELECT …)",
                at: start
            )
        }
        var inner = try parseExpression()
        if isSymbol(",") {
            throw .notYet("a row of values", remedy: "compare column by column", at: start)
        }
        try expect(")")
        inner.position = start
        return inner
    }

    // MARK: Words

    private mutating func parseWord(_ token: Token) throws(Failure) -> ExpressionSyntax {
        let opens = lookahead(1).kind == .symbol && lookahead(1).text == "("
        switch token.upper {
        case "TRUE": return try leaf(.boolean(true))
        case "FALSE": return try leaf(.boolean(false))
        case "NULL": return try leaf(.null)
        case "CASE": return try parseCase()
        case "CAST", "TRY_CAST": return try parseCast()
        case "INTERVAL": return try parseInterval()
        case "DATE", "TIME", "TIMESTAMP":
            if lookahead(1).kind == .string { return try parseTemporalLiteral(token) }
        case "EXISTS" where opens:
            throw .notYet("EXISTS", remedy: "use IN (SELECT …) or a join", at: token.position)
        case "ARRAY", "MAP":
            if lookahead(1).text == "[" {
                throw .notYet(
                    "\(token.upper)[…]",
                    remedy: "use columns of simple types",
                    at: token.position
                )
            }
        case "ROW" where opens:
            throw .notYet("ROW(…)", remedy: "select the columns one by one", at: token.position)
        default: break
        }
        if opens, !Keywords.reserved.contains(token.upper) || Self.callable.contains(token.upper) {
            return try parseCall()
        }
        return try parseName()
    }

    /// Reserved words that are also functions.
    private static let callable: Set<String> = ["LEFT", "RIGHT"]

    private mutating func parseName() throws(Failure) -> ExpressionSyntax {
        let start = current.position
        var parts = [try parseIdentifier("an expression")]
        while isSymbol(".") {
            advance()
            if isSymbol("*"), parts.count == 1 {
                advance()
                return try node(.star(parts[0]), at: start)
            }
            parts.append(try parseIdentifier("a column's name"))
        }
        if isSymbol("[") {
            throw .notYet("subscripts", remedy: "use columns of simple types", at: start)
        }
        if parts.count == 1, isSymbol("("), parts[0].isQuoted { return try parseCall(parts[0]) }
        return try node(.name(parts), at: start)
    }

    private mutating func parseTemporalLiteral(_ token: Token) throws(Failure) -> ExpressionSyntax {
        guard let kind = ExpressionSyntax.TemporalKind(rawValue: token.upper) else {
            throw expected("DATE, TIME or TIMESTAMP")
        }
        advance()
        let text = current.text
        advance()
        return try node(.temporal(kind, text), at: token.position)
    }

    /// `INTERVAL [-]'n' unit [TO unit]`; a number without quotes is accepted too.
    private mutating func parseInterval() throws(Failure) -> ExpressionSyntax {
        let start = current.position
        try expectKeyword("INTERVAL")
        let isNegative = accept("-")
        guard current.kind == .string || current.kind == .number else {
            throw expected("the amount in quotes, as in INTERVAL '1' HOUR")
        }
        let text = current.text
        advance()
        let (from, to) = try parseIntervalUnits()
        let interval = IntervalSyntax(
            text: text,
            isNegative: isNegative,
            field: from,
            from: from.unit,
            to: to?.unit
        )
        return try node(.interval(interval), at: start)
    }

    // MARK: CASE and CAST

    private mutating func parseCase() throws(Failure) -> ExpressionSyntax {
        let start = current.position
        try expectKeyword("CASE")
        var height = 0
        var operand: ExpressionSyntax?
        if !isKeyword("WHEN") {
            let parsed = try parseExpression()
            height = parsed.height
            operand = parsed
        }
        var branches: [BranchSyntax] = []
        while acceptKeyword("WHEN") {
            let condition = try parseExpression()
            try expectKeyword("THEN")
            let result = try parseExpression()
            height = max(height, condition.height, result.height)
            branches.append(BranchSyntax(condition: condition, result: result))
        }
        guard !branches.isEmpty else { throw expected("WHEN", keywords: ["WHEN"]) }
        var otherwise: ExpressionSyntax?
        if acceptKeyword("ELSE") {
            let parsed = try parseExpression()
            height = max(height, parsed.height)
            otherwise = parsed
        }
        guard acceptKeyword("END") else {
            throw expected("WHEN, ELSE or END", keywords: ["WHEN", "ELSE", "END"])
        }
        return try node(
            .choice(operand: operand, branches, otherwise: otherwise),
            at: start,
            height: height
        )
    }

    private mutating func parseCast() throws(Failure) -> ExpressionSyntax {
        let start = current.position
        let isTry = isKeyword("TRY_CAST")
        advance()
        try expect("(")
        let operand = try parseExpression()
        try expectKeyword("AS")
        let type = try parseType()
        try expect(")")
        return try node(.cast(operand, type, isTry: isTry), at: start, over: operand)
    }
}
