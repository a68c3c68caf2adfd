internal import Columns
internal import Failures

/// The state of an operator between two steps, cut by the slots of its keys.
///
/// A key has the same slot however many partitions there are, so that a slot's state can go to whichever
/// partition owns the slot. An operator without keys has one part, of slot 0.
struct OperatorState: Sendable {
    struct Part: Sendable {
        var slot: Int
        var bytes: [UInt8]

        var reader: StateReader { StateReader(bytes, name: "the state of key slot \(slot)") }
    }

    /// By ascending slot.
    var parts: [Part] = []

    init(parts: [Part] = []) { self.parts = parts.sorted { $0.slot < $1.slot } }

    /// Cuts entries by their keys and lets `write` write those of each slot.
    ///
    /// - Parameters:
    ///   - keys: columns, as long as there are entries, by which rows are exchanged; none: all in slot 0.
    ///   - count: number of entries.
    ///   - write: writes the entries with the given numbers, at least one.
    init(
        keys: [Column],
        count: Int,
        write: (_ entries: [Int], _ output: inout StateWriter) -> Void
    ) {
        for (slot, entries) in Self.cut(keys: keys, count: count).sorted(by: { $0.key < $1.key }) {
            var output = StateWriter()
            write(entries, &output)
            parts.append(Part(slot: slot, bytes: output.bytes))
        }
    }

    /// The numbers of the entries in each slot that has any, ascending.
    static func cut(keys: [Column], count: Int) -> [Int: [Int]] {
        guard count > 0 else { return [:] }
        guard !keys.isEmpty else { return [0: Array(0..<count)] }
        var known = KeySlots()
        let slots = known.slots(of: keys, rows: count)
        var cut: [Int: [Int]] = [:]
        for entry in 0..<count { cut[Int(slots[entry]), default: []].append(entry) }
        return cut
    }

    /// The parts that partition `partition` of `partitions` owns.
    func part(_ partition: Int, of partitions: Int) -> OperatorState {
        OperatorState(
            parts: parts.filter { part in
                partitions == 1
                    || KeyEncoding.worker(
                        slot: UInt16(truncatingIfNeeded: part.slot),
                        workerCount: partitions
                    ) == partition
            }
        )
    }
}

/// An operator whose state can be written between two steps, and taken over by a new instance.
protocol CheckpointedOperator: StatefulOperator {
    /// All of its state but its watermark.
    func snapshot() -> OperatorState

    /// Takes over parts of states that instances of the same plan gave; called once, before any row.
    ///
    /// - Throws: `STATE_CORRUPT` for bytes of another form.
    func restore(_ state: OperatorState, watermark: Int64) throws(Failure)
}
