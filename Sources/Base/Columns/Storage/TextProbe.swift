/// Numbers texts over the memory of a ``WideKeyTable``.
///
/// In a table larger than the nearest cache a row waits twice for memory: for its slot and for the key behind
/// it. So rows are looked up in blocks, each step for the whole block, and the waits of its rows overlap. What a
/// block does not find at the first slot (new keys, collisions, NULL, long texts) is looked up row by row.
@safe
struct TextProbe {
    // SAFETY: slot numbers are masked by the size of `words`; numbers in slots are below `count <= limit`, the
    // size of `keys`; `texts` covers every visited row, and `output` has room for each.
    let words: UnsafeMutablePointer<UInt64>
    let mask: Int
    let shift: UInt64
    let keys: UnsafeMutablePointer<WideKeyTable.Key>
    let limit: Int
    let texts: TextValues
    let visited: VisitedRows
    let validity: VisitedValidity
    let inserts: Bool
    let output: UnsafeMutablePointer<Int32>
    var count: Int
    var null: Int32
    var long: LongTexts

    private static var blockSize: Int { 64 }
    /// Slots of a table that the nearest cache holds.
    private static var nearSlotCount: Int { 2048 }

    /// Numbers rows from `start` on, until all are done or the table is full; returns where it stopped.
    mutating func run(from start: Int) -> Int {
        let reader = ShortTextReader(texts)
        let seed = GroupHash.seed
        guard mask >= Self.nearSlotCount else {
            return probe(start..<visited.count, reader, seed)
        }
        let block = Block(rows: Self.blockSize)
        defer { block.deallocate() }
        var index = start
        while index < visited.count {
            let rows = index..<min(index &+ Self.blockSize, visited.count)
            load(block, rows, reader, seed)
            let missCount = match(block, rows)
            for miss in 0..<missCount {
                let row = unsafe rows.lowerBound &+ Int(block.misses[miss])
                let end = probe(row..<row &+ 1, reader, seed)
                if end == row { return row }
            }
            index = rows.upperBound
        }
        return index
    }

    /// What is known of a block's rows.
    @safe
    private struct Block {
        // SAFETY: each has room for the block's rows, and belongs to one call of `run`.
        let keys: UnsafeMutablePointer<WideKeyTable.Key>
        let hashes: UnsafeMutablePointer<UInt64>
        let misses: UnsafeMutablePointer<Int32>

        init(rows: Int) {
            unsafe keys = .allocate(capacity: rows)
            unsafe hashes = .allocate(capacity: rows)
            unsafe misses = .allocate(capacity: rows)
        }

        func deallocate() {
            unsafe keys.deallocate()
            unsafe hashes.deallocate()
            unsafe misses.deallocate()
        }
    }

    /// The key of rows that a block leaves to the lookup by row; no key has this length.
    private static var noKey: WideKeyTable.Key { WideKeyTable.Key(low: 0, high: 0xFE << 56) }

    @inline(__always)
    private func load(
        _ block: Block,
        _ rows: Range<Int>,
        _ reader: ShortTextReader,
        _ seed: (UInt64, UInt64, UInt64)
    ) {
        for index in rows {
            let row = visited.row(index)
            let range = reader.range(row)
            let isPlain = range.count <= 15 && !validity.isNull(row)
            let key = isPlain ? reader.key(range) : Self.noKey
            let place = index &- rows.lowerBound
            unsafe block.keys[place] = key
            unsafe block.hashes[place] = GroupHash.hash(key.low, key.high, seed)
        }
    }

    /// Numbers the rows that their first slot leads to; returns how many others there are.
    @inline(__always)
    private func match(_ block: Block, _ rows: Range<Int>) -> Int {
        let output = unsafe output + rows.lowerBound
        for place in 0..<rows.count {
            let slot = unsafe Int(truncatingIfNeeded: block.hashes[place] &>> shift)
            unsafe output[place] = Int32(truncatingIfNeeded: words[slot])
        }
        var missCount = 0
        for place in 0..<rows.count {
            let word = unsafe output[place]
            // A free slot is read as the first key, which may be NULL's placeholder; it is a miss all the same.
            let number = max(word &- 1, 0)
            let found = unsafe keys[Int(number)]
            let key = unsafe block.keys[place]
            let isMiss = ((found.low ^ key.low) | (found.high ^ key.high)) != 0 || word == 0
            unsafe output[place] = number
            unsafe block.misses[missCount] = Int32(truncatingIfNeeded: place)
            missCount &+= isMiss ? 1 : 0
        }
        return missCount
    }

    /// Numbers rows one after another; returns where the table was full, or the end.
    private mutating func probe(
        _ rows: Range<Int>,
        _ reader: ShortTextReader,
        _ seed: (UInt64, UInt64, UInt64)
    ) -> Int {
        var index = rows.lowerBound
        while index < rows.upperBound {
            let row = visited.row(index)
            if validity.isNull(row) {
                guard let number = numberOfNull() else { return index }
                unsafe output[index] = number
                index &+= 1
                continue
            }
            let range = reader.range(row)
            let isLong = range.count > 15
            let hash: UInt64
            let key: WideKeyTable.Key
            if isLong {
                hash = reader.hash(range, seed)
                key = WideKeyTable.Key(low: hash, high: 0xFF << 56 | UInt64(long.count))
            } else {
                key = reader.key(range)
                hash = GroupHash.hash(key.low, key.high, seed)
            }
            guard let number = number(key, hash, isLong ? range : nil) else { return index }
            unsafe output[index] = number
            index &+= 1
        }
        return index
    }

    /// The number of NULL, -1 where it has none; nil where the table is full.
    private mutating func numberOfNull() -> Int32? {
        if null < 0, inserts {
            if count == limit { return nil }
            null = Int32(truncatingIfNeeded: count)
            count &+= 1
        }
        return null
    }

    /// The number of a key, -1 where it has none; nil where the table is full.
    @inline(__always)
    private mutating func number(
        _ key: WideKeyTable.Key,
        _ hash: UInt64,
        _ longRange: Range<Int>?
    ) -> Int32? {
        var slot = Int(truncatingIfNeeded: hash &>> shift)
        while true {
            let word = unsafe words[slot]
            if word == 0 { break }
            if (word ^ hash) &>> 32 == 0 {
                let number = Int(truncatingIfNeeded: word & 0xFFFF_FFFF) &- 1
                let found = unsafe keys[number]
                let isSame =
                    if let longRange {
                        found.low == key.low && long.holds(found, texts, longRange)
                    } else {
                        found == key
                    }
                if isSame { return Int32(truncatingIfNeeded: number) }
            }
            slot = (slot &+ 1) & mask
        }
        guard inserts else { return -1 }
        if count == limit { return nil }
        if let longRange { long.append(texts, longRange) }
        unsafe keys[count] = key
        count &+= 1
        unsafe words[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(truncatingIfNeeded: count)
        return Int32(truncatingIfNeeded: count &- 1)
    }
}
