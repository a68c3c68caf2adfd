internal import Columns
internal import Failures
internal import SQLFront

/// Any aggregate over the distinct values of its arguments: a set of values for each slot.
///
/// The values themselves are numbered once for all slots; a set is a chain of (slot, number) entries that
/// one hash table finds. COUNT is the length of the chain; other functions are computed at the end from the
/// set's values in the order of their first rows.
final class DistinctValues: AggregateState {
    private let arguments: [Int]
    private var values: GroupTable
    private var chains: [Chain] = []
    private var entries: [Entry] = []
    private var freeEntry: Int32 = -1
    private var liveCount = 0
    /// Open addressing: an entry's number plus 1; 0 is free, −1 was used.
    private var index = [Int32](repeating: 0, count: 64)
    /// Places of `index` that are not free.
    private var usedCount = 0
    /// The function that the values go into, nil for COUNT.
    private let makeInner: (() -> any AggregateState)?

    private struct Entry {
        var slot: Int32
        var value: Int32
        /// The next of the slot's entries, or −1.
        var next: Int32
        /// Lowest sequence number of the value's rows.
        var sequence: Int64
    }

    private struct Chain {
        var first: Int32 = -1
        var count: Int32 = 0
    }

    init(arguments: [Int], types: [DataType], inner: (() -> any AggregateState)?) {
        self.arguments = arguments
        values = GroupTable(keyTypes: types)
        makeInner = inner
    }

    func grow(to slotCount: Int) {
        guard slotCount > chains.count else { return }
        chains.append(contentsOf: repeatElement(Chain(), count: slotCount - chains.count))
    }

    func add(_ slots: Span<Int32>, _ rows: Batch, _ sequence: RowNumbers) {
        let columns = arguments.map { rows.columns[$0] }
        let numbers = values.groups(of: columns, rows: rows.rowCount)
        let span = numbers.span
        SlotRows.forEach(slots, SlotRows.validity(columns)) { row, slot in
            insert(Int32(truncatingIfNeeded: slot), span[row], sequence[row])
        }
    }

    @inline(__always)
    private static func hash(_ slot: Int32, _ value: Int32) -> UInt64 {
        let word = UInt64(UInt32(bitPattern: slot)) &<< 32 | UInt64(UInt32(bitPattern: value))
        let product = (word ^ 0x9E37_79B9_7F4A_7C15)
            .multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }

    private func insert(_ slot: Int32, _ value: Int32, _ sequence: Int64) {
        if usedCount * 2 >= index.count { rebuildIndex() }
        let mask = index.count - 1
        var place = Int(truncatingIfNeeded: Self.hash(slot, value)) & mask
        var vacant = -1
        while index[place] != 0 {
            let number = Int(index[place]) - 1
            if number < 0 {
                if vacant < 0 { vacant = place }
            } else if entries[number].slot == slot, entries[number].value == value {
                entries[number].sequence = min(entries[number].sequence, sequence)
                return
            }
            place = (place + 1) & mask
        }
        if vacant < 0 { usedCount += 1 }
        let number = store(
            Entry(
                slot: slot,
                value: value,
                next: chains[Int(slot)].first,
                sequence: sequence
            )
        )
        index[vacant < 0 ? place : vacant] = number + 1
        chains[Int(slot)].first = number
        chains[Int(slot)].count += 1
        liveCount += 1
    }

    private func store(_ entry: Entry) -> Int32 {
        guard freeEntry >= 0 else {
            precondition(entries.count < Int(Int32.max) - 1, "more than 2^31 distinct values")
            entries.append(entry)
            return Int32(entries.count - 1)
        }
        let number = freeEntry
        freeEntry = entries[Int(number)].next
        entries[Int(number)] = entry
        return number
    }

    private func rebuildIndex() {
        var capacity = 64
        while capacity < liveCount * 4 { capacity *= 2 }
        index = [Int32](repeating: 0, count: capacity)
        for chain in chains {
            var next = chain.first
            while next >= 0 {
                let entry = entries[Int(next)]
                var place =
                    Int(truncatingIfNeeded: Self.hash(entry.slot, entry.value)) & (capacity - 1)
                while index[place] != 0 { place = (place + 1) & (capacity - 1) }
                index[place] = next + 1
                next = entry.next
            }
        }
        usedCount = liveCount
    }

    func merge(_ sources: Span<Int32>, into targets: Span<Int32>) {
        for pair in sources.indices {
            var next = chains[Int(sources[pair])].first
            while next >= 0 {
                let entry = entries[Int(next)]
                insert(targets[pair], entry.value, entry.sequence)
                next = entry.next
            }
        }
    }

