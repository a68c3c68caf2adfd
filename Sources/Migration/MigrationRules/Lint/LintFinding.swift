/// Something about a plan that would go wrong, found before anything runs.
package struct LintFinding: Sendable, Hashable {
    package enum Severity: String, Sendable, Hashable {
        /// The plan is not run.
        case error
        /// The plan may be run.
        case warning
    }

    package enum Rule: String, Sendable, Hashable, CaseIterable {
        case unreachableEvidence = "L02"
        case cohortsNotNested = "L04"
        case splitState = "L05"
        case falseAlarms = "L11"
        case compatibilityGap = "L12"
        case manyGuards = "L17"
        case contradictoryBounds = "L18"
        case unitsLeftBehind = "L24"

        /// What people call it: `unreachable-evidence`.
        package var title: String {
            switch self {
            case .unreachableEvidence: "unreachable-evidence"
            case .cohortsNotNested: "cohorts-not-nested"
            case .splitState: "split-state"
            case .falseAlarms: "false-alarms"
            case .compatibilityGap: "compatibility-gap"
            case .manyGuards: "many-guards"
            case .contradictoryBounds: "contradictory-bounds"
            case .unitsLeftBehind: "units-left-behind"
            }
        }

        package var severity: Severity {
            switch self {
            case .falseAlarms, .manyGuards: .warning
            default: .error
            }
        }
    }

    package var rule: Rule
    /// The part of the plan that it is about: `stages/canary-10/soak`; a part without a place of its own is looked
    /// for in the parts around it.
    package var place: String
    /// What goes wrong, with the numbers.
    package var problem: String
    /// What would be right, with the numbers.
    package var fix: String

    package init(_ rule: Rule, at place: String, _ problem: String, fix: String) {
        self.rule = rule
        self.place = place
        self.problem = problem
        self.fix = fix
    }
}

/// What is known beside the plan.
package struct LintFacts: Sendable, Hashable {
    /// Units of the target in an hour; nil where nobody said.
    package var unitsPerHour: Double?
    /// Fields by which operators of the path keep state, by the operators' names.
    package var stateKeys: [String: [String]]

    package init(unitsPerHour: Double? = nil, stateKeys: [String: [String]] = [:]) {
        self.unitsPerHour = unitsPerHour
        self.stateKeys = stateKeys
    }
}
