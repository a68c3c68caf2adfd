internal import Columns
internal import Failures
internal import SQLFront

/// COUNT: rows in which none of the arguments is NULL.
final class RowCounts: AggregateState {
    private let arguments: [Int]
    private var counts: [Int64] = []

    init(arguments: [Int]) { self.arguments = arguments }

    func grow(to slotCount: Int) {
        guard slotCount > counts.count else { return }
        counts.append(contentsOf: repeatElement(0, count: slotCount - counts.count))
    }

    func add(_ slots: Span<Int32>, _ rows: Batch, _ sequence: RowNumbers) {
        let validity = SlotRows.validity(arguments.map { rows.columns[$0] })
        SlotRows.update(&counts, slots, validity) { count, _ in count &+= 1 }
    }

    func merge(_ sources: Span<Int32>, into targets: Span<Int32>) {
        for pair in sources.indices {
            counts[Int(targets[pair])] &+= counts[Int(sources[pair])]
        }
    }

    func clear(_ slots: Span<Int32>) {
        for index in slots.indices { counts[Int(slots[index])] = 0 }
    }

    func result(
        of call: AggregateCall,
        _ slots: Span<Int32>,
        faults: inout [GroupFault]
    ) -> Column {
        ResultValues.integers(call.type, slots) { _, slot in counts[slot] }
    }

    var byteCount: Int { counts.capacity * 8 }
}

extension RowCounts {
    func write(_ slots: Span<Int32>, to output: inout StateWriter) {
        for index in slots.indices { output.write(counts[Int(slots[index])]) }
    }

    func read(_ slots: Span<Int32>, from input: inout StateReader) throws(Failure) {
        for index in slots.indices { counts[Int(slots[index])] = try input.number() }
    }
}
