internal import Columns

/// Result types of operators, as stream SQL's tables give them.
enum TypeRules {
    enum Arithmetic {
        case add, subtract, multiply, divide, modulo
    }

    /// Digits and scale of an exact type: integers count as DECIMAL(3, 5, 10, 19; 0).
    static func decimalForm(of type: DataType) -> (precision: Int, scale: Int)? {
        switch type {
        case .tinyint: (3, 0)
        case .smallint: (5, 0)
        case .int: (10, 0)
        case .bigint: (19, 0)
        case .decimal(let precision, let scale): (precision, scale)
        default: nil
        }
    }

    /// A DECIMAL of so many digits; beyond 38 the integer digits are kept and the scale shrinks to no
    /// less than 6.
    ///
    /// Source: the rule of SQL Server and Hive that Flink follows.
    static func boundedDecimal(precision: Int, scale: Int) -> DataType {
        if precision <= 38 { return .decimal(precision: max(precision, 1), scale: scale) }
        let integerDigits = precision - scale
        let kept = max(38 - integerDigits, min(scale, 6))
        return .decimal(precision: 38, scale: max(0, min(kept, 38)))
    }

    /// The type of `left op right`; nil where the operator does not apply to the types.
    static func arithmetic(_ operation: Arithmetic, _ left: DataType, _ right: DataType)
        -> DataType?
    {
        guard left.isNumeric, right.isNumeric else { return nil }
        if left.isApproximate || right.isApproximate { return approximate(left, right) }
        if left.isInteger, right.isInteger { return widerInteger(left, right) }
        guard let (p1, s1) = decimalForm(of: left), let (p2, s2) = decimalForm(of: right) else {
            return nil
        }
        switch operation {
        case .add, .subtract:
            let scale = max(s1, s2)
            return boundedDecimal(precision: max(p1 - s1, p2 - s2) + scale + 1, scale: scale)
        case .multiply:
            return boundedDecimal(precision: p1 + p2 + 1, scale: s1 + s2)
        case .divide:
            let scale = max(6, s1 + p2 + 1)
            return boundedDecimal(precision: p1 - s1 + s2 + scale, scale: scale)
        case .modulo:
            let scale = max(s1, s2)
            return boundedDecimal(precision: min(p1 - s1, p2 - s2) + scale, scale: scale)
        }
    }

    /// FLOAT only where nothing needs more: with FLOAT or an integer.
    private static func approximate(_ left: DataType, _ right: DataType) -> DataType {
        let others = [left, right].filter { $0 != .float }
        return others.allSatisfy(\.isInteger) ? .float : .double
    }

    static func widerInteger(_ left: DataType, _ right: DataType) -> DataType {
        let order: [DataType] = [.tinyint, .smallint, .int, .bigint]
        let rank = max(order.firstIndex(of: left) ?? 3, order.firstIndex(of: right) ?? 3)
        return order[rank]
    }

    /// The type that holds values of both types, for CASE, COALESCE, IN, UNION and join keys; nil where
    /// there is none.
    static func common(_ left: DataType, _ right: DataType) -> DataType? {
        if left == right { return left }
        if left == .null { return right }
        if right == .null { return left }
        if left.isNumeric, right.isNumeric { return commonNumber(left, right) }
        if left.isText, right.isText { return commonText(left, right) }
        return commonTemporal(left, right)
    }

    private static func commonNumber(_ left: DataType, _ right: DataType) -> DataType? {
        if left.isApproximate || right.isApproximate { return approximate(left, right) }
        if left.isInteger, right.isInteger { return widerInteger(left, right) }
        guard let (p1, s1) = decimalForm(of: left), let (p2, s2) = decimalForm(of: right) else {
            return nil
        }
        let scale = max(s1, s2)
        return boundedDecimal(precision: max(p1 - s1, p2 - s2) + scale, scale: scale)
    }

    private static func commonText(_ left: DataType, _ right: DataType) -> DataType {
        guard let first = textLength(left), let second = textLength(right) else { return .string }
        return .varchar(length: max(first, second))
    }

    /// Longest text of a CHAR or VARCHAR; nil for STRING.
    static func textLength(_ type: DataType) -> Int? {
        switch type {
        case .char(let length), .varchar(let length): length
        default: nil
        }
    }

    private static func commonTemporal(_ left: DataType, _ right: DataType) -> DataType? {
        switch (left, right) {
        case (.time(let first), .time(let second)): .time(precision: max(first, second))
        case (.timestamp(let first), .timestamp(let second)):
            .timestamp(precision: max(first, second))
        case (.timestampLTZ(let first), .timestampLTZ(let second)),
            (.timestamp(let first), .timestampLTZ(let second)),
            (.timestampLTZ(let first), .timestamp(let second)):
            .timestampLTZ(precision: max(first, second))
        case (.date, .timestamp), (.date, .timestampLTZ): right
        case (.timestamp, .date), (.timestampLTZ, .date): left
        default: nil
        }
    }

    /// Whether CAST from one type to another exists.
    static func canCast(_ source: DataType, to target: DataType) -> Bool {
        if source == target || source == .null { return true }
        switch target {
        case .null: return false
        case .char, .varchar, .string: return true
        case .bytes: return source.isText
        case .boolean: return source.isText || source.isNumeric
        case .tinyint, .smallint, .int, .bigint, .float, .double, .decimal:
            return source.isNumeric || source.isText || source == .boolean
        case .date: return source.isText || source.isTimestamp
        case .time: return source.isText || source.isTimestamp || isTime(source)
        case .timestamp, .timestampLTZ:
            return source.isText || source.isTimestamp || source == .date
        case .intervalYearToMonth, .intervalDayToSecond: return false
        }
    }

    static func isTime(_ type: DataType) -> Bool {
        if case .time = type { true } else { false }
    }

    /// Whether every value of `source` is a value of `target`, so that an INSERT may cast silently.
    static func widensExactly(_ source: DataType, to target: DataType) -> Bool {
        if source == target || source == .null { return true }
        if source.isText, target.isText { return true }
        if let (p1, s1) = decimalForm(of: source), let (p2, s2) = decimalForm(of: target) {
            if target.isInteger {
                return source.isInteger && widerInteger(source, target) == target
            }
            return s2 >= s1 && p2 - s2 >= p1 - s1
        }
        switch (source, target) {
        case (.tinyint, .float), (.smallint, .float): return true
        case (.tinyint, .double), (.smallint, .double), (.int, .double), (.float, .double):
            return true
        case (.time(let from), .time(let to)), (.timestamp(let from), .timestamp(let to)),
            (.timestampLTZ(let from), .timestampLTZ(let to)),
            (.timestamp(let from), .timestampLTZ(let to)),
            (.timestampLTZ(let from), .timestamp(let to)):
            return from <= to
        case (.date, .timestamp), (.date, .timestampLTZ): return true
        default: return false
        }
    }
}
