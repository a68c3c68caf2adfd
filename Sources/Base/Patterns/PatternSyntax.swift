/// What a regular expression consists of.
indirect enum PatternNode: Sendable {
    case empty
    case scalar(UInt32, isCaseInsensitive: Bool)
    case set(CharacterClass)
    case assertion(PatternAssertion)
    /// `index` is nil for a group that captures nothing.
    case group(PatternNode, index: Int?)
    case sequence([PatternNode])
    case alternation([PatternNode])
    /// `most` nil has no upper bound.
    case repetition(PatternNode, least: Int, most: Int?, isLazy: Bool)
}

/// A condition on a place in the text that consumes nothing.
enum PatternAssertion: UInt8, Sendable {
    case textStart
    /// The end, or before the last line terminator of the text.
    case textEnd
    /// The very end.
    case absoluteEnd
    case lineStart
    case lineEnd
    case wordBoundary
    case noWordBoundary
}

/// Reads the syntax of Java's regular expressions, less what no linear-time matcher can do.
struct PatternParser {
    /// Groups in groups; each costs a few frames of the stack.
    private static let depthLimit = 200
    /// Largest count in `{…}`.
    private static let countLimit = 1000

    private let scalars: [UInt32]
    private var index = 0
    private var depth = 0
    private var flags = Flags()
    /// Capturing groups so far.
    private(set) var groupCount = 0

    private struct Flags {
        var isCaseInsensitive = false
        var dotMatchesAll = false
        var isMultiline = false
    }

    init(_ pattern: String) { scalars = pattern.unicodeScalars.map(\.value) }

    mutating func parse() throws(PatternError) -> PatternNode {
        let node = try alternation()
        guard index == scalars.count else { throw PatternError("an unopened )", at: index) }
        return node
    }

    private var next: UInt32? { index < scalars.count ? scalars[index] : nil }

    private mutating func take(_ character: Character) -> Bool {
        guard let scalar = character.unicodeScalars.first, next == scalar.value else {
            return false
        }
        index += 1
        return true
    }

    private func looksAt(_ text: String) -> Bool {
        let wanted = text.unicodeScalars.map(\.value)
        return scalars[index...].starts(with: wanted)
    }

