package import JSON

/// How the migration goes back.
package struct RollbackPlan: NormalForm {
    /// What computes on for windows that a rollback gives back.
    package enum Standby: String, Sendable, Hashable, CaseIterable {
        case hot
        case replay
        case none
    }

    /// When acknowledgements are timed against the deadline.
    package enum Drill: String, Sendable, Hashable, CaseIterable {
        case eachStage = "each-stage"
        case firstStage = "first-stage"
        case never
    }

    package var to = RollbackGoal.baseline
    package var standby = Standby.hot
    package var deadlineMs = 60_000
    /// Time after a rollback to a stage before it may be resumed.
    package var cooldownMs = 0
    package var drill = Drill.eachStage
    /// Invariants that are verified at the end.
    package var verify: [InvariantPlan] = []
    /// Steps that undo effects, in their order.
    package var compensate: [String] = []

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("to", &to)
        try coder.field("standby", &standby)
        try coder.field("deadlineMs", &deadlineMs)
        try coder.field("cooldownMs", &cooldownMs)
        try coder.field("drill", &drill)
        try coder.field("verify", &verify)
        try coder.field("compensate", &compensate)
    }
}

/// Where a failing guard sends the migration.
package enum RollbackGoal: RawRepresentable, Sendable, Hashable {
    /// Everything on the primary.
    case baseline
    /// The stage that passed last.
    case lastPassed
    /// An earlier stage, by its name.
    case stage(String)

    package init(rawValue: String) {
        switch rawValue {
        case "baseline": self = .baseline
        case "stage": self = .lastPassed
        default: self = .stage(rawValue)
        }
    }

    package var rawValue: String {
        switch self {
        case .baseline: "baseline"
        case .lastPassed: "stage"
        case .stage(let name): name
        }
    }
}

/// What happens once the candidate carries everything.
package struct FinalizePlan: NormalForm {
    package enum Commit: String, Sendable, Hashable, CaseIterable {
        case manual
        case auto
    }

    /// Time in which going back stays possible.
    package var reverseWindowMs = 0
    package var commit = Commit.manual
    package var onCommit: [HookPlan] = []

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("reverseWindowMs", &reverseWindowMs)
        try coder.field("commit", &commit)
        try coder.field("onCommit", &onCommit)
    }
}

/// A step outside, run once.
package struct HookPlan: NormalForm {
    package var name = ""
    /// Endpoint; nil where the adapter knows the name.
    package var url: String?
    /// Whether it cannot be undone: then an approval has to name it.
    package var isIrreversible = false

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("name", &name)
        try coder.field("url", &url)
        try coder.field("isIrreversible", &isIrreversible)
    }
}

/// When the migration may shift, as times of the week or as dates, with their zones.
package struct WindowsPlan: NormalForm {
    package var allow: [String] = []
    package var deny: [String] = []

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("allow", &allow)
        try coder.field("deny", &deny)
    }
}

/// Conditions of the surroundings under which nothing shifts.
package struct ThrottlePlan: NormalForm {
    package struct Condition: NormalForm {
        package var metric = ""
        package var bound = BoundPlan()

        package init() {}

        package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
            try coder.field("metric", &metric)
            try coder.field("bound", &bound)
        }
    }

    /// Any of them holds.
    package var any: [Condition] = []
    /// Holds, and tells people.
    package var panic: Condition?

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("any", &any)
        try coder.field("panic", &panic)
    }
}

/// Whom to tell.
package struct NotifyPlan: NormalForm {
    package enum Occasion: String, Sendable, Hashable, CaseIterable {
        case hold
        case rollback
        case stuck
        case promoted
        case completed
    }

    package var on: [Occasion] = []
    /// Endpoint, or `$NAME` of the environment.
    package var webhook = ""
    /// Delivered within; nil: as soon as possible.
    package var withinMs: Int?
    /// Repeated until somebody acts; nil: once.
    package var repeatMs: Int?

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("on", &on)
        try coder.field("webhook", &webhook)
        try coder.field("withinMs", &withinMs)
        try coder.field("repeatMs", &repeatMs)
    }
}
