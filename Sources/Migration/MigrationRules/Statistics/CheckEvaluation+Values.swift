/// Quantiles, means and ratios.
extension CheckEvaluation {
    /// "p99 is at most s" says that at most 1 % of the units take longer than s.
    func quantile(_ evidence: StageCounts) -> CheckResult {
        guard CheckMetric(plan) == .unitSeconds, let ppm = plan.quantilePPM,
            ppm > 0, ppm < 1_000_000
        else { return unknownMetric }
        let bounds = [plan.rollback, plan.promote].compactMap(\.self)
        guard !bounds.contains(where: { $0.unit == .multiple }) else {
            return relativeQuantile(evidence)
        }
        let share = Double(1_000_000 - ppm) / 1_000_000
        return absolute(
            late(evidence, plan.rollback ?? plan.promote),
            promoted: late(evidence, plan.promote ?? plan.rollback),
            rollback: plan.rollback.map { _ in share },
            promote: plan.promote.map { _ in share }
        )
    }

    /// Units that took longer than a bound, of each epoch; those that hang did.
    private func late(_ evidence: StageCounts, _ bound: BoundPlan?) -> [Tally] {
        let nanoseconds = UInt64(max(0, min((bound?.value ?? 0) * 1e9, 9e18)))
        let epochs = tallies(evidence, countsUnfinished: true) { cell in
            let durations = cell.candidate.durations
            return (durations.count(from: nanoseconds), durations.total)
        }
        return epochs ?? []
    }

    /// The primary's own quantile, frozen before the stage, takes the place of the bound.
    private func relativeQuantile(_ evidence: StageCounts) -> CheckResult {
        guard let frozen = context.frozenNanoseconds else {
            return CheckResult(plan, .noData, "the primary's quantile is not known yet")
        }
        return relative(
            evidence,
            rollback: plan.rollback.map { _ in 1 },
            promote: plan.promote.map { _ in 1 }
        ) { cell in
            ArmCounts(
                candidateUnits: cell.candidate.durations.total,
                primaryUnits: cell.primary.durations.total,
                candidateBad: cell.candidate.durations.count(from: frozen),
                primaryBad: cell.primary.durations.count(from: frozen)
            )
        }
    }

    /// E5 on the candidate's values.
    func mean(_ total: EvidenceCell) -> CheckResult {
        let values = total.candidate.moments(of: plan.name)
        guard values.isFinite else { return notANumber }
        return bounded(units: values.count, transform: { $0 }) { alpha in
            MeanTest.bounds(values, alpha: alpha, expected: expectedUnits)
        }
    }

    /// E5 on both sides' logarithms: the bound is a multiple of the primary's value.
    func ratio(_ total: EvidenceCell) -> CheckResult {
        let candidate = total.candidate.moments(of: plan.name)
        let primary = total.primary.moments(of: plan.name)
        guard candidate.isFinite, primary.isFinite else { return notANumber }
        for bound in [plan.rollback, plan.promote].compactMap(\.self) where bound.value <= 0 {
            return failure("a bound of \(bound.value) times the primary's value is none")
        }
        return bounded(
            units: min(candidate.count, primary.count),
            transform: Elementary.log
        ) { alpha in
            MeanTest.difference(
                candidate: candidate,
                primary: primary,
                alpha: alpha,
                expected: expectedUnits
            )
        }
    }

    private var notANumber: CheckResult { failure("a unit's value is no finite number") }

    private var expectedUnits: Int { max(plan.expectedUnits ?? 1000, MeanTest.unitsMin) }

    /// Fails where the rollback bound holds everywhere in the range, passes where the promote bound does.
    private func bounded(
        units: Int,
        transform: (Double) -> Double,
        range: (_ alpha: Double) -> ClosedRange<Double>?
    ) -> CheckResult {
        let required = max(plan.minUnits ?? 0, MeanTest.unitsMin)
        var result = CheckResult(plan, units == 0 ? .noData : .inconclusive)
        result.units = units
        result.unitsRequired = required
        guard let harm = range(context.alphaHarm), let safe = range(context.alphaSafe) else {
            result.detail = "\(units) of \(required) units"
            return result
        }
        func proves(_ bound: BoundPlan?, _ range: ClosedRange<Double>) -> Bool? {
            guard let bound else { return nil }
            let limit = transform(bound.value)
            switch bound.relation {
            case .below: return range.upperBound < limit
            case .atMost: return range.upperBound <= limit
            case .atLeast: return range.lowerBound >= limit
            case .above: return range.lowerBound > limit
            }
        }
        if proves(plan.rollback, harm) == true {
            result.verdict = .fail
            result.detail = "the whole interval is beyond the rollback bound"
        } else if units < required {
            result.detail = "\(units) of \(required) units"
        } else if proves(plan.promote, safe) == false {
            result.detail = "the interval reaches beyond the promote bound"
        } else {
            result.verdict = .pass
        }
        return result
    }
}

