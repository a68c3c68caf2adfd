/// The Beta function and its regularised incomplete form, in logarithms.
enum BetaFunction {
    private static let halfLogTwoPi = 0.918_938_533_204_672_7

    /// ln Γ(x) for x > 0, to 1e-14 absolutely or relatively.
    ///
    /// Stirling's series from 10 on; below, by Γ(x) = Γ(x + n) / (x (x + 1) … (x + n − 1)).
    static func logGamma(_ x: Double) -> Double {
        precondition(x > 0, "the logarithm of Gamma is taken above 0")
        var shifted = x
        var product = 1.0
        while shifted < 10 {
            product *= shifted
            shifted += 1
        }
        let stirling =
            halfLogTwoPi + (shifted - 0.5) * Elementary.log(shifted) - shifted
            + stirlingRest(shifted)
        return product == 1 ? stirling : stirling - Elementary.log(product)
    }

    /// What Stirling's formula leaves out, for x ≥ 10.
    private static func stirlingRest(_ x: Double) -> Double {
        let z = 1 / (x * x)
        var series = 1.0 / 156
        for coefficient in [-691.0 / 360_360, 1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360] {
            series = series * z + coefficient
        }
        return (series * z + 1.0 / 12) / x
    }

    /// ln B(a, b) for a, b > 0.
    ///
    /// Large arguments go by differences of Stirling's formula: the three logarithms of Gamma would cancel
    /// nearly all their digits.
    static func logBeta(_ a: Double, _ b: Double) -> Double {
        let small = min(a, b)
        let large = max(a, b)
        guard large >= 10 else { return logGamma(a) + logGamma(b) - logGamma(a + b) }
        let sum = small + large
        let ratio = Elementary.log1p(small / large)
        let rests = stirlingRest(large) - stirlingRest(sum)
        if small >= 10 {
            return halfLogTwoPi - 0.5 * Elementary.log(large)
                + (small - 0.5) * Elementary.log(small / sum) - large * ratio
                + stirlingRest(small) + rests
        }
        return logGamma(small) - (sum - 0.5) * ratio - small * Elementary.log(large) + small + rests
    }

    /// ln I_x(a, b), where `complement` is 1 − x; never by subtraction where the result is small.
    static func logIncomplete(
        _ x: Double,
        complement: Double,
        _ a: Double,
        _ b: Double
    ) -> Double {
        guard x > 0 else { return -.infinity }
        guard complement > 0 else { return 0 }
        if x < (a + 1) / (a + b + 2) { return logTail(x, complement, a, b) }
        // The other tail is at most about a half, so nothing cancels.
        return Elementary.log1p(-Elementary.exp(logTail(complement, x, b, a)))
    }

    private static func logTail(
        _ x: Double,
        _ complement: Double,
        _ a: Double,
        _ b: Double
    ) -> Double {
        let front = a * accurateLog(x, complement) + b * accurateLog(complement, x)
        return front - logBeta(a, b) - Elementary.log(a) + Elementary.log(fraction(x, a, b))
    }

    /// ln x, through the complement where x is near 1.
    private static func accurateLog(_ x: Double, _ complement: Double) -> Double {
        complement < 0.3 ? Elementary.log1p(-complement) : Elementary.log(x)
    }

    /// The continued fraction of I_x(a, b) by Lentz's method; converges for x < (a + 1) / (a + b + 2).
    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func kept(_ value: Double) -> Double { value.magnitude < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / kept(1 - (a + b) * x / (a + 1))
        var result = d
        // About √max(a, b) steps are needed: 100,000 serve 10^10 units.
        for step in 1...100_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / kept(1 + even * d)
            c = kept(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / kept(1 + odd * d)
            c = kept(1 + odd / c)
            let factor = d * c
            result *= factor
            if (factor - 1).magnitude < 1e-15 { break }
        }
        return result
    }
}
