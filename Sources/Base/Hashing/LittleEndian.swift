/// The little-endian word at `offset`; `offset + 8` is within the span.
///
/// Going through a view of exactly eight bytes leaves one range check, and the compiler fuses the eight
/// loads into one.
@inlinable
@inline(__always)
package func littleEndian64(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
    let word = bytes.extracting(offset..<offset &+ 8)
    let low =
        UInt64(word[0]) | UInt64(word[1]) << 8 | UInt64(word[2]) << 16 | UInt64(word[3]) << 24
    let high =
        UInt64(word[4]) << 32 | UInt64(word[5]) << 40 | UInt64(word[6]) << 48 | UInt64(word[7])
        << 56
    return low | high
}

/// The little-endian half word at `offset`; `offset + 4` is within the span.
@inlinable
@inline(__always)
package func littleEndian32(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
    let word = bytes.extracting(offset..<offset &+ 4)
    return UInt64(word[0]) | UInt64(word[1]) << 8 | UInt64(word[2]) << 16 | UInt64(word[3]) << 24
}

/// The last `count` (1...7) bytes of a span as a little-endian integer, without a loop over bytes.
///
/// The partial loads overlap; a byte that two of them bring is the same byte at the same place.
@inlinable
@inline(__always)
package func littleEndianTail(_ bytes: Span<UInt8>, at offset: Int, count: Int) -> UInt64 {
    if count >= 4 {
        let high = littleEndian32(bytes, at: offset &+ count &- 4)
        return littleEndian32(bytes, at: offset) | high &<< UInt64((count &- 4) &* 8)
    }
    let middle = count >> 1
    let last = count &- 1
    return UInt64(bytes[offset])
        | UInt64(bytes[offset &+ middle]) &<< UInt64(middle &* 8)
        | UInt64(bytes[offset &+ last]) &<< UInt64(last &* 8)
}
