/// L04, L05: who serves which unit.
extension PlanLint {
    /// The weight of a stage with threshold routing must not fall: units would return to the primary.
    static func cohortsNotNested(_ plan: MigrationPlan) -> [LintFinding] {
        var findings: [LintFinding] = []
        var highest: (name: String, weight: Int) = ("", 0)
        for stage in plan.stages {
            switch stage.strategy {
            case .waves, .watermark: continue
            default: break
            }
            let weight = stage.thresholdPPM
            if weight < highest.weight {
                findings.append(
                    LintFinding(
                        .cohortsNotNested,
                        at: "stages/\(stage.name)/weight",
                        "the weight falls from \(percent(highest.weight)) in \(highest.name) to "
                            + "\(percent(weight)) in \(stage.name), so units return to the primary",
                        fix: "order stages by weight; going back is what a rollback does"
                    )
                )
            } else {
                highest = (stage.name, weight)
            }
        }
        return findings
    }

    /// A plan that wants units assigned by something else than the one threshold.
    package static func otherAssignment(_ way: String, stage: String?) -> LintFinding {
        let who = stage.map { "stage \($0)" } ?? "the plan"
        return LintFinding(
            .cohortsNotNested,
            at: stage.map { "stages/\($0)" } ?? "routing",
            "\(who) assigns units by \(way), so its cohort does not hold the ones before it",
            fix: "use assign: hash with a weight, or ranked for few units"
        )
    }

    /// A stage that wants to hash with a salt of its own.
    package static func secondSalt(stage: String) -> LintFinding {
        LintFinding(
            .cohortsNotNested,
            at: "stages/\(stage)",
            "stage \(stage) has a salt of its own, so its cohort does not hold the ones before it",
            fix: "leave it out: a plan has one salt, routing.salt"
        )
    }

    /// Whatever keeps state for a group must see the whole group on one side: units must not be finer than groups.
    static func splitState(_ plan: MigrationPlan, _ facts: LintFacts) -> [LintFinding] {
        guard !plan.unit.targetingKey.isEmpty else { return [] }
        var groups: [(what: String, fields: [String])] = []
        for name in facts.stateKeys.keys.sorted() {
            groups.append(("\(name) keeps state", facts.stateKeys[name] ?? []))
        }
        for invariant in plan.invariants
        where ["no-split", "uniqueness"].contains(invariant.name) && !invariant.fields.isEmpty {
            groups.append(("the invariant \(invariant.name) holds", invariant.fields))
        }
        if plan.unit.kind == .keyWindow, !plan.compare.align.isEmpty {
            groups.append(("comparison aligns", plan.compare.align))
        }
        return groups.compactMap { what, fields in
            let finer = plan.unit.targetingKey.filter { !fields.contains($0) }
            guard !finer.isEmpty else { return nil }
            let key = plan.unit.targetingKey.joined(separator: ", ")
            return LintFinding(
                .splitState,
                at: "unit/targetingKey",
                "units are routed by \(key), and \(what) by \(fields.joined(separator: ", ")): "
                    + "\(finer.joined(separator: ", ")) splits a group over both sides",
                fix: "route by \(fields.joined(separator: ", ")) or a part of it, or by job"
            )
        }
    }
}
