internal import Columns
internal import Failures
internal import SQLFront

/// FIRST_VALUE, LAST_VALUE and ANY_VALUE: the value of the row with the lowest or highest sequence number.
final class ChosenValues: AggregateState {
    private let argument: Int
    private let isLast: Bool
    /// Whether a NULL may be chosen.
    private let takesNull: Bool
    /// Sequence number of the chosen row; ``none`` before one is chosen.
    private var sequences: [Int64] = []
    private var values: SlotValues
    /// Per slot the row of the current batch that is chosen, or −1.
    private var winners: [Int32] = []
    /// Slots with a winner.
    private var touched: [Int32] = []

    init(argument: Int, type: DataType, isLast: Bool, takesNull: Bool) {
        self.argument = argument
        self.isLast = isLast
        self.takesNull = takesNull
        values = SlotValues(type)
    }

    private var none: Int64 { isLast ? .min : .max }

    func grow(to slotCount: Int) {
        guard slotCount > sequences.count else { return }
        let added = slotCount - sequences.count
        sequences.append(contentsOf: repeatElement(none, count: added))
        winners.append(contentsOf: repeatElement(-1, count: added))
        values.grow(to: slotCount)
    }

    func add(_ slots: Span<Int32>, _ rows: Batch, _ sequence: RowNumbers) {
        let column = rows.columns[argument]
        SlotRows.forEach(slots, takesNull ? nil : column.validity) { row, slot in
            let number = sequence[row]
            guard isLast ? number >= sequences[slot] : number < sequences[slot] else { return }
            sequences[slot] = number
            if winners[slot] < 0 { touched.append(Int32(truncatingIfNeeded: slot)) }
            winners[slot] = Int32(truncatingIfNeeded: row)
        }
        values.set(touched, to: winners, of: column)
        for slot in touched { winners[Int(slot)] = -1 }
        touched.removeAll(keepingCapacity: true)
    }

    func merge(_ sources: Span<Int32>, into targets: Span<Int32>) {
        for pair in sources.indices {
            let source = Int(sources[pair])
            let target = Int(targets[pair])
            guard sequences[source] != none else { continue }
            let isBetter =
                isLast
                ? sequences[source] >= sequences[target] : sequences[source] < sequences[target]
            guard isBetter else { continue }
            sequences[target] = sequences[source]
            values.copy(source, to: target)
        }
    }

    func clear(_ slots: Span<Int32>) {
        for index in slots.indices {
            sequences[Int(slots[index])] = none
            values.clear(Int(slots[index]))
        }
    }

    func result(
        of call: AggregateCall,
        _ slots: Span<Int32>,
        faults: inout [GroupFault]
    ) -> Column { values.column(call.type, slots) }

    var byteCount: Int {
        values.byteCount + sequences.capacity * 8 + winners.capacity * 4 + touched.capacity * 4
    }
}

/// One value of a type for each slot, or NULL.
struct SlotValues {
    private let type: DataType
    /// Integers, and booleans as 0 and 1.
    private var integers: [Int64] = []
    private var doubles: [Double] = []
    private var decimals: [Int128] = []
    private var texts = TextSlots()
    private var isValid: [Bool] = []

    init(_ type: DataType) { self.type = type }

    mutating func grow(to slotCount: Int) {
        let added = slotCount - isValid.count
        guard added > 0 else { return }
        isValid.append(contentsOf: repeatElement(false, count: added))
        switch type.physical {
        case .integer, .boolean: integers.append(contentsOf: repeatElement(0, count: added))
        case .double: doubles.append(contentsOf: repeatElement(0, count: added))
        case .decimal: decimals.append(contentsOf: repeatElement(0, count: added))
        case .text: texts.grow(to: slotCount)
        }
    }

