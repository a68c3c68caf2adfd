/// The first place at or after `start` where `needle` lies in `text`; nil where there is none.
///
/// O(text × needle) at worst, about one comparison a byte for texts that people write.
package func firstIndex(
    of needle: Span<UInt8>,
    in text: Span<UInt8>,
    from start: Int = 0
) -> Int? {
    guard needle.count > 0 else { return start <= text.count ? start : nil }
    let last = text.count - needle.count
    guard start <= last else { return nil }
    let first = needle[0]
    var index = start
    while index <= last {
        if text[index] == first, matches(needle, text, at: index) { return index }
        index &+= 1
    }
    return nil
}

/// Whether `needle` lies in `text` at `index`, which leaves room for it.
@inline(__always)
func matches(_ needle: Span<UInt8>, _ text: Span<UInt8>, at index: Int) -> Bool {
    var offset = 1
    while offset < needle.count {
        if text[index &+ offset] != needle[offset] { return false }
        offset &+= 1
    }
    return true
}

/// The scalar that begins at `index` of valid UTF-8, and where the next one begins.
///
/// Bytes that are not UTF-8 read as some scalar and never past the end.
@inline(__always)
func decodeScalar(_ text: Span<UInt8>, at index: Int) -> (scalar: UInt32, next: Int) {
    let first = text[index]
    if first < 0x80 { return (UInt32(first), index &+ 1) }
    return decodeLongScalar(text, at: index)
}

private func decodeLongScalar(_ text: Span<UInt8>, at index: Int) -> (scalar: UInt32, next: Int) {
    let first = UInt32(text[index])
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var scalar = length == 2 ? first & 0x1F : length == 3 ? first & 0x0F : first & 0x07
    var next = index + 1
    while next < index + length, next < text.count {
        scalar = scalar << 6 | UInt32(text[next] & 0x3F)
        next += 1
    }
    return (scalar, next)
}

/// The scalar that ends just before `index`, which is not 0.
func decodeScalar(_ text: Span<UInt8>, before index: Int) -> UInt32 {
    var start = index - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    return decodeScalar(text, at: start).scalar
}
