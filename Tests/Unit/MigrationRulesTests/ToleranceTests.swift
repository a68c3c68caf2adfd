import MigrationRules
import TestKit
import Testing

@Suite("Tolerances")
struct ToleranceTests {
    private func test(
        _ kind: Tolerance.Kind,
        _ edit: (inout Tolerance) -> Void = { _ in }
    ) throws -> ToleranceTest {
        var tolerance = Tolerance()
        tolerance.kind = kind
        edit(&tolerance)
        return try ToleranceTest(tolerance)
    }

    /// Whether two values agree under a tolerance for the whole result.
    private func result(
        _ left: ComparedValue,
        _ right: ComparedValue,
        _ kind: Tolerance.Kind,
        _ edit: (inout Tolerance) -> Void = { _ in }
    ) throws -> ValueComparison.Outcome {
        var rule = ComparisonRule()
        var tolerance = Tolerance()
        tolerance.kind = kind
        edit(&tolerance)
        rule.tolerance = tolerance
        var plan = ComparePlan()
        plan.rules = [rule]
        return ValueComparison(try ComparisonRules(plan, today: "2026-01-01")).compare(left, right)
    }

    @Test("exact: NaN equals NaN, zeros are equal, infinities only themselves")
    func exact() throws {
        let exact = try test(.exact)
        #expect(exact.agree(.nan, .nan) && exact.agree(-0.0, 0))
        #expect(exact.agree(.infinity, .infinity) && !exact.agree(.infinity, -.infinity))
        #expect(!exact.agree(1, 1.0.nextUp) && !exact.agree(.nan, 1))
        let strict = try test(.exact) {
            $0.nanEqualsNaN = false
            $0.zerosAreEqual = false
        }
        #expect(!strict.agree(.nan, .nan) && !strict.agree(-0.0, 0) && strict.agree(0, 0))
    }

    @Test("abs, rel and absrel are symmetric, and never let infinity near a number")
    func relative() throws {
        let abs = try test(.abs) { $0.abs = 0.5 }
        #expect(abs.agree(1, 1.5) && !abs.agree(1, 1.6))
        let rel = try test(.rel) { $0.rel = 1e-5 }
        #expect(rel.agree(100_000, 100_001) && rel.agree(100_001, 100_000))
        #expect(!rel.agree(100_000, 100_002) && !rel.agree(0, 1e-300))
        let both = try test(.absrel) {
            $0.abs = 1e-12
            $0.rel = 1e-9
        }
        #expect(both.agree(0, 1e-12) && !both.agree(0, 2e-12))
        #expect(both.agree(1e9, 1e9 + 1) && !both.agree(1e9, 1e9 + 2))
        #expect(!both.agree(.greatestFiniteMagnitude, .infinity))
        checkProperty("symmetry", pair(Gen<Double>.double, Gen<Double>.double)) { pair in
            both.agree(pair.0, pair.1) == both.agree(pair.1, pair.0)
        }
    }

    @Test("ulp counts floating-point numbers, also over zero, in the width of the values")
    func ulps() throws {
        let two = try test(.ulp) { $0.ulps = 2 }
        #expect(two.agree(1, 1.0.nextUp.nextUp) && !two.agree(1, 1.0.nextUp.nextUp.nextUp))
        let tiny = Double.leastNonzeroMagnitude
        #expect(two.agree(-tiny, tiny) && !two.agree(-tiny, 2 * tiny))
        #expect(!two.agree(-1, 1))
        let one = Float(1)
        #expect(try result(.float(one), .float(one.nextUp), .ulp) { $0.ulps = 1 }.result == .match)
        #expect(try result(.float(one), .float(one.nextUp), .ulp).result == .mismatch)
    }

