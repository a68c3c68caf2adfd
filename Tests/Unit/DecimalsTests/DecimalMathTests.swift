import Decimals
import TestKit
import Testing

/// An exact fraction digit by digit: slow, and nothing like the code under test.
private struct LongNumber: Equatable {
    /// Decimal digits, least significant first, without leading zeros.
    var digits: [Int]

    init(_ digits: [Int]) {
        self.digits = digits
        while self.digits.last == 0 { self.digits.removeLast() }
    }

    init(_ value: UInt128) {
        self.init("\(value)".reversed().compactMap { $0.wholeNumberValue })
    }

    func times(_ other: LongNumber) -> LongNumber {
        var result = [Int](repeating: 0, count: digits.count + other.digits.count + 1)
        for (i, left) in digits.enumerated() {
            for (j, right) in other.digits.enumerated() { result[i + j] += left * right }
        }
        for index in result.indices.dropLast() {
            result[index + 1] += result[index] / 10
            result[index] %= 10
        }
        return LongNumber(result)
    }

    func shifted(_ count: Int) -> LongNumber {
        LongNumber([Int](repeating: 0, count: count) + digits)
    }

    func isLess(than other: LongNumber) -> Bool {
        if digits.count != other.digits.count { return digits.count < other.digits.count }
        return digits.reversed().lexicographicallyPrecedes(other.digits.reversed())
    }

    func minus(_ other: LongNumber) -> LongNumber {
        var result = digits
        for index in result.indices {
            result[index] -= index < other.digits.count ? other.digits[index] : 0
            if result[index] < 0 {
                result[index] += 10
                result[index + 1] -= 1
            }
        }
        return LongNumber(result)
    }

    func plus(_ other: LongNumber) -> LongNumber {
        var result = [Int](repeating: 0, count: max(digits.count, other.digits.count) + 1)
        for index in result.indices.dropLast() {
            result[index] += index < digits.count ? digits[index] : 0
            result[index] += index < other.digits.count ? other.digits[index] : 0
            result[index + 1] += result[index] / 10
            result[index] %= 10
        }
        return LongNumber(result)
    }

    /// Long division as on paper.
    func divided(by divisor: LongNumber) -> (quotient: LongNumber, rest: LongNumber) {
        var rest = LongNumber([])
        var quotient: [Int] = []
        for digit in digits.reversed() {
            rest = LongNumber([digit] + rest.digits)
            var times = 0
            while !rest.isLess(than: divisor) {
                rest = rest.minus(divisor)
                times += 1
            }
            quotient.append(times)
        }
        return (LongNumber(quotient.reversed()), rest)
    }

    /// Divided by `divisor` and rounded half up.
    func rounded(by divisor: LongNumber) -> LongNumber {
        let (quotient, rest) = divided(by: divisor)
        let isUp = !rest.plus(rest).isLess(than: divisor)
        return isUp ? quotient.plus(LongNumber([1])) : quotient
    }

    func value(_ isNegative: Bool, as shape: DecimalShape) -> Int128? {
        guard digits.count <= shape.precision else { return nil }
        let magnitude = digits.reversed().reduce(Int128(0)) { $0 * 10 + Int128($1) }
        return isNegative ? -magnitude : magnitude
    }
}

/// Two decimals and the shape of a result.
private struct Operands: Sendable {
    var left: Int128
    var leftScale: Int
    var right: Int128
    var rightScale: Int
    var shape: DecimalShape
}

private let operands = Gen<Operands> { generator, _ in
    func decimal() -> (Int128, Int) {
        let precision = Int.random(in: 1...38, using: &generator)
        let bound = powerOfTen(precision) - 1
        let value =
            Int.random(in: 0..<5, using: &generator) == 0
            ? bound : Int128.random(in: -bound...bound, using: &generator)
        return (value, Int.random(in: 0...precision, using: &generator))
    }
    let (left, right) = (decimal(), decimal())
    let precision = Int.random(in: 1...38, using: &generator)
    let shape = DecimalShape(
        precision: precision,
        scale: Int.random(in: 0...precision, using: &generator)
    )
    return Operands(
        left: left.0,
        leftScale: left.1,
        right: right.0,
        rightScale: right.1,
        shape: shape
    )
}

