internal import Columns
internal import Hashing

/// The random numbers of one row: draw `j` depends on nothing but the seed, the row and `j`.
struct Draws {
    private let base: UInt64

    @inline(__always)
    init(seed: UInt64, row: Int) {
        base = SplitMix64.mix(seed ^ UInt64(truncatingIfNeeded: row))
    }

    /// Draw `index` as a uniform word.
    @inline(__always)
    subscript(index: UInt64) -> UInt64 { SplitMix64.mix(base &+ index) }

    /// Draw `index` as a number in 0..<bound.
    @inline(__always)
    func below(_ bound: Int, _ index: UInt64) -> Int {
        Int(truncatingIfNeeded: SplitMix64.below(UInt64(truncatingIfNeeded: bound), self[index]))
    }

    /// Appends `count` letters a–z to the current row of `texts`, eight from each draw from `index` on.
    @inline(__always)
    func appendLetters(_ count: Int, from index: UInt64, to texts: inout TextBuilder) {
        var word: UInt64 = 0
        for letter in 0..<count {
            if letter & 7 == 0 { word = self[index &+ UInt64(letter >> 3)] }
            // The byte's high bits choose among 26 letters.
            texts.appendPart(97 &+ UInt8(truncatingIfNeeded: ((word & 0xFF) &* 26) &>> 8))
            word &>>= 8
        }
    }

    /// Appends `count` decimal digits, eight from each draw from `index` on.
    @inline(__always)
    func appendDigits(_ count: Int, from index: UInt64, to texts: inout TextBuilder) {
        var word: UInt64 = 0
        for digit in 0..<count {
            if digit & 7 == 0 { word = self[index &+ UInt64(digit >> 3)] }
            texts.appendPart(48 &+ UInt8(truncatingIfNeeded: ((word & 0xFF) &* 10) &>> 8))
            word &>>= 8
        }
    }
}

extension TextBuilder {
    /// Appends a non-negative number to the current row.
    @inline(__always)
    mutating func appendPart(decimal number: Int) {
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        var rest = number
        while divisor > 0 {
            appendPart(48 &+ UInt8(truncatingIfNeeded: rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }
}
