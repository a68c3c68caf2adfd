/// Tests of one rate against a bound, valid however often they are looked at.
///
/// Each returns ln e, the logarithm of an e-value: under the hypothesis that it argues against, its expected
/// value is at most 1 at any stopping time, so ln e ≥ ln(1/α) happens with probability α at most.
package enum RateTest {
    /// Evidence that the true rate is above `bound`.
    ///
    /// The likelihood of the counts under rates above the bound, mixed by Jeffreys' prior Beta(½, ½) cut off
    /// at the bound, against the bound itself.
    ///
    /// `bad` is 0...`total`; `bound` lies within 0 and 1, both excluded.
    package static func harm(bad: Int, of total: Int, bound: Double) -> Double {
        check(bad, total, bound)
        let x = Double(bad)
        let good = Double(total - bad)
        let posterior = logUpper(bound, 0.5 + x, 0.5 + good) - logUpper(bound, 0.5, 0.5)
        return BetaFunction.logBeta(0.5 + x, 0.5 + good) - BetaFunction.logBeta(0.5, 0.5)
            + posterior - x * Elementary.log(bound) - good * Elementary.log1p(-bound)
    }

    /// Evidence that the true rate is below `bound`.
    ///
    /// Half of the bet is on no bad unit at all, which decides soonest; half is on Jeffreys' prior cut off
    /// at the bound from above.
    package static func safe(bad: Int, of total: Int, bound: Double) -> Double {
        check(bad, total, bound)
        let x = Double(bad)
        let good = Double(total - bad)
        let posterior = logLower(bound, 0.5 + x, 0.5 + good) - logLower(bound, 0.5, 0.5)
        let mixed =
            BetaFunction.logBeta(0.5 + x, 0.5 + good) - BetaFunction.logBeta(0.5, 0.5)
            + posterior - x * Elementary.log(bound) - good * Elementary.log1p(-bound)
        let flawless = bad == 0 ? -good * Elementary.log1p(-bound) : -.infinity
        return Elementary.logSumExp([mixed, flawless]) - Elementary.log(2)
    }

    /// Evidence that of pairs that differ the candidate is the worse one more often than not.
    package static func paired(candidateWorse: Int, of discordant: Int) -> Double {
        harm(bad: candidateWorse, of: discordant, bound: 0.5)
    }

    private static func check(_ bad: Int, _ total: Int, _ bound: Double) {
        precondition(bad >= 0 && bad <= total, "\(bad) bad units of \(total)")
        precondition(bound > 0 && bound < 1, "a bound of \(bound) decides nothing")
    }

    private static func logLower(_ bound: Double, _ a: Double, _ b: Double) -> Double {
        BetaFunction.logIncomplete(bound, complement: 1 - bound, a, b)
    }

    /// ln(1 − I_bound(a, b)) as the other tail.
    private static func logUpper(_ bound: Double, _ a: Double, _ b: Double) -> Double {
        BetaFunction.logIncomplete(1 - bound, complement: bound, b, a)
    }
}
