internal import Columns
internal import Failures
internal import SQLFront

/// COUNT, SUM, AVG, MIN and MAX of an integer column, or MIN and MAX of dates, times and intervals.
final class IntegerMeasures: AggregateState {
    private let argument: Int
    private var cells: [IntegerCell] = []

    init(argument: Int) { self.argument = argument }

    func grow(to slotCount: Int) { IntegerCell.grow(&cells, to: slotCount) }

    func add(_ slots: Span<Int32>, _ rows: Batch, _ sequence: RowNumbers) {
        let column = rows.columns[argument]
        guard case .integers(let values) = column.values else {
            preconditionFailure("\(column.type) is not stored as integers")
        }
        IntegerCell.add(slots, values.span, column.validity, to: &cells)
    }

    func merge(_ sources: Span<Int32>, into targets: Span<Int32>) {
        IntegerCell.merge(sources, into: targets, of: &cells)
    }

    func clear(_ slots: Span<Int32>) { IntegerCell.clear(slots, of: &cells) }

    func result(
        of call: AggregateCall,
        _ slots: Span<Int32>,
        faults: inout [GroupFault]
    ) -> Column {
        ResultValues.integers(call.type, slots) { index, slot in
            let cell = cells[slot]
            if call.function == .count { return cell.count }
            guard cell.count > 0 else { return nil }
            switch call.function {
            case .minimum: return cell.minimum
            case .maximum: return cell.maximum
            case .average: return Int64(cell.sum / Int128(cell.count))
            default: return sum(cell, index, call, &faults)
            }
        }
    }

    private func sum(
        _ cell: IntegerCell,
        _ index: Int,
        _ call: AggregateCall,
        _ faults: inout [GroupFault]
    ) -> Int64? {
        let range = call.type.integerRange ?? Int64.min...Int64.max
        if let sum = Int64(exactly: cell.sum), range.contains(sum) { return sum }
        faults.append(.overflow(index, "\(cell.sum)", call))
        return nil
    }

    var byteCount: Int { cells.capacity * MemoryLayout<IntegerCell>.stride }
}

/// COUNT, SUM, AVG, MIN and MAX of a FLOAT or DOUBLE column.
final class DoubleMeasures: AggregateState {
    private let argument: Int
    private var cells: [DoubleCell] = []

    init(argument: Int) { self.argument = argument }

    func grow(to slotCount: Int) { DoubleCell.grow(&cells, to: slotCount) }

    func add(_ slots: Span<Int32>, _ rows: Batch, _ sequence: RowNumbers) {
        let column = rows.columns[argument]
        guard case .doubles(let values) = column.values else {
            preconditionFailure("\(column.type) is not stored as doubles")
        }
        DoubleCell.add(slots, values.span, column.validity, to: &cells)
    }

    func merge(_ sources: Span<Int32>, into targets: Span<Int32>) {
        DoubleCell.merge(sources, into: targets, of: &cells)
    }

    func clear(_ slots: Span<Int32>) { DoubleCell.clear(slots, of: &cells) }

    func result(
        of call: AggregateCall,
        _ slots: Span<Int32>,
        faults: inout [GroupFault]
    ) -> Column {
        if call.function == .count {
            return ResultValues.integers(call.type, slots) { _, slot in cells[slot].count }
        }
        return ResultValues.doubles(call.type, slots) { _, slot in
            let cell = cells[slot]
            guard cell.count > 0 else { return nil }
            switch call.function {
            case .minimum: return cell.minimum
            case .maximum: return cell.maximum
            case .average: return cell.sum / Double(cell.count)
            default: return cell.sum
            }
        }
    }

    var byteCount: Int { cells.capacity * MemoryLayout<DoubleCell>.stride }
}

/// COUNT, SUM, AVG, MIN and MAX of a DECIMAL column.
final class DecimalMeasures: AggregateState {
    private let argument: Int
    /// Digits after the point of the argument.
    private let scale: Int
    private var cells: [DecimalCell] = []

    init(argument: Int, scale: Int) {
        self.argument = argument
        self.scale = scale
    }

    func grow(to slotCount: Int) { DecimalCell.grow(&cells, to: slotCount) }

    func add(_ slots: Span<Int32>, _ rows: Batch, _ sequence: RowNumbers) {
        let column = rows.columns[argument]
        guard case .decimals(let values) = column.values else {
            preconditionFailure("\(column.type) is not stored as decimals")
        }
        DecimalCell.add(slots, values.span, column.validity, to: &cells)
    }

    func merge(_ sources: Span<Int32>, into targets: Span<Int32>) {
        DecimalCell.merge(sources, into: targets, of: &cells)
    }

    func clear(_ slots: Span<Int32>) { DecimalCell.clear(slots, of: &cells) }

    func result(
        of call: AggregateCall,
        _ slots: Span<Int32>,
        faults: inout [GroupFault]
    ) -> Column {
        if call.function == .count {
            return ResultValues.integers(call.type, slots) { _, slot in cells[slot].count }
        }
        let factor = meanFactor(call)
        return ResultValues.decimals(call.type, slots) { index, slot in
            let cell = cells[slot]
            guard cell.count > 0 else { return nil }
            switch call.function {
            case .minimum: return cell.minimum
            case .maximum: return cell.maximum
            default:
                let value = call.function == .average ? cell.mean(factor: factor) : cell.sum
                if value == nil {
                    faults.append(.overflow(index, "a number of more than 38 digits", call))
                }
                return value
            }
        }
    }

    /// What brings a sum to the scale of its mean.
    private func meanFactor(_ call: AggregateCall) -> UInt128 {
        guard call.function == .average, case .decimal(_, let target) = call.type else { return 1 }
        precondition(target >= scale, "a mean has at least the digits of its argument")
        return (scale..<target).reduce(1) { factor, _ in factor * 10 }
    }

    var byteCount: Int { cells.capacity * MemoryLayout<DecimalCell>.stride }
}

extension GroupFault {
    /// A result that its type cannot hold.
    static func overflow(_ index: Int, _ value: String, _ call: AggregateCall) -> GroupFault {
        GroupFault(
            index: index,
            code: "EVAL_OVERFLOW",
            problem: "is \(value), which does not fit \(call.type)",
            call: call
        )
    }
}

// MARK: - Checkpoints

extension IntegerMeasures {
    func write(_ slots: Span<Int32>, to output: inout StateWriter) {
        IntegerCell.write(slots, of: cells, to: &output)
    }

    func read(_ slots: Span<Int32>, from input: inout StateReader) throws(Failure) {
        try IntegerCell.read(slots, of: &cells, from: &input)
    }
}

extension DoubleMeasures {
    func write(_ slots: Span<Int32>, to output: inout StateWriter) {
        DoubleCell.write(slots, of: cells, to: &output)
    }

    func read(_ slots: Span<Int32>, from input: inout StateReader) throws(Failure) {
        try DoubleCell.read(slots, of: &cells, from: &input)
    }
}

extension DecimalMeasures {
    func write(_ slots: Span<Int32>, to output: inout StateWriter) {
        DecimalCell.write(slots, of: cells, to: &output)
    }

    func read(_ slots: Span<Int32>, from input: inout StateReader) throws(Failure) {
        try DecimalCell.read(slots, of: &cells, from: &input)
    }
}
