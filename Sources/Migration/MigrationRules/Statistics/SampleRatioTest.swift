/// Whether the shares that the sides really got are the shares that they were given.
///
/// A deviation says that routing, counting or the comparison is broken; it is an error, never a failure of
/// the candidate.
package enum SampleRatioTest {
    /// The error probability of the test.
    package static let alpha = 0.001

    /// Evidence that the candidate's share of distinct units is not `weight`.
    ///
    /// `candidate` are the distinct units on the candidate, and `weight` is its expected share of both cohorts'
    /// units, within 0 and 1, both excluded. The share is wrong from ln(1/α) on.
    package static func logEvidence(candidate: Int, of total: Int, weight: Double) -> Double {
        precondition(candidate >= 0 && candidate <= total, "\(candidate) units of \(total)")
        precondition(weight > 0 && weight < 1, "a weight of \(weight) leaves nothing to test")
        let x = Double(candidate)
        let rest = Double(total - candidate)
        return BetaFunction.logBeta(1 + x, 1 + rest) - x * Elementary.log(weight)
            - rest * Elementary.log1p(-weight)
    }

    /// `error` where the share is wrong, else `pass`; `no-data` without a unit.
    package static func verdict(candidate: Int, of total: Int, weight: Double) -> Verdict {
        guard total > 0 else { return .noData }
        let evidence = logEvidence(candidate: candidate, of: total, weight: weight)
        return evidence >= Elementary.log(1 / alpha) ? .error : .pass
    }
}
