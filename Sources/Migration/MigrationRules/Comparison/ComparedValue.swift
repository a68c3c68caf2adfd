package import JSON

/// A value in the form in which results are compared.
///
/// Kinds stay apart: text that looks like a number is text. Members and entries are kept in a canonical
/// order, so that equal values are equal in memory.
package indirect enum ComparedValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// `unscaled` · 10^−`scale`, exact, without trailing zeros.
    case decimal(unscaled: Int128, scale: Int)
    case float(Float)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    /// In UTC; `nanoseconds` is 0..<10⁹.
    case timestamp(seconds: Int64, nanoseconds: Int)
    case list([ComparedValue])
    /// Sorted by canonical text.
    case multiset([ComparedValue])
    /// Sorted by the key's canonical text.
    case map([MapEntry])
    /// Sorted by name.
    case record([Member])

    package struct Member: Sendable, Hashable {
        package var name: String
        package var value: ComparedValue

        package init(_ name: String, _ value: ComparedValue) {
            self.name = name
            self.value = value
        }
    }

    package struct MapEntry: Sendable, Hashable {
        package var key: ComparedValue
        package var value: ComparedValue

        package init(_ key: ComparedValue, _ value: ComparedValue) {
            self.key = key
            self.value = value
        }
    }

    /// What the value is, for messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .integer: "int"
        case .decimal: "decimal"
        case .float: "float32"
        case .double: "float64"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .list: "list"
        case .multiset: "multiset"
        case .map: "map"
        case .record: "struct"
        }
    }

    /// An empty string, byte string, list, multiset, map or struct.
    var isEmpty: Bool {
        switch self {
        case .string(let text): text.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        case .list(let elements), .multiset(let elements): elements.isEmpty
        case .map(let entries): entries.isEmpty
        case .record(let members): members.isEmpty
        default: false
        }
    }
}

/// Making values canonical.
extension ComparedValue {
    /// A struct; a name that stands twice keeps its last value.
    package static func structure(_ members: [Member]) -> ComparedValue {
        var last: [String: ComparedValue] = [:]
        for member in members { last[member.name] = member.value }
        let sorted = last.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return .record(sorted.map { Member($0.key, $0.value) })
    }

    package static func mapping(_ entries: [MapEntry]) -> ComparedValue {
        .map(entries.map { ($0.key.text, $0) }.sorted { $0.0 < $1.0 }.map(\.1))
    }

    package static func bag(_ elements: [ComparedValue]) -> ComparedValue {
        .multiset(sorted(elements))
    }

    static func sorted(_ elements: [ComparedValue]) -> [ComparedValue] {
        elements.map { ($0.text, $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// A decimal without trailing zeros; zero has scale 0.
    package static func exactDecimal(unscaled: Int128, scale: Int) -> ComparedValue {
        var (value, scale) = (unscaled, scale)
        while scale > 0, value % 10 == 0 {
            value /= 10
            scale -= 1
        }
        return .decimal(unscaled: value, scale: scale)
    }

    /// A JSON value: whole numbers stay integers and decimals stay exact, as long as they fit 38 digits;
    /// numbers with an exponent are `Double`.
    package init(_ json: JSONValue) {
        switch json.content {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let number): self = Self.number(number)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .list(elements.map { ComparedValue($0) })
        case .object(let object):
            self = .structure(object.members.map { Member($0.name, ComparedValue($0.value)) })
        }
    }

    private static func number(_ number: JSONNumber) -> ComparedValue {
        if let integer = number.integer { return .integer(integer) }
        let parts = number.text.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.joined()
        guard parts.count <= 2, digits.utf8.count <= 38, let unscaled = Int128(digits) else {
            return .double(number.double)
        }
        return exactDecimal(unscaled: unscaled, scale: parts.count == 2 ? parts[1].utf8.count : 0)
    }

    /// One text for each value: what sorts, fingerprints and shows it.
    package var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .decimal(let unscaled, let scale): Self.decimalText(unscaled, scale)
        case .float(let value): value.isNaN ? "nan" : "\(value == 0 ? 0 : value)f"
        case .double(let value): value.isNaN ? "nan" : "\(value == 0 ? 0 : value)"
        case .string(let text): JSONValue(text).compactText
        case .bytes(let bytes): "x'" + bytes.map { Self.twoDigits($0) }.joined() + "'"
        case .timestamp(let seconds, let nanoseconds): "@\(seconds)+\(nanoseconds)ns"
        case .list(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
        case .multiset(let elements): "{|" + elements.map(\.text).joined(separator: ",") + "|}"
        case .map(let entries):
            "{" + entries.map { "\($0.key.text)=>\($0.value.text)" }.joined(separator: ",") + "}"
        case .record(let members):
            "{"
                + members.map { "\(JSONValue($0.name).compactText):\($0.value.text)" }
                .joined(separator: ",") + "}"
        }
    }

    private static func twoDigits(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    private static func decimalText(_ unscaled: Int128, _ scale: Int) -> String {
        guard scale > 0 else { return String(unscaled) }
        var digits = String(unscaled.magnitude)
        if digits.utf8.count <= scale {
            digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits
        }
        let point = digits.index(digits.endIndex, offsetBy: -scale)
        return (unscaled < 0 ? "-" : "") + digits[..<point] + "." + digits[point...]
    }
}
