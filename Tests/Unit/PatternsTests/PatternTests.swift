import Patterns
import TestKit
import Testing

/// Finds matches by trying everything in order: exponential, short, and nothing like the code under test.
private indirect enum Oracle: Sendable {
    case character(Character)
    case any
    case sequence([Oracle])
    case either(Oracle, Oracle)
    case group(Int, Oracle)
    case repeated(Oracle, least: Int, most: Int, isLazy: Bool)

    var text: String {
        switch self {
        case .character(let character): String(character)
        case .any: "."
        case .sequence(let parts): parts.map(\.text).joined()
        case .either(let left, let right): "(?:\(left.text)|\(right.text))"
        case .group(_, let inner): "(\(inner.text))"
        case .repeated(let inner, let least, let most, let isLazy):
            "(?:\(inner.text)){\(least),\(most)}\(isLazy ? "?" : "")"
        }
    }

    typealias Groups = [Int: Range<Int>]

    /// Calls `next` with each way to match at `index`, the preferred first, until one returns true.
    func match(
        _ text: [Character],
        _ index: Int,
        _ groups: Groups,
        _ next: @escaping (Int, Groups) -> Bool
    ) -> Bool {
        switch self {
        case .character(let wanted):
            return index < text.count && text[index] == wanted && next(index + 1, groups)
        case .any:
            return index < text.count && text[index] != "\n" && next(index + 1, groups)
        case .sequence(let parts):
            guard let first = parts.first else { return next(index, groups) }
            let rest = Oracle.sequence(Array(parts.dropFirst()))
            return first.match(text, index, groups) { rest.match(text, $0, $1, next) }
        case .either(let left, let right):
            return left.match(text, index, groups, next) || right.match(text, index, groups, next)
        case .group(let number, let inner):
            return inner.match(text, index, groups) { end, found in
                var found = found
                found[number] = index..<end
                return next(end, found)
            }
        case .repeated(let inner, let least, let most, let isLazy):
            let fewer = Oracle.repeated(
                inner,
                least: max(least - 1, 0),
                most: most - 1,
                isLazy: isLazy
            )
            func goOn() -> Bool {
                most > 0
                    && inner.match(text, index, groups) { fewer.match(text, $0, $1, next) }
            }
            if least > 0 { return goOn() }
            return isLazy ? next(index, groups) || goOn() : goOn() || next(index, groups)
        }
    }
}

private func oracle(
    _ generator: inout SeededGenerator,
    depth: Int,
    groups: inout Int
) -> Oracle {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 3), using: &generator) {
    case 0, 1: return .character(["a", "b", "é"][Int.random(in: 0..<3, using: &generator)])
    case 2: return .any
    case 3, 4:
        let count = Int.random(in: 1...3, using: &generator)
        return .sequence(
            (0..<count).map { _ in oracle(&generator, depth: depth - 1, groups: &groups) }
        )
    case 5:
        let left = oracle(&generator, depth: depth - 1, groups: &groups)
        return .either(left, oracle(&generator, depth: depth - 1, groups: &groups))
    case 6:
        groups += 1
        let number = groups
        return .group(number, oracle(&generator, depth: depth - 1, groups: &groups))
    default:
        let least = Int.random(in: 0...2, using: &generator)
        return .repeated(
            oracle(&generator, depth: depth - 1, groups: &groups),
            least: least,
            most: least + Int.random(in: 0...2, using: &generator),
            isLazy: Bool.random(using: &generator)
        )
    }
}

private struct Search: Sendable, CustomStringConvertible {
    var oracle: Oracle
    var groupCount: Int
    var text: String

    var description: String { "/\(oracle.text)/ in \(text.debugDescription)" }
}

private let searches = Gen<Search> { generator, _ in
    var groups = 0
    let made = oracle(&generator, depth: 3, groups: &groups)
    let letters: [Character] = ["a", "b", "é", "\n"]
    let length = Int.random(in: 0...7, using: &generator)
    let text = String(
        (0..<length).map { _ in letters[Int.random(in: 0..<4, using: &generator)] }
    )
    return Search(oracle: made, groupCount: groups, text: text)
}

private func matches(_ pattern: String, _ text: String) throws -> Bool {
    var matcher = PatternMatcher(try Pattern(pattern))
    let bytes = Array(text.utf8)
    return matcher.matches(in: bytes.span)
}

/// The text of a group in the first match.
private func group(_ number: Int, _ pattern: String, _ text: String) throws -> String? {
    var matcher = PatternMatcher(try Pattern(pattern))
    let bytes = Array(text.utf8)
    return matcher.firstRange(ofGroup: number, in: bytes.span)
        .map { String(decoding: bytes[$0], as: UTF8.self) }
}

