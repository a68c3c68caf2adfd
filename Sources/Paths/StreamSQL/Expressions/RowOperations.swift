internal import Columns

// The operations whose loops must be tight. Each remembers in one word whether any row went wrong.

/// 64-bit addition; `overflow` is negative once a sum did not fit.
struct CheckedAddition: RowOperation {
    /// The sign bit is set where both operands have the sign that the sum has not.
    var overflow: Int64 = 0

    @inline(__always)
    mutating func apply(_ left: Int64, _ right: Int64) -> Int64 {
        let sum = left &+ right
        overflow |= (left ^ sum) & (right ^ sum)
        return sum
    }
}

/// 64-bit subtraction; `overflow` is negative once a difference did not fit.
struct CheckedSubtraction: RowOperation {
    var overflow: Int64 = 0

    @inline(__always)
    mutating func apply(_ left: Int64, _ right: Int64) -> Int64 {
        let difference = left &- right
        overflow |= (left ^ right) & (left ^ difference)
        return difference
    }
}

/// 64-bit multiplication.
struct CheckedMultiplication: RowOperation {
    var hasOverflow = false

    @inline(__always)
    mutating func apply(_ left: Int64, _ right: Int64) -> Int64 {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        hasOverflow = hasOverflow || overflow
        return product
    }
}

/// An operation that wraps; ``Narrowed`` checks its range.
protocol WrappingOperation: BitwiseCopyable {
    init()
    func apply(_ left: Int64, _ right: Int64) -> Int64
}

struct WrappingAddition: WrappingOperation {
    @inline(__always)
    func apply(_ left: Int64, _ right: Int64) -> Int64 { left &+ right }
}

struct WrappingSubtraction: WrappingOperation {
    @inline(__always)
    func apply(_ left: Int64, _ right: Int64) -> Int64 { left &- right }
}

struct WrappingMultiplication: WrappingOperation {
    @inline(__always)
    func apply(_ left: Int64, _ right: Int64) -> Int64 { left &* right }
}

/// An operation on types of at most 32 bits, which cannot overflow 64: only the range is checked.
struct Narrowed<Operation: WrappingOperation>: RowOperation {
    let lower: Int64
    let upper: Int64
    /// Negative once a result was outside the range.
    var outside: Int64 = 0
    private let operation = Operation()

    init(_ range: ClosedRange<Int64>) {
        lower = range.lowerBound
        upper = range.upperBound
    }

    @inline(__always)
    mutating func apply(_ left: Int64, _ right: Int64) -> Int64 {
        let result = operation.apply(left, right)
        outside |= (result &- lower) | (upper &- result)
        return result
    }
}

/// An operation on doubles as IEEE 754 has it.
protocol DoubleOperation: BitwiseCopyable {
    init()
    func apply(_ left: Double, _ right: Double) -> Double
}

struct DoubleAddition: DoubleOperation {
    @inline(__always)
    func apply(_ left: Double, _ right: Double) -> Double { left + right }
}

struct DoubleSubtraction: DoubleOperation {
    @inline(__always)
    func apply(_ left: Double, _ right: Double) -> Double { left - right }
}

struct DoubleMultiplication: DoubleOperation {
    @inline(__always)
    func apply(_ left: Double, _ right: Double) -> Double { left * right }
}

struct DoubleDivision: DoubleOperation {
    @inline(__always)
    func apply(_ left: Double, _ right: Double) -> Double { left / right }
}

/// A double's operation for a DOUBLE.
struct Unrounded<Operation: DoubleOperation>: RowOperation {
    private let operation = Operation()

    init() {}

    @inline(__always)
    mutating func apply(_ left: Double, _ right: Double) -> Double { operation.apply(left, right) }
}

/// A double's operation for a FLOAT.
struct RoundedToFloat<Operation: DoubleOperation>: RowOperation {
    private let operation = Operation()

    init() {}

    @inline(__always)
    mutating func apply(_ left: Double, _ right: Double) -> Double {
        Double(Float(operation.apply(left, right)))
    }
}

/// 128-bit addition of decimals whose type has room for every sum.
struct DecimalAddition: RowOperation {
    @inline(__always)
    mutating func apply(_ left: Int128, _ right: Int128) -> Int128 { left &+ right }
}

/// Whether two elements are equal; NaN equals nothing and is not less than anything either.
struct Equality<Element: Comparable & BitwiseCopyable & Sendable>: RowOperation {
    @inline(__always)
    mutating func apply(_ left: Element, _ right: Element) -> Bool { left == right }
}

struct LessThan<Element: Comparable & BitwiseCopyable & Sendable>: RowOperation {
    @inline(__always)
    mutating func apply(_ left: Element, _ right: Element) -> Bool { left < right }
}

struct LessOrEqual<Element: Comparable & BitwiseCopyable & Sendable>: RowOperation {
    @inline(__always)
    mutating func apply(_ left: Element, _ right: Element) -> Bool { left <= right }
}