extension SideCounts {
    /// The values of a check; empty where none were counted.
    func moments(of check: String) -> MomentSums {
        values.first { $0.check == check }?.sums ?? MomentSums()
    }
}

/// Exact counts, providers' values and invariants.
extension CheckEvaluation {
    func count(_ total: EvidenceCell) -> CheckResult {
        guard let metric = CheckMetric(plan) else { return unknownMetric }
        if metric == .mismatch, let problem = comparisonProblem(total) { return problem }
        let isCompared = metric == .mismatch
        let counted = isCompared ? total.comparisons.mismatch : metric.bad(total.candidate)
        guard let counted else { return unknownMetric }
        let units = isCompared ? total.comparisons.compared : total.candidate.units
        let number = Double(counted + (isCompared ? 0 : context.unfinished))
        var result = CheckResult(plan, .pass)
        result.units = units
        result.unitsRequired = plan.minUnits ?? 1
        if plan.rollback?.holds(number) == true {
            result.verdict = .fail
            result.detail = "\(plan.metric ?? "") \(Int(number))"
        } else if units == 0 {
            result.verdict = .noData
            result.detail = "no unit was counted"
        } else if units < result.unitsRequired {
            result.verdict = .inconclusive
            result.detail = "\(units) of \(result.unitsRequired) units"
        } else if plan.promote?.holds(number) == false {
            result.verdict = .inconclusive
            result.detail = "\(plan.metric ?? "") \(Int(number))"
        }
        return result
    }

    /// A value over the bound in enough consecutive intervals fails; it may hold or roll back, never promote.
    func threshold() -> CheckResult {
        guard let bound = plan.rollback ?? plan.hold else {
            return failure("a threshold needs a bound")
        }
        let needed = max(plan.forIntervals, 1)
        guard let newest = context.series.last, let newest else {
            return CheckResult(plan, .noData, "the newest interval has no value")
        }
        guard newest.isFinite else { return failure("the value is \(newest)") }
        let recent = context.series.suffix(needed)
        let isCrossed =
            recent.count == needed
            && recent.allSatisfy { value in value.map { bound.holds($0) } ?? false }
        var result = CheckResult(plan, isCrossed ? .fail : .pass)
        result.units = context.series.count
        if isCrossed { result.detail = "\(newest) in \(needed) intervals" }
        return result
    }

    /// One broken result is one too many.
    func invariant(_ total: EvidenceCell) -> CheckResult {
        let name = plan.metric ?? plan.name
        if name == CheckMetric.mismatch.rawValue {
            return invariant(total.comparisons)
        }
        guard let counts = total.invariants.first(where: { $0.name == name }) else {
            return CheckResult(plan, .noData, "\(name) was not checked")
        }
        var result = CheckResult(plan, .pass)
        result.units = counts.checked
        if counts.broken > 0 {
            result.verdict = .violation
            result.detail = "\(name) was broken \(counts.broken) times"
        } else if counts.checked < max(plan.minUnits ?? 1, 1) {
            result.verdict = .noData
            result.detail = "\(name) was checked \(counts.checked) times"
        }
        return result
    }

    /// A plan may forbid any mismatch at all.
    private func invariant(_ counts: ComparisonCounts) -> CheckResult {
        var result = CheckResult(plan, .pass)
        result.units = counts.compared
        let broken = counts.mismatch + counts.candidateDefect
        if broken > 0 {
            result.verdict = .violation
            result.detail = "\(broken) of \(counts.compared) results differ"
        } else if counts.compared < max(plan.minUnits ?? 1, 1) {
            result.verdict = .noData
            result.detail = "\(counts.compared) results were compared"
        }
        return result
    }
}
