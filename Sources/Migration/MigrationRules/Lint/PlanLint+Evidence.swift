/// L02: a gate cannot decide before its stage is judged.
extension PlanLint {
    /// Units without a failure that a gate needs; nil where that depends on what is measured, and for a bound that no
    /// number of units can show.
    package static func unitsNeeded(_ check: CheckPlan, alphaPPM: Int) -> Int? {
        guard check.promote != nil else { return nil }
        let least = check.minUnits ?? 0
        guard let bound = failureShare(check) else { return least > 0 ? least : nil }
        guard bound > 0, bound < 1 else { return nil }
        let alpha = Double(alphaPPM) / 1_000_000
        return max(least, trials(failing: bound, until: alpha / 2))
    }

    /// The smallest n with (1 − share)ⁿ ≤ limit: units without a failure after which a share is ruled out.
    private static func trials(failing share: Double, until limit: Double) -> Int {
        // Powers of two from above: each one is taken where the limit is still not reached with it.
        var powers = [1 - share]
        while let last = powers.last, last > limit { powers.append(last * last) }
        var (count, rest) = (0, 1.0)
        for (exponent, power) in powers.enumerated().reversed() where rest * power > limit {
            rest *= power
            count += 1 << exponent
        }
        return count + 1
    }

    /// The share of bad units that a pass has to rule out.
    private static func failureShare(_ check: CheckPlan) -> Double? {
        guard let promote = check.promote else { return nil }
        switch check.kind {
        case .rate:
            guard promote.unit == .share || promote.unit == .number else { return nil }
            switch promote.relation {
            case .atMost, .below: return promote.value
            // A rate of successes.
            case .atLeast, .above: return 1 - promote.value
            }
        case .quantile: return check.quantilePPM.map { 1 - Double($0) / 1_000_000 }
        default: return nil
        }
    }

    static func unreachableEvidence(
        _ plan: MigrationPlan,
        _ facts: LintFacts
    ) -> [LintFinding] {
        var findings: [LintFinding] = []
        for check in plan.checks where check.promote != nil {
            if check.kind == .rate, let share = failureShare(check), share <= 0 {
                findings.append(impossible(check))
                continue
            }
            guard let needed = unitsNeeded(check, alphaPPM: plan.defaults.alphaPromotePPM) else {
                continue
            }
            if let expected = check.expectedUnits, expected < needed {
                findings.append(tooFew(check, needed, expected))
            }
            guard let rate = facts.unitsPerHour else { continue }
            for stage in plan.stages {
                if let finding = unreachable(check, needed, stage, rate) {
                    findings.append(finding)
                }
            }
        }
        return findings
    }

    private static func impossible(_ check: CheckPlan) -> LintFinding {
        LintFinding(
            .unreachableEvidence,
            at: "checks/\(check.name)/promote",
            "check \(check.name) asks for a rate of 0, which no number of units can show",
            fix: "allow a small rate such as \"<= 0.1%\", or use an invariant"
        )
    }

    private static func tooFew(
        _ check: CheckPlan,
        _ needed: Int,
        _ expected: Int
    ) -> LintFinding {
        LintFinding(
            .unreachableEvidence,
            at: "checks/\(check.name)",
            "check \(check.name) needs \(grouped(needed)) units; a stage is expected to bring "
                + grouped(expected),
            fix: "lower minUnits or widen the bound, or expectedUnits: \(needed)"
        )
    }

    private static func unreachable(
        _ check: CheckPlan,
        _ needed: Int,
        _ stage: StagePlan,
        _ unitsPerHour: Double
    ) -> LintFinding? {
        let share = Double(candidatePPM(stage)) / 1_000_000
        guard let maximum = stage.soak.maxMs, share > 0, unitsPerHour > 0 else { return nil }
        let yield = unitsPerHour * share * Double(maximum) / 3_600_000
        guard yield < Double(needed) else { return nil }
        let hours = Int((Double(needed) / (unitsPerHour * share)).rounded(.up))
        let shadowHours = Int((Double(needed) / unitsPerHour).rounded(.up))
        return LintFinding(
            .unreachableEvidence,
            at: "stages/\(stage.name)/soak",
            "check \(check.name), stage \(stage.name) needs \(grouped(needed)) units; "
                + "\(duration(maximum)) yield about \(grouped(Int(yield)))",
            fix: share < 1
                ? "a shadow stage at 100% decides in \(shadowHours)h, or soak.max: \(hours)h"
                : "soak.max: \(hours)h"
        )
    }

    /// The share of units that the candidate runs in a stage.
    private static func candidatePPM(_ stage: StagePlan) -> Int {
        switch stage.strategy {
        case .shadow, .dualWrite: stage.samplePPM
        default: max(stage.thresholdPPM, stage.samplePPM)
        }
    }

    private static func grouped(_ number: Int) -> String {
        var digits = Array(String(number))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return String(digits)
    }
}
