internal import Columns
internal import Failures

extension Parser {
    mutating func parseStatement() throws(Failure) -> StatementSyntax {
        depth = 0
        let start = current.position
        if acceptKeyword("CREATE") { return try parseCreate(at: start) }
        if acceptKeyword("INSERT") { return try parseInsert(at: start) }
        if acceptKeyword("EXPLAIN") { return try parseExplain(at: start) }
        if acceptKeyword("SET") { return .set(try parseOption()) }
        if acceptKeyword("RESET") { return try parseReset(at: start) }
        if acceptKeyword("DROP") { return try parseDrop(at: start) }
        if isKeyword("SELECT") || isKeyword("WITH") || isKeyword("VALUES") || isSymbol("(") {
            return .select(try parseQuery())
        }
        if Keywords.laterStatements.contains(current.upper) { throw laterStatement() }
        throw expected("a statement", keywords: Keywords.statements)
    }

    /// Refuses a statement of a later version, and leaves a statement set behind its END.
    private mutating func laterStatement() -> Failure {
        let token = current
        let isSet = token.upper == "EXECUTE" || token.upper == "BEGIN"
        if isSet {
            while current.kind != .end, !(isKeyword("END") && lookahead(1).kind != .word) {
                advance()
            }
        }
        return .notYet(
            isSet ? "EXECUTE STATEMENT SET" : "\(token.upper)",
            remedy: isSet
                ? "write the INSERTs one after another: they run as jobs of one script"
                : "use CREATE, INSERT, SELECT, EXPLAIN, SET, RESET and DROP",
            at: token.position
        )
    }

    // MARK: CREATE

    private mutating func parseCreate(at start: SourcePosition) throws(Failure) -> StatementSyntax {
        if isKeyword("OR") {
            throw .notYet("CREATE OR REPLACE", remedy: "DROP it first", at: start)
        }
        let isTemporary = acceptKeyword("TEMPORARY")
        if acceptKeyword("TABLE") { return .createTable(try parseCreateTable(at: start)) }
        if acceptKeyword("VIEW") { return .createView(try parseCreateView(at: start)) }
        if !isTemporary || isKeyword("FUNCTION") || isKeyword("SYSTEM"),
            ["FUNCTION", "SYSTEM", "CATALOG", "DATABASE", "MODEL", "MATERIALIZED"]
                .contains(current.upper)
        {
            throw .notYet(
                "CREATE \(current.upper)",
                remedy: "declare tables and views only",
                at: start
            )
        }
        throw expected("TABLE or VIEW", keywords: ["TABLE", "VIEW", "TEMPORARY"])
    }

    private mutating func parseCreateView(at start: SourcePosition) throws(Failure)
        -> CreateViewSyntax
    {
        let ifNotExists = acceptKeyword("IF", "NOT", "EXISTS")
        let name = try parseObjectName("the view's name")
        let columns = isSymbol("(") ? try parseNameList("a column's name") : []
        if acceptKeyword("COMMENT") { _ = try parseText("the comment") }
        try expectKeyword("AS")
        return CreateViewSyntax(
            name: name,
            ifNotExists: ifNotExists,
            columns: columns,
            query: try parseQuery(),
            position: start
        )
    }

    private mutating func parseCreateTable(at start: SourcePosition) throws(Failure)
        -> CreateTableSyntax
    {
        let ifNotExists = acceptKeyword("IF", "NOT", "EXISTS")
        var table = CreateTableSyntax(
            name: try parseObjectName("the table's name"),
            ifNotExists: ifNotExists,
            columns: [],
            primaryKey: [],
            watermark: nil,
            partitionedBy: [],
            options: [],
            position: start
        )
        if isSymbol("(") { try parseTableElements(into: &table) }
        if acceptKeyword("COMMENT") { _ = try parseText("the comment") }
        if acceptKeyword("PARTITIONED") {
            try expectKeyword("BY")
            table.partitionedBy = try parseNameList("a column's name")
        }
        if isKeyword("DISTRIBUTED") {
            throw .notYet("DISTRIBUTED BY", remedy: "remove it", at: current.position)
        }
        if acceptKeyword("WITH") { table.options = try parseOptions() }
        if isKeyword("LIKE") || isKeyword("AS") {
            throw .notYet(
                "CREATE TABLE … \(current.upper)",
                remedy: "write the columns and the options",
                at: current.position
            )
        }
        return table
    }

    private mutating func parseTableElements(
        into table: inout CreateTableSyntax
    ) throws(Failure) {
        try expect("(")
        repeat {
            try parseTableElement(into: &table)
        } while accept(",")
        if !accept(")") {
            throw expected("\",\" or \")\"", keywords: ["NOT", "NULL", "PRIMARY", "COMMENT"])
        }
    }

    private mutating func parseTableElement(into table: inout CreateTableSyntax) throws(Failure) {
        let start = current.position
        if isKeyword("WATERMARK"), lookahead(1).upper == "FOR" {
            try parseWatermark(into: &table)
            return
        }
        if isKeyword("CONSTRAINT"), lookahead(1).kind == .word || lookahead(1).kind == .quoted,
            lookahead(2).upper == "PRIMARY" || lookahead(2).upper == "UNIQUE"
        {
            advance()
            advance()
        }
        if isKeyword("UNIQUE"), lookahead(1).text == "(" {
            throw .notYet("UNIQUE", remedy: "declare a PRIMARY KEY … NOT ENFORCED", at: start)
        }
        if isKeyword("PRIMARY"), lookahead(1).upper == "KEY" {
            advance()
            advance()
            try setPrimaryKey(try parseNameList("a column's name"), of: &table, at: start)
            return
        }
        try parseColumn(into: &table)
    }

