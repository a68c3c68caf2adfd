internal import Columns
internal import Failures
internal import SQLFront

/// LISTAGG: the texts of a group in sequence order.
///
/// The texts of a slot are a chain of entries with ascending sequence numbers; entries of several slots may
/// share bytes after a merge, until the bytes are rewritten.
final class TextLists: AggregateState {
    private let argument: Int
    private let separator: [UInt8]
    private var chains: [Chain] = []
    private var entries: [Entry] = []
    /// First entry that is free to be used again, or −1; the free ones are chained too.
    private var freeEntry: Int32 = -1
    private var bytes: [UInt8] = []
    /// Sum of the lengths of all entries in chains.
    private var liveCount = 0

    private struct Entry {
        var sequence: Int64
        var start: Int
        var count: Int
        /// −1: the last of its chain.
        var next: Int32
    }

    private struct Chain {
        var first: Int32 = -1
        var last: Int32 = -1
        /// Texts and separators together.
        var byteCount = 0
    }

    /// Longest result, as long as a row may be.
    private static let byteLimit = 16 << 20

    init(argument: Int, separator: String) {
        self.argument = argument
        self.separator = Array(separator.utf8)
    }

    func grow(to slotCount: Int) {
        guard slotCount > chains.count else { return }
        chains.append(contentsOf: repeatElement(Chain(), count: slotCount - chains.count))
    }

    func add(_ slots: Span<Int32>, _ rows: Batch, _ sequence: RowNumbers) {
        let column = rows.columns[argument]
        let reader = TextReader(column)
        let buffer = reader.bytes
        let source = buffer.span
        SlotRows.forEach(slots, column.validity) { row, slot in
            let range = reader.range(row)
            let start = bytes.count
            for index in range { bytes.append(source[index]) }
            append(
                Entry(sequence: sequence[row], start: start, count: range.count, next: -1),
                to: slot
            )
        }
    }

    /// Puts an entry into its place; nearly always that is the end.
    private func append(_ entry: Entry, to slot: Int) {
        let number = store(entry)
        liveCount += entry.count
        let last = chains[slot].last
        chains[slot].byteCount += entry.count + (last < 0 ? 0 : separator.count)
        if last < 0 {
            chains[slot].first = number
            chains[slot].last = number
        } else if entries[Int(last)].sequence <= entry.sequence {
            entries[Int(last)].next = number
            chains[slot].last = number
        } else {
            insert(number, into: slot)
        }
    }

    /// Links an entry that is not the last of its chain.
    private func insert(_ number: Int32, into slot: Int) {
        let sequence = entries[Int(number)].sequence
        var previous: Int32 = -1
        var next = chains[slot].first
        while entries[Int(next)].sequence <= sequence {
            previous = next
            next = entries[Int(next)].next
        }
        entries[Int(number)].next = next
        if previous < 0 {
            chains[slot].first = number
        } else {
            entries[Int(previous)].next = number
        }
    }

    private func store(_ entry: Entry) -> Int32 {
        guard freeEntry >= 0 else {
            entries.append(entry)
            return Int32(entries.count - 1)
        }
        let number = freeEntry
        freeEntry = entries[Int(number)].next
        entries[Int(number)] = entry
        return number
    }

    func merge(_ sources: Span<Int32>, into targets: Span<Int32>) {
        for pair in sources.indices { merge(Int(sources[pair]), into: Int(targets[pair])) }
    }

    /// Merges two ascending chains in one pass; the source's entries are copied, their bytes shared.
    private func merge(_ source: Int, into target: Int) {
        let own = takeNumbers(of: target)
        let other = numbers(of: source)
        var ownIndex = 0
        var otherIndex = 0
        while ownIndex < own.count || otherIndex < other.count {
            let takesOwn =
                otherIndex == other.count
                || (ownIndex < own.count
                    && entries[Int(own[ownIndex])].sequence
                        <= entries[Int(other[otherIndex])].sequence)
            let number = takesOwn ? own[ownIndex] : other[otherIndex]
            var entry = entries[Int(number)]
            entry.next = -1
            if takesOwn {
                ownIndex += 1
                release(number)
            } else {
                otherIndex += 1
            }
            append(entry, to: target)
        }
    }

