internal import Columns
internal import Failures

/// How strongly operators bind, weakest first.
private enum Precedence: Int {
    case or = 1
    case and, not, isTest, comparison, additive, multiplicative, unary
}

extension Parser {
    /// A whole expression.
    mutating func parseExpression() throws(Failure) -> ExpressionSyntax {
        try parseExpression(above: 0)
    }

    /// An expression that ends before IN, BETWEEN, AND and comparisons.
    mutating func parseOperandBeforeIn() throws(Failure) -> ExpressionSyntax {
        try parseExpression(above: Precedence.comparison.rawValue)
    }

    /// Precedence climbing: one call per level of nesting, a loop along a chain of operators.
    private mutating func parseExpression(above floor: Int) throws(Failure) -> ExpressionSyntax {
        try enter()
        defer { depth -= 1 }
        var left = try parsePrefix()
        while let next = try parseOperator(after: left, above: floor) { left = next }
        return left
    }

    private mutating func parsePrefix() throws(Failure) -> ExpressionSyntax {
        let start = current.position
        if acceptKeyword("NOT") {
            let operand = try parseExpression(above: Precedence.not.rawValue - 1)
            return try node(.unary(.not, operand), at: start, over: operand)
        }
        if accept("-") {
            let operand = try parseExpression(above: Precedence.multiplicative.rawValue)
            return try node(.unary(.minus, operand), at: start, over: operand)
        }
        if accept("+") {
            let operand = try parseExpression(above: Precedence.multiplicative.rawValue)
            return try node(.unary(.plus, operand), at: start, over: operand)
        }
        return try parsePrimary()
    }

    /// The expression that the next operator makes of `left`; nil where none binds above `floor`.
    private mutating func parseOperator(
        after left: ExpressionSyntax,
        above floor: Int
    ) throws(Failure) -> ExpressionSyntax? {
        let token = current
        if token.kind == .symbol {
            guard let binary = BinaryOperator(rawValue: token.text) else { return nil }
            let precedence = Self.precedence(of: binary).rawValue
            guard precedence > floor else { return nil }
            advance()
            let right = try parseExpression(above: precedence)
            return try node(.binary(binary, left, right), at: left.position, over: left, right)
        }
        guard token.kind == .word else { return nil }
        switch token.upper {
        case "OR" where Precedence.or.rawValue > floor:
            return try parseTerms(after: left, "OR", above: Precedence.or)
        case "AND" where Precedence.and.rawValue > floor:
            return try parseTerms(after: left, "AND", above: Precedence.and)
        case "IS" where Precedence.isTest.rawValue > floor:
            return try parseIsTest(after: left)
        case "IN", "BETWEEN", "LIKE", "SIMILAR", "NOT":
            guard Precedence.comparison.rawValue > floor else { return nil }
            return try parseWordComparison(after: left)
        default:
            return nil
        }
    }

    private static func precedence(of binary: BinaryOperator) -> Precedence {
        switch binary {
        case .add, .subtract: .additive
        case .multiply, .divide, .modulo, .concat: .multiplicative
        default: .comparison
        }
    }

    /// A chain of ANDs or ORs as one node, however long.
    private mutating func parseTerms(
        after left: ExpressionSyntax,
        _ keyword: String,
        above precedence: Precedence
    ) throws(Failure) -> ExpressionSyntax {
        var terms = [left]
        while acceptKeyword(keyword) {
            terms.append(try parseExpression(above: precedence.rawValue))
        }
        let height = terms.reduce(0) { max($0, $1.height) }
        return try node(
            .logical(isAnd: precedence == .and, terms),
            at: left.position,
            height: height
        )
    }

    // MARK: Comparisons by words

    private mutating func parseIsTest(
        after left: ExpressionSyntax
    ) throws(Failure) -> ExpressionSyntax {
        try expectKeyword("IS")
        let isNegated = acceptKeyword("NOT")
        if acceptKeyword("DISTINCT", "FROM") {
            let right = try parseExpression(above: Precedence.comparison.rawValue)
            return try node(
                .isDistinct(left, right, isNegated: isNegated),
                at: left.position,
                over: left,
                right
            )
        }
        let tests: [(String, ExpressionSyntax.IsTest)] = [
            ("NULL", .null), ("TRUE", .isTrue), ("FALSE", .isFalse), ("UNKNOWN", .null),
        ]
        for (keyword, test) in tests where acceptKeyword(keyword) {
            return try node(
                .isTest(left, test, isNegated: isNegated),
                at: left.position,
                over: left
            )
        }
        throw expected(
            "NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM",
            keywords: ["NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT", "NOT"]
        )
    }

