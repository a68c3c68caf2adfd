/// Lower-case hexadecimal text of bytes.
package enum Hexadecimal {
    /// Two digits a byte, first byte first.
    package static func text(_ bytes: Span<UInt8>) -> String {
        var text = ""
        text.reserveCapacity(bytes.count * 2)
        for index in bytes.indices {
            text.append(digit(bytes[index] >> 4))
            text.append(digit(bytes[index] & 15))
        }
        return text
    }

    /// A number with all its leading zeros, as digests of rows are printed.
    package static func text<Word: FixedWidthInteger & UnsignedInteger>(_ number: Word) -> String {
        littleEndianText(number.byteSwapped)
    }

    /// The bytes of an integer, lowest first: the order in which a little-endian value is stored.
    package static func littleEndianText<Word: FixedWidthInteger & UnsignedInteger>(
        _ word: Word
    ) -> String {
        var text = ""
        for index in 0..<Word.bitWidth / 8 {
            let byte = UInt8(truncatingIfNeeded: word >> Word(index * 8))
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return text
    }

    /// The bytes that a text of two digits each writes; nil for an odd count or another character.
    package static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text.utf8 {
            guard let value = value(character) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? bytes : nil
    }

    private static func digit(_ value: UInt8) -> Character {
        Character(Unicode.Scalar(value < 10 ? 0x30 + value : 0x57 + value))
    }

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x61...0x66: character - 0x57
        case 0x41...0x46: character - 0x37
        default: nil
        }
    }
}
