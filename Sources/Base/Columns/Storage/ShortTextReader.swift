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