    private mutating func parseWordComparison(
        after left: ExpressionSyntax
    ) throws(Failure) -> ExpressionSyntax? {
        let isNegated = isKeyword("NOT")
        if isNegated {
            guard ["IN", "BETWEEN", "LIKE", "SIMILAR"].contains(lookahead(1).upper) else {
                return nil
            }
            advance()
        }
        if acceptKeyword("IN") { return try parseMembership(of: left, isNegated: isNegated) }
        if acceptKeyword("BETWEEN") { return try parseBetween(left, isNegated: isNegated) }
        if acceptKeyword("LIKE") { return try parseLike(left, isNegated: isNegated) }
        throw .notYet(
            "SIMILAR TO",
            remedy: "use LIKE or REGEXP(text, pattern)",
            at: current.position
        )
    }

    private mutating func parseLike(
        _ left: ExpressionSyntax,
        isNegated: Bool
    ) throws(Failure) -> ExpressionSyntax {
        let pattern = try parseExpression(above: Precedence.comparison.rawValue)
        var escape: ExpressionSyntax?
        if acceptKeyword("ESCAPE") {
            escape = try parseExpression(above: Precedence.comparison.rawValue)
        }
        return try node(
            .like(left, pattern: pattern, escape: escape, isNegated: isNegated),
            at: left.position,
            over: left,
            pattern
        )
    }

    private mutating func parseBetween(
        _ left: ExpressionSyntax,
        isNegated: Bool
    ) throws(Failure) -> ExpressionSyntax {
        let isSymmetric = acceptKeyword("SYMMETRIC")
        if !isSymmetric { _ = acceptKeyword("ASYMMETRIC") }
        let lower = try parseExpression(above: Precedence.comparison.rawValue)
        try expectKeyword("AND")
        let upper = try parseExpression(above: Precedence.comparison.rawValue)
        return try node(
            .between(
                left,
                lower: lower,
                upper: upper,
                isNegated: isNegated,
                isSymmetric: isSymmetric
            ),
            at: left.position,
            height: max(left.height, lower.height, upper.height)
        )
    }

    private mutating func parseMembership(
        of left: ExpressionSyntax,
        isNegated: Bool
    ) throws(Failure) -> ExpressionSyntax {
        let start = current.position
        try expect("(")
        if isKeyword("SELECT") || isKeyword("WITH") || isKeyword("VALUES") {
            let query = try parseQuery()
            try expect(")")
            return try node(
                .inQuery(left, query, isNegated: isNegated),
                at: left.position,
                over: left
            )
        }
        var values = [try parseExpression()]
        while accept(",") { values.append(try parseExpression()) }
        try expect(")")
        guard values.count <= ScriptLimits.listValues else {
            throw .request(
                "PARSE_LIMIT",
                "the IN list has \(values.count) values",
                remedy: "lists have at most \(ScriptLimits.listValues); use IN (SELECT …)",
                at: start
            )
        }
        return try node(
            .inList(left, values, isNegated: isNegated),
            at: left.position,
            height: values.reduce(left.height) { max($0, $1.height) }
        )
    }

    // MARK: Nodes

    func node(
        _ kind: ExpressionSyntax.Kind,
        at position: SourcePosition,
        over children: ExpressionSyntax...
    ) throws(Failure) -> ExpressionSyntax {
        try node(kind, at: position, height: children.reduce(0) { max($0, $1.height) })
    }

    /// A node over children of at most `height` levels.
    func node(
        _ kind: ExpressionSyntax.Kind,
        at position: SourcePosition,
        height: Int
    ) throws(Failure) -> ExpressionSyntax {
        guard height < ScriptLimits.nesting else { throw tooDeep(at: position) }
        return ExpressionSyntax(kind: kind, position: position, height: height + 1)
    }
}
