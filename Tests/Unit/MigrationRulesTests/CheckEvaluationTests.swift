internal import MigrationRules
internal import TestKit
internal import Testing

@Suite("Check evaluation")
struct CheckEvaluationTests {
    private func plan(
        _ kind: CheckPlan.Kind,
        _ role: CheckRole = .guarding,
        metric: String? = "failed",
        per: String? = "total",
        rollback: BoundPlan? = nil,
        promote: BoundPlan? = nil
    ) -> CheckPlan {
        var plan = CheckPlan()
        plan.name = "errors"
        plan.kind = kind
        plan.role = role
        plan.metric = metric
        plan.per = per
        plan.rollback = rollback
        plan.promote = promote
        return plan
    }

    private func evidence(_ cells: [EvidenceCell]) -> StageCounts {
        let intervals = cells.enumerated().map { place, cell in
            StageCounts.Interval(startMs: place * 10_000, cells: [cell])
        }
        return StageCounts(sinceMs: 0, intervals: intervals)
    }

    private func cell(_ units: Int, error: Int = 0, primary: Int = 0, primaryError: Int = 0)
        -> EvidenceCell
    {
        var cell = EvidenceCell()
        cell.candidate.units = units
        cell.candidate.error = error
        cell.candidate.ok = units - error
        cell.primary.units = primary
        cell.primary.error = primaryError
        return cell
    }

    private let context = CheckContext(alphaHarm: 0.01, alphaSafe: 0.05)
    private let promote = BoundPlan(.atMost, 1000, .share)
    private let rollback = BoundPlan(.above, 10_000, .share)

    private func verdict(_ plan: CheckPlan, _ cells: [EvidenceCell]) -> Verdict {
        CheckEvaluation(plan, context).result(evidence(cells)).verdict
    }

    @Test("a rate passes at n₀ flawless units, fails on proof of harm, else waits")
    func rates() {
        let plan = plan(.rate, rollback: rollback, promote: promote)
        #expect(verdict(plan, []) == .noData)
        #expect(verdict(plan, [cell(3687)]) == .inconclusive)
        #expect(verdict(plan, [cell(3688)]) == .pass)
        #expect(verdict(plan, [cell(3688, error: 1)]) == .inconclusive)
        #expect(verdict(plan, [cell(100, error: 8)]) == .fail)
        let result = CheckEvaluation(plan, context).result(evidence([cell(100, error: 8)]))
        // One epoch: half of the weight is on the process that has begun.
        #expect(abs((result.harm?.value ?? 0) - (7.420079 - 0.693147)) < 0.001)
        #expect(abs((result.harm?.bound ?? 0) - 4.605170) < 1e-6)
        #expect(result.unitsRequired == 3688 && result.demandsRollback)
    }

    @Test("a guard without a bound for promotion passes while it does not fail, on data only")
    func guardOnly() {
        let plan = plan(.rate, rollback: rollback)
        #expect(verdict(plan, [cell(1)]) == .pass)
        #expect(verdict(plan, [cell(0)]) == .noData)
    }

    @Test("I14: fallbacks, sheds, timeouts and units that hang count as failures")
    func badOutcomes() {
        let plan = plan(.rate, rollback: rollback)
        var bad = cell(100)
        bad.candidate.fallback = 3
        bad.candidate.shed = 3
        bad.candidate.timeout = 2
        #expect(verdict(plan, [bad]) == .fail)
        var hanging = context
        hanging.unfinished = 8
        let result = CheckEvaluation(plan, hanging).result(evidence([cell(92)]))
        #expect(result.verdict == .fail)
    }

    @Test("a failure stays for the stage; contradicting reports are an error")
    func latches() {
        let plan = plan(.rate, rollback: rollback, promote: promote)
        var failed = context
        failed.hasFailed = true
        let good = evidence([cell(100_000)])
        #expect(CheckEvaluation(plan, failed).result(good).verdict == .fail)
        var torn = good
        torn.hasConflicts = true
        #expect(CheckEvaluation(plan, context).result(torn).verdict == .error)
    }

    @Test("I13: skipped comparisons are no matches, and too many of them no data")
    func mismatches() {
        let plan = plan(
            .rate,
            metric: "mismatch",
            per: "compared",
            rollback: rollback,
            promote: promote
        )
        var cell = EvidenceCell()
        cell.comparisons.match = 3688
        #expect(verdict(plan, [cell]) == .pass)
        cell.comparisons.skipped = 194
        #expect(verdict(plan, [cell]) == .pass)
        cell.comparisons.skipped = 195
        #expect(verdict(plan, [cell]) == .noData)
        cell.comparisons.skipped = 0
        cell.comparisons.match = 0
        cell.comparisons.ignored = 100_000
        #expect(verdict(plan, [cell]) == .noData)
        cell.comparisons.candidateDefect = 1
        #expect(verdict(plan, [cell]) == .violation)
    }

    @Test("a ratio of rates is judged from concurrent cohorts, also where the primary never fails")
    func ratios() {
        let plan = plan(.rateRatio, rollback: BoundPlan(.above, 1_500_000, .multiple))
        let calm = (0..<50).map { _ in cell(100, error: 1, primary: 900, primaryError: 9) }
        #expect(verdict(plan, calm) == .pass)
        let bad = (0..<50).map { _ in cell(100, error: 5, primary: 900, primaryError: 9) }
        #expect(verdict(plan, bad) == .fail)
        let zero = (0..<50).map { _ in cell(100, error: 1, primary: 900) }
        #expect(verdict(plan, zero) == .fail)
        #expect(verdict(plan, [cell(100, error: 100)]) == .noData)
        // One burst alone does not decide: its increment is cut.
        let burst = [cell(100, error: 90, primary: 900)]
        #expect(verdict(plan, burst) == .pass)
    }

