extension ScalarFunction {
    /// The name under which SQL has the function; an operator's sign or words.
    package var sqlName: String {
        if let infix { return infix }
        return switch self {
        case .negate: "-"
        case .isNull: "IS NULL"
        case .isNotNull: "IS NOT NULL"
        case .isTrue: "IS TRUE"
        case .isNotTrue: "IS NOT TRUE"
        case .isFalse: "IS FALSE"
        case .isNotFalse: "IS NOT FALSE"
        case .charLength: "CHAR_LENGTH"
        case .octetLength: "OCTET_LENGTH"
        case .trimLeading: "LTRIM"
        case .trimTrailing: "RTRIM"
        case .position: "LOCATE"
        case .concatWithSeparator: "CONCAT_WS"
        case .padLeft: "LPAD"
        case .padRight: "RPAD"
        case .repeatText: "REPEAT"
        case .splitIndex: "SPLIT_INDEX"
        case .splitPart: "SPLIT_PART"
        case .regexpExtract: "REGEXP_EXTRACT"
        case .regexpReplace: "REGEXP_REPLACE"
        case .currentTimestamp: "CURRENT_TIMESTAMP"
        case .dateFormat: "DATE_FORMAT"
        case .toTimestamp: "TO_TIMESTAMP"
        case .toTimestampLTZ: "TO_TIMESTAMP_LTZ"
        case .toDate: "TO_DATE"
        case .fromUnixtime: "FROM_UNIXTIME"
        case .unixTimestamp: "UNIX_TIMESTAMP"
        case .floorTo: "FLOOR"
        case .ceilTo: "CEIL"
        case .jsonValue: "JSON_VALUE"
        // The others are called in SQL as they are here: ABS, NULLIF, TIMESTAMPADD.
        default: rawValue.uppercased()
        }
    }

    /// What stands between operands; nil for functions.
    package var infix: String? {
        switch self {
        case .add, .addInterval, .addIntervals: "+"
        case .subtract, .subtractInterval, .subtractIntervals, .timeDifference: "-"
        case .multiply, .multiplyInterval: "*"
        case .divide: "/"
        case .modulo: "%"
        case .concat: "||"
        case .and: "AND"
        case .or: "OR"
        case .like: "LIKE"
        case .equal: "="
        case .notEqual: "<>"
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .isDistinctFrom: "IS DISTINCT FROM"
        case .isNotDistinctFrom: "IS NOT DISTINCT FROM"
        default: nil
        }
    }

    /// A call as SQL writes it, given its operands' texts; operators have no parentheses around them.
    package func sqlText(_ operands: [String]) -> String {
        if self == .like, operands.count == 3 {
            return "\(operands[0]) LIKE \(operands[1]) ESCAPE \(operands[2])"
        }
        if let infix, operands.count > 1 { return operands.joined(separator: " \(infix) ") }
        switch self {
        case .not: return "NOT \(operands[0])"
        case .negate: return "-\(operands[0])"
        case .isNull, .isNotNull, .isTrue, .isNotTrue, .isFalse, .isNotFalse:
            return "\(operands[0]) \(sqlName)"
        case .currentTimestamp, .localTimestamp: return sqlName
        case .extract where operands.count == 2:
            return "EXTRACT(\(Self.unit(operands[0])) FROM \(operands[1]))"
        case .floorTo, .ceilTo: return "\(sqlName)(\(operands[0]) TO \(Self.unit(operands[1])))"
        case .timestampAdd, .timestampDiff:
            let parts = [Self.unit(operands[0])] + operands.dropFirst()
            return "\(sqlName)(\(parts.joined(separator: ", ")))"
        default: return "\(sqlName)(\(operands.joined(separator: ", ")))"
        }
    }

    /// A unit is a literal here and a word in SQL.
    private static func unit(_ literal: String) -> String {
        let name = literal.hasPrefix("'") ? String(literal.dropFirst().dropLast()) : literal
        return TimeUnit(rawValue: name) == nil ? literal : name
    }
}
