internal import Failures

/// One word, literal or symbol of a script.
struct Token: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// A bare identifier or keyword.
        case word
        /// `` `name` `` or `"name"`, unescaped.
        case quoted
        /// `'text'`, unescaped.
        case string
        /// `X'0aff'`; the text is the hexadecimal digits.
        case bytes
        /// Digits with an optional point and exponent.
        case number
        /// An integer directly followed by a unit: `10s`, `500ms`.
        case duration
        case symbol
        /// After the last token of the script.
        case end
    }

    var kind: Kind
    var text: String
    /// The word in upper case, for keywords; empty for every other kind.
    var upper: String
    var position: SourcePosition

    init(_ kind: Kind, _ text: String, at position: SourcePosition) {
        self.kind = kind
        self.text = text
        self.upper = kind == .word ? text.uppercased() : ""
        self.position = position
    }

    /// How messages name the token.
    var description: String {
        switch kind {
        case .end: "the end of the script"
        case .string: "'\(text.prefix(40))'"
        case .bytes: "X'\(text.prefix(40))'"
        default: "\"\(text.prefix(40))\""
        }
    }
}
