package import Failures

/// A value of a YAML text, with the place where it stands.
///
/// Equality compares content only, not places. What an alias stands for has the places of its anchor.
package struct YAMLNode: Sendable, Hashable {
    package indirect enum Content: Sendable, Hashable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        /// Keys differ; they stay in their order.
        case mapping([YAMLMember])
    }

    package var content: Content
    /// Where its first character stands.
    package var position: SourcePosition

    package init(_ content: Content, at position: SourcePosition) {
        self.content = content
        self.position = position
    }

    package static func == (left: Self, right: Self) -> Bool { left.content == right.content }

    package func hash(into hasher: inout Hasher) { hasher.combine(content) }

    /// What the value is, for messages: `a list`.
    package var kind: String {
        switch content {
        case .scalar(let scalar): scalar.kind
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// A key of a mapping with its value.
package struct YAMLMember: Sendable, Hashable {
    package var key: String
    /// Where the key stands.
    package var position: SourcePosition
    package var value: YAMLNode

    package init(key: String, position: SourcePosition, value: YAMLNode) {
        self.key = key
        self.position = position
        self.value = value
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.key == right.key && left.value == right.value
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(key)
        hasher.combine(value)
    }
}

/// A single value as it was written.
///
/// The text is kept whatever it may mean, because the reader knows what it wants: `10%` is a share, and `8` where a
/// name should be is the name `8`.
package struct YAMLScalar: Sendable, Hashable {
    package var text: String
    /// Written without quotes, so that the core schema gives it a type; all else is a string.
    package var isPlain: Bool

    package init(_ text: String, isPlain: Bool = true) {
        self.text = text
        self.isPlain = isPlain
    }

    /// What the core schema of YAML 1.2 makes of it.
    package enum Value: Sendable, Hashable {
        case null
        case bool(Bool)
        case integer(Int64)
        case number(Double)
        case string(String)
    }

    package var value: Value {
        guard isPlain else { return .string(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .number(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .number(-.infinity)
        case ".nan", ".NaN", ".NAN": return .number(.nan)
        default: return number ?? .string(text)
        }
    }

    /// `[-+]?[0-9]+`, `0o[0-7]+`, `0x[0-9a-fA-F]+`, or a decimal fraction with an exponent.
    private var number: Value? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, first < 0x3A else { return nil }
        if text.hasPrefix("0o") { return prefixed(8) }
        if text.hasPrefix("0x") { return prefixed(16) }
        guard let isInteger = Self.shape(bytes) else { return nil }
        if isInteger, let integer = Int64(text) { return .integer(integer) }
        // An integer beyond 64 bits is a number that is nearly it.
        let swift = (text.hasPrefix("+") ? String(text.dropFirst()) : text)
        return Double(Self.padded(swift)).map(Value.number)
    }

    private func prefixed(_ radix: Int) -> Value? {
        let digits = text.dropFirst(2)
        guard !digits.isEmpty, digits.utf8.first != 0x2B, digits.utf8.first != 0x2D else {
            return nil
        }
        return Int64(digits, radix: radix).map(Value.integer)
    }

    /// Swift wants a digit on both sides of the point.
    private static func padded(_ text: String) -> String {
        var padded = ""
        var last: Character = "-"
        for character in text {
            if character == ".", !last.isNumber { padded.append("0") }
            if last == ".", !character.isNumber { padded.append("0") }
            padded.append(character)
            last = character
        }
        return last == "." ? padded + "0" : padded
    }

    /// Whether a text is an integer (true), a fraction (false), or no decimal number (nil).
    private static func shape(_ bytes: [UInt8]) -> Bool? {
        var index = 0
        func digits() -> Int {
            let start = index
            while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
            return index - start
        }
        func take(_ choices: UInt8...) -> Bool {
            guard index < bytes.count, choices.contains(bytes[index]) else { return false }
            index += 1
            return true
        }
        _ = take(0x2B, 0x2D)
        let whole = digits()
        var isInteger = whole > 0
        if take(0x2E) {
            isInteger = false
            guard digits() + whole > 0 else { return nil }
        } else if whole == 0 {
            return nil
        }
        if take(0x65, 0x45) {
            isInteger = false
            _ = take(0x2B, 0x2D)
            guard digits() > 0 else { return nil }
        }
        return index == bytes.count ? isInteger : nil
    }

    var kind: String {
        switch value {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "the number \(text)"
        case .string: "the text \"\(text.count > 64 ? text.prefix(64) + "…" : text[...])\""
        }
    }
}

/// Looking into values; nil where the value is of another kind.
extension YAMLNode {
    package var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    package var sequence: [YAMLNode]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }

    package var mapping: [YAMLMember]? {
        if case .mapping(let members) = content { members } else { nil }
    }

    package var isNull: Bool { scalar?.value == .null }

    /// The value of a key of a mapping.
    package subscript(key: String) -> YAMLNode? { mapping?.first { $0.key == key }?.value }
}
