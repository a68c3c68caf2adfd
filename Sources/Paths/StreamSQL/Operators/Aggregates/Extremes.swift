internal import Columns
internal import Failures
internal import SQLFront

/// MIN or MAX of a text or bytes column, by bytes.
final class TextExtreme: AggregateState {
    private let argument: Int
    private let isMaximum: Bool
    private var texts = TextSlots()

    init(argument: Int, isMaximum: Bool) {
        self.argument = argument
        self.isMaximum = isMaximum
    }

    func grow(to slotCount: Int) { texts.grow(to: slotCount) }

    func add(_ slots: Span<Int32>, _ rows: Batch, _ sequence: RowNumbers) {
        let column = rows.columns[argument]
        let reader = TextReader(column)
        let buffer = reader.bytes
        let bytes = buffer.span
        SlotRows.forEach(slots, column.validity) { row, slot in
            let text = bytes.extracting(reader.range(row))
            let isBetter =
                texts.isEmpty(slot)
                || (isMaximum ? texts.isAfter(text, slot) : texts.isBefore(text, slot))
            if isBetter { texts.set(slot, to: text) }
        }
    }

    func merge(_ sources: Span<Int32>, into targets: Span<Int32>) {
        for pair in sources.indices {
            let source = Int(sources[pair])
            let target = Int(targets[pair])
            guard !texts.isEmpty(source) else { continue }
            let order = texts.isEmpty(target) ? (isMaximum ? 1 : -1) : texts.order(source, target)
            if isMaximum ? order > 0 : order < 0 { texts.copy(source, to: target) }
        }
    }

    func clear(_ slots: Span<Int32>) {
        for index in slots.indices { texts.clear(Int(slots[index])) }
    }

    func result(
        of call: AggregateCall,
        _ slots: Span<Int32>,
        faults: inout [GroupFault]
    ) -> Column { texts.column(call.type, slots) }

    var byteCount: Int { texts.byteCount }
}

/// MIN and MAX of a BOOLEAN column: which of its two values were met.
final class BooleanExtremes: AggregateState {
    private let argument: Int
    /// Bit 0: FALSE was met, bit 1: TRUE.
    private var met: [UInt8] = []

    init(argument: Int) { self.argument = argument }

    func grow(to slotCount: Int) {
        guard slotCount > met.count else { return }
        met.append(contentsOf: repeatElement(0, count: slotCount - met.count))
    }

    func add(_ slots: Span<Int32>, _ rows: Batch, _ sequence: RowNumbers) {
        let column = rows.columns[argument]
        guard case .booleans(let bits) = column.values else {
            preconditionFailure("\(column.type) is not stored as booleans")
        }
        SlotRows.update(&met, slots, column.validity) { met, row in met |= bits[row] ? 2 : 1 }
    }

    func merge(_ sources: Span<Int32>, into targets: Span<Int32>) {
        for pair in sources.indices { met[Int(targets[pair])] |= met[Int(sources[pair])] }
    }

    func clear(_ slots: Span<Int32>) {
        for index in slots.indices { met[Int(slots[index])] = 0 }
    }

    func result(
        of call: AggregateCall,
        _ slots: Span<Int32>,
        faults: inout [GroupFault]
    ) -> Column {
        ResultValues.booleans(call.type, slots) { _, slot in
            if met[slot] == 0 { return nil }
            return call.function == .minimum ? met[slot] == 2 : met[slot] & 2 != 0
        }
    }

    var byteCount: Int { met.capacity }
}

// MARK: - Checkpoints

extension TextExtreme {
    func write(_ slots: Span<Int32>, to output: inout StateWriter) {
        for index in slots.indices { texts.write(Int(slots[index]), to: &output) }
    }

    func read(_ slots: Span<Int32>, from input: inout StateReader) throws(Failure) {
        for index in slots.indices { try texts.read(Int(slots[index]), from: &input) }
    }
}

extension BooleanExtremes {
    func write(_ slots: Span<Int32>, to output: inout StateWriter) {
        for index in slots.indices { output.write(met[Int(slots[index])]) }
    }

    func read(_ slots: Span<Int32>, from input: inout StateReader) throws(Failure) {
        for index in slots.indices { met[Int(slots[index])] = try input.number() }
    }
}
