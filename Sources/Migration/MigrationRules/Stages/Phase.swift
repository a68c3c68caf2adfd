package import JSON

/// Where a migration stands as a whole.
package enum Phase: String, Sendable, Hashable, CaseIterable {
    case draft
    case ready
    case running
    case paused
    case finalizing
    case completed
    case rollingBack = "rolling-back"
    case rolledBack = "rolled-back"
    case stuck
    case cancelled

    /// Nothing follows.
    package var isTerminal: Bool {
        self == .completed || self == .rolledBack || self == .cancelled
    }

    /// It occupies its target: one migration at a time may.
    package var isActive: Bool {
        switch self {
        case .running, .paused, .finalizing, .rollingBack, .stuck: true
        case .draft, .ready, .completed, .rolledBack, .cancelled: false
        }
    }

    /// A rollback can begin: units may be on the candidate, and no rollback is under way.
    var canBeginRollback: Bool { self == .running || self == .paused || self == .finalizing }
}

/// Where the current stage stands.
package enum StageState: String, Sendable, Hashable, CaseIterable {
    case pending
    case preflight
    case shifting
    case warming
    case observing
    case deciding
    case holding
    case passed
    case failed
}

/// Why progress waits.
package enum HoldReason: String, Sendable, Hashable, CaseIterable {
    /// Evidence does not suffice, is missing, or could not be read.
    case inconclusive
    case approval
    case freeze
    /// The surroundings are under load, or the candidate's share of the work would be too large.
    case throttle
    /// Another migration, a router, or the way back is missing.
    case dependency
    /// Somebody said so.
    case `operator`
}

/// A reason to wait, and where the stage goes once it is gone.
package struct Hold: NormalForm {
    package var reason = HoldReason.inconclusive
    /// What exactly is waited for: a verdict, a router's name … It never holds a measured number.
    package var detail = ""
    /// `preflight` or `observing`: the state that follows.
    package var from = StageState.preflight

    package init() {}

    package init(_ reason: HoldReason, _ detail: String, from: StageState) {
        self.reason = reason
        self.detail = detail
        self.from = from
    }

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("reason", &reason)
        try coder.field("detail", &detail)
        try coder.field("from", &from)
    }
}

/// A rollback under way.
package struct RollbackState: NormalForm {
    /// The stage whose routes are restored; nil: the baseline, where the primary serves everything.
    package var stage: Int?
    /// What began it, such as `guard errors` or `abort`.
    package var trigger = ""
    /// The generation that every router has to reach.
    package var generation = 0
    /// It was stuck, and goes on by a person's word.
    package var isRetried = false

    package init() {}

    package init(to stage: Int?, trigger: String, generation: Int) {
        self.stage = stage
        self.trigger = trigger
        self.generation = generation
    }

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("stage", &stage)
        try coder.field("trigger", &trigger)
        try coder.field("generation", &generation)
        try coder.field("isRetried", &isRetried)
    }
}
