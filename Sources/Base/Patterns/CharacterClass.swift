/// A set of Unicode scalars as patterns write it, ready for membership tests.
struct CharacterClass: Sendable {
    /// How a class is put together.
    indirect enum Node: Sendable {
        case ranges([ClosedRange<UInt32>])
        case property(CharacterProperty)
        case union([Node])
        case intersection([Node])
        case complement(Node)
    }

    private let node: Node
    private let isCaseInsensitive: Bool
    /// Bit per ASCII scalar, 0...63 and 64...127.
    private let low: UInt64
    private let high: UInt64

    init(_ node: Node, isCaseInsensitive: Bool = false) {
        self.node = node
        self.isCaseInsensitive = isCaseInsensitive
        var words: (UInt64, UInt64) = (0, 0)
        for scalar in UInt32(0)..<128
        where Self.test(node, scalar, isCaseInsensitive: isCaseInsensitive) {
            if scalar < 64 { words.0 |= 1 << UInt64(scalar) }
            if scalar >= 64 { words.1 |= 1 << UInt64(scalar - 64) }
        }
        (low, high) = words
    }

    @inline(__always)
    func contains(_ scalar: UInt32) -> Bool {
        if scalar < 64 { return low & (1 &<< UInt64(scalar)) != 0 }
        if scalar < 128 { return high & (1 &<< UInt64(scalar &- 64)) != 0 }
        return Self.test(node, scalar, isCaseInsensitive: isCaseInsensitive)
    }

    /// Case counts for ASCII letters only, as in Java without UNICODE_CASE.
    private static func test(_ node: Node, _ scalar: UInt32, isCaseInsensitive: Bool) -> Bool {
        if test(node, scalar) { return true }
        guard isCaseInsensitive, let other = asciiOtherCase(scalar) else { return false }
        return test(node, other)
    }

    private static func test(_ node: Node, _ scalar: UInt32) -> Bool {
        switch node {
        case .ranges(let ranges): ranges.contains { $0.contains(scalar) }
        case .property(let property): property.contains(scalar)
        case .union(let nodes): nodes.contains { test($0, scalar) }
        case .intersection(let nodes): nodes.allSatisfy { test($0, scalar) }
        case .complement(let inner): !test(inner, scalar)
        }
    }

    static let digits = Node.ranges([0x30...0x39])
    static let word = Node.ranges([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// Space, tab, line feed, vertical tab, form feed, carriage return.
    static let space = Node.ranges([0x09...0x0D, 0x20...0x20])
    static let horizontalSpace = Node.ranges([
        0x09...0x09, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x180E...0x180E, 0x2000...0x200A,
        0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000,
    ])
    static let verticalSpace = Node.ranges([0x0A...0x0D, 0x85...0x85, 0x2028...0x2029])
    /// What `.` does not match: Java's line terminators.
    static let lineTerminators = Node.ranges([
        0x0A...0x0A, 0x0D...0x0D, 0x85...0x85, 0x2028...0x2029,
    ])
}

/// The ASCII letter of the other case; nil for what is no ASCII letter.
func asciiOtherCase(_ scalar: UInt32) -> UInt32? {
    switch scalar {
    case 0x41...0x5A: scalar + 0x20
    case 0x61...0x7A: scalar - 0x20
    default: nil
    }
}

/// A property that `\p{…}` names.
enum CharacterProperty: Sendable {
    case category(@Sendable (Unicode.GeneralCategory) -> Bool)
    case binary(@Sendable (Unicode.Scalar.Properties) -> Bool)

    func contains(_ value: UInt32) -> Bool {
        guard let scalar = Unicode.Scalar(value) else { return false }
        switch self {
        case .category(let test): return test(scalar.properties.generalCategory)
        case .binary(let test): return test(scalar.properties)
        }
    }

    /// The class that `\p{name}` stands for; nil for an unknown name.
    static func node(named name: String) -> CharacterClass.Node? {
        posix[name].map { .ranges($0) } ?? categories[name].map { .property(.category($0)) }
            ?? binaries[name].map { .property(.binary($0)) }
    }

    /// US-ASCII only, as in Java.
    private static let posix: [String: [ClosedRange<UInt32>]] = [
        "Lower": [0x61...0x7A], "Upper": [0x41...0x5A], "ASCII": [0x00...0x7F],
        "Alpha": [0x41...0x5A, 0x61...0x7A], "Digit": [0x30...0x39],
        "Alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A],
        "Punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
        "Graph": [0x21...0x7E], "Print": [0x20...0x7E], "Blank": [0x09...0x09, 0x20...0x20],
        "Cntrl": [0x00...0x1F, 0x7F...0x7F],
        "XDigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
        "Space": [0x09...0x0D, 0x20...0x20],
    ]

    private static let binaries: [String: @Sendable (Unicode.Scalar.Properties) -> Bool] = [
        "IsAlphabetic": { $0.isAlphabetic }, "IsLowercase": { $0.isLowercase },
        "IsUppercase": { $0.isUppercase }, "IsWhite_Space": { $0.isWhitespace },
        "IsDigit": { $0.generalCategory == .decimalNumber }, "IsIdeographic": { $0.isIdeographic },
    ]

    private static let categories: [String: @Sendable (Unicode.GeneralCategory) -> Bool] = {
        let groups: [(String, [(String, Unicode.GeneralCategory)])] = [
            (
                "L",
                [
                    ("u", .uppercaseLetter), ("l", .lowercaseLetter), ("t", .titlecaseLetter),
                    ("m", .modifierLetter), ("o", .otherLetter),
                ]
            ),
            ("M", [("n", .nonspacingMark), ("c", .spacingMark), ("e", .enclosingMark)]),
            ("N", [("d", .decimalNumber), ("l", .letterNumber), ("o", .otherNumber)]),
            (
                "P",
                [
                    ("c", .connectorPunctuation), ("d", .dashPunctuation), ("s", .openPunctuation),
                    ("e", .closePunctuation), ("i", .initialPunctuation),
                    ("f", .finalPunctuation), ("o", .otherPunctuation),
                ]
            ),
            (
                "S",
                [
                    ("m", .mathSymbol), ("c", .currencySymbol), ("k", .modifierSymbol),
                    ("o", .otherSymbol),
                ]
            ),
            ("Z", [("s", .spaceSeparator), ("l", .lineSeparator), ("p", .paragraphSeparator)]),
            (
                "C",
                [
                    ("c", .control), ("f", .format), ("s", .surrogate), ("o", .privateUse),
                    ("n", .unassigned),
                ]
            ),
        ]
        var tests: [String: @Sendable (Unicode.GeneralCategory) -> Bool] = [:]
        for (letter, members) in groups {
            let all = Set(members.map(\.1))
            tests[letter] = { all.contains($0) }
            tests["Is\(letter)"] = { all.contains($0) }
            for (second, category) in members {
                tests[letter + second] = { $0 == category }
                tests["Is\(letter)\(second)"] = { $0 == category }
            }
        }
        return tests
    }()
}
