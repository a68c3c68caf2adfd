/// Finds the slots of keys on their way through an exchange, and turns their texts into codes.
///
/// A text is hashed once, where it enters; behind the exchange its code is looked up in an array. The book
/// learns keys as they come, up to ``keyLimit``; where there are more, hashing every row costs less than
/// keeping them, and the book passes all further keys on as they are. One value serves one thread.
package struct KeyBook: Sendable {
    /// A batch's keys with their slots.
    package struct Reading: Sendable {
        /// The slot (0..<4096) of each row's key, as ``KeyEncoding`` defines it.
        package var slots: Buffer<UInt16>
        /// The same values as the columns that were read; texts may have become codes.
        package var keys: [Column]
    }

    /// Most different keys that are remembered: their slots and texts stay in a processor's own cache.
    package static let keyLimit = 16_384

    private var plain = KeySlots()
    private var entries: Entries?
    /// Whether there were too many different keys.
    package private(set) var isFull = false

    package init() {}

    /// The slots of the first `rows` rows of the key columns.
    package mutating func read(_ keys: [Column], rows: Int) -> Reading {
        guard !isFull, keys.contains(where: \.holdsTextsThemselves) else {
            return Reading(slots: plain.slots(of: keys, rows: rows), keys: keys)
        }
        var entries = self.entries ?? Entries(keyTypes: keys.map(\.type))
        self.entries = nil
        let reading = entries.read(keys, rows)
        isFull = entries.count > Self.keyLimit
        if !isFull { self.entries = entries }
        return reading
    }
}

/// The keys that a book has met.
private struct Entries: Sendable {
    private var table: GroupTable
    /// Slot of each group.
    private var slots = Buffer<UInt16>([])
    /// Per column the values by their number; nil for columns that are no texts.
    private var dictionaries: [TextDictionary?]

    init(keyTypes: [DataType]) {
        table = GroupTable(keyTypes: keyTypes)
        dictionaries = keyTypes.map { type in
            type.physical == .text ? TextDictionary(TextValues([])) : nil
        }
    }

    var count: Int { table.count }

    mutating func read(_ keys: [Column], _ rows: Int) -> KeyBook.Reading {
        let (groups, numbers) = table.numberedGroups(of: keys, rows: rows)
        learn()
        let known = Selection(rows: groups, bound: table.count)
        let coded = keys.indices.map { index -> Column in
            guard keys[index].holdsTextsThemselves, let dictionary = dictionaries[index] else {
                return keys[index]
            }
            return Column(
                keys[index].type,
                .coded(codes: numbers[index], dictionary: dictionary),
                validity: keys[index].validity?.slice(0..<rows)
            )
        }
        return KeyBook.Reading(slots: slots.gathered(by: known), keys: coded)
    }

    /// Takes in what the table has met since the last time.
    private mutating func learn() {
        guard table.count > slots.count else { return }
        let added = Selection(Array(slots.count..<table.count))
        let encoding = KeyEncoding(table.keyColumns(groups: added))
        let addedSlots = encoding.slots(added.count)
        let known = slots
        slots = Buffer(capacity: table.count) { output in
            for index in 0..<known.count { output.append(known[index]) }
            for index in 0..<addedSlots.count { output.append(addedSlots[index]) }
        }
        for index in dictionaries.indices {
            guard let dictionary = dictionaries[index],
                case .texts(let texts) = table.values(
                    ofColumn: index,
                    from: dictionary.values.count
                ).values, texts.count > 0
            else { continue }
            dictionaries[index] = dictionary.extended(by: texts)
        }
    }
}

extension Column {
    /// Whether the rows' texts stand in the column itself, not behind codes.
    fileprivate var holdsTextsThemselves: Bool {
        if case .texts = values { true } else { false }
    }
}
