/// The hash of a routing key, and the bucket of 0..<1,000,000 that it falls into.
///
/// The message is, per targeting field, a u32 little-endian length and the field's bytes, so that
/// ("ab", "c") and ("a", "bc") differ. Text fields are UTF-8 in normal form C, which the caller sees to;
/// integers are decimal text. For one salt a key has one bucket for ever.
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
    package static func bucket(_ hash: UInt64) -> Int {
        Int(hash.multipliedFullWidth(by: 1_000_000).high)
    }
}