    private mutating func alternation() throws(PatternError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw PatternError("groups nested more than \(Self.depthLimit) deep", at: index)
        }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternation(branches)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var parts: [PatternNode] = []
        while let scalar = next, scalar != 0x7C, scalar != 0x29 {
            guard let part = try atom() else { continue }
            parts.append(try repeated(part))
        }
        switch parts.count {
        case 0: return .empty
        case 1: return parts[0]
        default: return .sequence(parts)
        }
    }

    /// One element; nil for a mere change of flags.
    private mutating func atom() throws(PatternError) -> PatternNode? {
        let start = index
        let scalar = scalars[index]
        index += 1
        switch Unicode.Scalar(scalar) {
        case "(": return try group(from: start)
        case "[": return .set(characterClass(try classNode()))
        case ".":
            if flags.dotMatchesAll { return .set(CharacterClass(.complement(.ranges([])))) }
            return .set(CharacterClass(.complement(CharacterClass.lineTerminators)))
        case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "\\": return try escape(from: start)
        case "*", "+", "?": throw PatternError("a repetition of nothing", at: start)
        case "{": throw PatternError("a { that repeats nothing", at: start)
        default: return literal(scalar)
        }
    }

    private func literal(_ scalar: UInt32) -> PatternNode {
        .scalar(
            scalar,
            isCaseInsensitive: flags.isCaseInsensitive && asciiOtherCase(scalar) != nil
        )
    }

    private func characterClass(_ node: CharacterClass.Node) -> CharacterClass {
        CharacterClass(node, isCaseInsensitive: flags.isCaseInsensitive)
    }

    // MARK: Groups

    private mutating func group(from start: Int) throws(PatternError) -> PatternNode? {
        guard take("?") else {
            groupCount += 1
            return try closed(.group(.empty, index: groupCount), from: start)
        }
        for (opening, name) in Self.refusedGroups where looksAt(opening) {
            throw PatternError(name, at: start)
        }
        if take("<") {
            try groupName(from: start)
            groupCount += 1
            return try closed(.group(.empty, index: groupCount), from: start)
        }
        let outer = flags
        try changeFlags(from: start)
        if take(")") { return nil }
        guard take(":") else { throw PatternError("an unknown kind of group", at: start) }
        let node = try closed(.group(.empty, index: nil), from: start)
        flags = outer
        return node
    }

    private static let refusedGroups = [
        ("=", "a look-ahead"), ("!", "a look-ahead"), ("<=", "a look-behind"),
        ("<!", "a look-behind"), (">", "an atomic group"),
    ]

    /// The rest of a group up to its parenthesis; flags that change inside end with it.
    private mutating func closed(
        _ shell: PatternNode,
        from start: Int
    ) throws(PatternError) -> PatternNode {
        let outer = flags
        let inner = try alternation()
        guard take(")") else { throw PatternError("an open group", at: start) }
        flags = outer
        guard case .group(_, let index) = shell else { return inner }
        return .group(inner, index: index)
    }

    private mutating func groupName(from start: Int) throws(PatternError) {
        var length = 0
        while let scalar = next, scalar != 0x3E {
            guard CharacterClass(CharacterClass.word).contains(scalar), scalar != 0x5F else {
                throw PatternError("a group name with other than letters and digits", at: start)
            }
            index += 1
            length += 1
        }
        guard length > 0, take(">") else { throw PatternError("a group without a name", at: start) }
    }

    /// `i`, `s`, `m`, `u`, and `-` before those to switch off.
    private mutating func changeFlags(from start: Int) throws(PatternError) {
        var isOn = true
        while let scalar = next.flatMap(Unicode.Scalar.init), scalar != ")", scalar != ":" {
            switch scalar {
            case "-": isOn = false
            case "i": flags.isCaseInsensitive = isOn
            case "s": flags.dotMatchesAll = isOn
            case "m": flags.isMultiline = isOn
            default: throw PatternError("the unknown flag \(scalar)", at: index)
            }
            index += 1
        }
        guard next != nil else { throw PatternError("an open group", at: start) }
    }

    // MARK: Repetition

    private mutating func repeated(_ node: PatternNode) throws(PatternError) -> PatternNode {
        var node = node
        while let counts = try counts() {
            let isLazy = take("?")
            if next == 0x2B { throw PatternError("a possessive repetition", at: index) }
            node = .repetition(node, least: counts.least, most: counts.most, isLazy: isLazy)
        }
        return node
    }

    private mutating func counts() throws(PatternError) -> (least: Int, most: Int?)? {
        let start = index
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        guard let least = try number() else { throw PatternError("a { without a count", at: start) }
        var most: Int? = least
        if take(",") { most = try number() }
        guard take("}") else { throw PatternError("an open {", at: start) }
        if let most, most < least { throw PatternError("a count below its minimum", at: start) }
        return (least, most)
    }

    private mutating func number() throws(PatternError) -> Int? {
        var value: Int?
        while let scalar = next, scalar >= 0x30, scalar <= 0x39 {
            value = (value ?? 0) * 10 + Int(scalar - 0x30)
            guard let value, value <= Self.countLimit else {
                throw PatternError("a count above \(Self.countLimit)", at: index)
            }
            index += 1
        }
        return value
    }

    // MARK: Escapes

    private mutating func escape(from start: Int) throws(PatternError) -> PatternNode {
        guard let scalar = next else { throw PatternError("a \\ at the end", at: start) }
        if let set = try classEscape() { return .set(CharacterClass(set)) }
        if scalar >= 0x31, scalar <= 0x39 { throw PatternError("a back-reference", at: start) }
        switch Unicode.Scalar(scalar) {
        case "k": throw PatternError("a back-reference", at: start)
        case "b": return assertion(.wordBoundary)
        case "B": return assertion(.noWordBoundary)
        case "A": return assertion(.textStart)
        case "Z": return assertion(.textEnd)
        case "z": return assertion(.absoluteEnd)
        case "G": throw PatternError("\\G, the end of the match before", at: start)
        case "Q": return quotation()
        default: return literal(try scalarEscape(from: start))
        }
    }

    private mutating func assertion(_ kind: PatternAssertion) -> PatternNode {
        index += 1
        return .assertion(kind)
    }

    /// `\Q…\E`; without an end it goes on to the end of the pattern.
    private mutating func quotation() -> PatternNode {
        index += 1
        var parts: [PatternNode] = []
        while let scalar = next {
            if looksAt("\\E") {
                index += 2
                break
            }
            parts.append(literal(scalar))
            index += 1
        }
        return .group(.sequence(parts), index: nil)
    }

    /// `\d`, `\w`, `\s`, `\h`, `\v`, `\p{…}` and their complements; nil, without moving, for others.
    private mutating func classEscape() throws(PatternError) -> CharacterClass.Node? {
        guard let scalar = next.flatMap(Unicode.Scalar.init) else { return nil }
        let node: CharacterClass.Node
        switch scalar {
        case "d", "D": node = CharacterClass.digits
        case "w", "W": node = CharacterClass.word
        case "s", "S": node = CharacterClass.space
        case "h", "H": node = CharacterClass.horizontalSpace
        case "v", "V": node = CharacterClass.verticalSpace
        case "p", "P":
            index += 1
            let property = try property()
            return scalar == "P" ? .complement(property) : property
        default: return nil
        }
        index += 1
        return scalar.properties.isUppercase ? .complement(node) : node
    }

    private mutating func property() throws(PatternError) -> CharacterClass.Node {
        let start = index
        var name = ""
        if take("{") {
            while let scalar = next.flatMap(Unicode.Scalar.init), scalar != "}" {
                name.unicodeScalars.append(scalar)
                index += 1
            }
            guard take("}") else { throw PatternError("an open {", at: start) }
        } else if let scalar = next.flatMap(Unicode.Scalar.init) {
            name.unicodeScalars.append(scalar)
            index += 1
        }
        guard let node = CharacterProperty.node(named: name) else {
            throw PatternError("the unknown property \(name)", at: start)
        }
        return node
    }

    private mutating func scalarEscape(from start: Int) throws(PatternError) -> UInt32 {
        let scalar = scalars[index]
        index += 1
        switch Unicode.Scalar(scalar) {
        case "t": return 0x09
        case "n": return 0x0A
        case "r": return 0x0D
        case "f": return 0x0C
        case "a": return 0x07
        case "e": return 0x1B
        case "0": return try digits(radix: 8, most: 3, from: start)
        case "u": return try digits(radix: 16, exactly: 4, from: start)
        case "x":
            guard take("{") else { return try digits(radix: 16, exactly: 2, from: start) }
            let value = try digits(radix: 16, most: 6, from: start)
            guard take("}") else { throw PatternError("an open {", at: start) }
            return value
        case "c":
            guard let control = next else { throw PatternError("a \\c at the end", at: start) }
            index += 1
            return control ^ 0x40
        case let letter? where letter.isASCII && letter.properties.isAlphabetic:
            throw PatternError("the unknown escape \\\(letter)", at: start)
        default: return scalar
        }
    }

    private mutating func digits(
        radix: UInt32,
        exactly: Int? = nil,
        most: Int = 4,
        from start: Int
    ) throws(PatternError) -> UInt32 {
        var value: UInt32 = 0
        var count = 0
        while count < exactly ?? most,
            let digit = next.flatMap(Unicode.Scalar.init).map(Character.init)?.hexDigitValue,
            digit < radix
        {
            value = value * radix + UInt32(digit)
            index += 1
            count += 1
        }
        guard count > 0, count == exactly ?? count, Unicode.Scalar(value) != nil else {
            throw PatternError("a number that is no character", at: start)
        }
        return value
    }
}

