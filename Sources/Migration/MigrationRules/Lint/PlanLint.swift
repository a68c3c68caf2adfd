/// The rules about plans, as functions of the plan and what is known beside it.
package enum PlanLint {
    /// Everything that the rules find, in the order of their numbers.
    package static func findings(
        _ plan: MigrationPlan,
        _ facts: LintFacts = LintFacts()
    ) -> [LintFinding] {
        unreachableEvidence(plan, facts) + cohortsNotNested(plan) + splitState(plan, facts)
            + falseAlarms(plan) + compatibilityGaps(plan) + manyGuards(plan)
            + contradictoryBounds(plan) + unitsLeftBehind(plan)
    }

    /// `10%`, `0.5%`.
    static func percent(_ ppm: Int) -> String {
        var text = String(ppm % 10_000 + 10_000).dropFirst()
        while text.last == "0" { text.removeLast() }
        return "\(ppm / 10_000)\(text.isEmpty ? "" : ".\(text)")%"
    }

    /// `72h`, `90m`, `250ms`.
    static func duration(_ milliseconds: Int) -> String {
        for (unit, name) in [(3_600_000, "h"), (60_000, "m"), (1000, "s")]
        where milliseconds % unit == 0 && milliseconds > 0 {
            return "\(milliseconds / unit)\(name)"
        }
        return "\(milliseconds)ms"
    }
}

/// L11, L17: warnings about false alarms.
extension PlanLint {
    private static let alphaLimitPPM = 60_000
    private static let guardLimit = 8

    static func falseAlarms(_ plan: MigrationPlan) -> [LintFinding] {
        guard plan.checks.contains(where: { $0.role == .guarding }) else { return [] }
        let total = plan.stages.count * plan.defaults.alphaRollbackPPM
        guard total > alphaLimitPPM else { return [] }
        let share = alphaLimitPPM / plan.stages.count
        return [
            LintFinding(
                .falseAlarms,
                at: "stages",
                "\(plan.stages.count) stages at \(percent(plan.defaults.alphaRollbackPPM)) roll a good "
                    + "candidate back with a probability of up to \(percent(total))",
                fix: "use fewer stages, or alpha.rollback: \(percent(share))"
            )
        ]
    }

    static func manyGuards(_ plan: MigrationPlan) -> [LintFinding] {
        let count = plan.checks.count { $0.role == .guarding }
        guard count > guardLimit else { return [] }
        return [
            LintFinding(
                .manyGuards,
                at: "checks",
                "\(count) guards share the probability of a false alarm, so each sees harm late",
                fix: "keep at most \(guardLimit) guards, and make signals of the others"
            )
        ]
    }
}

/// L24: the last stage leaves units on the primary.
extension PlanLint {
    static func unitsLeftBehind(_ plan: MigrationPlan) -> [LintFinding] {
        guard let last = plan.stages.last else { return [] }
        switch last.strategy {
        // Waves and frontiers end by their cohorts and by time.
        case .waves, .watermark: return []
        default: break
        }
        guard last.thresholdPPM < 1_000_000 else { return [] }
        return [
            LintFinding(
                .unitsLeftBehind,
                at: "stages/\(last.name)/weight",
                "the last stage, \(last.name) (\(last.strategy.rawValue)), leaves "
                    + "\(percent(1_000_000 - last.thresholdPPM)) of the units on the primary",
                fix: "add a stage { name: full, strategy: full }"
            )
        ]
    }
}

/// L12: a reader meets data and nobody said whether it can read them.
extension PlanLint {
    static func compatibilityGaps(_ plan: MigrationPlan) -> [LintFinding] {
        guard let matrix = plan.compatibility, !matrix.isComplete else { return [] }
        var missing: [String] = []
        for reader in matrix.readers {
            for data in matrix.data
            where !matrix.matrix.contains(where: { $0.reader == reader && $0.data == data }) {
                missing.append("\(reader) reads \(data)")
            }
        }
        let shown = missing.prefix(8).joined(separator: ", ")
        return [
            LintFinding(
                .compatibilityGap,
                at: "compatibility/matrix",
                "\(missing.count) of \(matrix.readers.count * matrix.data.count) cells are missing: "
                    + shown + (missing.count > 8 ? ", …" : ""),
                fix: "say ok, degraded or breaks for each of them"
            )
        ]
    }
}
