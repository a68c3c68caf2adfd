internal import Columns
internal import Failures
internal import SQLFront

/// VAR_* and STDDEV_*: mean and sum of squared deviations, row by row, and for integers exact sums too.
///
/// Source: B. P. Welford, "Note on a method for calculating corrected sums of squares and products",
/// Technometrics 4 (1962); merging by T. F. Chan, G. H. Golub and R. J. LeVeque, "Updating formulae and a
/// pairwise algorithm for computing sample variances" (1979).
final class Moments: AggregateState {
    private let argument: Int
    /// What one unit of a stored value is worth: 10^−scale for decimals.
    private let unit: Double
    private var cells: [MomentCell] = []

    init(argument: Int, type: DataType) {
        self.argument = argument
        if case .decimal(_, let scale) = type {
            unit = (0..<scale).reduce(1.0) { power, _ in power * 10 }
        } else {
            unit = 1
        }
    }

    func grow(to slotCount: Int) {
        guard slotCount > cells.count else { return }
        cells.append(contentsOf: repeatElement(MomentCell(), count: slotCount - cells.count))
    }

    func add(_ slots: Span<Int32>, _ rows: Batch, _ sequence: RowNumbers) {
        let column = rows.columns[argument]
        switch column.values {
        case .integers(let buffer):
            let values = buffer.span
            SlotRows.update(&cells, slots, column.validity) { cell, row in cell.add(values[row]) }
        case .doubles(let buffer):
            let values = buffer.span
            SlotRows.update(&cells, slots, column.validity) { cell, row in cell.add(values[row]) }
        case .decimals(let buffer):
            let values = buffer.span
            let unit = unit
            SlotRows.update(&cells, slots, column.validity) { cell, row in
                cell.add(Double(values[row]) / unit)
            }
        default: preconditionFailure("\(column.type) has no variance")
        }
    }

    func merge(_ sources: Span<Int32>, into targets: Span<Int32>) {
        for pair in sources.indices { cells[Int(targets[pair])].merge(cells[Int(sources[pair])]) }
    }

    func clear(_ slots: Span<Int32>) {
        for index in slots.indices { cells[Int(slots[index])] = MomentCell() }
    }

    func result(
        of call: AggregateCall,
        _ slots: Span<Int32>,
        faults: inout [GroupFault]
    ) -> Column {
        let isSample =
            call.function == .varianceSample || call.function == .standardDeviationSample
        let isRoot =
            call.function == .standardDeviationPopulation
            || call.function == .standardDeviationSample
        let value = { (slot: Int) in self.cells[slot].value(isSample: isSample, isRoot: isRoot) }
        switch call.type.physical {
        case .double: return ResultValues.doubles(call.type, slots) { _, slot in value(slot) }
        case .decimal:
            return ResultValues.decimals(call.type, slots) { index, slot in
                value(slot).flatMap { Self.decimal($0, index, call, &faults) }
            }
        default:
            return ResultValues.integers(call.type, slots) { index, slot in
                let cell = self.cells[slot]
                if let exact = cell.exactInteger(isSample: isSample, isRoot: isRoot) {
                    return Self.integer(exact, index, call, &faults)
                }
                return value(slot).flatMap { Self.integer($0, index, call, &faults) }
            }
        }
    }

    private static func integer<Number: CustomStringConvertible>(
        _ value: Number,
        _ convert: (Number) -> Int64?,
        _ index: Int,
        _ call: AggregateCall,
        _ faults: inout [GroupFault]
    ) -> Int64? {
        let range = call.type.integerRange ?? Int64.min...Int64.max
        if let integer = convert(value), range.contains(integer) { return integer }
        faults.append(.overflow(index, value.description, call))
        return nil
    }

    private static func integer(
        _ value: Int128,
        _ index: Int,
        _ call: AggregateCall,
        _ faults: inout [GroupFault]
    ) -> Int64? {
        integer(value, { Int64(exactly: $0) }, index, call, &faults)
    }

    private static func integer(
        _ value: Double,
        _ index: Int,
        _ call: AggregateCall,
        _ faults: inout [GroupFault]
    ) -> Int64? {
        integer(value, { Int64(exactly: $0.rounded(.towardZero)) }, index, call, &faults)
    }

