// Positions in UTF-8, counted in Unicode scalars.

/// Number of Unicode scalars.
@inline(__always)
func scalarCount(_ text: Span<UInt8>) -> Int {
    var count = 0
    for index in text.indices { count &+= text[index] & 0xC0 == 0x80 ? 0 : 1 }
    return count
}

/// Where scalar number `scalar` (from 0) begins; the end of the text where it has no so many.
func offset(ofScalar scalar: Int, in text: Span<UInt8>) -> Int {
    if scalar >= text.count { return text.count }
    var remaining = scalar
    var index = 0
    while index < text.count {
        if text[index] & 0xC0 != 0x80 {
            if remaining == 0 { return index }
            remaining &-= 1
        }
        index &+= 1
    }
    return text.count
}

/// Length in bytes of the scalar that begins with `byte`.
@inline(__always)
func scalarLength(_ byte: UInt8) -> Int {
    byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
}

/// Whether every byte is ASCII.
@inline(__always)
func isASCII(_ text: Span<UInt8>) -> Bool {
    var bits: UInt8 = 0
    for index in text.indices { bits |= text[index] }
    return bits < 0x80
}

extension Array<UInt8> {
    /// A copy; allocates, so it serves slow paths.
    init(copying span: Span<UInt8>) {
        self.init(capacity: span.count) { output in
            for index in span.indices { output.append(span[index]) }
        }
    }
}
