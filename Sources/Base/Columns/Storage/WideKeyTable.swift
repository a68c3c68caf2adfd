/// Numbers texts and 128-bit numbers in the order in which they are first seen.
///
/// A key is two words. A text of up to 15 bytes lies in them itself, with its length in the uppermost byte;
/// of a longer text they hold the hash and, behind the mark 0xFF, its position among the long texts. A
/// table holds either texts or 128-bit numbers, never both.
struct WideKeyTable: Sendable {
    /// Two words of a key.
    struct Key: Hashable, Sendable {
        var low: UInt64
        var high: UInt64
    }

    private var slots = GroupSlots()
    /// As long as the slots' limit; the first `count` are keys by number.
    private var keys = [Key](repeating: Key(low: 0, high: 0), count: 32)
    /// Number of keys, the placeholder of NULL included.
    private(set) var count = 0
    /// The number of NULL, or -1 while it has not been seen.
    private var nullNumber: Int32 = -1
    private var longTexts = LongTexts()

    init() {}

    var byteCount: Int { slots.byteCount + keys.capacity * 16 + longTexts.byteCount }

    func isNull(_ number: Int) -> Bool { number == Int(nullNumber) }

    var hasNull: Bool { nullNumber >= 0 }

    /// The 128-bit number behind a key's number; unspecified for NULL's.
    func decimal(_ number: Int) -> Int128 {
        let key = keys[number]
        return Int128(Int64(bitPattern: key.high)) << 64 | Int128(key.low)
    }

    /// Appends the text behind a key's number; nothing for NULL's.
    func append(_ number: Int, to builder: inout TextBuilder) {
        let key = keys[number]
        if number == Int(nullNumber) {
            builder.endRow()
            return
        }
        let length = Int(key.high >> 56)
        if length == 0xFF {
            longTexts.append(Int(key.high & 0x00FF_FFFF_FFFF_FFFF), to: &builder)
            return
        }
        for index in 0..<length {
            let word = index < 8 ? key.low : key.high
            builder.appendPart(UInt8(truncatingIfNeeded: word >> (UInt64(index & 7) &<< 3)))
        }
        builder.endRow()
    }

    /// Numbers texts; as `IntegerKeyTable.number`.
    ///
    /// SAFETY: `texts` covers every visited row, and `output` has room for `visited.count` numbers.
    mutating func number(
        _ texts: TextValues,
        _ visited: VisitedRows,
        _ validity: VisitedValidity,
        inserts: Bool,
        into output: UnsafeMutablePointer<Int32>
    ) {
        var index = 0
        while true {
            index = unsafe probe(texts, visited, validity, inserts, from: index, into: output)
            if index == visited.count { return }
            grow()
        }
    }

    /// Numbers 128-bit numbers; as `IntegerKeyTable.number`.
    mutating func number(
        _ values: UnsafePointer<Int128>,
        _ visited: VisitedRows,
        _ validity: VisitedValidity,
        inserts: Bool,
        into output: UnsafeMutablePointer<Int32>
    ) {
        for index in 0..<visited.count {
            let row = visited.row(index)
            if validity.isNull(row) {
                unsafe output[index] = numberOfNull(inserts)
                continue
            }
            let value = unsafe values[row]
            let key = Key(
                low: UInt64(truncatingIfNeeded: value),
                high: UInt64(truncatingIfNeeded: value >> 64)
            )
            unsafe output[index] = number(key, inserts)
        }
    }

    private mutating func numberOfNull(_ inserts: Bool) -> Int32 {
        if nullNumber < 0, inserts {
            if count == slots.limit { grow() }
            nullNumber = Int32(truncatingIfNeeded: count)
            count += 1
        }
        return nullNumber
    }

    private mutating func number(_ key: Key, _ inserts: Bool) -> Int32 {
        if count == slots.limit { grow() }
        let hash = GroupHash.hash(key.low, key.high, GroupHash.seed)
        let mask = slots.words.count - 1
        var slot = Int(truncatingIfNeeded: hash &>> slots.shift)
        while slots.words[slot] != 0 {
            let number = Int(slots.words[slot] & 0xFFFF_FFFF) - 1
            if keys[number] == key { return Int32(truncatingIfNeeded: number) }
            slot = (slot + 1) & mask
        }
        guard inserts else { return -1 }
        keys[count] = key
        count += 1
        slots.words[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(count)
        return Int32(truncatingIfNeeded: count - 1)
    }

    /// Numbers rows from `start` on, until all are done or the table is full; returns where it stopped.
    private mutating func probe(
        _ texts: TextValues,
        _ visited: VisitedRows,
        _ validity: VisitedValidity,
        _ inserts: Bool,
        from start: Int,
        into output: UnsafeMutablePointer<Int32>
    ) -> Int {
        let shift = slots.shift
        let limit = slots.limit
        let (count, null, long) = (count, nullNumber, longTexts)
        longTexts = LongTexts()
        // SAFETY: the arrays live and stay where they are during the closures, and nobody else uses them.
        let (end, found) = unsafe slots.words.withUnsafeMutableBufferPointer { slots in
            unsafe keys.withUnsafeMutableBufferPointer { keys in
                var probe = unsafe TextProbe(
                    words: slots.baseAddress.unsafelyUnwrapped,
                    mask: slots.count &- 1,
                    shift: shift,
                    keys: keys.baseAddress.unsafelyUnwrapped,
                    limit: limit,
                    texts: texts,
                    visited: visited,
                    validity: validity,
                    inserts: inserts,
                    output: output,
                    count: count,
                    null: null,
                    long: long
                )
                let end = probe.run(from: start)
                return (end, probe)
            }
        }
        self.count = found.count
        nullNumber = found.null
        longTexts = found.long
        return end
    }

    private mutating func grow() {
        slots.grow()
        keys.append(
            contentsOf: repeatElement(Key(low: 0, high: 0), count: slots.limit - keys.count)
        )
    }
}
