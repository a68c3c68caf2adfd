/// What a check has to know beside its plan and its evidence.
package struct CheckContext: Hashable, Sendable {
    /// This check's share of the stage's probability of a false rollback.
    package var alphaHarm: Double
    /// Probability that a gate passes wrongly.
    package var alphaSafe: Double
    /// Whether it failed before in this stage: a failure stays.
    package var hasFailed = false
    /// Candidate units in flight for longer than the 99.9th percentile: they count as failed.
    package var unfinished = 0
    /// For a quantile relative to the primary: the frozen threshold, in nanoseconds.
    package var frozenNanoseconds: UInt64?
    /// A provider's values, the newest last; nil for an interval without one.
    package var series: [Double?] = []

    package init(alphaHarm: Double, alphaSafe: Double) {
        self.alphaHarm = alphaHarm
        self.alphaSafe = alphaSafe
    }

    /// Share of a sample that may be skipped before a check has no data.
    package static let skippedLimit = 0.05
}

extension MigrationPlan {
    /// The context of each check: guards share the stage's probability of a false rollback by weight; gates
    /// take theirs whole, since all of them have to pass.
    package func context(of check: CheckPlan) -> CheckContext {
        let guards = checks.filter { $0.role == .guarding }
        let weights = guards.reduce(0) { $0 + max($1.alphaWeight, 0) }
        let isGuard = check.role == .guarding && weights > 0
        let share = isGuard ? Double(check.alphaWeight) / Double(weights) : 1
        return CheckContext(
            alphaHarm: Double(defaults.alphaRollbackPPM) / 1e6 * share,
            alphaSafe: Double(defaults.alphaPromotePPM) / 1e6
        )
    }

    /// The probability that a good candidate is rolled back at all: its stages' added up.
    package var alphaTotal: Double { Double(stages.count * defaults.alphaRollbackPPM) / 1e6 }
}