    private func numbers(of slot: Int) -> [Int32] {
        var numbers: [Int32] = []
        var next = chains[slot].first
        while next >= 0 {
            numbers.append(next)
            next = entries[Int(next)].next
        }
        return numbers
    }

    private func takeNumbers(of slot: Int) -> [Int32] {
        let numbers = numbers(of: slot)
        chains[slot] = Chain()
        return numbers
    }

    private func release(_ number: Int32) {
        liveCount -= entries[Int(number)].count
        entries[Int(number)].next = freeEntry
        freeEntry = number
    }

    func clear(_ slots: Span<Int32>) {
        for index in slots.indices {
            for number in takeNumbers(of: Int(slots[index])) { release(number) }
        }
        compactIfNeeded()
    }

    private func compactIfNeeded() {
        guard bytes.count > 2 * liveCount + 1 << 16 else { return }
        var compacted: [UInt8] = []
        compacted.reserveCapacity(liveCount)
        for slot in chains.indices {
            for number in numbers(of: slot) {
                let entry = entries[Int(number)]
                entries[Int(number)].start = compacted.count
                compacted.append(contentsOf: bytes[entry.start..<entry.start + entry.count])
            }
        }
        bytes = compacted
    }

    func result(
        of call: AggregateCall,
        _ slots: Span<Int32>,
        faults: inout [GroupFault]
    ) -> Column {
        var builder = TextBuilder(capacity: slots.count)
        let made = ResultValues.make(slots, placeholder: UInt8(0)) { index, slot in
            let isTooLong = chains[slot].byteCount > Self.byteLimit
            if isTooLong {
                faults.append(
                    GroupFault(
                        index: index,
                        code: "EVAL_STRING_LENGTH",
                        problem: "has \(chains[slot].byteCount) bytes; the limit is 16 MiB",
                        call: call
                    )
                )
            }
            guard chains[slot].first >= 0, !isTooLong else {
                builder.appendEmpty()
                return nil
            }
            appendText(of: slot, to: &builder)
            return 1
        }
        return Column(call.type, .texts(builder.finish()), validity: made.validity)
    }

    private func appendText(of slot: Int, to builder: inout TextBuilder) {
        let bytes = bytes
        let separator = separator
        var next = chains[slot].first
        while next >= 0 {
            let entry = entries[Int(next)]
            builder.appendPart(bytes.span.extracting(entry.start..<entry.start + entry.count))
            next = entry.next
            if next >= 0 { builder.appendPart(separator.span) }
        }
        builder.endRow()
    }

    var byteCount: Int {
        bytes.capacity + entries.capacity * MemoryLayout<Entry>.stride
            + chains.capacity * MemoryLayout<Chain>.stride
    }
}

// MARK: - Checkpoints

extension TextLists {
    func write(_ slots: Span<Int32>, to output: inout StateWriter) {
        for index in slots.indices {
            let members = numbers(of: Int(slots[index]))
            output.write(members.count)
            for member in members {
                let entry = entries[Int(member)]
                output.write(entry.sequence)
                output.write(bytes.span.extracting(entry.start..<entry.start + entry.count))
            }
        }
    }

    func read(_ slots: Span<Int32>, from input: inout StateReader) throws(Failure) {
        for index in slots.indices {
            for _ in 0..<(try input.count()) {
                let sequence: Int64 = try input.number()
                let text = try input.data()
                let start = bytes.count
                bytes.append(contentsOf: text)
                append(
                    Entry(sequence: sequence, start: start, count: text.count, next: -1),
                    to: Int(slots[index])
                )
            }
        }
    }
}
