/// A small, fast, seeded generator: the same seed gives the same numbers everywhere.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    @usableFromInline static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15
    @usableFromInline var state: UInt64

    @inlinable
    package init(seed: UInt64) { state = seed }

    @inlinable
    package mutating func next() -> UInt64 {
        let value = Self.mix(state)
        state &+= Self.gamma
        return value
    }

    /// The first number of the generator with seed `value`: a mixing function of one word.
    @inlinable
    package static func mix(_ value: UInt64) -> UInt64 {
        var word = value &+ gamma
        word = (word ^ word &>> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word &>> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word &>> 31
    }

    /// A number in 0..<bound from a uniform word, by the high half of their product.
    @inlinable
    package static func below(_ bound: UInt64, _ word: UInt64) -> UInt64 {
        word.multipliedFullWidth(by: bound).high
    }
}
