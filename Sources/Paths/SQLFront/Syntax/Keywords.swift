/// Words with a meaning in the grammar.
enum Keywords {
    /// Words that need quotes to be names.
    static let reserved: Set<String> = [
        "ALL", "AND", "AS", "BETWEEN", "BY", "CASE", "CAST", "CREATE", "CROSS", "DISTINCT", "DROP",
        "ELSE", "EMIT", "END", "EXCEPT", "EXISTS", "FALSE", "FETCH", "FOR", "FROM", "FULL", "GROUP",
        "HAVING", "IN", "INNER", "INSERT", "INTERSECT", "INTERVAL", "INTO", "IS", "JOIN", "LEFT",
        "LIKE", "LIMIT", "NATURAL", "NOT", "NULL", "OFFSET", "ON", "OR", "ORDER", "OVER",
        "PARTITION", "QUALIFY", "RIGHT", "SELECT", "SET", "SIMILAR", "TABLE", "THEN", "TRUE",
        "TRY_CAST", "UNION", "USING", "VALUES", "WHEN", "WHERE", "WINDOW", "WITH",
    ]

    /// How statements begin.
    static let statements = [
        "CREATE", "INSERT", "SELECT", "WITH", "EXPLAIN", "SET", "RESET", "DROP", "VALUES",
    ]

    /// Statements of the language that this version does not run.
    static let laterStatements: Set<String> = [
        "EXECUTE", "BEGIN", "DESCRIBE", "DESC", "SHOW", "USE", "ALTER", "DELETE", "UPDATE",
        "ANALYZE", "CALL", "LOAD", "UNLOAD", "TRUNCATE", "ADD", "REMOVE", "STOP", "COMPILE",
        "MERGE",
    ]

    /// What may follow the items of a query.
    static let clauses = [
        "FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "QUALIFY", "ORDER", "LIMIT", "OFFSET",
        "UNION", "EXCEPT", "INTERSECT", "EMIT", "JOIN", "AS", "ON", "AND", "OR",
    ]
}
