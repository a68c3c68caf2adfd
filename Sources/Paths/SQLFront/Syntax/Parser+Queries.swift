internal import Columns
internal import Failures

extension Parser {
    mutating func parseQuery() throws(Failure) -> QuerySyntax {
        try enter()
        defer { depth -= 1 }
        let start = current.position
        let common = try parseCommonTables()
        var query = QuerySyntax(
            common: common,
            body: try parseSetOperations(),
            order: [],
            limit: nil,
            offset: 0,
            limitPosition: nil,
            emit: nil,
            emitPosition: nil,
            position: start
        )
        if isKeyword("ORDER") { query.order = try parseOrder() }
        try parseLimits(into: &query)
        if isKeyword("EMIT") {
            query.emitPosition = current.position
            advance()
            if acceptKeyword("FINAL") {
                query.emit = .final
            } else if acceptKeyword("CHANGES") {
                query.emit = .changes
            } else {
                throw expected("FINAL or CHANGES", keywords: ["FINAL", "CHANGES"])
            }
        }
        return query
    }

    private mutating func parseCommonTables() throws(Failure) -> [QuerySyntax.CommonTable] {
        guard acceptKeyword("WITH") else { return [] }
        if isKeyword("RECURSIVE") {
            throw .notYet("WITH RECURSIVE", remedy: "write the levels out", at: current.position)
        }
        var common: [QuerySyntax.CommonTable] = []
        repeat {
            let name = try parseIdentifier("the name of a common table")
            let columns = isSymbol("(") ? try parseNameList("a column's name") : []
            try expectKeyword("AS")
            try expect("(")
            let query = try parseQuery()
            try expect(")")
            common.append(.init(name: name, columns: columns, query: query))
        } while accept(",")
        return common
    }

    /// LIMIT, OFFSET and FETCH in the orders that engines accept.
    private mutating func parseLimits(into query: inout QuerySyntax) throws(Failure) {
        while true {
            let start = current.position
            if acceptKeyword("LIMIT") {
                if !acceptKeyword("ALL") {
                    query.limit = try parseCount("the number of rows to keep")
                }
            } else if acceptKeyword("OFFSET") {
                query.offset = try parseCount("the number of rows to skip")
                if !acceptKeyword("ROWS") { _ = acceptKeyword("ROW") }
            } else if acceptKeyword("FETCH") {
                if !acceptKeyword("FIRST") { try expectKeyword("NEXT") }
                query.limit =
                    isKeyword("ROW") || isKeyword("ROWS")
                    ? 1 : try parseCount("the number of rows to keep")
                if !acceptKeyword("ROWS") { try expectKeyword("ROW") }
                try expectKeyword("ONLY")
            } else {
                return
            }
            query.limitPosition = query.limitPosition ?? start
        }
    }

    // MARK: Set operations

    /// UNION and EXCEPT from left to right; INTERSECT binds stronger.
    private mutating func parseSetOperations() throws(Failure) -> QuerySyntax.Body {
        var left = try parseIntersections()
        var count = 0
        while true {
            let start = current.position
            let operation: QuerySyntax.SetOperator
            if acceptKeyword("UNION") {
                operation = acceptKeyword("ALL") ? .unionAll : .union
                if operation == .union { _ = acceptKeyword("DISTINCT") }
            } else if acceptKeyword("EXCEPT") || acceptKeyword("MINUS") {
                try refuseAll("EXCEPT ALL")
                operation = .except
            } else {
                return left
            }
            count += 1
            if count >= ScriptLimits.nesting { throw tooDeep(at: start) }
            left = .operation(operation, left, try parseIntersections(), start)
        }
    }

    private mutating func parseIntersections() throws(Failure) -> QuerySyntax.Body {
        var left = try parseQueryTerm()
        var count = 0
        while true {
            let start = current.position
            guard acceptKeyword("INTERSECT") else { return left }
            try refuseAll("INTERSECT ALL")
            count += 1
            if count >= ScriptLimits.nesting { throw tooDeep(at: start) }
            left = .operation(.intersect, left, try parseQueryTerm(), start)
        }
    }

    private mutating func refuseAll(_ construct: String) throws(Failure) {
        if isKeyword("ALL") {
            throw .notYet(construct, remedy: "leave ALL out", at: current.position)
        }
        _ = acceptKeyword("DISTINCT")
    }

    private mutating func parseQueryTerm() throws(Failure) -> QuerySyntax.Body {
        if isKeyword("SELECT") { return .select(try parseSelect()) }
        let start = current.position
        if acceptKeyword("VALUES") { return .values(try parseRows(), start) }
        if accept("(") {
            let query = try parseQuery()
            try expect(")")
            return .nested(query)
        }
        throw expected("SELECT or VALUES", keywords: ["SELECT", "VALUES", "WITH"])
    }

    private mutating func parseRows() throws(Failure) -> [[ExpressionSyntax]] {
        var rows: [[ExpressionSyntax]] = []
        repeat {
            if isKeyword("ROW"), lookahead(1).text == "(" { advance() }
            guard accept("(") else {
                rows.append([try parseExpression()])
                continue
            }
            var row = [try parseExpression()]
            while accept(",") { row.append(try parseExpression()) }
            try expect(")")
            rows.append(row)
        } while accept(",")
        return rows
    }

