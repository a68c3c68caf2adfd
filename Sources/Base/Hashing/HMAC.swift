/// Keyed hashes of short texts.
///
/// Source: RFC 2104.
package enum HMAC {
    /// HMAC-SHA-256: 32 bytes.
    package static func sha256(_ message: Span<UInt8>, key: Span<UInt8>) -> [UInt8] {
        var padded = [UInt8](repeating: 0, count: 64)
        if key.count > 64 {
            let digest = SHA256.hash(key)
            for index in digest.indices { padded[index] = digest[index] }
        } else {
            for index in key.indices { padded[index] = key[index] }
        }
        var inner = SHA256()
        for byte in padded { inner.update(byte: byte ^ 0x36) }
        inner.update(message)
        let innerDigest = inner.finalize()
        var outer = SHA256()
        for byte in padded { outer.update(byte: byte ^ 0x5c) }
        outer.update(innerDigest.span)
        return outer.finalize()
    }
}
