import Hashing
import JSON
import MigrationRules
import TestKit
import Testing

@Suite("Comparing values")
struct ValueComparisonTests {
    private func rules(_ edit: (inout ComparePlan) -> Void = { _ in }) throws -> ComparisonRules {
        var plan = ComparePlan()
        edit(&plan)
        return try ComparisonRules(plan, today: "2026-06-01")
    }

    /// `path class` of every difference between two JSON texts.
    private func differences(
        _ primary: String,
        _ candidate: String,
        _ edit: (inout ComparePlan) -> Void = { _ in }
    ) throws -> [String] {
        let left = ComparedValue(try JSONValue(parsing: primary))
        let right = ComparedValue(try JSONValue(parsing: candidate))
        let outcome = ValueComparison(try rules(edit)).compare(left, right)
        let swapped = ValueComparison(try rules(edit)).compare(right, left)
        #expect(outcome.differences.count == swapped.differences.count)
        return outcome.differences.map { "\($0.path) \($0.fieldClass.rawValue)" }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var primary: String
        var candidate: String
        var expected: [String]
        var testDescription: String { "\(primary) \(candidate)" }
    }

    @Test(
        "differences fall into their classes",
        arguments: [
            Case(primary: #"{"a":1}"#, candidate: #"{"a":1}"#, expected: []),
            Case(primary: #"{"a":1,"b":2}"#, candidate: #"{"b":2,"a":1}"#, expected: []),
            Case(primary: #"{"a":1}"#, candidate: "{}", expected: ["$.a missing"]),
            Case(primary: "{}", candidate: #"{"a":1}"#, expected: ["$.a extra"]),
            Case(primary: #"{"a":1}"#, candidate: #"{"a":2}"#, expected: ["$.a value"]),
            Case(primary: #"{"a":1}"#, candidate: #"{"a":"1"}"#, expected: ["$.a type"]),
            Case(primary: #"{"a":null}"#, candidate: #"{"a":""}"#, expected: ["$.a null-vs-empty"]),
            Case(primary: #"{"a":[]}"#, candidate: #"{"a":null}"#, expected: ["$.a null-vs-empty"]),
            Case(primary: #"{"a":null}"#, candidate: #"{"a":0}"#, expected: ["$.a value"]),
            Case(primary: "[1,2,3]", candidate: "[3,1,2]", expected: ["$ order"]),
            Case(primary: "[1,2,3]", candidate: "[1,9,3]", expected: ["$[*] value"]),
            Case(
                primary: "[1,2,3,4]",
                candidate: "[1,3,4]",
                expected: ["$ length", "$[*] missing"]
            ),
            Case(primary: "[1]", candidate: "[7,1]", expected: ["$ length", "$[*] extra"]),
            Case(primary: "1.10", candidate: "1.1", expected: []),
            Case(primary: "1", candidate: "1.0", expected: []),
            Case(primary: "0.1", candidate: "0.1000000000001", expected: ["$ value"]),
            Case(primary: "1e0", candidate: "1", expected: []),
            Case(primary: "1e-13", candidate: "0", expected: []),
            Case(primary: "1e-3", candidate: "1.1e-3", expected: ["$ value"]),
            Case(primary: "9007199254740993", candidate: "9007199254740992", expected: ["$ value"]),
        ]
    )
    func classes(_ example: Case) throws {
        #expect(try differences(example.primary, example.candidate) == example.expected)
    }

    @Test("the most specific rule wins, and a tolerance below an ignored path counts again")
    func specificity() throws {
        let edit: (inout ComparePlan) -> Void = { plan in
            var ignored = ComparisonRule()
            ignored.path = "$.meta"
            var ignore = IgnoreRule()
            ignore.reason = "wall clock"
            ignore.owner = "ana"
            ignore.expires = "2026-12-31"
            ignored.ignore = ignore
            var strict = ComparisonRule()
            strict.path = "$.meta.version"
            strict.tolerance = .exact
            var wide = ComparisonRule()
            wide.path = "$.*"
            wide.tolerance = .absrel(abs: 10, rel: 0)
            var narrow = ComparisonRule()
            narrow.path = "$.price"
            narrow.tolerance = .absrel(abs: 0.5, rel: 0)
            plan.rules = [ignored, strict, wide, narrow]
        }
        #expect(try differences(#"{"x":1,"price":1}"#, #"{"x":9,"price":1.4}"#, edit) == [])
        #expect(try differences(#"{"price":1}"#, #"{"price":2}"#, edit) == ["$.price value"])
        let primary = ComparedValue(try JSONValue(parsing: #"{"meta":{"at":1,"version":1}}"#))
        let later = ComparedValue(try JSONValue(parsing: #"{"meta":{"at":2,"version":1}}"#))
        let other = ComparedValue(try JSONValue(parsing: #"{"meta":{"at":2,"version":2}}"#))
        let comparison = ValueComparison(try rules(edit))
        #expect(comparison.compare(primary, later).result == .ignored("wall clock"))
        #expect(comparison.compare(primary, other).result == .mismatch)
    }

    @Test("an ignore rule needs reason, owner and date, and counts again once it has expired")
    func ignoreRules() throws {
        func plan(_ edit: (inout IgnoreRule) -> Void) -> ComparePlan {
            var ignore = IgnoreRule()
            ignore.reason = "noise"
            ignore.owner = "ana"
            ignore.expires = "2026-07-01"
            edit(&ignore)
            var rule = ComparisonRule()
            rule.path = "$.a"
            rule.ignore = ignore
            var plan = ComparePlan()
            plan.rules = [rule]
            return plan
        }
        for edit: (inout IgnoreRule) -> Void in [
            { $0.reason = "" }, { $0.owner = "" }, { $0.expires = "" }, { $0.expires = "soon" },
        ] {
            #expect(throws: ComparisonRuleError.self) {
                _ = try ComparisonRules(plan(edit), today: "2026-06-01")
            }
        }
        let left = ComparedValue.structure([.init("a", .integer(1))])
        let right = ComparedValue.structure([.init("a", .integer(2))])
        for (today, expected) in [
            ("2026-06-30", ComparisonResult.ignored("noise")), ("2026-07-01", .mismatch),
        ] {
            let rules = try ComparisonRules(plan { _ in }, today: today)
            #expect(ValueComparison(rules).compare(left, right).result == expected)
        }
    }

    @Test("keyed lists pair by key, duplicates as multisets that are flagged")
    func keyedLists() throws {
        let keyed: (inout ComparePlan) -> Void = { $0.align = ["id"] }
        let rows = #"[{"id":1,"v":1},{"id":2,"v":2}]"#
        let found = try differences(rows, #"[{"id":2,"v":2},{"id":1,"v":1}]"#, keyed)
        #expect(found.isEmpty)
        let changed = try differences(rows, #"[{"id":2,"v":3},{"id":3,"v":1}]"#, keyed)
        #expect(changed.sorted() == ["$[*] extra", "$[*] missing", "$[*].v value"])
        let left = ComparedValue(try JSONValue(parsing: #"[{"id":1,"v":1},{"id":1,"v":2}]"#))
        let same = ComparedValue(try JSONValue(parsing: #"[{"id":1,"v":2},{"id":1,"v":1}]"#))
        let other = ComparedValue(try JSONValue(parsing: #"[{"id":1,"v":2},{"id":1,"v":9}]"#))
        let comparison = ValueComparison(try rules(keyed))
        #expect(comparison.compare(left, same).result == .match)
        let outcome = comparison.compare(left, other)
        #expect(outcome.result == .mismatch)
        #expect(outcome.differences.allSatisfy { $0.isDuplicateKey })
    }

    @Test("multisets pair what agrees within the tolerance")
    func multisets() throws {
        let bags: (inout ComparePlan) -> Void = { plan in
            var rule = ComparisonRule()
            rule.path = "$"
            var list = ListRule()
            list.mode = .multiset
            rule.list = list
            var elements = ComparisonRule()
            elements.path = "$[*]"
            elements.tolerance = .absrel(abs: 0.01, rel: 0)
            plan.rules = [rule, elements]
        }
        #expect(try differences("[1.5,2.5,2.5]", "[2.505,1.5,2.5]", bags) == [])
        let found = try differences("[1,1,2]", "[1,2,2]", bags)
        #expect(found.sorted() == ["$[*] extra", "$[*] missing"])
    }

    static let values = Gen<ComparedValue> { generator, size in value(&generator, depth: 3) }

    private static func value(_ generator: inout SeededGenerator, depth: Int) -> ComparedValue {
        func few() -> Int { Int.random(in: 0...3, using: &generator) }
        switch Int.random(in: 0..<(depth > 0 ? 10 : 7), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .integer(Int64(few()))
        case 3: return .exactDecimal(unscaled: Int128(few() * 5), scale: few())
        case 4: return .double([0, -0.0, .nan, .infinity, 0.1][few()])
        case 5: return .string(["", "a", "é", "e\u{301}"][few()])
        case 6: return .timestamp(seconds: Int64(few()), nanoseconds: few())
        case 7: return .list((0..<few()).map { _ in value(&generator, depth: depth - 1) })
        case 8: return .bag((0..<few()).map { _ in value(&generator, depth: depth - 1) })
        default:
            return .structure(
                (0..<few()).map { .init("m\($0)", value(&generator, depth: depth - 1)) }
            )
        }
    }

    @Test("a value has no difference from itself, and swapped sides give swapped classes")
    func symmetry() throws {
        let comparison = ValueComparison(try rules())
        checkProperty("diff(x, x) is empty", Self.values, rounds: 500) { value in
            comparison.compare(value, value).differences.isEmpty
        }
        checkProperty("swapping swaps", pair(Self.values, Self.values), rounds: 500) { pair in
            let forth = comparison.compare(pair.0, pair.1)
            let back = comparison.compare(pair.1, pair.0)
            let classes = forth.differences.map(\.fieldClass.swapped.rawValue).sorted()
            return classes == back.differences.map(\.fieldClass.rawValue).sorted()
                && (forth.result == .match) == (back.result == .match)
        }
    }

    @Test("a larger tolerance never finds more")
    func monotony() {
        let doubles = pair(Gen<Double>.double, Gen<Double>.double)
        checkProperty("larger tolerances find a subset", doubles, rounds: 1000) { pair in
            let sizes = [0, 1e-12, 1e-9, 1e-3, 1, 1e6]
            let agree = try sizes.map { size in
                try ToleranceTest(.absrel(abs: size, rel: size)).agree(pair.0, pair.1)
            }
            return zip(agree, agree.dropFirst()).allSatisfy { !$0 || $1 }
        }
    }

    @Test("k edits planted in a long list are found")
    func plantedEdits() throws {
        var generator = SeededGenerator(seed: 7)
        let left = (0..<2000).map { _ in
            ComparedValue.integer(Int64.random(in: 0..<50, using: &generator))
        }
        var right = left
        for place in [1900, 1500, 700, 3] { right.remove(at: place) }
        let comparison = ValueComparison(try rules())
        let outcome = comparison.compare(.list(left), .list(right))
        #expect(outcome.differences.filter { $0.fieldClass == .missing }.count == 4)
        #expect(outcome.differences.filter { $0.fieldClass == .extra }.isEmpty)
    }
}