@Suite("Regular expressions")
struct PatternTests {
    @Test("matches and groups equal those of a backtracking matcher")
    func equalsBacktracking() throws {
        checkProperty("matches = backtracking", searches, rounds: 3000) { test in
            let characters = Array(test.text)
            var expected: (Range<Int>, Oracle.Groups)?
            for start in 0...characters.count where expected == nil {
                _ = test.oracle.match(characters, start, [:]) { end, groups in
                    expected = (start..<end, groups)
                    return true
                }
            }
            func text(_ range: Range<Int>?) -> String? { range.map { String(characters[$0]) } }
            let pattern = test.oracle.text
            guard try matches(pattern, test.text) == (expected != nil) else { return false }
            guard try group(0, pattern, test.text) == text(expected?.0) else { return false }
            for number in 1..<test.groupCount + 1 {
                // An empty round of a repetition may set a group that another matcher leaves.
                guard let found = text(expected?.1[number]), !found.isEmpty else { continue }
                guard try group(number, pattern, test.text) == found else { return false }
            }
            return true
        }
    }

    @Test("the syntax of Java is read")
    func syntax() throws {
        let cases: [(String, String, String?)] = [
            ("a.c", "xabcx", "abc"), ("a.c", "a\nc", nil), ("(?s)a.c", "a\nc", "a\nc"),
            ("^ab", "cab", nil), ("ab$", "ab\n", "ab"), ("ab\\z", "ab\n", nil),
            ("(?m)^b$", "a\nb\nc", "b"), ("\\d+", "ab123", "123"), ("\\D+", "12ab", "ab"),
            ("[^a-c]+", "abcxyz", "xyz"), ("[a-z&&[^aeiou]]+", "aeixyz", "xyz"),
            ("[a-c[x-z]]+", "dbxd", "bx"), ("[]a]+", "]a", "]a"), ("[a-]+", "-a", "-a"),
            ("\\w+\\s\\w+", "é ab cd", "ab cd"), ("\\bcat\\b", "a cat.", "cat"),
            ("\\bcat\\b", "concat", nil), ("\\Bcat", "concat", "cat"), ("(?i)ABC", "xaBcx", "aBc"),
            ("(?i:a)B", "AB", "AB"), ("(?i:a)B", "Ab", nil), ("[(?i)]", "i", "i"),
            ("\\Qa.b\\E+", "a.bbb", "a.b"), ("\\Qa.b\\Ec", "a.bc", "a.bc"), ("\\u00e9", "é", "é"),
            ("\\x{1F600}", "a😀", "😀"), ("\\p{Lu}+", "aÉB", "ÉB"), ("\\p{L}+", "1aé2", "aé"),
            ("\\P{L}+", "aé12", "12"), ("\\p{Alpha}+", "éab", "ab"), ("a{2}", "aaa", "aa"),
            ("a{2,}", "aaa", "aaa"), ("a{1,2}?", "aaa", "a"), ("a*?b", "aab", "aab"),
            ("a|ab", "ab", "a"), ("ab|a", "ab", "ab"), ("", "abc", ""), ("()", "a", ""),
            ("(?:ab)+", "ababa", "abab"), ("(?<year>\\d{4})", "in 2024", "2024"),
            ("\\.", "a.b", "."), ("[.]", "a.b", "."), ("\\t", "\t", "\t"), ("日.語", "日本語", "日本語"),
            ("a\\", "a", nil), ("x{0}y", "xy", "y"), ("😀+", "a😀😀", "😀😀"),
        ]
        for (pattern, text, expected) in cases where pattern != "a\\" {
            let found = try group(0, pattern, text)
            #expect(found == expected, "/\(pattern)/ in \(text)")
        }
    }

    @Test("groups give what took part in the match")
    func groups() throws {
        #expect(try group(1, "(a)|(b)", "b") == nil)
        #expect(try group(2, "(a)|(b)", "b") == "b")
        #expect(try group(1, "(\\d+)-(\\d+)", "tel 12-345") == "12")
        #expect(try group(2, "(\\d+)-(\\d+)", "tel 12-345") == "345")
        #expect(try group(1, "(a|b)*", "abab") == "b")
        #expect(try group(3, "(a)", "a") == nil)
    }