    /// Gives each of `slots` the value of row `rows[slot]`.
    mutating func set(_ slots: [Int32], to rows: [Int32], of column: Column) {
        for slot in slots { isValid[Int(slot)] = !column.isNull(Int(rows[Int(slot)])) }
        switch column.values {
        case .integers(let buffer):
            for slot in slots { integers[Int(slot)] = buffer[Int(rows[Int(slot)])] }
        case .doubles(let buffer):
            for slot in slots { doubles[Int(slot)] = buffer[Int(rows[Int(slot)])] }
        case .decimals(let buffer):
            for slot in slots { decimals[Int(slot)] = buffer[Int(rows[Int(slot)])] }
        case .booleans(let bits):
            for slot in slots { integers[Int(slot)] = bits[Int(rows[Int(slot)])] ? 1 : 0 }
        case .texts, .coded:
            let reader = TextReader(column)
            let buffer = reader.bytes
            for slot in slots where isValid[Int(slot)] {
                texts.set(
                    Int(slot),
                    to: buffer.span.extracting(reader.range(Int(rows[Int(slot)])))
                )
            }
        }
    }

    mutating func copy(_ source: Int, to target: Int) {
        isValid[target] = isValid[source]
        switch type.physical {
        case .integer, .boolean: integers[target] = integers[source]
        case .double: doubles[target] = doubles[source]
        case .decimal: decimals[target] = decimals[source]
        case .text: texts.copy(source, to: target)
        }
    }

    mutating func clear(_ slot: Int) {
        isValid[slot] = false
        if type.physical == .text { texts.clear(slot) }
    }

    func column(_ type: DataType, _ slots: Span<Int32>) -> Column {
        switch self.type.physical {
        case .integer:
            ResultValues.integers(type, slots) { _, slot in isValid[slot] ? integers[slot] : nil }
        case .boolean:
            ResultValues.booleans(type, slots) { _, slot in
                isValid[slot] ? integers[slot] != 0 : nil
            }
        case .double:
            ResultValues.doubles(type, slots) { _, slot in isValid[slot] ? doubles[slot] : nil }
        case .decimal:
            ResultValues.decimals(type, slots) { _, slot in isValid[slot] ? decimals[slot] : nil }
        case .text: textColumn(type, slots)
        }
    }

    private func textColumn(_ type: DataType, _ slots: Span<Int32>) -> Column {
        let column = texts.column(type, slots)
        let made = ResultValues.make(slots, placeholder: UInt8(0)) { _, slot in
            isValid[slot] ? 1 : nil
        }
        return Column(type, column.values, validity: made.validity)
    }

    var byteCount: Int {
        integers.capacity * 8 + doubles.capacity * 8 + decimals.capacity * 16 + texts.byteCount
            + isValid.capacity
    }
}

// MARK: - Checkpoints

extension ChosenValues {
    func write(_ slots: Span<Int32>, to output: inout StateWriter) {
        for index in slots.indices {
            output.write(sequences[Int(slots[index])])
            values.write(Int(slots[index]), to: &output)
        }
    }

    func read(_ slots: Span<Int32>, from input: inout StateReader) throws(Failure) {
        for index in slots.indices {
            sequences[Int(slots[index])] = try input.number()
            try values.read(Int(slots[index]), from: &input)
        }
    }
}

extension SlotValues {
    func write(_ slot: Int, to output: inout StateWriter) {
        output.write(isValid[slot])
        switch type.physical {
        case .integer, .boolean: output.write(integers[slot])
        case .double: output.write(doubles[slot])
        case .decimal: output.write(decimals[slot])
        case .text: texts.write(slot, to: &output)
        }
    }

    mutating func read(_ slot: Int, from input: inout StateReader) throws(Failure) {
        isValid[slot] = try input.flag()
        switch type.physical {
        case .integer, .boolean: integers[slot] = try input.number()
        case .double: doubles[slot] = try input.double()
        case .decimal: decimals[slot] = try input.number()
        case .text: try texts.read(slot, from: &input)
        }
    }
}
