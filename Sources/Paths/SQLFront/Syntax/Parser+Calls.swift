internal import Columns
internal import Failures

extension Parser {
    /// A call of a function, with the forms that have keywords between their arguments.
    mutating func parseCall() throws(Failure) -> ExpressionSyntax {
        let name = Identifier(text: current.text, position: current.position)
        advance()
        return try parseCall(name)
    }

    mutating func parseCall(_ name: Identifier) throws(Failure) -> ExpressionSyntax {
        try expect("(")
        var call = CallSyntax(name: name, arguments: [])
        switch name.text.uppercased() {
        case "EXTRACT": try parseExtract(into: &call)
        case "TRIM": try parseTrim(into: &call)
        case "SUBSTRING", "SUBSTR": try parseSeparated(by: ["FROM", "FOR"], into: &call)
        case "OVERLAY": try parseSeparated(by: ["PLACING", "FROM", "FOR"], into: &call)
        case "POSITION": try parsePosition(into: &call)
        case "CEIL", "CEILING", "FLOOR": try parseRounding(into: &call)
        case "TIMESTAMPADD", "TIMESTAMPDIFF":
            call.arguments.append(try parseUnit())
            try expect(",")
            try parseArguments(into: &call)
        default: try parseArguments(into: &call)
        }
        try expect(")")
        try parseCallSuffix(of: &call)
        var height = call.arguments.reduce(0) { max($0, $1.height) }
        height = max(height, call.filter?.height ?? 0)
        for inner in (call.over?.partition ?? []) { height = max(height, inner.height) }
        for inner in (call.over?.order ?? []) { height = max(height, inner.expression.height) }
        return try node(.call(call), at: name.position, height: height)
    }

    private mutating func parseArguments(into call: inout CallSyntax) throws(Failure) {
        if isSymbol(")") { return }
        if acceptKeyword("DISTINCT") { call.isDistinct = true } else { _ = acceptKeyword("ALL") }
        repeat {
            if lookahead(1).kind == .symbol, lookahead(1).text == "=>" {
                throw .notYet(
                    "named arguments of \(call.name.text)",
                    remedy: "give the arguments by position",
                    at: current.position
                )
            }
            call.arguments.append(try parseExpression())
        } while accept(",")
    }

    /// A unit of time as an argument.
    private mutating func parseUnit() throws(Failure) -> ExpressionSyntax {
        guard current.kind == .word || current.kind == .string,
            let unit = TimeUnit(word: current.text.uppercased())
        else {
            throw expected(
                "a unit of time: \(TimeUnit.allCases.map(\.rawValue).joined(separator: ", "))",
                keywords: TimeUnit.allCases.map(\.rawValue)
            )
        }
        let position = current.position
        advance()
        return try node(.unit(unit), at: position)
    }

    private mutating func parseExtract(into call: inout CallSyntax) throws(Failure) {
        call.arguments.append(try parseUnit())
        try expectKeyword("FROM")
        call.arguments.append(try parseExpression())
    }

    /// `TRIM([LEADING|TRAILING|BOTH] [characters] FROM text)` or `TRIM(text)`: becomes the function
    /// with (text[, characters]).
    private mutating func parseTrim(into call: inout CallSyntax) throws(Failure) {
        let names = ["LEADING": "LTRIM", "TRAILING": "RTRIM", "BOTH": "TRIM"]
        let side = lookahead(1).text == ")" || lookahead(1).text == "," ? nil : names[current.upper]
        if let side {
            call.name.text = side
            advance()
            if acceptKeyword("FROM") {
                call.arguments.append(try parseExpression())
                return
            }
        }
        let first = try parseExpression()
        if acceptKeyword("FROM") {
            call.arguments = [try parseExpression(), first]
        } else if side != nil {
            throw expected("FROM", keywords: ["FROM"])
        } else {
            call.arguments = [first]
            while accept(",") { call.arguments.append(try parseExpression()) }
        }
    }

    /// Arguments separated by commas, or by the given keywords in order.
    private mutating func parseSeparated(
        by keywords: [String],
        into call: inout CallSyntax
    ) throws(Failure) {
        call.arguments.append(try parseExpression())
        if accept(",") {
            try parseArguments(into: &call)
            return
        }
        for keyword in keywords where acceptKeyword(keyword) {
            call.arguments.append(try parseExpression())
        }
        if call.arguments.count == 1 {
            throw expected("\",\" or \(keywords[0])", keywords: keywords)
        }
    }

    /// `POSITION(needle IN text)`.
    private mutating func parsePosition(into call: inout CallSyntax) throws(Failure) {
        // `IN` would be read as the comparison: only what binds stronger may stand before it.
        call.arguments.append(try parseOperandBeforeIn())
        if acceptKeyword("IN") {
            call.arguments.append(try parseExpression())
        } else {
            try expect(",")
            try parseArguments(into: &call)
        }
    }

