/// Decimal digits eight at a time in a 64-bit word, the first digit in the lowest byte.
///
/// Source of the technique: the folds of neighbouring digits into pairs, fours and eights by multiplication
/// are folklore; the constants are 10, 100 + 10^6·2^32 and 1 + 10^4·2^32.
enum DigitWords {
    /// Eight times the byte `0`.
    static let zeros: UInt64 = 0x3030_3030_3030_3030

    /// The word of `count` (0...8) digits at `position`, with zero digits before them.
    @inline(__always)
    static func digits(_ bytes: ByteWindow, _ position: Int, count: Int) -> UInt64 {
        shifted(bytes.word(position) ^ zeros, count: count)
    }

    /// The first `count` (0...8) bytes of `word` behind zeros.
    @inline(__always)
    static func shifted(_ word: UInt64, count: Int) -> UInt64 {
        // Two shifts, because a shift by 64 is a shift by 0.
        let shift = UInt64(truncatingIfNeeded: 32 &- 4 &* count)
        return (word &<< shift) &<< shift
    }

    /// Whether each byte is 0...9.
    @inline(__always)
    static func areDigits(_ word: UInt64) -> Bool {
        ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080 == 0
    }

    /// The number that eight digits write.
    @inline(__always)
    static func number(_ word: UInt64) -> UInt64 {
        let pairs = word &* 10 &+ (word >> 8)
        let even = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
        let odd = (pairs >> 16 & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
        return (even &+ odd) >> 32
    }

    /// The number of `count` (0...16) digits at `position`, and whether they all are digits.
    @inline(__always)
    static func number(_ bytes: ByteWindow, _ position: Int, count: Int) -> (UInt64, Bool) {
        if count <= 8 {
            let word = digits(bytes, position, count: count)
            return (number(word), areDigits(word))
        }
        let high = digits(bytes, position, count: count &- 8)
        let low = bytes.word(position &+ count &- 8) ^ zeros
        return (number(high) &* 100_000_000 &+ number(low), areDigits(high) && areDigits(low))
    }
}
