internal import Hashing
internal import JSON
package import MigrationRules

/// What the checks of a plan say about a stage's evidence: a pure function of both.
package struct StageEvaluation: Sendable {
    /// Checks, invariants and, where keys are counted, `sample-ratio`.
    package var results: [CheckResult] = []
    /// Everything that was counted in the stage.
    package private(set) var total = EvidenceCell()

    /// Name of the check that the counts of keys fit the weight.
    package static let sampleRatio = "sample-ratio"

    init() {}

    /// The results for the counts and the distinct keys of a stage.
    ///
    /// `failed` are the checks that failed before in it; `stage` is nil under the baseline.
    init(
        _ plan: MigrationPlan,
        _ counts: StageCounts,
        keys: [KeyCounts],
        failed: Set<String>,
        stage: Int?
    ) {
        total = counts.total
        for check in plan.checks {
            var context = plan.context(of: check)
            context.hasFailed = failed.contains(check.name)
            results.append(CheckEvaluation(check, context).result(counts))
        }
        let names = Set(plan.checks.map(\.name))
        for invariant in plan.invariants where !names.contains(invariant.name) {
            var check = CheckPlan()
            check.name = invariant.name
            check.kind = .invariant
            check.role = .invariant
            results.append(CheckEvaluation(check, plan.context(of: check)).result(counts))
        }
        if let result = Self.sampleRatio(plan, keys, stage) { results.append(result) }
    }

    /// Whether the candidate has the share of keys that its weight gives it; nil where nothing can be said.
    private static func sampleRatio(
        _ plan: MigrationPlan,
        _ keys: [KeyCounts],
        _ stage: Int?
    ) -> CheckResult? {
        guard let stage, plan.routing.assign == .hash else { return nil }
        let weight = plan.stages[stage].thresholdPPM
        guard weight > 0, weight < 1_000_000, plan.stages[stage].strategy != .waves else {
            return nil
        }
        var check = CheckPlan()
        check.name = sampleRatio
        var worst: CheckResult?
        for counts in keys where counts.candidate + counts.primary > 0 {
            let total = counts.candidate + counts.primary
            let share = Double(weight) / 1_000_000
            let verdict = SampleRatioTest.verdict(
                candidate: counts.candidate,
                of: total,
                weight: share
            )
            var result = CheckResult(check, verdict)
            result.units = total
            result.harm = LogEvidence(
                value: SampleRatioTest.logEvidence(
                    candidate: counts.candidate,
                    of: total,
                    weight: share
                ),
                bound: CheckEvaluation.bound(SampleRatioTest.alpha)
            )
            if verdict != .pass {
                result.detail = "\(counts.candidate) of \(total) keys at a weight of \(weight) ppm"
            }
            if let known = worst?.harm, let new = result.harm, known.value >= new.value { continue }
            worst = result
        }
        return worst
    }

    package var readings: [CheckReading] { results.map(\.reading) }

    /// The stage's verdict: the worst of everything but signals.
    func verdict(isIdle: Bool) -> Verdict {
        let idle: [Verdict] = isIdle ? [.noData] : []
        return Verdict.worst(results.filter { $0.role != .signal }.map(\.verdict) + idle)
    }

    /// Checks that fail: a failure stays.
    var failing: [String] { results.filter { $0.verdict == .fail }.map(\.name) }
}

extension MigrationPlan {
    /// Names what evidence of this plan is evidence about: another check is new evidence.
    func questionHash() -> String {
        let question: JSONValue = [
            "checks": JSONValue(checks.map(\.json)),
            "invariants": JSONValue(invariants.map(\.json)),
            "unit": unit.json,
            "compare": compare.json,
        ]
        return "sha256:" + SHA256.hexadecimal(question.compactText)
    }
}