    @Test("what needs backtracking and what is no pattern is refused with its place")
    func refused() {
        let patterns = [
            "(?=a)", "(?!a)", "(?<=a)b", "(?<!a)b", "(a)\\1", "(?<n>a)\\k<n>", "(?>a)", "a*+", "(",
            ")",
            "[a", "a{2", "a{3,2}", "*a", "\\", "[b-a]", "\\p{Nonsense}", "a{1001}", "\\y", "(?<>a)",
            "(?x)a", "((((((a{1000}){1000}){1000})))", "[\\", "\\x{110000}", "{1}",
            String(repeating: "(", count: 5000), String(repeating: "[", count: 5000),
        ]
        for pattern in patterns {
            let error = #expect(throws: PatternError.self, "\(pattern.prefix(40))") {
                _ = try Pattern(pattern)
            }
            #expect(error?.problem.isEmpty == false)
        }
    }

    @Test(
        "patterns that make backtracking explode take time linear in the text",
        .timeLimit(.minutes(1))
    )
    func linearTime() throws {
        let text = String(repeating: "a", count: 2000)
        for pattern in ["(a*)*b", "(a|aa)+$b", "(a?){200}a{200}b", "(.*)(.*)(.*)(.*)x", "(a|a)*c"] {
            #expect(try !matches(pattern, text))
        }
    }

    @Test("any text compiles or is refused, without a crash")
    func fuzzing() {
        let alphabet: [Character] = Array("ab()[]{}|*+?\\^$.-&,0123:<>!=ipPdQEé")
        checkProperty("compile or refuse", .text(of: alphabet), rounds: 5000) { text in
            guard let pattern = try? Pattern(text) else { return true }
            var matcher = PatternMatcher(pattern)
            let bytes = Array("aab(b)é\n01".utf8)
            let isMatch = matcher.matches(in: bytes.span)
            let range = matcher.firstRange(in: bytes.span)
            return isMatch == (range != nil)
        }
    }

    @Test("later searches go on after a place and keep anchors at the text's start")
    func searchesFromAPlace() throws {
        let bytes = Array("abab".utf8)
        var plain = PatternMatcher(try Pattern("[a]b"))
        #expect(plain.firstRange(in: bytes.span, from: 1) == 2..<4)
        var anchored = PatternMatcher(try Pattern("^ab"))
        #expect(anchored.firstRange(in: bytes.span, from: 2) == nil)
        var literal = PatternMatcher(try Pattern("ab"))
        #expect(literal.firstRange(in: bytes.span, from: 1) == 2..<4)
    }
}

@Suite("LIKE patterns")
struct LikePatternTests {
    /// LIKE by its definition.
    private static func like(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>)
        -> Bool
    {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "%" {
            return like(text, pattern.dropFirst())
                || (!text.isEmpty && like(text.dropFirst(), pattern))
        }
        guard let character = text.first, first == "_" || first == character else { return false }
        return like(text.dropFirst(), pattern.dropFirst())
    }

    @Test("T7: a point is a point, and % and _ match every character, newlines too")
    func definition() throws {
        let cases: [(String, String, Bool)] = [
            ("abc", "a.c", false), ("a\nc", "a_c", true), ("a\nb\nc", "a%c", true), ("", "", true),
            ("", "%", true), ("é", "_", true), ("abc", "abc", true), ("abcd", "abc", false),
            ("abcabc", "%abc", true), ("xabcx", "%abc%", true), ("abc", "%%c", true),
            ("a😀c", "a_c", true), ("ab", "a__", false),
        ]
        for (text, pattern, expected) in cases {
            let like = try LikePattern(pattern)
            let bytes = Array(text.utf8)
            let actual = like.matches(bytes.span)
            #expect(actual == expected, "\(text) LIKE \(pattern)")
        }
    }

    @Test("any pattern matches as its definition says")
    func equalsDefinition() {
        let pairs = Gen<[String]>.array(of: .text(of: Array("ab%_é")), maximum: 2)
        checkProperty("LIKE = definition", pairs, rounds: 3000) { pair in
            guard pair.count == 2 else { return true }
            let text = pair[0].prefix(8).filter { $0 != "%" && $0 != "_" }
            let pattern = pair[1].prefix(6)
            let bytes = Array(text.utf8)
            return try LikePattern(String(pattern)).matches(bytes.span)
                == Self.like(Array(text)[...], Array(pattern)[...])
        }
    }

    @Test("an escape makes wildcards literal, and only those")
    func escapes() throws {
        let bytes = Array("50%".utf8)
        #expect(try LikePattern("50!%", escape: "!").matches(bytes.span))
        let other = Array("50x".utf8)
        #expect(try !LikePattern("50!%", escape: "!").matches(other.span))
        let mark = Array("a!".utf8)
        #expect(try LikePattern("a!!", escape: "!").matches(mark.span))
        for (pattern, escape) in [("a!b", "!"), ("a!", "!"), ("a", "!!"), ("a", "")] {
            #expect(throws: PatternError.self) { _ = try LikePattern(pattern, escape: escape) }
        }
    }
}
