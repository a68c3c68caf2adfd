/// The 128-bit key of SipHash.
@usableFromInline
package struct SipKey: Hashable, Sendable, CustomStringConvertible {
    @usableFromInline package let low: UInt64
    @usableFromInline package let high: UInt64

    /// A key from its first and last eight bytes, each read little-endian.
    package init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// A key from exactly 16 bytes.
    package init(_ bytes: Span<UInt8>) {
        precondition(bytes.count == 16, "a SipHash key has 16 bytes")
        self.init(low: littleEndian64(bytes, at: 0), high: littleEndian64(bytes, at: 8))
    }

    /// The key for one purpose under a salt: the first 16 bytes of SHA-256(tag ‖ 00 ‖ salt).
    ///
    /// Tags in use: `route/v1`, `shadow/v1`, `srm/v1`, `digest/v1`.
    package init(tag: String, salt: String) {
        var hash = SHA256()
        hash.update(tag.utf8.span)
        hash.update(byte: 0)
        hash.update(salt.utf8.span)
        let digest = hash.finalize()
        self.init(digest.span.extracting(first: 16))
    }

    /// 32 hexadecimal digits, first byte first.
    @usableFromInline package var description: String {
        Hexadecimal.littleEndianText(low) + Hexadecimal.littleEndianText(high)
    }
}