    func clear(_ slots: Span<Int32>) {
        for position in slots.indices {
            let slot = Int(slots[position])
            var next = chains[slot].first
            while next >= 0 {
                let following = entries[Int(next)].next
                remove(next)
                next = following
            }
            chains[slot] = Chain()
        }
        forgetUnusedValues()
    }

    private func remove(_ number: Int32) {
        let entry = entries[Int(number)]
        let mask = index.count - 1
        var place = Int(truncatingIfNeeded: Self.hash(entry.slot, entry.value)) & mask
        while index[place] != number + 1 { place = (place + 1) & mask }
        index[place] = -1
        entries[Int(number)].next = freeEntry
        freeEntry = number
        liveCount -= 1
    }

    /// Numbers the values anew when most of them are in no set any more.
    private func forgetUnusedValues() {
        guard values.count > 4096, values.count > 4 * liveCount else { return }
        var isUsed = [Bool](repeating: false, count: values.count)
        forEachEntry { isUsed[Int(entries[$0].value)] = true }
        let kept = Selection(isUsed.indices.filter { isUsed[$0] })
        var renumbered = GroupTable(keyTypes: values.keyTypes)
        _ = renumbered.groups(of: values.keyColumns(groups: kept), rows: kept.count)
        var newNumbers = [Int32](repeating: -1, count: values.count)
        for number in 0..<kept.count { newNumbers[Int(kept.rows[number])] = Int32(number) }
        forEachEntry { entries[$0].value = newNumbers[Int(entries[$0].value)] }
        values = renumbered
        rebuildIndex()
    }

    private func forEachEntry(_ body: (Int) -> Void) {
        for chain in chains {
            var next = chain.first
            while next >= 0 {
                body(Int(next))
                next = entries[Int(next)].next
            }
        }
    }

    func result(
        of call: AggregateCall,
        _ slots: Span<Int32>,
        faults: inout [GroupFault]
    ) -> Column {
        guard let makeInner else {
            return ResultValues.integers(call.type, slots) { _, slot in Int64(chains[slot].count) }
        }
        var members: [(group: Int32, entry: Entry)] = []
        for position in slots.indices {
            var next = chains[Int(slots[position])].first
            while next >= 0 {
                members.append((Int32(position), entries[Int(next)]))
                next = entries[Int(next)].next
            }
        }
        members.sort {
            ($0.group, $0.entry.sequence, $0.entry.value)
                < ($1.group, $1.entry.sequence, $1.entry.value)
        }
        let numbers = Selection(members.map { Int($0.entry.value) })
        let columns = values.keyColumns(groups: numbers)
        let schema = Schema(values.keyTypes.map { Field("value", $0) })
        let rows = Batch(schema: schema, columns: columns, rowCount: members.count)
        let inner = makeInner()
        inner.grow(to: slots.count)
        let groups = members.map(\.group)
        inner.add(groups.span, rows, .each(Buffer(members.map(\.entry.sequence))))
        let all = (0..<slots.count).map { Int32($0) }
        return inner.result(of: call, all.span, faults: &faults)
    }

    var byteCount: Int {
        values.byteCount + chains.capacity * 8 + index.capacity * 4
            + entries.capacity * MemoryLayout<Entry>.stride
    }
}

// MARK: - Checkpoints

extension DistinctValues {
    func write(_ slots: Span<Int32>, to output: inout StateWriter) {
        var members: [Entry] = []
        for index in slots.indices {
            let chain = chains[Int(slots[index])]
            output.write(chain.count)
            var next = chain.first
            while next >= 0 {
                members.append(entries[Int(next)])
                next = entries[Int(next)].next
            }
        }
        output.write(members.map(\.sequence))
        for column in values.keyColumns(groups: Selection(members.map { Int($0.value) })) {
            output.write(column)
        }
    }

    func read(_ slots: Span<Int32>, from input: inout StateReader) throws(Failure) {
        var owners: [Int32] = []
        for index in slots.indices {
            let count: Int32 = try input.number()
            for _ in 0..<max(count, 0) { owners.append(slots[index]) }
        }
        let sequences = try input.numbers()
        var columns: [Column] = []
        for type in values.keyTypes {
            let column = try input.column(type)
            guard column.count == owners.count else { throw StateReader.corrupt("a set of values") }
            columns.append(column)
        }
        guard sequences.count == owners.count else { throw StateReader.corrupt("a set of values") }
        let numbers = values.groups(of: columns, rows: owners.count)
        for member in owners.indices {
            insert(owners[member], numbers[member], sequences[member])
        }
    }
}
