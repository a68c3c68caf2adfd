package import JSON
package import MigrationJournal
package import MigrationRules
package import Routing

/// Everything that one tick looks at: what the outside said since the last one.
package struct ControlInput: Sendable {
    package var clock = ClockReading()
    /// Of the lease under which the controller writes.
    package var fence = 0
    /// The highest generation that the target has had.
    package var targetGeneration = 0
    /// nil where no path is attached; routers are then those that the journal knows.
    package var description: AdapterDescription?
    package var routers: [RouterStatus] = []
    package var answers: [BarrierAnswer] = []
    package var reports: [PathReport] = []
    package var command: Command?
    /// Another active migration of the target.
    package var busyWith: String?
    package var lintErrors: [String] = []
    package var reverseProbe = Finding.passed
    /// Whether the compensations of the plan could be done now.
    package var dryRun = Finding.passed
    package var dependencies: [Dependency] = []
    package var isCompensated = false
    package var isVerified = false
    package var residual = 0

    package init() {}
}

/// What has to be done after a tick, in this order.
package enum ControlAction: Sendable {
    /// Keep reports; they count from now on.
    case store([EvidenceRecord], [MismatchRecord])
    case commit(ControlCommit)
    case propose(BarrierProposal)
    case cancel(BarrierProposal)
    /// A router is behind: the table in force goes out again.
    case resend(generation: Int)
    case reply(MachineStep.Reply)
}

/// One transition with everything that is committed together with it.
package struct ControlCommit: Sendable {
    package var transition: Transition
    /// The row after it.
    package var stored: StoredState
    /// Members of the event's payload that the rules do not read.
    package var extras = JSONObject()
    package var route: RouteRecord?
    package var sealed: RouteRecord?
    /// Kinds of intents that must not be begun any more.
    package var cancelled: [String] = []
    package var evidence: [EvidenceRecord] = []
    package var soak: [SoakRecord] = []
}
