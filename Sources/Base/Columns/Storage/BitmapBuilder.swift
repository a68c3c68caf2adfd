/// A bitmap under construction.
package struct BitmapBuilder: ~Copyable, Sendable {
    private var words: BufferBuilder<UInt64>
    /// Bits not yet in `words`, least significant first.
    private var pending: UInt64 = 0
    /// Number of bits so far.
    package private(set) var count = 0

    package init(capacity: Int = 0) {
        words = BufferBuilder(capacity: (capacity + 63) >> 6)
    }

    @inline(__always)
    package mutating func append(_ bit: Bool) {
        pending |= (bit ? 1 : 0) &<< UInt64(truncatingIfNeeded: count & 63)
        count &+= 1
        if count & 63 == 0 { flush() }
    }

    package mutating func append(repeating bit: Bool, count added: Int) {
        let word: UInt64 = bit ? ~0 : 0
        var rest = added
        while rest > 0 {
            let taken = min(rest, 64)
            append(word: word, count: taken)
            rest -= taken
        }
    }

    package mutating func append(copying bitmap: Bitmap) {
        let source = bitmap.words.span
        var rest = bitmap.count
        var index = 0
        while rest > 0 {
            let taken = min(rest, 64)
            append(word: source[index], count: taken)
            rest -= taken
            index += 1
        }
    }

    /// Appends the lowest `added` bits of `word`; `added` is 1...64.
    package mutating func append(word: UInt64, count added: Int) {
        let bits = added == 64 ? word : word & ((1 &<< UInt64(added)) &- 1)
        let used = count & 63
        pending |= bits &<< UInt64(used)
        count += added
        guard used + added >= 64 else { return }
        flush()
        if used > 0 { pending = bits >> UInt64(64 - used) }
    }

    package consuming func finish() -> Bitmap {
        if count & 63 != 0 { flush() }
        let total = count
        return Bitmap(words: words.finish(), count: total)
    }

    private mutating func flush() {
        words.append(pending)
        pending = 0
    }
}

/// The validity of a column under construction: costs a counter until the first NULL.
package struct ValidityBuilder: ~Copyable, Sendable {
    private var bits = BitmapBuilder()
    private var hasNulls = false
    private var validCount = 0

    package init() {}

    /// Number of rows so far.
    package var count: Int { hasNulls ? bits.count : validCount }

    @inline(__always)
    package mutating func appendValid() {
        if hasNulls { bits.append(true) } else { validCount &+= 1 }
    }

    package mutating func appendNull() {
        materialize()
        bits.append(false)
    }

    package mutating func append(repeating isValid: Bool, count: Int) {
        guard count > 0 else { return }
        if isValid && !hasNulls {
            validCount += count
        } else {
            materialize()
            bits.append(repeating: isValid, count: count)
        }
    }

    /// Appends `count` rows with this validity; nil means that none is NULL.
    package mutating func append(copying validity: Bitmap?, count: Int) {
        guard let validity else { return append(repeating: true, count: count) }
        precondition(validity.count == count, "validity of another length")
        materialize()
        bits.append(copying: validity)
    }

    /// The bitmap, or nil where no row is NULL.
    package consuming func finish() -> Bitmap? {
        guard hasNulls else { return nil }
        return bits.finish()
    }

    private mutating func materialize() {
        guard !hasNulls else { return }
        hasNulls = true
        bits.append(repeating: true, count: validCount)
    }
}
