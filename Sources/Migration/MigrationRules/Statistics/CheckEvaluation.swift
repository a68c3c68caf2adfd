/// Works out what a check says: a pure function of its plan, the evidence and the context.
///
/// The same counts give the same result bit for bit, in whatever order they came.
package struct CheckEvaluation: Sendable {
    package let plan: CheckPlan
    package let context: CheckContext

    package init(_ plan: CheckPlan, _ context: CheckContext) {
        self.plan = plan
        self.context = context
    }

    package func result(_ evidence: StageCounts) -> CheckResult {
        var result = measured(evidence)
        if evidence.hasConflicts, result.verdict < .error {
            result.verdict = .error
            result.detail = "reports with one number contradict each other"
        }
        if context.hasFailed, result.verdict < .fail {
            result.verdict = .fail
            result.detail = "it failed earlier in this stage"
        }
        return result
    }

    private func measured(_ evidence: StageCounts) -> CheckResult {
        switch plan.kind {
        case .rate: rate(evidence)
        case .rateRatio: rateRatio(evidence)
        case .quantile: quantile(evidence)
        case .paired: paired(evidence)
        case .mean: mean(evidence.total)
        case .ratio: ratio(evidence.total)
        case .count: count(evidence.total)
        case .threshold: threshold()
        case .invariant: invariant(evidence.total)
        }
    }

    /// ln(1/α) of a claim.
    package static func bound(_ alpha: Double) -> Double { -Elementary.log(alpha) }

    func failure(_ detail: String) -> CheckResult { CheckResult(plan, .error, detail) }

    /// The verdict that follows from both claims and the number of units.
    func judged(
        harm: Double?,
        safe: Double?,
        units: Int,
        required: Int
    ) -> CheckResult {
        var result = CheckResult(plan, .inconclusive)
        result.harm = harm.map {
            LogEvidence(value: $0, bound: Self.bound(context.alphaHarm))
        }
        result.safe = safe.map {
            LogEvidence(value: $0, bound: Self.bound(context.alphaSafe))
        }
        result.units = units
        result.unitsRequired = required
        if units == 0 {
            result.verdict = .noData
            result.detail = "no unit was counted"
        } else if let harm = result.harm, harm.isProven {
            result.verdict = .fail
            result.detail = "ln e(harm) \(Self.text(harm.value)) ≥ \(Self.text(harm.bound))"
        } else if units < required {
            result.detail = "\(units) of \(required) units"
        } else if let safe = result.safe, !safe.isProven {
            result.detail = "ln e(safe) \(Self.text(safe.value)) < \(Self.text(safe.bound))"
        } else {
            result.verdict = .pass
        }
        return result
    }

    private static func text(_ value: Double) -> String {
        let hundredths = (value * 100).rounded()
        guard hundredths.magnitude < 1e15 else { return "\(value)" }
        let (whole, rest) = Int(hundredths).magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(hundredths < 0 ? "-" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}

/// Rates: against a bound, and against the other side.
extension CheckEvaluation {
    /// Bad units and units of one epoch.
    typealias Tally = (bad: Int, total: Int)

    private func rate(_ evidence: StageCounts) -> CheckResult {
        guard let metric = CheckMetric(plan) else { return unknownMetric }
        if metric == .mismatch, let problem = comparisonProblem(evidence.total) { return problem }
        let epochs = tallies(evidence, countsUnfinished: metric != .mismatch) { cell in
            if metric == .mismatch {
                return (cell.comparisons.mismatch, cell.comparisons.compared)
            }
            guard let bad = metric.bad(cell.candidate) else { return nil }
            return (bad, cell.candidate.units)
        }
        guard let epochs else { return unknownMetric }
        return absolute(
            epochs,
            rollback: plan.rollback?.value,
            promote: plan.promote?.value
        )
    }

    /// The counts of each epoch; nil where the metric has none.
    func tallies(
        _ evidence: StageCounts,
        countsUnfinished: Bool,
        _ counts: (EvidenceCell) -> Tally?
    ) -> [Tally]? {
        var epochs: [Tally] = []
        for epoch in evidence.epochs {
            var sum: Tally = (0, 0)
            for cell in epoch.lazy.flatMap(\.cells) {
                guard let counted = counts(cell) else { return nil }
                sum = (sum.bad + counted.bad, sum.total + counted.total)
            }
            epochs.append(sum)
        }
        // What hangs now belongs to the newest epoch.
        if countsUnfinished {
            epochs[epochs.count - 1].bad += context.unfinished
            epochs[epochs.count - 1].total += context.unfinished
        }
        return epochs
    }

    /// E1 against the rollback bound, restarted each epoch, and E2 against the promote bound.
    ///
    /// `promoted` are the counts for the promote bound, where they are not those of `epochs`.
    func absolute(
        _ epochs: [Tally],
        promoted: [Tally]? = nil,
        rollback: Double?,
        promote: Double?
    ) -> CheckResult {
        for bound in [rollback, promote].compactMap(\.self) where bound <= 0 || bound >= 1 {
            return failure("a bound of \(bound) is no rate; use a count for none at all")
        }
        let promoted = promoted ?? epochs
        guard (epochs + promoted).allSatisfy({ $0.bad >= 0 && $0.bad <= $0.total }) else {
            return failure("there are more bad units than units")
        }
        let total = promoted.reduce(0) { $0 + $1.total }
        let bad = promoted.reduce(0) { $0 + $1.bad }
        let flawless = promote.map { SampleSize.flawless(bound: $0, alpha: context.alphaSafe) }
        return judged(
            harm: rollback.map { RestartMixture.harm(epochs, bound: $0) },
            safe: promote.map { RateTest.safe(bad: bad, of: total, bound: $0) },
            units: total,
            required: plan.minUnits ?? flawless ?? 0
        )
    }

    private func rateRatio(_ evidence: StageCounts) -> CheckResult {
        guard let metric = CheckMetric(plan) else { return unknownMetric }
        return relative(
            evidence,
            rollback: plan.rollback?.value,
            promote: plan.promote?.value
        ) { cell in
            guard let candidate = metric.bad(cell.candidate),
                let primary = metric.bad(cell.primary)
            else { return nil }
            return ArmCounts(
                candidateUnits: cell.candidate.units,
                primaryUnits: cell.primary.units,
                candidateBad: candidate,
                primaryBad: primary
            )
        }
    }

    /// E3 in both directions; the claim of harm restarts each epoch.
    func relative(
        _ evidence: StageCounts,
        rollback: Double?,
        promote: Double?,
        _ counts: (EvidenceCell) -> ArmCounts?
    ) -> CheckResult {
        for bound in [rollback, promote].compactMap(\.self) where bound <= 0 || !bound.isFinite {
            return failure("a bound of \(bound) times the primary's rate is none")
        }
        var epochs: [[[ArmCounts]]] = []
        var units = (candidate: 0, primary: 0)
        for epoch in evidence.epochs {
            var intervals: [[ArmCounts]] = []
            for interval in epoch {
                var strata: [ArmCounts] = []
                for cell in interval.cells {
                    guard let arms = counts(cell) else { return unknownMetric }
                    strata.append(arms)
                    units.candidate += arms.candidateUnits
                    units.primary += arms.primaryUnits
                }
                intervals.append(strata)
            }
            epochs.append(intervals)
        }
        let harm = rollback.map { bound in
            let cut = TwoArmTest.cut(alpha: context.alphaHarm)
            let test = TwoArmTest(.harm, ratio: bound, cut: cut)
            return RestartMixture.twoArms(epochs.map { test.bets($0) })
        }
        let safe = promote.map { bound in
            let cut = TwoArmTest.cut(alpha: context.alphaSafe)
            return TwoArmTest(.safe, ratio: bound, cut: cut).logEvidence(epochs.joined())
        }
        return judged(
            harm: harm,
            safe: safe,
            units: min(units.candidate, units.primary),
            required: plan.minUnits ?? 0
        )
    }

    /// E6: pairs that differ; by default the candidate may not be worse more often than not.
    private func paired(_ evidence: StageCounts) -> CheckResult {
        if let problem = comparisonProblem(evidence.total) { return problem }
        let epochs = tallies(evidence, countsUnfinished: false) { cell in
            let worse = cell.comparisons.candidateWorse
            return (worse, worse + cell.comparisons.candidateBetter)
        }
        var result = absolute(
            epochs ?? [],
            rollback: plan.rollback.map { $0.unit == .share ? $0.value : 0.5 } ?? 0.5,
            promote: plan.promote.map { $0.unit == .share ? $0.value : 0.5 }
        )
        // Sides that never differ are equal, which is no lack of data.
        if result.verdict == .noData, evidence.total.comparisons.compared > 0, plan.promote == nil {
            result.verdict = .pass
            result.detail = ""
        }
        return result
    }

    var unknownMetric: CheckResult {
        let name = [plan.metric, plan.per].compactMap(\.self).joined(separator: "/")
        return failure("the metric \"\(name)\" is not counted for a \(plan.kind.rawValue)")
    }

    /// A candidate proven wrong, or a sample of which too much was skipped.
    func comparisonProblem(_ total: EvidenceCell) -> CheckResult? {
        let counts = total.comparisons
        if counts.candidateDefect > 0 {
            return CheckResult(
                plan,
                .violation,
                "the candidate is proven wrong in \(counts.candidateDefect) units"
            )
        }
        let sampled = counts.compared + counts.ignored + counts.skipped
        guard Double(counts.skipped) > CheckContext.skippedLimit * Double(sampled) else {
            return nil
        }
        return CheckResult(plan, .noData, "\(counts.skipped) of \(sampled) units were skipped")
    }
}

extension TwoArmTest {
    /// The bets of several intervals, added up.
    func bets(_ intervals: [[ArmCounts]]) -> Bets {
        var total = Bets(repeating: 0)
        for strata in intervals {
            let added = increment(strata)
            for index in total.indices { total[index] += added[index] }
        }
        return total
    }
}
