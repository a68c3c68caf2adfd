/// Numbers and strings.
extension JSONParser {
    /// A number by the grammar of RFC 8259.
    ///
    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    mutating func parseNumber() throws(JSONError) -> JSONNumber {
        let start = index
        _ = take("-")
        if take("0") {
            if isDigit(next) {
                throw error("a number begins with 0", remedy: "leave leading zeros out")
            }
        } else {
            try skipDigits()
        }
        if take(".") { try skipDigits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try skipDigits()
        }
        return JSONNumber(verified: text(start..<index))
    }

    private mutating func skipDigits() throws(JSONError) {
        guard isDigit(next) else {
            throw error("\(found) inside a number", remedy: "write a digit there")
        }
        while isDigit(next) { index += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    /// Bytes that were checked to be UTF-8.
    private func text(_ range: Range<Int>) -> String {
        let piece = [UInt8](capacity: range.count) { output in
            for index in range { output.append(bytes[index]) }
        }
        return String(decoding: piece, as: UTF8.self)
    }

    /// A string from its opening quote to behind its closing one.
    mutating func parseString() throws(JSONError) -> String {
        index += 1
        let start = index
        var unescaped: [UInt8] = []
        var hasEscapes = false
        while true {
            switch next {
            case UInt8(ascii: "\""):
                let range = start..<index
                index += 1
                return hasEscapes ? String(decoding: unescaped, as: UTF8.self) : text(range)
            case UInt8(ascii: "\\"):
                if !hasEscapes {
                    for place in start..<index { unescaped.append(bytes[place]) }
                    hasEscapes = true
                }
                unescaped.append(contentsOf: String(try parseEscape()).utf8)
            case 0..<0x20:
                guard index < bytes.count else {
                    throw error("the text ends inside a string", remedy: "close it with \"")
                }
                throw error("\(found) inside a string", remedy: "write it as an escape like \\n")
            default:
                let length = try characterLength()
                if hasEscapes {
                    for place in index..<index + length { unescaped.append(bytes[place]) }
                }
                index += length
                continuationBytes += length - 1
            }
        }
    }

    /// Bytes of the character that comes next, by the table of well-formed UTF-8 (Unicode, table 3-7).
    private func characterLength() throws(JSONError) -> Int {
        let first = bytes[index]
        if first < 0x80 { return 1 }
        let second = index + 1 < bytes.count ? bytes[index + 1] : 0
        let (length, range): (Int, ClosedRange<UInt8>) =
            switch first {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0...0)
            }
        var isGood = length > 0 && range.contains(second) && index + length <= bytes.count
        if isGood {
            for place in index + 1..<index + length where bytes[place] & 0xC0 != 0x80 {
                isGood = false
            }
        }
        guard isGood else {
            throw error("\(found) is not UTF-8 there", remedy: "store the text as UTF-8")
        }
        return length
    }

    private mutating func parseEscape() throws(JSONError) -> Unicode.Scalar {
        let start = index
        index += 1
        let escape = next
        index += 1
        switch escape {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try parseUnicodeEscape(from: start)
        default:
            index = start
            throw error(
                "an unknown escape inside a string",
                remedy: #"use one of \" \\ \/ \b \f \n \r \t \uXXXX"#
            )
        }
    }

    /// The four digits behind `\u`, and a second escape where they are half of a surrogate pair.
    private mutating func parseUnicodeEscape(from start: Int) throws(JSONError) -> Unicode.Scalar {
        let first = try parseHexadecimal(from: start)
        if let scalar = Unicode.Scalar(first) { return scalar }
        if first < 0xDC00, take("\\"), take("u") {
            let second = try parseHexadecimal(from: start)
            let isLowHalf = (0xDC00..<0xE000).contains(second)
            let low = second & 0x3FF
            if isLowHalf, let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + low) {
                return scalar
            }
        }
        index = start
        throw error(
            "half of a surrogate pair inside a string",
            remedy: "write both halves, or the character itself"
        )
    }

    private mutating func parseHexadecimal(from start: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(next)).hexDigitValue else {
                index = start
                throw error(#"a \u without four hexadecimal digits"#, remedy: #"write \u0041"#)
            }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }
}
