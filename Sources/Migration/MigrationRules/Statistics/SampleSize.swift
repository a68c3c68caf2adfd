/// How much evidence a check needs: the numbers behind lint and help.
package enum SampleSize {
    /// Units without a single bad one after which a rate is proven to be below `bound`.
    ///
    /// n₀ = ⌈ln(2/α) / −ln(1 − bound)⌉: half of the test's bet is on no bad unit.
    package static func flawless(bound: Double, alpha: Double) -> Int {
        ceiling(Elementary.log(2 / alpha) / -Elementary.log1p(-bound))
    }

    /// Units of which `bad` may be bad so that the one-sided 95 % bound of Clopper and Pearson is `bound`.
    ///
    /// For display: looked at again and again, it is no test.
    package static func clopperPearson(bad: Int, bound: Double) -> Int {
        precondition(bad >= 0 && bound > 0 && bound < 1, "a bound within 0 and 1")
        // Twice the range until the bound is met, then by halves: more units only lower it.
        var high = bad + 1
        while !meetsClopperPearson(bad, high, bound) { high *= 2 }
        var low = bad
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if meetsClopperPearson(bad, middle, bound) { high = middle } else { low = middle }
        }
        return high
    }

    /// P(at most `bad` of `total` | rate = bound) ≤ 5 %.
    private static func meetsClopperPearson(_ bad: Int, _ total: Int, _ bound: Double) -> Bool {
        guard total > bad else { return false }
        let tail = BetaFunction.logIncomplete(
            1 - bound,
            complement: bound,
            Double(total - bad),
            Double(bad + 1)
        )
        return tail <= Elementary.log(0.05)
    }

    /// Units without a bad one so that the one-sided 95 % bound of Wilson is `bound`; for display.
    package static func wilson(bound: Double) -> Int {
        let z = 1.644_853_626_951_472_2
        return ceiling(z * z * (1 - bound) / bound)
    }

    /// Units after which a true rate of `rate` is likely to be proven below `bound`.
    ///
    /// (ln(1/α) + 3) over the divergence of the two rates: the evidence that each unit brings.
    package static func expected(rate: Double, bound: Double, alpha: Double) -> Int? {
        guard rate < bound else { return nil }
        return ceiling((Elementary.log(1 / alpha) + 3) / divergence(rate, bound))
    }

    /// Kullback and Leibler's divergence of two rates, in nats a unit.
    private static func divergence(_ rate: Double, _ bound: Double) -> Double {
        let bad = rate > 0 ? rate * Elementary.log(rate / bound) : 0
        return bad
            + (1 - rate) * (Elementary.log1p(-rate) - Elementary.log1p(-bound))
    }

    /// Candidate units after which two rates that differ are likely to be told apart.
    ///
    /// `weight` is the candidate's share of the units of both cohorts, within 0 and 1. nil where the rates do
    /// not speak for the test's claim.
    package static func expected(
        candidateRate: Double,
        primaryRate: Double,
        weight: Double,
        test: TwoArmTest,
        alpha: Double
    ) -> Int? {
        let gain = test.expectedGain(
            candidateRate: candidateRate,
            primaryRate: primaryRate,
            weight: weight
        )
        guard let gain else { return nil }
        return ceiling((Elementary.log(1 / alpha) + Elementary.log(16)) / gain)
    }

    private static func ceiling(_ number: Double) -> Int {
        Int(min(number.rounded(.up), 9e15))
    }
}
