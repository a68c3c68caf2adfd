/// A row of the table of transitions.
package enum TransitionRule: String, Sendable, Hashable, CaseIterable {
    /// draft → ready
    case t1
    /// ready → running, preflight
    case t2
    /// preflight → shifting
    case t3
    /// preflight ⇄ holding
    case t3h
    /// shifting → warming
    case t4
    /// shifting → rolling-back: not every router acknowledged in time
    case t5
    /// warming → observing
    case t6
    /// observing → deciding
    case t7
    /// deciding → passed
    case t8
    /// deciding → holding
    case t9
    /// holding → observing
    case t10
    /// passed → the next stage's preflight
    case t11
    /// last passed → finalizing
    case t12
    /// finalizing → completed: the point of no return
    case t13
    /// running, paused, finalizing → rolling-back, or deeper
    case t14
    /// rolling-back → rolled-back
    case t15
    /// rolling-back → paused at an earlier stage
    case t15s
    /// rolling-back → stuck
    case t16
    /// stuck → rolling-back
    case t16r
    /// running ⇄ paused
    case t17
    /// another plan for future stages
    case t18
    /// draft, ready → cancelled
    case t19
}

/// One committed change: its event, the state after it, and what is to be done outside.
package struct Transition: Sendable, Hashable {
    /// nil for a note, which moves neither phase nor stage.
    package var rule: TransitionRule?
    package var event: MigrationEvent
    package var state: MigrationState
    package var intents: [Intent]
}

/// What one step of the machine gives.
package struct MachineStep: Sendable, Hashable {
    package var progress: StageProgress
    /// At most one; step again at once for the next.
    package var transition: Transition?
    /// The answer to the command among the facts; nil where it has to wait for the next step.
    package var reply: Reply?

    package enum Reply: Sendable, Hashable {
        case done
        /// Nothing had to be done: it was so already.
        case alreadySo
        case refused(Refusal)
    }
}

/// Why a command is not obeyed.
package struct Refusal: Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, Hashable {
        case phase = "MIG_PHASE"
        case targetBusy = "MIG_TARGET_BUSY"
        case noEvidence = "MIG_NO_EVIDENCE"
        case approvalStale = "MIG_APPROVAL_STALE"
        case reversePath = "MIG_REVERSE_PATH"
        case plan = "MIG_PLAN_SYNTAX"
        case routerAhead = "MIG_ROUTER_AHEAD"
        case unknown = "MIG_UNKNOWN"
    }

    package var code: Code
    package var problem: String
    package var remedy: String

    package init(_ code: Code, _ problem: String, remedy: String) {
        self.code = code
        self.problem = problem
        self.remedy = remedy
    }

    package var description: String { "\(code.rawValue): \(problem); \(remedy)" }
}
