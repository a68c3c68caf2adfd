internal import Columns
internal import Failures

/// Everything that COUNT, SUM, AVG, MIN and MAX of one number need to know of a group, in one cache line.
///
/// Keeping them together costs an aggregate that needs only one of them a little arithmetic, and saves
/// queries that ask for several a pass over the rows each.
protocol MeasureCell: BitwiseCopyable, Sendable {
    associatedtype Element: BitwiseCopyable & Sendable

    /// No values.
    init()
    var count: Int64 { get }
    mutating func add(_ element: Element)
    /// Adds the values of another cell.
    mutating func merge(_ other: Self)
    func write(to output: inout StateWriter)
    /// Becomes what `write` wrote.
    mutating func read(from input: inout StateReader) throws(Failure)
}

extension MeasureCell {
    @inline(__always)
    static func add(
        _ slots: Span<Int32>,
        _ values: Span<Element>,
        _ validity: Bitmap?,
        to cells: inout [Self]
    ) {
        precondition(values.count == slots.count, "a value per slot")
        SlotRows.update(&cells, slots, validity) { cell, row in cell.add(values[row]) }
    }

    @inline(__always)
    static func merge(
        _ sources: Span<Int32>,
        into targets: Span<Int32>,
        of cells: inout [Self]
    ) {
        for pair in sources.indices { cells[Int(targets[pair])].merge(cells[Int(sources[pair])]) }
    }

    @inline(__always)
    static func clear(_ slots: Span<Int32>, of cells: inout [Self]) {
        for index in slots.indices { cells[Int(slots[index])] = Self() }
    }

    static func write(_ slots: Span<Int32>, of cells: [Self], to output: inout StateWriter) {
        for index in slots.indices { cells[Int(slots[index])].write(to: &output) }
    }

    static func read(
        _ slots: Span<Int32>,
        of cells: inout [Self],
        from input: inout StateReader
    ) throws(Failure) {
        for index in slots.indices { try cells[Int(slots[index])].read(from: &input) }
    }

    @inline(__always)
    static func grow(_ cells: inout [Self], to slotCount: Int) {
        guard slotCount > cells.count else { return }
        cells.append(contentsOf: repeatElement(Self(), count: slotCount - cells.count))
    }
}

/// Integers, dates, times and intervals.
struct IntegerCell: MeasureCell {
    /// Exact: 2^64 values cannot overflow it.
    var sum: Int128 = 0
    var count: Int64 = 0
    var minimum = Int64.max
    var maximum = Int64.min

    @inline(__always)
    mutating func add(_ element: Int64) {
        sum &+= Int128(element)
        count &+= 1
        minimum = element < minimum ? element : minimum
        maximum = element > maximum ? element : maximum
    }

    @inline(__always)
    mutating func merge(_ other: IntegerCell) {
        sum &+= other.sum
        count &+= other.count
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
    }
}

/// Doubles: a compensated sum of the finite values, infinities and NaN apart.
///
/// Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54
/// (1974). The rounding error of each addition is taken without a comparison of magnitudes (O. Møller,
/// "Quasi double-precision in floating point addition", BIT 5, 1965); both forms give it exactly.
struct DoubleCell: MeasureCell {
    private var high = 0.0
    /// What the additions to `high` rounded away.
    private var low = 0.0
    /// Smallest value that is not NaN.
    private var lowest = Double.infinity
    private var highest = -Double.infinity
    var count: Int64 = 0
    /// Values that are not finite: bit 0 infinity, bit 1 −infinity, bit 2 NaN.
    private var specials: UInt64 = 0

    @inline(__always)
    mutating func add(_ element: Double) {
        count &+= 1
        lowest = element < lowest ? element : lowest
        highest = element > highest ? element : highest
        guard element.isFinite else { return addSpecial(element) }
        addFinite(element)
    }

    @inline(__always)
    private mutating func addFinite(_ element: Double) {
        let sum = high + element
        let added = sum - high
        low += (high - (sum - added)) + (element - added)
        high = sum
    }

    private mutating func addSpecial(_ element: Double) {
        specials |= element.isNaN ? 4 : element > 0 ? 1 : 2
    }