    /// `CEIL(x)`, `FLOOR(x TO unit)`.
    private mutating func parseRounding(into call: inout CallSyntax) throws(Failure) {
        call.arguments.append(try parseExpression())
        if acceptKeyword("TO") { call.arguments.append(try parseUnit()) }
    }

    // MARK: After the arguments

    private mutating func parseCallSuffix(of call: inout CallSyntax) throws(Failure) {
        if isKeyword("WITHIN"), lookahead(1).upper == "GROUP" {
            throw .notYet(
                "WITHIN GROUP",
                remedy: "leave it out: values come in arrival order",
                at: current.position
            )
        }
        if isKeyword("RESPECT") || isKeyword("IGNORE"), lookahead(1).upper == "NULLS" {
            throw .notYet(
                "\(current.upper) NULLS",
                remedy: "filter NULLs with a FILTER or a WHERE",
                at: current.position
            )
        }
        if isKeyword("FILTER"), lookahead(1).text == "(" {
            advance()
            try expect("(")
            try expectKeyword("WHERE")
            call.filter = try parseExpression()
            try expect(")")
        }
        if isKeyword("OVER") { call.over = try parseOver() }
    }

    private mutating func parseOver() throws(Failure) -> OverSyntax {
        let start = current.position
        try expectKeyword("OVER")
        guard isSymbol("(") else {
            throw .notYet(
                "OVER with a named window",
                remedy: "write OVER (PARTITION BY … ORDER BY …)",
                at: start
            )
        }
        try expect("(")
        var over = OverSyntax(partition: [], order: [], frame: nil, position: start)
        if acceptKeyword("PARTITION") {
            try expectKeyword("BY")
            over.partition.append(try parseExpression())
            while accept(",") { over.partition.append(try parseExpression()) }
        }
        if isKeyword("ORDER") { over.order = try parseOrder() }
        if isKeyword("ROWS") || isKeyword("RANGE") { over.frame = try parseFrame() }
        guard accept(")") else {
            throw expected(
                "PARTITION BY, ORDER BY, ROWS, RANGE or \")\"",
                keywords: ["PARTITION", "ORDER", "ROWS", "RANGE"]
            )
        }
        return over
    }

    private mutating func parseFrame() throws(Failure) -> FrameSyntax {
        let start = current.position
        if isKeyword("ROWS"), lookahead(1).upper == "WINDOW" {
            throw .notYet(
                "ROWS WINDOW BUFFER",
                remedy: "write ROWS BETWEEN n PRECEDING AND CURRENT ROW",
                at: start
            )
        }
        let isRange = isKeyword("RANGE")
        advance()
        if acceptKeyword("BETWEEN") {
            let lower = try parseBound()
            try expectKeyword("AND")
            let upper = try parseBound()
            return FrameSyntax(isRange: isRange, lower: lower, upper: upper, position: start)
        }
        let lower = try parseBound()
        return FrameSyntax(isRange: isRange, lower: lower, upper: .currentRow, position: start)
    }

    private mutating func parseBound() throws(Failure) -> FrameSyntax.Bound {
        if acceptKeyword("CURRENT", "ROW") { return .currentRow }
        if acceptKeyword("UNBOUNDED", "PRECEDING") { return .unboundedPreceding }
        if acceptKeyword("UNBOUNDED", "FOLLOWING") { return .unboundedFollowing }
        let distance = try parseOperandBeforeIn()
        if acceptKeyword("PRECEDING") { return .preceding(distance) }
        if acceptKeyword("FOLLOWING") { return .following(distance) }
        throw expected("PRECEDING or FOLLOWING", keywords: ["PRECEDING", "FOLLOWING"])
    }

    /// `ORDER BY e [ASC|DESC] [NULLS FIRST|LAST], …`.
    mutating func parseOrder() throws(Failure) -> [OrderSyntax] {
        try expectKeyword("ORDER")
        try expectKeyword("BY")
        var order: [OrderSyntax] = []
        repeat {
            let expression = try parseExpression()
            let isDescending = acceptKeyword("DESC")
            if !isDescending { _ = acceptKeyword("ASC") }
            var nullsFirst: Bool?
            if acceptKeyword("NULLS", "FIRST") {
                nullsFirst = true
            } else if acceptKeyword("NULLS", "LAST") {
                nullsFirst = false
            }
            order.append(
                OrderSyntax(
                    expression: expression,
                    isDescending: isDescending,
                    nullsFirst: nullsFirst
                )
            )
        } while accept(",")
        return order
    }
}
