extension JSONValue {
    /// The value on one line, without spaces.
    package var compactText: String {
        var writer = JSONWriter(indentation: nil)
        writer.write(self, level: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The value with a line per member and element, two spaces a level, for people; no line end behind it.
    package var indentedText: String {
        var writer = JSONWriter(indentation: 2)
        writer.write(self, level: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension JSONValue: CustomStringConvertible {
    package var description: String { compactText }
}

/// Collects a text.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// Spaces per level; nil for everything on one line.
    let indentation: Int?

    init(indentation: Int?) { self.indentation = indentation }

    mutating func write(_ value: JSONValue, level: Int) {
        switch value.content {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .number(let number): append(number.text)
        case .string(let text): write(text)
        case .array(let elements):
            append("[")
            for (place, element) in elements.enumerated() {
                separate(place, level: level + 1)
                write(element, level: level + 1)
            }
            close("]", isEmpty: elements.isEmpty, level: level)
        case .object(let object):
            append("{")
            for (place, member) in object.members.enumerated() {
                separate(place, level: level + 1)
                write(member.name)
                append(indentation == nil ? ":" : ": ")
                write(member.value, level: level + 1)
            }
            close("}", isEmpty: object.isEmpty, level: level)
        }
    }

    /// A string with the escapes that JSON demands and no other, as RFC 8785 wants them.
    mutating func write(_ text: String) {
        append("\"")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case 0..<0x10: append("\\u000" + String(byte, radix: 16))
            case 0x10..<0x20: append("\\u00" + String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        append("\"")
    }

    mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func separate(_ place: Int, level: Int) {
        if place > 0 { append(",") }
        breakLine(level: level)
    }

    private mutating func close(_ bracket: String, isEmpty: Bool, level: Int) {
        if !isEmpty { breakLine(level: level) }
        append(bracket)
    }

    private mutating func breakLine(level: Int) {
        guard let indentation else { return }
        append("\n")
        append(String(repeating: " ", count: indentation * level))
    }
}