// MARK: Classes

extension PatternParser {
    /// The rest of `[…]`, whose bracket is read: `&&` intersects what stands at its sides.
    private mutating func classNode() throws(PatternError) -> CharacterClass.Node {
        let start = index - 1
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw PatternError("classes nested more than \(Self.depthLimit) deep", at: start)
        }
        let isNegated = take("^")
        var sides: [CharacterClass.Node] = []
        var members: [CharacterClass.Node] = []
        var isFirst = true
        while !(next == 0x5D && !isFirst) {
            guard next != nil else { throw PatternError("an open class", at: start) }
            if looksAt("&&") {
                index += 2
                sides.append(.union(members))
                members = []
            } else {
                members.append(try classMember(from: start))
            }
            isFirst = false
        }
        index += 1
        sides.append(.union(members))
        let node = sides.count == 1 ? sides[0] : .intersection(sides)
        return isNegated ? .complement(node) : node
    }

    private mutating func classMember(from start: Int) throws(PatternError) -> CharacterClass.Node {
        if take("[") { return try classNode() }
        if next == 0x5C {
            index += 1
            guard next != nil else { throw PatternError("an open class", at: start) }
            if let set = try classEscape() { return set }
            index -= 1
        }
        let lower = try classScalar(from: start)
        guard next == 0x2D, index + 1 < scalars.count, scalars[index + 1] != 0x5D,
            scalars[index + 1] != 0x5B
        else { return .ranges([lower...lower]) }
        index += 1
        let upper = try classScalar(from: start)
        guard lower <= upper else { throw PatternError("a range that runs backwards", at: index) }
        return .ranges([lower...upper])
    }

    private mutating func classScalar(from start: Int) throws(PatternError) -> UInt32 {
        guard let scalar = next else { throw PatternError("an open class", at: start) }
        index += 1
        guard scalar == 0x5C else { return scalar }
        guard next != nil else { throw PatternError("an open class", at: start) }
        return try scalarEscape(from: index - 1)
    }
}