    @Test("sum-scale forgives what re-ordered sums lose, and no bias")
    func sumScale() throws {
        let sum = try test(.sumScale) { $0.coefficient = 8 }
        // 1e16 − 1e16 + 1, summed in two orders, may lose the 1: the scale is 2e16.
        #expect(sum.agree(1, 0, scale: 2e16))
        #expect(!sum.agree(100, 100.002, scale: 1e6))
        #expect(!sum.agree(1, 0, scale: 1))
    }

    @Test("decimal rounds half to even, and reports what only rounding made equal")
    func decimals() throws {
        func decimal(_ unscaled: Int128, _ scale: Int) -> ComparedValue {
            .exactDecimal(unscaled: unscaled, scale: scale)
        }
        let two: (inout Tolerance) -> Void = { $0.digits = 2 }
        // 0.125 → 0.12, 0.135 → 0.14, −0.125 → −0.12
        for (value, rounded) in [(125, 12), (135, 14), (-125, -12), (1251, 125)]
            as [(Int128, Int128)]
        {
            let outcome = try result(
                decimal(value, value == 1251 ? 3 : 3),
                decimal(rounded, 2),
                .decimal,
                two
            )
            #expect(outcome.result == .match)
            #expect(outcome.differences.map(\.fieldClass) == [.precisionOnly])
        }
        #expect(try result(decimal(125, 3), decimal(13, 2), .decimal, two).result == .mismatch)
        let same = try result(decimal(120, 3), decimal(12, 2), .decimal, two)
        #expect(same.result == .match && same.differences.isEmpty)
    }

    @Test("time floors to a precision, then allows a distance, before 1970 too")
    func times() throws {
        func at(_ seconds: Int64, _ nanoseconds: Int) -> ComparedValue {
            .timestamp(seconds: seconds, nanoseconds: nanoseconds)
        }
        let millisecond: (inout Tolerance) -> Void = { $0.precisionNs = 1_000_000 }
        #expect(try result(at(5, 1_999_999), at(5, 1_000_000), .time, millisecond).result == .match)
        #expect(
            try result(at(5, 1_999_999), at(5, 2_000_000), .time, millisecond).result == .mismatch
        )
        #expect(
            try result(at(-1, 999_999_999), at(-1, 999_000_000), .time, millisecond).result
                == .match
        )
        let second: (inout Tolerance) -> Void = { $0.deltaNs = 1_000_000_000 }
        #expect(try result(at(5, 0), at(6, 0), .time, second).result == .match)
        #expect(try result(at(5, 0), at(6, 1), .time, second).result == .mismatch)
    }

    @Test("strings: exact bytes unless a rule composes, trims, folds or captures")
    func strings() throws {
        let (composed, decomposed) = (
            ComparedValue.string("Zürich"), ComparedValue.string("Zu\u{308}rich")
        )
        #expect(try result(composed, decomposed, .exact).result == .mismatch)
        #expect(try result(composed, decomposed, .string).result == .mismatch)
        #expect(try result(composed, decomposed, .string) { $0.text = [.nfc] }.result == .match)
        #expect(
            try result(.string(" a b\n"), .string("a b"), .string) { $0.text = [.trim] }.result
                == .match
        )
        #expect(
            try result(.string("STRASSE"), .string("straße"), .string) { $0.text = [.caseFold] }
                .result == .match
        )
        let capture: (inout Tolerance) -> Void = { $0.capture = "id=([0-9]+)" }
        #expect(
            try result(.string("t=1 id=7"), .string("t=2 id=7"), .string, capture).result == .match
        )
        #expect(
            try result(.string("t=1 id=7"), .string("t=1 id=8"), .string, capture).result
                == .mismatch
        )
    }

    @Test("a tolerance that makes no sense is refused")
    func nonsense() {
        for edit: (inout Tolerance) -> Void in [
            { $0.abs = -1 }, { $0.rel = .nan }, { $0.ulps = -1 }, { $0.digits = 39 },
            { $0.precisionNs = 0 }, { $0.capture = "(" },
        ] {
            #expect(throws: ComparisonRuleError.self) { _ = try test(.absrel, edit) }
        }
    }
}
