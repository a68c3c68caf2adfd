/// A value as the obvious evaluator sees it.
enum Cell: Hashable, Sendable {
    case null
    case int(Int)
    /// Hundredths and the like: `unscaled` / 10^`scale`.
    case decimal(unscaled: Int, scale: Int)
    case double(Double)
    case text(String)
    case bool(Bool)
    /// Milliseconds since 1970.
    case time(Int)

    var isNull: Bool { self == .null }
    var isTrue: Bool { self == .bool(true) }

    /// Numbers are small, so that every one of them is exact as a Double.
    var number: Double {
        switch self {
        case .int(let value): Double(value)
        case .decimal(let unscaled, let scale): Double(unscaled) / Double(power10(scale))
        case .double(let value): value
        default: preconditionFailure("\(self) is no number")
        }
    }

    /// Equal values have equal texts; NULL is equal to NULL here, as in GROUP BY.
    var canonical: String {
        switch self {
        case .null: return "NULL"
        case .int(let value): return "\(value)"
        case .decimal(var unscaled, var scale):
            while scale > 0, unscaled % 10 == 0 { (unscaled, scale) = (unscaled / 10, scale - 1) }
            return scale == 0 ? "\(unscaled)" : "\(unscaled)e-\(scale)"
        case .double(let value): return value == 0 ? "0.0" : "\(value)"
        case .text(let text): return "'\(text)'"
        case .bool(let flag): return flag ? "TRUE" : "FALSE"
        case .time(let time): return "@\(time)"
        }
    }

    /// Below zero, zero or above, for values of one kind that are not NULL.
    static func compare(_ left: Cell, _ right: Cell) -> Int {
        switch (left, right) {
        case (.text(let a), .text(let b)):
            if a == b { return 0 }
            return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
        case (.bool(let a), .bool(let b)): return a == b ? 0 : (b ? -1 : 1)
        case (.time(let a), .time(let b)): return a == b ? 0 : (a < b ? -1 : 1)
        default:
            let (a, b) = (left.number, right.number)
            return a == b ? 0 : (a < b ? -1 : 1)
        }
    }

    /// The order of ORDER BY: NULL is the lowest.
    static func precedes(_ left: Cell, _ right: Cell) -> Bool {
        if left.isNull || right.isNull { return left.isNull && !right.isNull }
        return compare(left, right) < 0
    }
}

typealias Row = [Cell]

func power10(_ exponent: Int) -> Int { (0..<exponent).reduce(1) { value, _ in value * 10 } }

/// Division with rounding half away from zero.
func roundedQuotient(_ dividend: Int, _ divisor: Int) -> Int {
    let (quotient, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
    guard 2 * abs(rest) >= abs(divisor) else { return quotient }
    return quotient + ((dividend < 0) == (divisor < 0) ? 1 : -1)
}

/// The kind of a column or an expression; all numbers of one kind are compared and added exactly.
enum Kind: CaseIterable, Sendable {
    case int
    case decimal
    case double
    case text
    case bool
    case time

    static let plain: [Kind] = [.int, .decimal, .double, .text, .bool]

    var isNumber: Bool { self == .int || self == .decimal || self == .double }
}