    private mutating func parseWatermark(into table: inout CreateTableSyntax) throws(Failure) {
        let start = current.position
        advance()
        advance()
        let column = try parseIdentifier("the time column")
        try expectKeyword("AS")
        let expression = try parseExpression()
        guard table.watermark == nil else {
            throw .request(
                "BIND_DUPLICATE",
                "the table \(table.name.text) has a second WATERMARK",
                remedy: "a table has one time attribute: remove one of them",
                at: start
            )
        }
        table.watermark = .init(column: column, expression: expression, position: start)
    }

    private mutating func setPrimaryKey(
        _ names: [Identifier],
        of table: inout CreateTableSyntax,
        at start: SourcePosition
    ) throws(Failure) {
        guard acceptKeyword("NOT", "ENFORCED") else {
            throw expected("NOT ENFORCED: keys of streams are declared, not checked")
        }
        guard table.primaryKey.isEmpty else {
            throw .request(
                "BIND_DUPLICATE",
                "the table \(table.name.text) has a second PRIMARY KEY",
                remedy: "name all key columns in one PRIMARY KEY (…)",
                at: start
            )
        }
        table.primaryKey = names
    }

    private mutating func parseColumn(into table: inout CreateTableSyntax) throws(Failure) {
        let name = try parseIdentifier("a column's name, WATERMARK FOR or PRIMARY KEY")
        if acceptKeyword("AS") {
            table.columns.append(.computed(name, try parseExpression()))
        } else {
            let type = try parseType()
            if isKeyword("METADATA") {
                throw .notYet(
                    "METADATA columns",
                    remedy: "compute the column with AS",
                    at: current.position
                )
            }
            table.columns.append(.physical(name, type))
            let start = current.position
            if acceptKeyword("PRIMARY", "KEY") {
                try setPrimaryKey([name], of: &table, at: start)
            }
        }
        if acceptKeyword("COMMENT") { _ = try parseText("the comment") }
    }

    // MARK: Options

    private mutating func parseOptions() throws(Failure) -> [OptionSyntax] {
        try expect("(")
        var options = [try parseOption()]
        while accept(",") { options.append(try parseOption()) }
        try expect(")")
        return options
    }

    /// `'key' = 'value'`.
    private mutating func parseOption() throws(Failure) -> OptionSyntax {
        let keyPosition = current.position
        let key = try parseText("an option's name in '…'")
        try expect("=")
        let valuePosition = current.position
        let value = try parseText("the option's value in '…'")
        return OptionSyntax(
            key: key,
            value: value,
            keyPosition: keyPosition,
            valuePosition: valuePosition
        )
    }

    private mutating func parseText(_ what: String) throws(Failure) -> String {
        guard current.kind == .string else { throw expected(what) }
        let text = current.text
        advance()
        return text
    }

    private mutating func parseReset(at start: SourcePosition) throws(Failure) -> StatementSyntax {
        guard current.kind == .string else { return .reset(key: nil, start) }
        let position = current.position
        return .reset(key: try parseText("a setting's name"), position)
    }

    // MARK: INSERT, EXPLAIN, DROP

    private mutating func parseInsert(at start: SourcePosition) throws(Failure) -> StatementSyntax {
        if isKeyword("OVERWRITE") {
            throw .notYet(
                "INSERT OVERWRITE",
                remedy: "write INSERT INTO and run with --overwrite",
                at: start
            )
        }
        try expectKeyword("INTO")
        let table = try parseObjectName("the table's name")
        if isKeyword("PARTITION") {
            throw .notYet(
                "INSERT INTO … PARTITION",
                remedy: "select the partition columns",
                at: current.position
            )
        }
        // `INSERT INTO t (SELECT …)` has a query where a column list may stand.
        let begins = lookahead(1).upper
        let isQuery = begins == "SELECT" || begins == "WITH" || begins == "VALUES"
        let columns =
            isSymbol("(") && !isQuery && lookahead(1).text != "("
            ? try parseNameList("a column's name") : []
        guard
            isKeyword("SELECT") || isKeyword("WITH") || isKeyword("VALUES") || isSymbol("(")
        else { throw expected("SELECT or VALUES", keywords: ["SELECT", "VALUES", "WITH"]) }
        return .insert(
            InsertSyntax(
                table: table,
                columns: columns,
                query: try parseQuery(),
                position: start
            )
        )
    }

    private mutating func parseExplain(at start: SourcePosition) throws(Failure) -> StatementSyntax
    {
        _ = acceptKeyword("PLAN", "FOR")
        let isQuery = isKeyword("SELECT") || isKeyword("WITH") || isKeyword("VALUES")
        guard isKeyword("INSERT") || isQuery || isSymbol("(") else {
            throw expected(
                "PLAN FOR, SELECT or INSERT",
                keywords: ["PLAN", "SELECT", "INSERT", "WITH"]
            )
        }
        return .explain(try parseStatement(), start)
    }

    private mutating func parseDrop(at start: SourcePosition) throws(Failure) -> StatementSyntax {
        _ = acceptKeyword("TEMPORARY")
        let isView = acceptKeyword("VIEW")
        guard isView || acceptKeyword("TABLE") else {
            throw expected("TABLE or VIEW", keywords: ["TABLE", "VIEW"])
        }
        let ifExists = acceptKeyword("IF", "EXISTS")
        let name = try parseObjectName("the name to drop")
        return .drop(DropSyntax(isView: isView, name: name, ifExists: ifExists, position: start))
    }

    /// The name of a table or view; catalogs are not available.
    mutating func parseObjectName(_ what: String) throws(Failure) -> Identifier {
        let name = try parseIdentifier(what)
        if isSymbol(".") {
            throw .notYet(
                "a name with a catalog or database",
                remedy: "use the bare name",
                at: name.position
            )
        }
        return name
    }
}
