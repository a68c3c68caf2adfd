/// Strings and nested values of JSON as text.
enum JSONText {
    /// Appends the text of a string's bytes; false where an escape is not one of JSON's, or stands for half
    /// a surrogate pair.
    static func append(unescaping range: Range<Int>, of bytes: ByteWindow, to output: inout [UInt8])
        -> Bool
    {
        var position = range.lowerBound
        while position < range.upperBound {
            let byte = bytes.byte(position)
            position += 1
            guard byte == 0x5C else {
                output.append(byte)
                continue
            }
            let escape = bytes.byte(position)
            position += 1
            if escape == 0x75 {
                guard let scalar = scalar(bytes, &position, end: range.upperBound) else {
                    return false
                }
                output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            } else {
                guard let plain = meaning(escape) else { return false }
                output.append(plain)
            }
        }
        return true
    }

    /// Appends an object or array without the spaces between its parts.
    static func append(compacting range: Range<Int>, of bytes: ByteWindow, to output: inout [UInt8])
    {
        var isInString = false
        var position = range.lowerBound
        while position < range.upperBound {
            let byte = bytes.byte(position)
            position += 1
            if isInString || byte > 0x20 { output.append(byte) }
            if byte == 0x22 { isInString.toggle() }
            if byte == 0x5C, isInString, position < range.upperBound {
                output.append(bytes.byte(position))
                position += 1
            }
        }
    }

    private static func meaning(_ escape: UInt8) -> UInt8? {
        switch escape {
        case 0x22, 0x5C, 0x2F: escape
        case 0x62: 0x08
        case 0x66: 0x0C
        case 0x6E: 0x0A
        case 0x72: 0x0D
        case 0x74: 0x09
        default: nil
        }
    }

    /// The scalar of `XXXX`, or of `XXXX\uXXXX` where the first is half a pair.
    private static func scalar(
        _ bytes: ByteWindow,
        _ position: inout Int,
        end: Int
    ) -> Unicode.Scalar? {
        guard let first = unit(bytes, &position, end: end) else { return nil }
        guard first & 0xFC00 == 0xD800 else { return Unicode.Scalar(first) }
        guard position + 2 <= end, bytes.byte(position) == 0x5C, bytes.byte(position + 1) == 0x75
        else { return nil }
        position += 2
        guard let second = unit(bytes, &position, end: end), second & 0xFC00 == 0xDC00 else {
            return nil
        }
        return Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF))
    }

    private static func unit(_ bytes: ByteWindow, _ position: inout Int, end: Int) -> UInt32? {
        guard position + 4 <= end else { return nil }
        var unit: UInt32 = 0
        for index in 0..<4 {
            let byte = bytes.byte(position + index)
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: return nil
            }
            unit = unit << 4 | UInt32(digit)
        }
        position += 4
        return unit
    }
}