    @Test("unknown metrics and impossible bounds are errors")
    func errors() {
        let cells = [cell(10)]
        #expect(verdict(plan(.rate, metric: "happiness", rollback: rollback), cells) == .error)
        #expect(verdict(plan(.rate, per: "compared", rollback: rollback), cells) == .error)
        #expect(verdict(plan(.rateRatio, metric: "mismatch", per: "compared"), cells) == .error)
        let nothing = BoundPlan(.above, 0, .share)
        #expect(verdict(plan(.rate, rollback: nothing), cells) == .error)
    }

    @Test("an exact count, a threshold and an invariant")
    func exact() {
        let count = plan(.count, .gate, per: nil, promote: BoundPlan(.atMost, 0, .number))
        #expect(verdict(count, [cell(10)]) == .pass)
        #expect(verdict(count, [cell(10, error: 1)]) == .inconclusive)
        #expect(verdict(count, []) == .noData)

        var threshold = plan(.threshold, .signal, metric: nil, per: nil)
        threshold.hold = BoundPlan(.above, 400, .bytes)
        threshold.forIntervals = 2
        func seriesVerdict(_ series: [Double?]) -> Verdict {
            var context = context
            context.series = series
            return CheckEvaluation(threshold, context).result(evidence([])).verdict
        }
        #expect(seriesVerdict([]) == .noData)
        #expect(seriesVerdict([500, nil]) == .noData)
        #expect(seriesVerdict([500]) == .pass)
        #expect(seriesVerdict([500, 500]) == .fail)
        #expect(seriesVerdict([500, 100]) == .pass)
        #expect(seriesVerdict([.nan]) == .error)

        var invariant = plan(.invariant, .invariant, metric: "uniqueness", per: nil)
        var whole = EvidenceCell()
        #expect(verdict(invariant, [whole]) == .noData)
        whole.invariants = [InvariantCounts("uniqueness", checked: 9, broken: 0)]
        #expect(verdict(invariant, [whole]) == .pass)
        whole.invariants = [InvariantCounts("uniqueness", checked: 9, broken: 1)]
        #expect(verdict(invariant, [whole]) == .violation)
        invariant.metric = "mismatch"
        whole.comparisons.match = 1
        #expect(verdict(invariant, [whole]) == .pass)
        whole.comparisons.mismatch = 1
        #expect(verdict(invariant, [whole]) == .violation)
    }

    @Test("pairs, quantiles, means and ratios are judged from what units brought")
    func values() {
        var cell = EvidenceCell()
        cell.comparisons.match = 100
        let pairs = plan(.paired, metric: nil, per: nil)
        #expect(verdict(pairs, [cell]) == .pass)
        cell.comparisons.candidateWorse = 20
        #expect(verdict(pairs, [cell]) == .fail)

        var quantile = plan(.quantile, metric: "unit_seconds", per: nil)
        quantile.quantilePPM = 990_000
        quantile.promote = BoundPlan(.atMost, 1000, .milliseconds)
        quantile.rollback = BoundPlan(.above, 1000, .milliseconds)
        cell.candidate.durations.add(nanoseconds: 5_000_000, units: 5000)
        #expect(verdict(quantile, [cell]) == .pass)
        cell.candidate.durations.add(nanoseconds: 2_000_000_000, units: 200)
        #expect(verdict(quantile, [cell]) == .fail)

        var speed = plan(.ratio, .gate, metric: "records", per: "busy_seconds")
        speed.promote = BoundPlan(.atLeast, 6_000_000, .multiple)
        func sums(_ logarithm: Double, _ count: Int) -> [NamedMoments] {
            var sums = MomentSums()
            for place in 0..<count {
                sums.add(logarithm + (place % 2 == 0 ? 0.1 : -0.1), cap: nil)
            }
            return [NamedMoments("errors", sums)]
        }
        cell.primary.values = sums(1, 1000)
        // ln 6 is 1.79, ln 7.4 is 2.
        cell.candidate.values = sums(3, 1000)
        #expect(verdict(speed, [cell]) == .pass)
        cell.candidate.values = sums(2.7, 1000)
        #expect(verdict(speed, [cell]) == .inconclusive)
        cell.candidate.values = sums(3, 99)
        #expect(verdict(speed, [cell]) == .inconclusive)
        cell.candidate.values = sums(.nan, 1000)
        #expect(verdict(speed, [cell]) == .error)
    }

    @Test("guards share the stage's error probability by weight, gates take theirs whole")
    func alphas() {
        var plan = MigrationPlan()
        var heavy = self.plan(.rate)
        heavy.alphaWeight = 3
        let light = self.plan(.rate)
        let gate = self.plan(.rate, .gate)
        plan.checks = [heavy, light, gate]
        #expect(abs(plan.context(of: heavy).alphaHarm - 0.0075) < 1e-12)
        #expect(abs(plan.context(of: light).alphaHarm - 0.0025) < 1e-12)
        #expect(plan.context(of: gate).alphaSafe == 0.05)
        plan.stages = [StagePlan(), StagePlan(), StagePlan()]
        #expect(abs(plan.alphaTotal - 0.03) < 1e-12)
    }

    @Test("more failures never make a rate's verdict better")
    func monotone() {
        let plan = plan(.rate, rollback: rollback, promote: promote)
        let counts = pair(Gen<Int>.integer(in: 0...20), Gen<Int>.integer(in: 1...9000))
        checkProperty("a worse check never improves", counts) { bad, units in
            let bad = min(bad, units - 1)
            let before = verdict(plan, [cell(units, error: bad)])
            return verdict(plan, [cell(units, error: bad + 1)]) >= before
        }
    }
}
