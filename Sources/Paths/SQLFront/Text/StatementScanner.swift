/// Finds where statements end in a text that arrives line by line.
package enum StatementScanner {
    /// What stands at a place.
    private enum State {
        case code
        case lineComment
        case blockComment
        /// Inside a text or a quoted name; ends at this byte.
        case quoted(UInt8)
    }

    /// The first statement of a text with its `;`, and what stands behind; nil where none is whole yet.
    package static func first(in text: String) -> (statement: String, rest: String)? {
        let bytes = Array(text.utf8)
        var state = State.code
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            switch state {
            case .code:
                if byte == UInt8(ascii: ";") {
                    return (
                        String(decoding: bytes[...index], as: UTF8.self),
                        String(decoding: bytes[(index + 1)...], as: UTF8.self)
                    )
                }
                state = opened(byte, next)
                if case .blockComment = state { index += 1 }
            case .lineComment: if byte == 0x0A { state = .code }
            case .blockComment:
                if byte == UInt8(ascii: "*"), next == UInt8(ascii: "/") {
                    state = .code
                    index += 1
                }
            // A doubled quote ends a text and begins the next one, which is the same here.
            case .quoted(let end): if byte == end { state = .code }
            }
            index += 1
        }
        return nil
    }

    private static func opened(_ byte: UInt8, _ next: UInt8) -> State {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): .quoted(byte)
        case UInt8(ascii: "-") where next == UInt8(ascii: "-"): .lineComment
        case UInt8(ascii: "/") where next == UInt8(ascii: "*"): .blockComment
        default: .code
        }
    }

    /// Whether a text has nothing but blanks and comments.
    package static func isBlank(_ text: String) -> Bool {
        guard first(in: text) == nil else { return false }
        return Lexer.tokens(of: text, source: "").tokens.allSatisfy { $0.kind == .end }
    }
}