    // MARK: SELECT

    private mutating func parseSelect() throws(Failure) -> SelectSyntax {
        let start = current.position
        try expectKeyword("SELECT")
        let isDistinct = acceptKeyword("DISTINCT")
        if !isDistinct { _ = acceptKeyword("ALL") }
        var select = SelectSyntax(
            isDistinct: isDistinct,
            items: try parseItems(),
            from: [],
            position: start
        )
        if acceptKeyword("FROM") {
            select.from.append(try parseRelation())
            while accept(",") { select.from.append(try parseRelation()) }
        }
        if acceptKeyword("WHERE") { select.filter = try parseExpression() }
        if acceptKeyword("GROUP") {
            try expectKeyword("BY")
            select.groups = try parseGroups()
        }
        while true {
            if acceptKeyword("HAVING") {
                select.having = try parseExpression()
            } else if isKeyword("WINDOW") {
                select.window = try parseWindowClause()
            } else {
                break
            }
        }
        if acceptKeyword("QUALIFY") { select.qualify = try parseExpression() }
        try refuseStrayWord()
        return select
    }

    /// A word where a clause should begin is most often a mistyped clause.
    private func refuseStrayWord() throws(Failure) {
        guard current.kind == .word, !Keywords.reserved.contains(current.upper),
            !["MINUS"].contains(current.upper)
        else { return }
        throw expected(
            "a clause such as WHERE, GROUP BY or ORDER BY, or the end of the query",
            keywords: Keywords.clauses
        )
    }

    private mutating func parseItems() throws(Failure) -> [SelectSyntax.Item] {
        var items: [SelectSyntax.Item] = []
        repeat {
            if isKeyword("FROM") || current.kind == .end || isSymbol(";") {
                throw expected("a column or an expression")
            }
            let expression = try parseExpression()
            items.append(.init(expression: expression, alias: try parseAlias()))
        } while accept(",")
        guard items.count <= ScriptLimits.columns else {
            throw .request(
                "PARSE_LIMIT",
                "the query has \(items.count) items",
                remedy: "queries have at most \(ScriptLimits.columns) columns",
                at: items[ScriptLimits.columns].expression.position
            )
        }
        return items
    }

    /// `[AS] name`.
    private mutating func parseAlias() throws(Failure) -> Identifier? {
        if acceptKeyword("AS") { return try parseIdentifier("a name after AS") }
        let isName =
            current.kind == .quoted
            || (current.kind == .word && !Keywords.reserved.contains(current.upper)
                && !isMistypedClause)
        return isName ? try parseIdentifier() : nil
    }

    /// Whether the word looks like a clause with a typing error rather than like an alias: something that
    /// cannot follow an alias comes next.
    private var isMistypedClause: Bool {
        guard ["MINUS"].contains(current.upper) == false else { return true }
        let next = lookahead(1)
        let follows =
            next.kind == .end || (next.kind == .symbol && ",;)".contains(next.text))
            || (next.kind == .word && Keywords.reserved.contains(next.upper))
        guard !follows else { return false }
        return nearestName(to: current.upper, among: Keywords.clauses) != nil
    }

    private mutating func parseGroups() throws(Failure) -> [ExpressionSyntax] {
        var groups: [ExpressionSyntax] = []
        repeat {
            let token = current
            let isGrouping =
                (token.upper == "GROUPING" && lookahead(1).upper == "SETS")
                || (["ROLLUP", "CUBE"].contains(token.upper) && lookahead(1).text == "(")
            if isGrouping || (isSymbol("(") && lookahead(1).text == ")") {
                throw .notYet(
                    "GROUPING SETS, ROLLUP and CUBE",
                    remedy: "write one query for each grouping and combine them with UNION ALL",
                    at: token.position
                )
            }
            groups.append(try parseExpression())
        } while accept(",")
        return groups
    }

    private mutating func parseWindowClause() throws(Failure) -> WindowClauseSyntax {
        try expectKeyword("WINDOW")
        let start = current.position
        if lookahead(1).upper == "AS" {
            throw .notYet(
                "a named window",
                remedy: "write OVER (PARTITION BY … ORDER BY …) at the function",
                at: start
            )
        }
        let kinds: [String: TableFunctionSyntax.Kind] = [
            "TUMBLING": .tumble, "TUMBLE": .tumble, "SLIDING": .hop, "HOPPING": .hop, "HOP": .hop,
            "SESSION": .session, "CUMULATE": .cumulate,
        ]
        guard let kind = kinds[current.upper] else {
            throw expected(
                "TUMBLING, SLIDING, HOPPING, SESSION or CUMULATE",
                keywords: kinds.keys.sorted()
            )
        }
        advance()
        try expect("(")
        var clause = WindowClauseSyntax(
            kind: kind,
            timeColumn: nil,
            durations: [],
            position: start
        )
        repeat {
            let argument = try parseExpression()
            if case .name(let parts) = argument.kind, clause.durations.isEmpty,
                clause.timeColumn == nil
            {
                clause.timeColumn = parts
            } else {
                clause.durations.append(argument)
            }
        } while accept(",")
        try expect(")")
        return clause
    }
}
