internal import Columns
internal import Failures

extension Parser {
    /// A type with an optional `NULL` or `NOT NULL`.
    mutating func parseType() throws(Failure) -> TypeSyntax {
        let start = current.position
        guard current.kind == .word else { throw expected("a type") }
        let name = current.upper
        advance()
        let type = try parseTypeBody(name, at: start)
        var isNullable = true
        if acceptKeyword("NOT", "NULL") { isNullable = false } else { _ = acceptKeyword("NULL") }
        return TypeSyntax(type: type, isNullable: isNullable, position: start)
    }

    private static let typeNames = [
        "BOOLEAN", "TINYINT", "SMALLINT", "INT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL",
        "NUMERIC", "CHAR", "VARCHAR", "STRING", "BYTES", "DATE", "TIME", "TIMESTAMP",
        "TIMESTAMP_LTZ", "INTERVAL",
    ]

    private mutating func parseTypeBody(
        _ name: String,
        at start: SourcePosition
    ) throws(Failure) -> DataType {
        switch name {
        case "BOOLEAN": return .boolean
        case "TINYINT": return .tinyint
        case "SMALLINT": return .smallint
        case "INT", "INTEGER": return .int
        case "BIGINT": return .bigint
        case "FLOAT", "REAL": return .float
        case "DOUBLE":
            _ = acceptKeyword("PRECISION")
            return .double
        case "DECIMAL", "DEC", "NUMERIC": return try parseDecimal(at: start)
        case "CHAR": return .char(length: try parseLength(at: start) ?? 1)
        case "VARCHAR":
            guard let length = try parseLength(at: start) else { return .string }
            return .varchar(length: length)
        case "STRING": return .string
        case "BYTES": return .bytes
        case "DATE": return .date
        case "TIME", "TIMESTAMP", "TIMESTAMP_LTZ": return try parseTemporal(name, at: start)
        case "INTERVAL": return try parseIntervalType()
        case "ARRAY", "MAP", "MULTISET", "ROW", "RAW", "VARIANT", "BINARY", "VARBINARY":
            throw .notYet(
                "the type \(name)",
                remedy: name.hasSuffix("BINARY") ? "use BYTES" : "use columns of simple types",
                at: start
            )
        default:
            let near = nearestName(to: name, among: Self.typeNames)
            throw .request(
                "PARSE_EXPECTED",
                "\"\(name)\" is not a type",
                remedy: near.map { "did you mean \($0)?" }
                    ?? "known types are \(Self.typeNames.joined(separator: ", "))",
                at: start
            )
        }
    }

    private mutating func parseDecimal(at start: SourcePosition) throws(Failure) -> DataType {
        guard accept("(") else { return .decimal(precision: 10, scale: 0) }
        let precision = try parseCount("the number of digits")
        let scale = accept(",") ? try parseCount("the digits after the point") : 0
        try expect(")")
        guard (1...38).contains(precision), scale <= precision else {
            throw badType(
                "DECIMAL(\(precision), \(scale))",
                remedy: "a DECIMAL has 1 to 38 digits, of which 0 to all are after the point",
                at: start
            )
        }
        return .decimal(precision: Int(precision), scale: Int(scale))
    }

    private mutating func parseLength(at start: SourcePosition) throws(Failure) -> Int? {
        guard accept("(") else { return nil }
        let length = try parseCount("the number of characters")
        try expect(")")
        guard (1...Int64(Int32.max)).contains(length) else {
            throw badType(
                "a text of \(length) characters",
                remedy: "lengths are 1 to \(Int32.max)",
                at: start
            )
        }
        return Int(length)
    }

    private mutating func parseTemporal(
        _ name: String,
        at start: SourcePosition
    ) throws(Failure) -> DataType {
        var precision = name == "TIME" ? 0 : 6
        if accept("(") {
            let digits = try parseCount("the digits of a second")
            try expect(")")
            guard digits <= 6 else {
                throw badType(
                    "\(name)(\(digits))",
                    remedy: "times are kept in microseconds: use at most \(name)(6)",
                    at: start
                )
            }
            precision = Int(digits)
        }
        if acceptKeyword("WITHOUT", "TIME", "ZONE") || name != "TIMESTAMP" {
            return name == "TIME"
                ? .time(precision: precision)
                : name == "TIMESTAMP_LTZ"
                    ? .timestampLTZ(precision: precision) : .timestamp(precision: precision)
        }
        if acceptKeyword("WITH", "LOCAL", "TIME", "ZONE") {
            return .timestampLTZ(precision: precision)
        }
        if isKeyword("WITH"), lookahead(1).upper == "TIME" {
            throw .notYet(
                "TIMESTAMP WITH TIME ZONE",
                remedy: "use TIMESTAMP_LTZ(3)",
                at: start
            )
        }
        return .timestamp(precision: precision)
    }

    private mutating func parseIntervalType() throws(Failure) -> DataType {
        let (from, to) = try parseIntervalUnits()
        let isMonths = [from.unit, to?.unit].contains { $0 == .year || $0 == .month }
        return isMonths ? .intervalYearToMonth : .intervalDayToSecond
    }

    /// The units of an interval: `DAY`, `DAY(3) TO SECOND(6)`.
    mutating func parseIntervalUnits() throws(Failure) -> (
        from: IntervalFieldSyntax, to: IntervalFieldSyntax?
    ) {
        let from = try parseIntervalUnit()
        guard acceptKeyword("TO") else { return (from, nil) }
        return (from, try parseIntervalUnit())
    }

    private mutating func parseIntervalUnit() throws(Failure) -> IntervalFieldSyntax {
        guard current.kind == .word, let unit = TimeUnit(word: current.upper),
            TimeUnit.ofIntervals.contains(unit)
        else {
            let names = TimeUnit.ofIntervals.map(\.rawValue)
            throw expected(
                "a unit of time: \(names.joined(separator: ", "))",
                keywords: names
            )
        }
        var field = IntervalFieldSyntax(unit: unit, word: current.upper)
        advance()
        if accept("(") {
            field.digits = try parseCount("a number of digits")
            if accept(",") { _ = try parseCount("a number of digits") }
            try expect(")")
        }
        return field
    }

    private func badType(
        _ what: String,
        remedy: String,
        at position: SourcePosition
    ) -> Failure {
        .request("TYPE_ARGUMENT", "there is no type \(what)", remedy: remedy, at: position)
    }
}

extension TimeUnit {
    /// Units that an INTERVAL may have.
    static let ofIntervals: [TimeUnit] = [
        .year, .quarter, .month, .week, .day, .hour, .minute, .second, .millisecond, .microsecond,
    ]

    /// The unit that a word names, with the plurals and old names that engines accept.
    init?(word: String) {
        let singular = word.hasSuffix("S") ? String(word.dropLast()) : word
        switch word {
        case "DAYOFWEEK": self = .dayOfWeek
        case "DAYOFYEAR": self = .dayOfYear
        case "DAYOFMONTH": self = .day
        default:
            if let unit = TimeUnit(rawValue: word) {
                self = unit
            } else if singular.hasPrefix("SQL_TSI_") {
                guard let unit = TimeUnit(rawValue: String(singular.dropFirst(8))) else {
                    return nil
                }
                self = unit
            } else if let unit = TimeUnit(rawValue: singular), unit != .epoch {
                self = unit
            } else {
                return nil
            }
        }
    }
}
