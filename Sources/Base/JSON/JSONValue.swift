package import Failures

/// A JSON value: read from a text, where it knows its place, or made in memory.
///
/// Equality compares content only, not places; objects are equal if they have the same members in the
/// same order.
package struct JSONValue: Sendable, Hashable {
    package enum Content: Sendable, Hashable {
        case null
        case bool(Bool)
        case number(JSONNumber)
        case string(String)
        case array([JSONValue])
        case object(JSONObject)
    }

    package var content: Content
    /// Where its first character stands in the text; nil where the value was made in memory.
    package var position: SourcePosition?

    package init(_ content: Content, at position: SourcePosition? = nil) {
        self.content = content
        self.position = position
    }

    package static func == (left: Self, right: Self) -> Bool { left.content == right.content }

    package func hash(into hasher: inout Hasher) { hasher.combine(content) }

    /// What the value is, for messages: `a string`.
    package var kind: String {
        switch content {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// Making values.
extension JSONValue {
    package static var null: JSONValue { JSONValue(.null) }

    package init(_ value: Bool) { self.init(.bool(value)) }
    package init(_ value: String) { self.init(.string(value)) }
    package init(_ value: some BinaryInteger) { self.init(.number(JSONNumber(value))) }
    package init(_ object: JSONObject) { self.init(.object(object)) }
    package init(_ elements: [JSONValue]) { self.init(.array(elements)) }

    /// A number; NaN and the infinities, which JSON does not have, become null.
    package init(_ value: Double) {
        self.init(JSONNumber(value).map(Content.number) ?? .null)
    }

    /// The value, or null for nil.
    package init(_ value: String?) { self = value.map { JSONValue($0) } ?? .null }
    package init(_ value: Int?) { self = value.map { JSONValue($0) } ?? .null }
    package init(_ value: Double?) { self = value.map { JSONValue($0) } ?? .null }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self.init(value) }
    package init(integerLiteral value: Int) { self.init(value) }
    package init(booleanLiteral value: Bool) { self.init(value) }
    package init(floatLiteral value: Double) { self.init(value) }
    package init(arrayLiteral elements: JSONValue...) { self.init(elements) }
    package init(nilLiteral: ()) { self.init(.null) }

    /// Members in the order written.
    package init(dictionaryLiteral members: (String, JSONValue)...) {
        var object = JSONObject()
        for (name, value) in members { object[name] = value }
        self.init(object)
    }
}

/// Looking into values; nil where the value is of another kind.
extension JSONValue {
    package var isNull: Bool { content == .null }

    package var bool: Bool? {
        if case .bool(let value) = content { value } else { nil }
    }

    package var string: String? {
        if case .string(let value) = content { value } else { nil }
    }

    package var number: JSONNumber? {
        if case .number(let value) = content { value } else { nil }
    }

    /// A number written without fraction and exponent, within 64 bits.
    package var integer: Int64? { number?.integer }

    /// The nearest `Double`.
    package var double: Double? { number?.double }

    package var array: [JSONValue]? {
        if case .array(let elements) = content { elements } else { nil }
    }

    package var object: JSONObject? {
        if case .object(let object) = content { object } else { nil }
    }

    /// A member of an object.
    package subscript(name: String) -> JSONValue? { object?[name] }
}
