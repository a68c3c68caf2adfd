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
        let seed = GroupHash.seed
        let reader = ShortTextReader(texts)
        var count = count
        var null = nullNumber
        var long = longTexts
        longTexts = LongTexts()
        defer {
            self.count = count
            nullNumber = null
            longTexts = long
        }
        // SAFETY: slot numbers are masked; numbers in slots are below `count <= limit == keys.count`;
        // offsets are below the length of `bytes` by the contract of `TextValues`.
        return unsafe slots.words.withUnsafeMutableBufferPointer { slots in
            let mask = slots.count &- 1
            let words = unsafe slots.baseAddress.unsafelyUnwrapped
            return unsafe keys.withUnsafeMutableBufferPointer { keyBuffer in
                let keys = unsafe keyBuffer.baseAddress.unsafelyUnwrapped
                var index = start
                while index < visited.count {
                    let row = visited.row(index)
                    if validity.isNull(row) {
                        if null < 0, inserts {
                            if count == limit { return index }
                            null = Int32(truncatingIfNeeded: count)
                            count &+= 1
                        }
                        unsafe output[index] = null
                        index &+= 1
                        continue
                    }
                    let range = reader.range(row)
                    var key = Key(low: 0, high: 0)
                    let isLong = range.count > 15
                    let hash: UInt64
                    if isLong {
                        hash = reader.hash(range, seed)
                        key.low = hash
                        key.high = 0xFF << 56 | UInt64(long.count)
                    } else {
                        key = reader.key(range)
                        hash = GroupHash.hash(key.low, key.high, seed)
                    }
                    var slot = Int(truncatingIfNeeded: hash &>> shift)
                    while true {
                        let word = unsafe words[slot]
                        if word == 0 {
                            if !inserts {
                                unsafe output[index] = -1
                                break
                            }
                            if count == limit { return index }
                            if isLong { long.append(texts, range) }
                            unsafe keys[count] = key
                            unsafe output[index] = Int32(truncatingIfNeeded: count)
                            count &+= 1
                            unsafe words[slot] =
                                hash & 0xFFFF_FFFF_0000_0000 | UInt64(truncatingIfNeeded: count)
                            break
                        }
                        if (word ^ hash) &>> 32 == 0 {
                            let number = Int(truncatingIfNeeded: word & 0xFFFF_FFFF) &- 1
                            let found = unsafe keys[number]
                            let isSame =
                                isLong
                                ? found.low == key.low && long.holds(found, texts, range)
                                : found == key
                            if isSame {
                                unsafe output[index] = Int32(truncatingIfNeeded: number)
                                break
                            }
                        }
                        slot = (slot &+ 1) & mask
                    }
                    index &+= 1
                }
                return index
            }
        }
    }

    private mutating func grow() {
        slots.grow()
        keys.append(
            contentsOf: repeatElement(Key(low: 0, high: 0), count: slots.limit - keys.count)
        )
    }
}

/// The texts of more than 15 bytes among a table's keys.
struct LongTexts: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    var count: Int { ends.count }

    var byteCount: Int { bytes.capacity + ends.capacity * 8 }

    private func range(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : ends[index - 1])..<ends[index]
    }

    @inline(never)
    mutating func append(_ texts: TextValues, _ range: Range<Int>) {
        let source = texts.bytes.span
        bytes.reserveCapacity(bytes.count + range.count)
        for index in range { bytes.append(source[index]) }
        ends.append(bytes.count)
    }

    func append(_ index: Int, to builder: inout TextBuilder) {
        builder.append(bytes.span.extracting(range(index)))
    }

    /// Whether `key` is a long text with the bytes in `range` of `texts`.
    @inline(never)
    func holds(_ key: WideKeyTable.Key, _ texts: TextValues, _ range: Range<Int>) -> Bool {
        guard key.high >> 56 == 0xFF else { return false }
        let own = self.range(Int(key.high & 0x00FF_FFFF_FFFF_FFFF))
        guard own.count == range.count else { return false }
        let left = bytes.span
        let right = texts.bytes.span
        for index in 0..<range.count
        where left[own.lowerBound + index] != right[range.lowerBound + index] {
            return false
        }
        return true
    }
}

/// Reads texts as pairs of words.
@safe
struct ShortTextReader {
    private let offsets: UnsafePointer<Int32>
    private let bytes: UnsafeRawPointer
    /// Largest offset from which 16 bytes can be read.
    private let lastVector: Int

    init(_ texts: TextValues) {
        unsafe offsets = texts.offsets.first
        unsafe bytes = UnsafeRawPointer(texts.bytes.first)
        lastVector = texts.bytes.count - 16
    }

    @inline(__always)
    func range(_ row: Int) -> Range<Int> {
        // SAFETY: callers pass rows of the texts; offsets never decrease.
        let lower = unsafe Int(offsets[row])
        let upper = unsafe Int(offsets[row &+ 1])
        return unsafe Range(uncheckedBounds: (lower, upper))
    }

    /// The key of a text of at most 15 bytes.
    @inline(__always)
    func key(_ range: Range<Int>) -> WideKeyTable.Key {
        let length = UInt64(truncatingIfNeeded: range.count)
        var (low, high) = words(range)
        if length < 8 {
            low &= (1 &<< (length &<< 3)) &- 1
            high = 0
        } else {
            high &= (1 &<< ((length &- 8) &<< 3)) &- 1
        }
        return WideKeyTable.Key(low: low, high: high | length &<< 56)
    }

    /// The first 16 bytes at the start of `range`, or as many as there are.
    @inline(__always)
    private func words(_ range: Range<Int>) -> (UInt64, UInt64) {
        guard range.lowerBound <= lastVector else { return tail(range) }
        // SAFETY: 16 bytes follow.
        return unsafe (
            bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: range.lowerBound &+ 8, as: UInt64.self)
        )
    }

    @inline(never)
    private func tail(_ range: Range<Int>) -> (UInt64, UInt64) {
        var low: UInt64 = 0
        var high: UInt64 = 0
        for index in 0..<range.count {
            let byte = unsafe UInt64(
                bytes.load(fromByteOffset: range.lowerBound + index, as: UInt8.self)
            )
            if index < 8 {
                low |= byte << UInt64(index * 8)
            } else {
                high |= byte << UInt64(index * 8 - 64)
            }
        }
        return (low, high)
    }

    /// The hash of a text of more than 15 bytes.
    @inline(never)
    func hash(_ range: Range<Int>, _ seed: (UInt64, UInt64, UInt64)) -> UInt64 {
        var state = seed.2 ^ UInt64(range.count)
        var offset = range.lowerBound
        // SAFETY: reads lie within `range`; the last one overlaps the one before it.
        while offset &+ 16 <= range.upperBound {
            let low = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let high = unsafe bytes.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self)
            state = GroupHash.fold(low ^ seed.0 ^ state, high ^ seed.1)
            offset &+= 16
        }
        let end = range.upperBound &- 16
        let low = unsafe bytes.loadUnaligned(fromByteOffset: end, as: UInt64.self)
        let high = unsafe bytes.loadUnaligned(fromByteOffset: end &+ 8, as: UInt64.self)
        state = GroupHash.fold(low ^ seed.0 ^ state, high ^ seed.1)
        return GroupHash.fold(state ^ seed.0, seed.2)
    }
}
