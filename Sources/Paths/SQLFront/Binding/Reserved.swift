internal import Failures

/// Names that Flink reserves and stream SQL does not.
enum Reserved {
    /// Source: Flink's SQL reference, "Reserved Keywords", without those that the grammar here reserves too;
    /// only words that people call columns.
    static let byFlink: Set<String> = [
        "ABS", "ANALYZE", "ARRAY", "AVG", "BEGIN", "BINARY", "CALL", "CATALOGS", "CHANGES", "CHAR",
        "CHECK", "CLASSIFIER", "CLOSE", "COLLECT", "COLUMN", "COLUMNS", "COMMENT", "COMMIT",
        "CONDITION", "CONNECT", "CONSTRAINT", "CONVERT", "CORR", "COUNT", "COVAR_POP", "CURRENT",
        "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURSOR", "CYCLE", "DATE", "DATETIME",
        "DAY", "DEFAULT", "DEFINE", "DELETE", "DESCRIBE", "DOUBLE", "EACH", "ELEMENT", "EMPTY",
        "EQUALS", "ESCAPE", "EVERY", "EXPLAIN", "EXTEND", "FILTER", "FIRST_VALUE", "FLOAT",
        "FLOOR", "FUNCTION", "GET", "GLOBAL", "GRANT", "GROUPING", "GROUPS", "HOLD", "HOUR",
        "IDENTITY", "INDICATOR", "INITIAL", "INT", "INTEGER", "LAG", "LANGUAGE", "LARGE",
        "LAST_VALUE", "LATERAL", "LEAD", "LOCAL", "LOCALTIME", "LOCALTIMESTAMP", "LOWER", "MATCH",
        "MATCHES", "MAX", "MEASURES", "MEMBER", "MERGE", "METHOD", "MIN", "MINUS", "MINUTE", "MOD",
        "MODULE", "MODULES", "MONTH", "MORE", "MULTISET", "NONE", "NUMERIC", "OF", "OFFSET",
        "OLD", "ONE", "ONLY", "OPEN", "OUT", "OVERLAPS", "PARAMETER", "PATTERN", "PER", "PERCENT",
        "PERIOD", "PERMUTE", "POSITION", "POWER", "PRECISION", "PREPARE", "PREV", "PRIMARY",
        "PROCEDURE", "RANGE", "RANK", "RAW", "READS", "REAL", "REF", "REFERENCES", "RELEASE",
        "RESET", "RESULT", "RETURN", "ROLLBACK", "ROW", "ROWS", "SAVEPOINT", "SCOPE", "SEARCH",
        "SECOND", "SEEK", "SHOW", "SKIP", "SMALLINT", "SOME", "SPECIFIC", "SQL", "START",
        "STATEMENT", "STATIC", "STREAM", "STRING", "SUBSTRING", "SUM", "SYMMETRIC", "SYSTEM",
        "SYSTEM_TIME", "SYSTEM_USER", "TIME", "TIMESTAMP", "TINYINT", "TO", "TRIGGER", "TRIM",
        "TRUNCATE", "UESCAPE", "UNIQUE", "UNKNOWN", "UPDATE", "UPPER", "UPSERT", "USE", "USER",
        "VALUE", "VARCHAR", "VARYING", "VIEW", "VIEWS", "WATERMARK", "WATERMARKS", "WITHIN",
        "WITHOUT", "YEAR",
    ]

    /// Notes a bare name that Flink would need in quotes.
    static func note(_ name: Identifier, _ context: BindingContext) {
        guard !name.isQuoted, byFlink.contains(name.text.uppercased()) else { return }
        context.notice(
            "PORT_RESERVED",
            "\"\(name.text)\" is a reserved word of Flink: quote it as `\(name.text)`",
            at: name.position
        )
    }
}
