internal import Columns
internal import Failures

extension Parser {
    /// A source of FROM with its joins.
    mutating func parseRelation() throws(Failure) -> RelationSyntax {
        var left = try parseRelationTerm()
        while let kind = try parseJoinKind() {
            let right = try parseRelationTerm()
            let join = JoinSyntax(
                kind: kind.kind,
                condition: try parseJoinCondition(kind.kind),
                position: kind.position
            )
            let height = max(left.height, right.height)
            guard height < ScriptLimits.nesting else { throw tooDeep(at: kind.position) }
            left = RelationSyntax(
                kind: .join(left, join, right),
                alias: nil,
                columnAliases: [],
                position: left.position,
                height: height + 1
            )
        }
        return left
    }

    private mutating func parseJoinKind() throws(Failure)
        -> (kind: JoinSyntax.Kind, position: SourcePosition)?
    {
        let start = current.position
        if acceptKeyword("JOIN") { return (.inner, start) }
        if isKeyword("NATURAL") {
            throw .notYet("NATURAL JOIN", remedy: "name the columns with USING (…)", at: start)
        }
        let kinds: [(String, JoinSyntax.Kind)] = [
            ("INNER", .inner), ("LEFT", .left), ("RIGHT", .right), ("FULL", .full),
            ("CROSS", .cross),
        ]
        for (keyword, kind) in kinds where acceptKeyword(keyword) {
            if kind == .left || kind == .right || kind == .full { _ = acceptKeyword("OUTER") }
            if !acceptKeyword("JOIN") {
                throw expected("JOIN", keywords: ["JOIN", "OUTER"])
            }
            return (kind, start)
        }
        return nil
    }

    private mutating func parseJoinCondition(
        _ kind: JoinSyntax.Kind
    ) throws(Failure) -> JoinSyntax.Condition {
        if kind == .cross { return .none }
        if acceptKeyword("ON") { return .on(try parseExpression()) }
        if acceptKeyword("USING") { return .using(try parseNameList("a column of both sides")) }
        throw expected("ON or USING", keywords: ["ON", "USING"])
    }

    private mutating func parseRelationTerm() throws(Failure) -> RelationSyntax {
        try enter()
        defer { depth -= 1 }
        let start = current.position
        let kind = try parseRelationKind()
        if isKeyword("FOR"), lookahead(1).upper == "SYSTEM_TIME" {
            throw .notYet(
                "FOR SYSTEM_TIME AS OF",
                remedy: "join the table as it is",
                at: current.position
            )
        }
        if isKeyword("MATCH_RECOGNIZE") || isKeyword("PIVOT") || isKeyword("TABLESAMPLE") {
            throw .notYet(current.upper, remedy: "write a plain query", at: current.position)
        }
        var alias: Identifier?
        var columns: [Identifier] = []
        if acceptKeyword("AS") {
            alias = try parseIdentifier("an alias")
        } else if current.kind == .quoted
            || (current.kind == .word && !Keywords.reserved.contains(current.upper)
                && current.upper != "MINUS" && !isMistypedJoin)
        {
            alias = try parseIdentifier("an alias")
        }
        if alias != nil, isSymbol("(") { columns = try parseNameList("a column's name") }
        return RelationSyntax(
            kind: kind,
            alias: alias,
            columnAliases: columns,
            position: start,
            height: 1
        )
    }

    /// Whether the next word is a clause with a typing error: a name follows it.
    private var isMistypedJoin: Bool {
        let next = lookahead(1)
        let isName =
            (next.kind == .word && !Keywords.reserved.contains(next.upper)) || next.kind == .quoted
            || next.kind == .number || next.upper == "BY"
        return isName && nearestName(to: current.upper, among: Keywords.clauses) != nil
    }

    private mutating func parseRelationKind() throws(Failure) -> RelationSyntax.Kind {
        let start = current.position
        if isKeyword("LATERAL") || isKeyword("UNNEST") {
            throw .notYet(current.upper, remedy: "use columns of simple types", at: start)
        }
        if isKeyword("TABLE") {
            advance()
            guard accept("(") else { return .name([try parseObjectName("a table's name")]) }
            let function = try parseTableFunction()
            try expect(")")
            return .windows(function)
        }
        if accept("(") {
            let query = try parseQuery()
            try expect(")")
            return .query(query)
        }
        if TableFunctionSyntax.Kind(rawValue: current.upper) != nil, lookahead(1).text == "(" {
            return .windows(try parseTableFunction())
        }
        return .name([try parseObjectName("a table, a view or a query in parentheses")])
    }

    // MARK: Window table functions

    private mutating func parseTableFunction() throws(Failure) -> TableFunctionSyntax {
        let start = current.position
        guard let kind = TableFunctionSyntax.Kind(rawValue: current.upper) else {
            throw .request(
                "BIND_FUNCTION",
                "there is no table function \(current.text)",
                remedy: nearestName(
                    to: current.upper,
                    among: ["TUMBLE", "HOP", "CUMULATE", "SESSION"]
                ).map { "did you mean \($0)?" }
                    ?? "there are TUMBLE, HOP, CUMULATE and SESSION",
                at: start
            )
        }
        advance()
        try expect("(")
        var arguments = TableFunctionArguments(kind: kind, position: start)
        repeat { try parseTableFunctionArgument(into: &arguments) } while accept(",")
        try expect(")")
        return try arguments.function()
    }

    private mutating func parseTableFunctionArgument(
        into arguments: inout TableFunctionArguments
    ) throws(Failure) {
        let start = current.position
        var name: String?
        if lookahead(1).kind == .symbol, lookahead(1).text == "=>" {
            name = current.upper
            advance()
            advance()
        }
        if isKeyword("TABLE") || isSymbol("(") {
            let input = try parseTableArgument()
            try arguments.setInput(input.relation, input.partition, name: name, at: start)
        } else if isKeyword("DESCRIPTOR") {
            advance()
            try expect("(")
            let column = try parseIdentifier("the time column")
            try expect(")")
            try arguments.setTime(column, name: name, at: start)
        } else {
            try arguments.add(try parseExpression(), name: name, at: start)
        }
    }

    /// `TABLE name [PARTITION BY …]` or a query in parentheses.
    private mutating func parseTableArgument() throws(Failure)
        -> (relation: RelationSyntax, partition: [Identifier])
    {
        let start = current.position
        let kind: RelationSyntax.Kind
        if acceptKeyword("TABLE") {
            kind = .name([try parseObjectName("a table's name")])
        } else {
            try expect("(")
            kind = .query(try parseQuery())
            try expect(")")
        }
        var partition: [Identifier] = []
        if acceptKeyword("PARTITION") {
            try expectKeyword("BY")
            if isSymbol("(") {
                partition = try parseNameList("a column's name")
            } else {
                // A comma also ends the table argument: a name goes on the list only if another argument follows.
                partition.append(try parseIdentifier("a column's name"))
                while isSymbol(","), lookahead(1).upper != "DESCRIPTOR",
                    lookahead(1).kind == .word || lookahead(1).kind == .quoted,
                    lookahead(2).text == "," || lookahead(2).text == ")"
                {
                    advance()
                    partition.append(try parseIdentifier("a column's name"))
                }
            }
        }
        let relation = RelationSyntax(
            kind: kind,
            alias: nil,
            columnAliases: [],
            position: start,
            height: 1
        )
        return (relation, partition)
    }
}
