/// Removing what surrounds a value.
package enum Whitespace {
    /// Where `bytes` lie without the leading and trailing bytes up to U+0020, as CAST and Flink's readers trim.
    package static func trimmedRange(of bytes: Span<UInt8>) -> Range<Int> {
        var start = 0
        var end = bytes.count
        while start < end, bytes[start] <= 0x20 { start += 1 }
        while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
        return start..<end
    }
}