    @inline(__always)
    mutating func merge(_ other: DoubleCell) {
        count &+= other.count
        specials |= other.specials
        lowest = other.lowest < lowest ? other.lowest : lowest
        highest = other.highest > highest ? other.highest : highest
        addFinite(other.high)
        low += other.low
    }

    var sum: Double {
        switch specials {
        // A finite sum that left the range of doubles is infinite, and its rounding error undefined.
        case 0: high.isFinite ? high + low : high
        case 1: .infinity
        case 2: -.infinity
        default: .nan
        }
    }

    /// The smallest value, NaN being the largest of all; meaningless without values.
    var minimum: Double { lowest == .infinity && specials & 1 == 0 ? .nan : lowest }

    /// The largest value, NaN being the largest of all; meaningless without values.
    var maximum: Double { specials & 4 != 0 ? .nan : highest }
}

/// Unscaled decimals with a sum of 192 bits, so that only the result can overflow.
struct DecimalCell: MeasureCell {
    /// The sum is `low + carry · 2^128`.
    var low: Int128 = 0
    var minimum = Int128.max
    var maximum = Int128.min
    var carry: Int64 = 0
    var count: Int64 = 0

    @inline(__always)
    mutating func add(_ element: Int128) {
        addSum(element)
        count &+= 1
        minimum = element < minimum ? element : minimum
        maximum = element > maximum ? element : maximum
    }

    @inline(__always)
    private mutating func addSum(_ element: Int128) {
        let (sum, overflow) = low.addingReportingOverflow(element)
        low = sum
        if overflow { carry &+= element < 0 ? -1 : 1 }
    }

    @inline(__always)
    mutating func merge(_ other: DecimalCell) {
        addSum(other.low)
        carry &+= other.carry
        count &+= other.count
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
    }

    /// The sum, if it has at most 38 digits.
    var sum: Int128? {
        carry == 0 && low.magnitude < Self.limit ? low : nil
    }

    /// The mean times `factor`, a power of ten, rounded half away from zero; there are values.
    ///
    /// Nil if it has more than 38 digits.
    func mean(factor: UInt128) -> Int128? {
        var high = UInt64(bitPattern: carry &+ (low < 0 ? -1 : 0))
        var bits = UInt128(truncatingIfNeeded: low)
        let isNegative = high >> 63 != 0
        if isNegative {
            bits = ~bits &+ 1
            high = ~high &+ (bits == 0 ? 1 : 0)
        }
        let lower = bits.multipliedFullWidth(by: factor)
        let (upper, overflow) = UInt128(high).multipliedReportingOverflow(by: factor)
        let (sum, carries) = upper.addingReportingOverflow(lower.high)
        let divisor = UInt128(count)
        guard !overflow, !carries, sum < divisor else { return nil }
        let (quotient, rest) = divisor.dividingFullWidth((sum, lower.low))
        let rounded = rest >= divisor - rest ? quotient &+ 1 : quotient
        guard rounded < Self.limit else { return nil }
        return isNegative ? -Int128(rounded) : Int128(rounded)
    }

    /// 10^38: one more than the largest unscaled decimal.
    static let limit: UInt128 = (0..<38).reduce(1) { power, _ in power * 10 }
}

// MARK: - Checkpoints

extension IntegerCell {
    func write(to output: inout StateWriter) {
        output.write(sum)
        output.write(count)
        output.write(minimum)
        output.write(maximum)
    }

    mutating func read(from input: inout StateReader) throws(Failure) {
        sum = try input.number()
        count = try input.number()
        minimum = try input.number()
        maximum = try input.number()
    }
}

extension DoubleCell {
    func write(to output: inout StateWriter) {
        output.write(high)
        output.write(low)
        output.write(lowest)
        output.write(highest)
        output.write(count)
        output.write(specials)
    }

    mutating func read(from input: inout StateReader) throws(Failure) {
        high = try input.double()
        low = try input.double()
        lowest = try input.double()
        highest = try input.double()
        count = try input.number()
        specials = try input.number()
    }
}

extension DecimalCell {
    func write(to output: inout StateWriter) {
        output.write(low)
        output.write(minimum)
        output.write(maximum)
        output.write(carry)
        output.write(count)
    }

    mutating func read(from input: inout StateReader) throws(Failure) {
        low = try input.number()
        minimum = try input.number()
        maximum = try input.number()
        carry = try input.number()
        count = try input.number()
    }
}
