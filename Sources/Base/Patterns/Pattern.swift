/// A compiled regular expression in Java's syntax that matches in time linear in the text.
///
/// There is no look-around, no back-reference, no atomic group and no possessive repetition: those are
/// errors when the pattern is compiled. As in Java, the leftmost match is found, and among those the one
/// that a backtracking matcher would prefer; `\d`, `\w`, `\s` and case mean ASCII.
///
/// A constant value; a ``PatternMatcher`` holds what changes during a search.
package struct Pattern: Sendable {
    /// Number of capturing groups.
    package let groupCount: Int
    let program: PatternProgram
    /// Bytes with which every match begins.
    let prefix: [UInt8]
    /// Whether a match is `prefix` and nothing else.
    let isLiteral: Bool
    /// Whether a match can only begin at the text's start.
    let isAnchored: Bool

    /// Compiles `pattern`; throws for what is no pattern or cannot be matched in linear time.
    package init(_ pattern: String) throws(PatternError) {
        var parser = PatternParser(pattern)
        let node = try parser.parse()
        program = try PatternProgram(node)
        groupCount = parser.groupCount
        var literal = LiteralPrefix()
        isLiteral = literal.read(node) && parser.groupCount == 0
        prefix = literal.bytes
        isAnchored = literal.startsAtTextStart
    }
}

/// Finds out with which bytes every match of a pattern begins.
private struct LiteralPrefix {
    var bytes: [UInt8] = []
    var startsAtTextStart = false

    /// Appends what `node` always begins with; true if that is all that it matches.
    mutating func read(_ node: PatternNode) -> Bool {
        switch node {
        case .empty: return true
        case .scalar(let value, isCaseInsensitive: false):
            guard let scalar = Unicode.Scalar(value) else { return false }
            bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.EncodedScalar())
            return true
        case .group(let inner, _): return read(inner)
        case .sequence(let parts):
            for (number, part) in parts.enumerated() {
                if number == 0, case .assertion(.textStart) = part {
                    startsAtTextStart = true
                    return false
                }
                guard read(part) else { return false }
            }
            return true
        case .assertion(.textStart):
            startsAtTextStart = bytes.isEmpty
            return false
        case .repetition(let inner, let least, let most, _):
            guard least > 0, read(inner) else { return false }
            // Further rounds are not followed: the first is enough to search by.
            return least == 1 && most == 1
        case .scalar, .set, .assertion, .alternation: return false
        }
    }
}
