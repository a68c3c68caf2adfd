internal import Hashing

/// Gives every row of a batch the slot (0..<4096) of its key.
///
/// Slots follow from ``KeyEncoding`` alone. What was worked out for a dictionary's entries is kept while
/// batches share the dictionary object, so one value serves one stream of batches and changes by use.
package struct KeySlots: Sendable {
    private var dictionary: TextDictionary?
    private var entrySlots = Buffer<UInt16>([])
    private var nullSlot: UInt16 = 0

    package init() { nullSlot = KeyEncoding([.nulls(.null, count: 1)]).slots(1)[0] }

    /// The slot of each of the first `rows` rows of the key columns.
    package mutating func slots(of keys: [Column], rows: Int) -> Buffer<UInt16> {
        precondition(keys.allSatisfy { $0.count >= rows }, "a key column is too short")
        if keys.count == 1 {
            switch keys[0].values {
            case .integers(let values)
            where keys[0].type.isInteger || keys[0].type.isTimestamp:
                return slots(of: values, keys[0], rows)
            case .coded(let codes, let dictionary):
                return slots(of: codes, dictionary, keys[0], rows)
            default: break
            }
        }
        return KeyEncoding(keys).slots(rows)
    }

    /// The rows that each of `workerCount` workers owns, in order.
    ///
    /// - Complexity: O(rows + workers).
    package static func partition(
        _ slots: Buffer<UInt16>,
        workerCount: Int
    ) -> [Selection] {
        precondition(workerCount >= 1 && workerCount <= KeyEncoding.slotCount, "1...4096 workers")
        if workerCount == 1 { return [Selection(all: slots.count)] }
        if workerCount == 2 { return halves(slots) }
        var places = LanePlaces(slots, workerCount)
        let rows = places.sortedRows(slots)
        return (0..<workerCount).map { worker in
            Selection(rows: rows.slice(places.rows(of: worker)), bound: slots.count)
        }
    }

    private func slots(of values: Buffer<Int64>, _ key: Column, _ rows: Int) -> Buffer<UInt16> {
        let tag: UInt64 =
            switch key.type {
            case .timestamp: 0x08
            case .timestampLTZ: 0x09
            default: 0x02
            }
        let source = values.span
        guard let validity = key.validity else {
            return Buffer(capacity: rows) { output in
                for row in 0..<rows { output.append(Self.slot(source[row], tag)) }
            }
        }
        let words = validity.words.span
        return Buffer(capacity: rows) { output in
            for row in 0..<rows {
                let isValid = words[row >> 6] &>> UInt64(row & 63) & 1 == 1
                output.append(isValid ? Self.slot(source[row], tag) : nullSlot)
            }
        }
    }

    @inline(__always)
    private static func slot(_ value: Int64, _ tag: UInt64) -> UInt16 {
        let bits = UInt64(bitPattern: value)
        // The tag and the eight bytes after it, as a word and a byte.
        var hash = XXH64()
        hash.update(bits &<< 8 | tag)
        hash.update(UInt8(truncatingIfNeeded: bits &>> 56))
        return UInt16(truncatingIfNeeded: hash.finalize() &>> 52)
    }

    private mutating func slots(
        of codes: Buffer<Int32>,
        _ dictionary: TextDictionary,
        _ key: Column,
        _ rows: Int
    ) -> Buffer<UInt16> {
        if self.dictionary !== dictionary {
            let entries = Column(key.type, .texts(dictionary.values))
            entrySlots = KeyEncoding([entries]).slots(entries.count)
            self.dictionary = dictionary
        }
        let known = entrySlots.span
        let source = codes.span
        return Buffer(capacity: rows) { output in
            for row in 0..<rows {
                output.append(key.isNull(row) ? nullSlot : known[Int(source[row])])
            }
        }
    }
}
