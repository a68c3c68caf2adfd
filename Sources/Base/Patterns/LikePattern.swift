/// A compiled SQL LIKE pattern: `%` matches any characters, `_` exactly one, newlines too.
package struct LikePattern: Sendable {
    /// What stands between two `%`: literal bytes and single-character wildcards.
    fileprivate struct Segment: Sendable {
        /// Runs of literal bytes; between two runs stand `gaps` wildcards.
        var parts: [Part] = []

        var isEmpty: Bool { parts.isEmpty }
        /// The bytes of a segment without wildcards.
        var literal: [UInt8]? {
            if parts.count == 1, case .bytes(let bytes) = parts[0] { bytes } else { nil }
        }
    }

    fileprivate enum Part: Sendable {
        case bytes([UInt8])
        /// So many characters of any kind.
        case characters(Int)
    }

    /// The segments between the `%`; one alone means that there is no `%`.
    private var segments: [Segment] = []

    /// `escape` is one character that makes a following `%`, `_` or itself literal; nil for none.
    package init(_ pattern: String, escape: String? = nil) throws(PatternError) {
        let escapes = escape.map { Array($0.unicodeScalars) }
        if let escapes, escapes.count != 1 {
            throw PatternError("an escape that is not one character", at: 0)
        }
        var segment = Segment()
        var isEscaped = false
        for (offset, scalar) in pattern.unicodeScalars.enumerated() {
            if isEscaped {
                guard scalar == "%" || scalar == "_" || scalar == escapes?.first else {
                    throw PatternError("an escape before \(scalar)", at: offset)
                }
                segment.append(scalar)
                isEscaped = false
            } else if let escapes, scalar == escapes[0] {
                isEscaped = true
            } else if scalar == "%" {
                segments.append(segment)
                segment = Segment()
            } else if scalar == "_" {
                segment.appendWildcard()
            } else {
                segment.append(scalar)
            }
        }
        if isEscaped {
            throw PatternError("an escape at the end", at: pattern.unicodeScalars.count)
        }
        segments.append(segment)
    }

    /// Whether all of `text` matches; O(text × pattern) at worst.
    package func matches(_ text: Span<UInt8>) -> Bool {
        guard segments.count > 1 else { return segments[0].end(in: text, at: 0) == text.count }
        guard var index = segments[0].end(in: text, at: 0) else { return false }
        for number in 1..<segments.count - 1 {
            guard let end = segments[number].firstEnd(in: text, from: index) else { return false }
            index = end
        }
        return segments[segments.count - 1].isSuffix(of: text, from: index)
    }
}

extension LikePattern.Segment {
    fileprivate mutating func append(_ scalar: Unicode.Scalar) {
        let bytes = Array(UTF8.encode(scalar) ?? UTF8.EncodedScalar())
        if case .bytes(let before) = parts.last {
            parts[parts.count - 1] = .bytes(before + bytes)
        } else {
            parts.append(.bytes(bytes))
        }
    }

    fileprivate mutating func appendWildcard() {
        if case .characters(let count) = parts.last {
            parts[parts.count - 1] = .characters(count + 1)
        } else {
            parts.append(.characters(1))
        }
    }

    /// Where the segment ends if it lies in `text` at `start`.
    fileprivate func end(in text: Span<UInt8>, at start: Int) -> Int? {
        var index = start
        for part in parts {
            switch part {
            case .bytes(let bytes):
                guard text.count - index >= bytes.count, text[index] == bytes[0],
                    Patterns.matches(bytes.span, text, at: index)
                else { return nil }
                index += bytes.count
            case .characters(let count):
                for _ in 0..<count {
                    guard index < text.count else { return nil }
                    index = decodeScalar(text, at: index).next
                }
            }
        }
        return index
    }

    /// Where the segment ends at its first place at or after `start`.
    fileprivate func firstEnd(in text: Span<UInt8>, from start: Int) -> Int? {
        if isEmpty { return start }
        if let literal {
            return firstIndex(of: literal.span, in: text, from: start).map { $0 + literal.count }
        }
        var index = start
        while index <= text.count {
            if let end = end(in: text, at: index) { return end }
            guard index < text.count else { return nil }
            index = decodeScalar(text, at: index).next
        }
        return nil
    }

    /// Whether `text` ends with the segment, not before `start`.
    fileprivate func isSuffix(of text: Span<UInt8>, from start: Int) -> Bool {
        if isEmpty { return true }
        if let literal {
            let index = text.count - literal.count
            return index >= start && end(in: text, at: index) == text.count
        }
        var index = start
        while index <= text.count {
            if end(in: text, at: index) == text.count { return true }
            guard index < text.count else { return false }
            index = decodeScalar(text, at: index).next
        }
        return false
    }
}
