/// L18: bounds that contradict each other.
extension PlanLint {
    static func contradictoryBounds(_ plan: MigrationPlan) -> [LintFinding] {
        plan.checks.flatMap(contradictions) + plan.stages.compactMap(contradiction)
    }

    private static func contradictions(_ check: CheckPlan) -> [LintFinding] {
        var findings: [LintFinding] = []
        func add(_ part: String, _ problem: String, fix: String) {
            let place = "checks/\(check.name)/\(part)"
            findings.append(LintFinding(.contradictoryBounds, at: place, problem, fix: fix))
        }
        if check.role == .gate, check.rollback != nil {
            add(
                "rollback",
                "check \(check.name) is a gate and has a rollback bound",
                fix: "role: guard; its promote bound gates as well"
            )
        }
        if check.role == .guarding, check.rollback == nil {
            add(
                "role",
                "check \(check.name) is a guard and has no rollback bound",
                fix: "add rollback, or role: gate"
            )
        }
        if check.role == .signal, check.promote != nil || check.rollback != nil {
            add(
                "role",
                "check \(check.name) is a signal, which only holds, and has a bound that decides",
                fix: "keep only hold, or role: guard"
            )
        }
        guard let promote = check.promote, let rollback = check.rollback else { return findings }
        if promote.unit != rollback.unit {
            add(
                "rollback",
                "check \(check.name) promotes by \(unit(promote)) and rolls back by \(unit(rollback))",
                fix: "use one unit for both bounds"
            )
        } else if overlap(promote, rollback) {
            add(
                "rollback",
                "some values of check \(check.name) both promote (\(text(promote))) and roll back "
                    + "(\(text(rollback)))",
                fix: "let rollback begin where promote ends or beyond"
            )
        }
        return findings
    }

    private static func contradiction(_ stage: StagePlan) -> LintFinding? {
        guard let maximum = stage.soak.maxMs, maximum < stage.soak.minMs else { return nil }
        return LintFinding(
            .contradictoryBounds,
            at: "stages/\(stage.name)/soak",
            "stage \(stage.name) has to soak for \(duration(stage.soak.minMs)) and is judged after "
                + duration(maximum),
            fix: "soak.max: \(duration(stage.soak.minMs)) or more"
        )
    }

    /// Whether a value satisfies both bounds.
    private static func overlap(_ left: BoundPlan, _ right: BoundPlan) -> Bool {
        guard isUpper(left) != isUpper(right) else { return true }
        let (upper, lower) = isUpper(left) ? (left, right) : (right, left)
        if lower.value == upper.value {
            return upper.relation == .atMost && lower.relation == .atLeast
        }
        return lower.value < upper.value
    }

    private static func isUpper(_ bound: BoundPlan) -> Bool {
        bound.relation == .atMost || bound.relation == .below
    }

    private static func unit(_ bound: BoundPlan) -> String {
        switch bound.unit {
        case .share: "a share"
        case .multiple: "a multiple of the primary"
        case .bytes: "bytes"
        case .milliseconds: "a time"
        case .number: "a number"
        }
    }

    /// `<= 0.1%`.
    private static func text(_ bound: BoundPlan) -> String {
        let quantity =
            switch bound.unit {
            case .share: percent(Int(bound.amount))
            case .multiple: "\(bound.value)x"
            case .bytes: "\(Int(bound.amount))B"
            case .milliseconds: duration(Int(bound.amount))
            case .number: "\(bound.amount)"
            }
        return "\(bound.relation.rawValue) \(quantity)"
    }
}
