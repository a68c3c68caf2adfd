/// Bytes as base64 text with padding, as RFC 4648 §4 has it; CSV and JSON write BYTES so.
package enum Base64Text {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    /// Appends the bytes that `text` encodes; false, with nothing appended, where it is not base64.
    package static func append(decoding text: Span<UInt8>, to output: inout [UInt8]) -> Bool {
        guard text.count & 3 == 0 else { return false }
        let start = output.count
        var index = 0
        while index < text.count {
            let isLast = index + 4 == text.count
            var word: UInt32 = 0
            var padding = 0
            for position in index..<index + 4 {
                guard let value = value(text[position]), padding == 0 else {
                    padding += 1
                    let mayPad = text[position] == 0x3D && isLast && position >= index + 2
                    guard mayPad else {
                        output.removeSubrange(start...)
                        return false
                    }
                    word <<= 6
                    continue
                }
                word = word << 6 | value
            }
            output.append(UInt8(truncatingIfNeeded: word >> 16))
            if padding < 2 { output.append(UInt8(truncatingIfNeeded: word >> 8)) }
            if padding < 1 { output.append(UInt8(truncatingIfNeeded: word)) }
            index += 4
        }
        return true
    }

    /// Appends the text that encodes `bytes`.
    package static func append(encoding bytes: Span<UInt8>, to output: inout [UInt8]) {
        var index = 0
        while index < bytes.count {
            let count = min(3, bytes.count - index)
            var word: UInt32 = 0
            for position in 0..<3 {
                word = word << 8 | (position < count ? UInt32(bytes[index + position]) : 0)
            }
            for position in 0..<4 {
                let sextet = Int(word >> UInt32(18 - 6 * position) & 63)
                output.append(position <= count ? letters[sextet] : 0x3D)
            }
            index += 3
        }
    }

    private static func value(_ letter: UInt8) -> UInt32? {
        switch letter {
        case 0x41...0x5A: UInt32(letter - 0x41)
        case 0x61...0x7A: UInt32(letter - 0x61) + 26
        case 0x30...0x39: UInt32(letter - 0x30) + 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }
}
