/// SipHash-2-4 in the making: four words of state and up to seven bytes that wait for an eighth.
///
/// Words and bytes may be fed in any cut; the result depends only on the bytes. Nothing is allocated.
/// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012; the 128-bit variant as in
/// the authors' reference code.
@usableFromInline
struct SipState: Sendable {
    @usableFromInline var v0: UInt64
    @usableFromInline var v1: UInt64
    @usableFromInline var v2: UInt64
    @usableFromInline var v3: UInt64
    /// The bytes after the last whole word, lowest first; clear above them.
    @usableFromInline var tail: UInt64 = 0
    /// Bytes fed so far.
    @usableFromInline var length: UInt64 = 0

    // The constants are "somepseudorandomlygeneratedbytes".
    @inlinable
    init(_ key: SipKey, variant: UInt64) {
        v0 = 0x736f_6d65_7073_6575 ^ key.low
        v1 = 0x646f_7261_6e64_6f6d ^ key.high ^ variant
        v2 = 0x6c79_6765_6e65_7261 ^ key.low
        v3 = 0x7465_6462_7974_6573 ^ key.high
    }

    @inlinable @inline(__always)
    mutating func round() {
        v0 &+= v1
        v2 &+= v3
        v1 = v1 &<< 13 | v1 &>> 51
        v3 = v3 &<< 16 | v3 &>> 48
        v1 ^= v0
        v3 ^= v2
        v0 = v0 &<< 32 | v0 &>> 32
        v2 &+= v1
        v0 &+= v3
        v1 = v1 &<< 17 | v1 &>> 47
        v3 = v3 &<< 21 | v3 &>> 43
        v1 ^= v2
        v3 ^= v0
        v2 = v2 &<< 32 | v2 &>> 32
    }

    @inlinable @inline(__always)
    mutating func compress(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    /// Feeds the low `byteCount` (1...8) bytes of `word`, which is clear above them.
    @inlinable @inline(__always)
    mutating func write(_ word: UInt64, byteCount: UInt64) {
        let waiting = length & 7
        tail |= word &<< (waiting &* 8)
        length &+= byteCount
        if waiting &+ byteCount >= 8 {
            compress(tail)
            // Where nothing waited, the word went in whole: the shift by 64 gives 0.
            tail = word >> (64 &- waiting &* 8)
        }
    }

    @usableFromInline
    mutating func write(_ bytes: Span<UInt8>) {
        var offset = 0
        while bytes.count &- offset >= 8 {
            write(littleEndian64(bytes, at: offset), byteCount: 8)
            offset &+= 8
        }
        let rest = bytes.count &- offset
        if rest > 0 {
            write(
                littleEndianTail(bytes, at: offset, count: rest),
                byteCount: UInt64(truncatingIfNeeded: rest)
            )
        }
    }

    @inlinable @inline(__always)
    mutating func finish(variant: UInt64) -> UInt64 {
        compress(tail | length &<< 56)
        v2 ^= variant
        round()
        round()
        round()
        round()
        return v0 ^ v1 ^ v2 ^ v3
    }
}

/// SipHash-2-4 with a 64-bit result.
package struct SipHash64: Sendable {
    private var state: SipState

    package init(_ key: SipKey) { state = SipState(key, variant: 0) }

    /// Feeds bytes.
    package mutating func update(_ bytes: Span<UInt8>) { state.write(bytes) }

    /// Feeds the eight bytes of an integer, lowest first.
    package mutating func update(_ word: UInt64) { state.write(word, byteCount: 8) }

    /// Feeds the four bytes of an integer, lowest first.
    package mutating func update(_ word: UInt32) { state.write(UInt64(word), byteCount: 4) }

    /// The hash of everything fed so far; more may be fed afterwards.
    package func finalize() -> UInt64 {
        var state = state
        return state.finish(variant: 0xff)
    }

    /// The hash of one message.
    package static func hash(_ bytes: Span<UInt8>, key: SipKey) -> UInt64 {
        var hash = SipHash64(key)
        hash.update(bytes)
        return hash.finalize()
    }
}

/// SipHash-2-4 with a 128-bit result.
package struct SipHash128: Sendable {
    @usableFromInline var state: SipState

    package init(_ key: SipKey) { state = SipState(key, variant: 0xee) }

    /// Feeds bytes.
    package mutating func update(_ bytes: Span<UInt8>) { state.write(bytes) }

    /// Feeds one byte.
    @inlinable
    package mutating func update(_ byte: UInt8) { state.write(UInt64(byte), byteCount: 1) }

    /// Feeds the four bytes of an integer, lowest first.
    @inlinable
    package mutating func update(_ word: UInt32) { state.write(UInt64(word), byteCount: 4) }

    /// Feeds the eight bytes of an integer, lowest first.
    @inlinable
    package mutating func update(_ word: UInt64) { state.write(word, byteCount: 8) }

    /// The hash of everything fed so far, as the little-endian number that its 16 bytes write.
    @inlinable
    package func finalize() -> UInt128 {
        var state = state
        let low = state.finish(variant: 0xee)
        state.v1 ^= 0xdd
        state.round()
        state.round()
        state.round()
        state.round()
        let high = state.v0 ^ state.v1 ^ state.v2 ^ state.v3
        return UInt128(_low: low, _high: high)
    }

    /// The hash of one message.
    package static func hash(_ bytes: Span<UInt8>, key: SipKey) -> UInt128 {
        var hash = SipHash128(key)
        hash.update(bytes)
        return hash.finalize()
    }
}