    private static func decimal(
        _ value: Double,
        _ index: Int,
        _ call: AggregateCall,
        _ faults: inout [GroupFault]
    ) -> Int128? {
        guard case .decimal(_, let scale) = call.type else { return nil }
        let factor = (0..<scale).reduce(1.0) { power, _ in power * 10 }
        let scaled = (value * factor).rounded(.toNearestOrAwayFromZero)
        if let unscaled = Int128(exactly: scaled), unscaled.magnitude < DecimalCell.limit {
            return unscaled
        }
        faults.append(.overflow(index, "\(value)", call))
        return nil
    }

    var byteCount: Int { cells.capacity * MemoryLayout<MomentCell>.stride }
}

/// The moments of one group.
struct MomentCell: BitwiseCopyable, Sendable {
    private var count: Int64 = 0
    private var mean = 0.0
    /// Sum of squared deviations from the mean.
    private var deviations = 0.0
    /// Sums of integers and of their squares, while the latter fits.
    private var sum: Int128 = 0
    private var squares: Int128 = 0
    private var isExact = true

    init() {}

    @inline(__always)
    mutating func add(_ element: Double) {
        count &+= 1
        let delta = element - mean
        mean += delta / Double(count)
        deviations += delta * (element - mean)
        isExact = false
    }

    @inline(__always)
    mutating func add(_ element: Int64) {
        let wasExact = isExact
        add(Double(element))
        let wide = Int128(element)
        sum &+= wide
        let (squares, overflow) = squares.addingReportingOverflow(wide * wide)
        self.squares = squares
        isExact = wasExact && !overflow
    }

    /// Adds the values of another group.
    mutating func merge(_ other: MomentCell) {
        guard other.count > 0 else { return }
        guard count > 0 else {
            self = other
            return
        }
        let total = Double(count) + Double(other.count)
        let delta = other.mean - mean
        deviations += other.deviations + delta * delta * Double(count) * Double(other.count) / total
        mean += delta * Double(other.count) / total
        count &+= other.count
        sum &+= other.sum
        let (squares, overflow) = squares.addingReportingOverflow(other.squares)
        self.squares = squares
        isExact = isExact && other.isExact && !overflow
    }

    /// Variance or its root; nil without enough values.
    func value(isSample: Bool, isRoot: Bool) -> Double? {
        let divisor = isSample ? count - 1 : count
        guard divisor > 0 else { return nil }
        let variance = deviations / Double(divisor)
        return isRoot ? variance.squareRoot() : variance
    }

    /// The same, truncated to an integer, where the sums are exact and fit 128 bits: count · squares is the
    /// largest number on the way (Cauchy–Schwarz).
    func exactInteger(isSample: Bool, isRoot: Bool) -> Int128? {
        let divisor = isSample ? count - 1 : count
        guard isExact, divisor > 0 else { return nil }
        let wide = Int128(count)
        let (scaled, overflow) = squares.multipliedReportingOverflow(by: wide)
        guard !overflow else { return nil }
        let variance = (scaled - sum * sum) / wide / Int128(divisor)
        return isRoot ? Self.root(variance) : variance
    }

    /// The integer square root; the variance is not negative.
    private static func root(_ square: Int128) -> Int128 {
        var root = Int128(Double(square).squareRoot())
        while root * root > square { root -= 1 }
        while (root + 1) * (root + 1) <= square { root += 1 }
        return root
    }
}

// MARK: - Checkpoints

extension Moments {
    func write(_ slots: Span<Int32>, to output: inout StateWriter) {
        for index in slots.indices { cells[Int(slots[index])].write(to: &output) }
    }

    func read(_ slots: Span<Int32>, from input: inout StateReader) throws(Failure) {
        for index in slots.indices { try cells[Int(slots[index])].read(from: &input) }
    }
}

extension MomentCell {
    func write(to output: inout StateWriter) {
        output.write(count)
        output.write(mean)
        output.write(deviations)
        output.write(sum)
        output.write(squares)
        output.write(isExact)
    }

    mutating func read(from input: inout StateReader) throws(Failure) {
        count = try input.number()
        mean = try input.double()
        deviations = try input.double()
        sum = try input.number()
        squares = try input.number()
        isExact = try input.flag()
    }
}
