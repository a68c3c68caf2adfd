internal import Columns

/// Collects the groups of closed windows and emits them in canonical order: window end, window start, key.
struct WindowEmitter {
    private let output: GroupOutput
    private var keys: [Int32] = []
    private var slots: [Int32] = []
    private var starts: [Int64] = []
    private var ends: [Int64] = []

    init(_ output: GroupOutput) { self.output = output }

    var count: Int { keys.count }

    mutating func append(_ members: [WindowGroups.Member], start: Int64, end: Int64) {
        for member in members { append(member.key, member.slot, start: start, end: end) }
    }

    mutating func append(_ key: Int32, _ slot: Int32, start: Int64, end: Int64) {
        keys.append(key)
        slots.append(slot)
        starts.append(start)
        ends.append(end)
    }

    /// Emits what was appended; states must not have changed since.
    ///
    /// With `mergesEqual`, groups may agree in key and window, and are then one.
    mutating func flush(
        _ table: inout GroupTable,
        _ states: AggregateStates,
        mergesEqual: Bool = false,
        into emissions: inout [Emission],
        report: inout StepReport
    ) {
        guard !keys.isEmpty else { return }
        var order = sorted(&table)
        if mergesEqual { order = merged(order, states) }
        let rows = order.rows.span
        let groups = GroupOutput.Groups(
            keys: table.keyColumns(groups: Selection(rows: Self.gather(keys, rows))),
            slots: Self.gather(slots, rows),
            starts: Self.gather(starts, rows),
            ends: Self.gather(ends, rows)
        )
        output.emit(groups, states, into: &emissions, report: &report)
        keys.removeAll(keepingCapacity: true)
        slots.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    private func sorted(_ table: inout GroupTable) -> Selection {
        let ranks = table.keyTypes.isEmpty ? nil : table.sortedRanks()
        let keyRanks = Buffer<Int64>(capacity: keys.count) { output in
            for key in keys { output.append(ranks.map { Int64($0[Int(key)]) } ?? 0) }
        }
        return Selection(
            sorting: [
                Column(.bigint, .integers(Buffer(ends))),
                Column(.bigint, .integers(Buffer(starts))),
                Column(.bigint, .integers(keyRanks)),
            ],
            orders: [.ascending, .ascending, .ascending],
            rows: keys.count
        )
    }

    /// Merges the states of groups that agree into the first of them, and drops the others.
    private func merged(_ order: Selection, _ states: AggregateStates) -> Selection {
        var kept: [Int] = []
        var sources: [Int32] = []
        var targets: [Int32] = []
        for index in 0..<order.count {
            let row = Int(order.rows[index])
            if let last = kept.last, keys[last] == keys[row], starts[last] == starts[row],
                ends[last] == ends[row]
            {
                sources.append(slots[row])
                targets.append(slots[last])
            } else {
                kept.append(row)
            }
        }
        states.merge(sources.span, into: targets.span)
        return Selection(kept)
    }

    private static func gather<Element: BitwiseCopyable & Sendable>(
        _ elements: [Element],
        _ rows: Span<Int32>
    ) -> Buffer<Element> {
        Buffer(capacity: rows.count) { output in
            for index in rows.indices { output.append(elements[Int(rows[index])]) }
        }
    }
}
