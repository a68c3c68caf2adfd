package import Failures
package import MigrationRules
package import Routing

/// What the controller needs of a data path.
///
/// 1. All calls come from the controller's thread, one after the other; none may block for long.
/// 2. Every call may come again: after a crash, and whenever a router seems to be behind.
/// 3. What ``answers()`` and ``reports()`` hand over is handed over once. A report that was handed over and
///    never stored is lost with the process; a resumed path goes on from the stored position.
package protocol TargetAdapter: AnyObject, Sendable {
    func describe() throws(Failure) -> AdapterDescription

    /// Every registered router, dead ones included.
    ///
    /// A router keeps its name over restarts, and begins with ``MigrationViews/tables(of:in:)``. One that is gone for good stays until its sink refuses it.
    func routers() throws(Failure) -> [RouterStatus]

    /// Asks every router whether it can switch at a barrier; they answer through ``answers()``.
    ///
    /// Only paths with barriers are asked.
    func propose(_ proposal: BarrierProposal) throws(Failure)

    /// The answers to proposals since the last call.
    func answers() throws(Failure) -> [BarrierAnswer]

    /// A proposal is off: whatever waits behind its barrier goes on as before.
    func cancel(_ proposal: BarrierProposal) throws(Failure)

    /// Gives every router a table; ``routers()`` shows when it is applied.
    ///
    /// On a path with barriers the log of the table tells which of three things it is: the activation of the
    /// proposal that waits (its entry is the last one), a rollback (the last entry begins at
    /// ``RouteLog/beginning`` and so decides about every window that is not emitted yet), or a table that
    /// was missed.
    func publish(_ table: RouteTable) throws(Failure)

    /// The reports since the last call; (router, sequence) tells one from another.
    func reports() throws(Failure) -> [PathReport]

    /// The primary reads the last `count` objects that the candidate wrote, and compares.
    func reverseProbe(_ count: Int) throws(Failure) -> Finding

    /// Does a compensating step of the plan, or says whether it could.
    func compensate(_ step: String, dryRun: Bool) throws(Failure)

    /// Whether an invariant holds after a rollback; `missing` while that cannot be said yet.
    func verify(_ invariant: InvariantPlan) throws(Failure) -> Finding

    /// Objects that only the candidate reads.
    func residual() throws(Failure) -> Int
}

/// What a data path is.
package struct AdapterDescription: Sendable, Hashable {
    /// Names of the implementations, for people: `v1`, `v2:8`.
    package var primary: String
    package var candidate: String
    package var effects: Effects
    package var units: Set<UnitPlan.Kind>
    /// Whether windows change their owner at barriers in event time.
    package var usesBarriers: Bool
    package var reversibility: Reversibility.Kind
    /// Units of event time in a millisecond: 1,000 where event time counts microseconds.
    package var eventTimePerMillisecond: Int64

    package init(
        primary: String,
        candidate: String,
        effects: Effects = .none,
        units: Set<UnitPlan.Kind>,
        usesBarriers: Bool = false,
        reversibility: Reversibility.Kind = .instant,
        eventTimePerMillisecond: Int64 = 1
    ) {
        self.primary = primary
        self.candidate = candidate
        self.effects = effects
        self.units = units
        self.usesBarriers = usesBarriers
        self.reversibility = reversibility
        self.eventTimePerMillisecond = eventTimePerMillisecond
    }
}

/// Where a router stands.
package struct RouterStatus: Sendable, Hashable {
    package var id: String
    package var isAlive: Bool
    /// The highest fence that it has seen.
    package var fence: Int
    /// The highest generation that it has applied.
    package var generation: Int
    /// The greatest event time that it has processed; nil before its first event.
    package var maximumEventTime: Int64?
    /// Whatever it still writes, the sink refuses.
    package var isFenced: Bool
    /// It was told to go back without a controller, and obeys its inert table.
    package var isRolledBackLocally: Bool

    package init(
        _ id: String,
        isAlive: Bool = true,
        fence: Int = 0,
        generation: Int,
        maximumEventTime: Int64? = nil,
        isFenced: Bool = false,
        isRolledBackLocally: Bool = false
    ) {
        self.id = id
        self.isAlive = isAlive
        self.fence = fence
        self.generation = generation
        self.maximumEventTime = maximumEventTime
        self.isFenced = isFenced
        self.isRolledBackLocally = isRolledBackLocally
    }
}

/// What a router says about a proposed barrier.
package enum BarrierAnswer: Sendable, Hashable {
    /// It has processed nothing at or after the barrier, and waits there.
    case acknowledged(router: String, BarrierProposal)
    /// It has processed events up to `maximum`.
    case refused(router: String, BarrierProposal, maximum: Int64)
}
