/// The hash of a routing key, and the bucket of 0..<1,000,000 that it falls into.
///
/// The message is, per targeting field, a u32 little-endian length and the field's bytes, so that
/// ("ab", "c") and ("a", "bc") differ. Text fields are UTF-8 in normal form C, which the caller sees to;
/// integers are decimal text. For one salt a key has one bucket for ever.
///
/// `@usableFromInline`, because what is `@inlinable` in a type that is not stays out of line in other modules.
@usableFromInline
package struct RouteHash: Sendable {
    private let initial: SipHash64
    private var hash: SipHash64

    /// A hash for a tag (`route/v1`, `shadow/v1`, `srm/v1`) and a migration's salt.
    package init(tag: String, salt: String) {
        initial = SipHash64(SipKey(tag: tag, salt: salt))
        hash = initial
    }

    /// Forgets the last key.
    package mutating func begin() { hash = initial }

    /// Feeds the next targeting field, shorter than 4 GiB.
    package mutating func append(_ field: Span<UInt8>) {
        hash.update(UInt32(field.count))
        hash.update(field)
    }

    /// The hash of the fields fed since `begin`.
    package func finish() -> UInt64 { hash.finalize() }

    /// The bucket of a hash: the high 64 bits of its product with 1,000,000; exact, without a modulo.
    @inlinable
    package static func bucket(_ hash: UInt64) -> Int {
        Int(hash.multipliedFullWidth(by: 1_000_000).high)
    }
}

/// Keys of one field, the common case: no state in memory, and one pass over the bytes.
extension RouteHash {
    /// The hash of a key of one field, and whether all its bytes are ASCII.
    ///
    /// The field is shorter than 4 GiB. ASCII text is in normal form C as it stands, so callers learn in
    /// the same pass whether they have to normalise. Inlined, so that the words of the next key may be mixed
    /// while the last ones of this key are still on their way.
    @inlinable
    @inline(__always)
    package static func hash(
        field: Span<UInt8>,
        key: SipKey
    ) -> (hash: UInt64, isASCII: Bool) {
        var state = SipState(key, variant: 0)
        let count = field.count
        let length = UInt64(UInt32(count))
        var seen: UInt64 = 0
        var rest: UInt64
        if count < 4 {
            // Length and bytes share the last, unfinished word.
            seen = count == 0 ? 0 : littleEndianTail(field, at: 0, count: count)
            rest = length | seen << 32
        } else {
            seen = littleEndian32(field, at: 0)
            state.compress(length | seen << 32)
            var offset = 4
            while count &- offset >= 8 {
                let word = littleEndian64(field, at: offset)
                seen |= word
                state.compress(word)
                offset &+= 8
            }
            rest =
                offset < count
                ? littleEndianTail(field, at: offset, count: count &- offset) : 0
            seen |= rest
        }
        state.tail = rest
        state.length = UInt64(count) &+ 4
        return (state.finish(variant: 0xff), seen & 0x8080_8080_8080_8080 == 0)
    }
}