@Suite("Decimal arithmetic")
struct DecimalMathTests {
    @Test("sums, products and comparisons equal those on paper")
    func sumsAndProducts() {
        checkProperty("sums and products equal those on paper", operands, rounds: 2000) { test in
            let scale = max(test.leftScale, test.rightScale)
            let first = LongNumber(test.left.magnitude).shifted(scale - test.leftScale)
            let second = LongNumber(test.right.magnitude).shifted(scale - test.rightScale)
            let (isFirstNegative, isSecondNegative) = (test.left < 0, test.right < 0)
            let total: (LongNumber, Bool) =
                if isFirstNegative == isSecondNegative {
                    (first.plus(second), isFirstNegative)
                } else if first.isLess(than: second) {
                    (second.minus(first), isSecondNegative)
                } else {
                    (first.minus(second), isFirstNegative)
                }
            let expected = reshaped(total.0, from: scale, test.shape, total.1)
            let sum = DecimalMath.sum(
                test.left,
                scale: test.leftScale,
                test.right,
                scale: test.rightScale,
                as: test.shape
            )
            #expect(sum == expected)
            let product = DecimalMath.product(
                test.left,
                scale: test.leftScale,
                test.right,
                scale: test.rightScale,
                as: test.shape
            )
            let onPaper = LongNumber(test.left.magnitude).times(LongNumber(test.right.magnitude))
            let isNegative = isFirstNegative != isSecondNegative
            #expect(
                product
                    == reshaped(
                        onPaper,
                        from: test.leftScale + test.rightScale,
                        test.shape,
                        isNegative
                    )
            )
            let order = DecimalMath.compare(
                test.left,
                scale: test.leftScale,
                test.right,
                scale: test.rightScale
            )
            let isLess =
                isFirstNegative
                ? !isSecondNegative || second.isLess(than: first)
                : !isSecondNegative && first.isLess(than: second)
            #expect((order < 0) == isLess)
            return (order == 0) == (first == second && isFirstNegative == isSecondNegative)
        }
    }

    @Test("quotients and remainders equal long division")
    func quotients() {
        checkProperty("quotients equal long division", operands, rounds: 2000) { test in
            guard test.right != 0 else { return true }
            let isNegative = (test.left < 0) != (test.right < 0)
            // left/10^a ÷ right/10^b at scale s is left · 10^(b + s) ÷ (right · 10^a).
            let dividend = LongNumber(test.left.magnitude)
                .shifted(test.rightScale + test.shape.scale)
            let divisor = LongNumber(test.right.magnitude).shifted(test.leftScale)
            let expected = dividend.rounded(by: divisor).value(isNegative, as: test.shape)
            let quotient = DecimalMath.quotient(
                test.left,
                scale: test.leftScale,
                test.right,
                scale: test.rightScale,
                as: test.shape
            )
            #expect(quotient == expected, "\(test)")
            let scale = max(test.leftScale, test.rightScale)
            let rest = LongNumber(test.left.magnitude).shifted(scale - test.leftScale)
                .divided(by: LongNumber(test.right.magnitude).shifted(scale - test.rightScale)).rest
            let remainder = DecimalMath.remainder(
                test.left,
                scale: test.leftScale,
                test.right,
                scale: test.rightScale,
                as: test.shape
            )
            return remainder == reshaped(rest, from: scale, test.shape, test.left < 0)
        }
    }

    @Test("rescaling rounds half away from zero")
    func rescaling() {
        let cases: [(Int128, Int, Int128)] = [
            (12345, 3, 1235), (-12345, 3, -1235), (12335, 3, 1234), (5, 3, 1), (-5, 3, -1),
            (4, 3, 0),
            (12, 0, 1200), (0, 3, 0),
        ]
        let shape = DecimalShape(precision: 10, scale: 2)
        for (unscaled, scale, expected) in cases {
            #expect(DecimalMath.rescaled(unscaled, from: scale, as: shape) == expected)
        }
        let narrow = DecimalShape(precision: 3, scale: 2)
        #expect(DecimalMath.rescaled(9994, from: 3, as: narrow) == 999)
        #expect(DecimalMath.rescaled(9995, from: 3, as: narrow) == nil)
    }

    @Test("doubles become the decimal of their shortest text, and back the nearest double")
    func doubles() {
        let shape = DecimalShape(precision: 38, scale: 2)
        let cases: [(Double, Int128?)] = [
            (1.005, 101), (-1.005, -101), (2.5, 250), (0.1 + 0.2, 30), (1e20, powerOfTen(22)),
            (1e36, nil), (.nan, nil), (.infinity, nil), (-0.0, 0), (1e-300, 0),
            (123_456_789.125, 12_345_678_913),
        ]
        for (value, expected) in cases {
            #expect(DecimalMath.decimal(value, as: shape) == expected, "\(value)")
        }
        #expect(DecimalMath.double(150, scale: 2) == 1.5)
        #expect(DecimalMath.double(-3, scale: 1) == -0.3)
        let wide = powerOfTen(38) - 1
        #expect(DecimalMath.double(wide, scale: 38) == 1)
        #expect(DecimalMath.double(9_007_199_254_740_993, scale: 1) == 900_719_925_474_099.3)
    }

    @Test("doubles round half away from zero on their shortest text")
    func rounding() {
        let cases: [(Double, Int, Double)] = [
            (2.5, 0, 3), (-2.5, 0, -3), (1.005, 2, 1.01), (1234, -2, 1200), (1250, -2, 1300),
            (0.5, 0, 1), (0.49, 0, 0), (1e300, 2, 1e300), (.leastNonzeroMagnitude, 2, 0),
            (123.456, 5, 123.456),
            (7, -1, 10), (4, -1, 0), (9.99e20, -21, 1e21),
        ]
        for (value, digits, expected) in cases {
            #expect(DecimalMath.rounded(value, digits: digits) == expected, "\(value) \(digits)")
        }
        #expect(DecimalMath.rounded(.infinity, digits: 1) == .infinity)
        #expect(DecimalMath.truncated(1.999, digits: 2) == 1.99)
        #expect(DecimalMath.truncated(-1999, digits: -2) == -1900)
    }

    @Test("an integer compares exactly with a double")
    func exactComparison() {
        let cases: [(Int64, Double, Int?)] = [
            (9_007_199_254_740_993, 9_007_199_254_740_992, 1), (1, 1, 0), (1, 1.5, -1),
            (-1, -1.5, 1),
            (.max, 0x1p63, -1), (.min, -0x1p63, 0), (.min, -0x1.8p63, 1), (0, -0.0, 0),
            (0, .nan, nil),
            (.max, .infinity, -1), (.min, -.infinity, 1),
        ]
        for (integer, double, expected) in cases {
            #expect(exactOrder(integer, double) == expected, "\(integer) \(double)")
        }
    }

    private func reshaped(
        _ number: LongNumber,
        from scale: Int,
        _ shape: DecimalShape,
        _ isNegative: Bool
    ) -> Int128? {
        let result =
            scale <= shape.scale
            ? number.shifted(shape.scale - scale)
            : number.rounded(by: LongNumber([1]).shifted(scale - shape.scale))
        return result.value(isNegative, as: shape)
    }
}
