/// A constant sequence of bits, least significant first, as Arrow stores booleans and validity.
///
/// Bits past `count` in the last word are unspecified in shared memory; the members here mask them.
package struct Bitmap: Sendable {
    /// `(count + 63) / 64` words.
    package let words: Buffer<UInt64>
    /// Number of bits.
    package let count: Int

    @inlinable
    package init(words: Buffer<UInt64>, count: Int) {
        precondition(words.count >= (count + 63) >> 6, "a bitmap has a word for each 64 bits")
        self.words = words
        self.count = count
    }

    /// Packs one boolean a bit.
    package init(_ bits: [Bool]) {
        var words = [UInt64](repeating: 0, count: (bits.count + 63) >> 6)
        for index in bits.indices where bits[index] {
            words[index >> 6] |= 1 << UInt64(index & 63)
        }
        self.init(words: Buffer(words), count: bits.count)
    }

    package init(repeating bit: Bool, count: Int) {
        self.init(
            words: Buffer(repeating: bit ? ~0 : 0, count: (count + 63) >> 6),
            count: count
        )
    }

    @inlinable
    package subscript(index: Int) -> Bool {
        precondition(index >= 0 && index < count, "bit outside the bitmap")
        return words[index >> 6] & (1 << UInt64(index & 63)) != 0
    }

    /// Number of set bits, counted in O(count / 64).
    package var setCount: Int {
        guard count > 0 else { return 0 }
        let span = words.span
        var total = 0
        let full = count >> 6
        for index in 0..<full { total += span[index].nonzeroBitCount }
        let rest = count & 63
        if rest > 0 { total += (span[full] & ((1 << UInt64(rest)) - 1)).nonzeroBitCount }
        return total
    }

    /// The bits in `range`: shares memory where it starts at a multiple of 64, else copies.
    package func slice(_ range: Range<Int>) -> Bitmap {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "slice outside the bitmap")
        let first = range.lowerBound >> 6
        let wordCount = (range.count + 63) >> 6
        let shift = UInt64(range.lowerBound & 63)
        guard shift > 0 else {
            return Bitmap(words: words.slice(first..<first + wordCount), count: range.count)
        }
        let source = words.span
        let shifted = Buffer<UInt64>(capacity: wordCount) { output in
            for index in 0..<wordCount {
                let low = source[first + index] >> shift
                let next = first + index + 1
                let high = next < source.count ? source[next] << (64 - shift) : 0
                output.append(low | high)
            }
        }
        return Bitmap(words: shifted, count: range.count)
    }

    package static func & (left: Bitmap, right: Bitmap) -> Bitmap {
        combine(left, right) { $0 & $1 }
    }

    package static func | (left: Bitmap, right: Bitmap) -> Bitmap {
        combine(left, right) { $0 | $1 }
    }

    package static prefix func ~ (operand: Bitmap) -> Bitmap {
        let source = operand.words.span
        let wordCount = (operand.count + 63) >> 6
        let words = Buffer<UInt64>(capacity: wordCount) { output in
            for index in 0..<wordCount { output.append(~source[index]) }
        }
        return Bitmap(words: words, count: operand.count)
    }

    @inline(__always)
    private static func combine(
        _ left: Bitmap,
        _ right: Bitmap,
        _ operation: (UInt64, UInt64) -> UInt64
    ) -> Bitmap {
        precondition(left.count == right.count, "bitmaps of different lengths")
        let leftWords = left.words.span
        let rightWords = right.words.span
        let wordCount = (left.count + 63) >> 6
        let words = Buffer<UInt64>(capacity: wordCount) { output in
            for index in 0..<wordCount {
                output.append(operation(leftWords[index], rightWords[index]))
            }
        }
        return Bitmap(words: words, count: left.count)
    }
}
