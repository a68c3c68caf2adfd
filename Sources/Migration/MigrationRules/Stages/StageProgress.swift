package import JSON

/// The exposure and the times of the current stage: kept beside the journal, and never a reason to promote.
///
/// 1. Soak grows only by intervals that were observed and healthy, each by at most two ticks.
/// 2. Time in which no controller ran counts nowhere: ``restart()`` forgets where the clock stood.
package struct StageProgress: NormalForm {
    /// Where the monotonic clock stood at the last step; nil after a restart.
    package var lastStepMs: Int?
    /// Where it stood when the last closed interval was taken in.
    package var lastIntervalMs: Int?
    /// Time in the present phase and stage state.
    package var sinceTransitionMs = 0
    /// Observed exposure since the routes were activated.
    package var warmupMs = 0
    /// Time since the stage began to observe, without pauses.
    package var ageMs = 0
    package var soakMs = 0
    /// Units that the candidate ran in the intervals of the soak.
    package var soakUnits = 0
    /// For how long, without a break, each kind of missing evidence has lasted.
    package var inconclusiveMs = 0
    package var noDataMs = 0
    package var errorMs = 0

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("lastStepMs", &lastStepMs)
        try coder.field("lastIntervalMs", &lastIntervalMs)
        try coder.field("sinceTransitionMs", &sinceTransitionMs)
        try coder.field("warmupMs", &warmupMs)
        try coder.field("ageMs", &ageMs)
        try coder.field("soakMs", &soakMs)
        try coder.field("soakUnits", &soakUnits)
        try coder.field("inconclusiveMs", &inconclusiveMs)
        try coder.field("noDataMs", &noDataMs)
        try coder.field("errorMs", &errorMs)
    }

    /// Called when a controller begins: the clock of another process means nothing.
    package mutating func restart() {
        lastStepMs = nil
        lastIntervalMs = nil
    }

    /// Takes in the time and the interval of one step.
    mutating func advance(
        _ state: MigrationState,
        _ plan: MigrationPlan,
        _ facts: MigrationFacts,
        _ settings: MachineSettings
    ) {
        let now = facts.clock.monotonicMs
        // A clock that went backwards, or a first reading, tells no duration.
        let elapsed = max(0, now - (lastStepMs ?? now))
        lastStepMs = now
        sinceTransitionMs += elapsed
        let exposure = intervalExposure(facts, now, settings)
        guard state.phase == .running else { return }
        switch state.stageState {
        case .warming:
            if facts.interval?.missingRouters.isEmpty == true { warmupMs += exposure ?? 0 }
        case .observing, .deciding: watch(state, plan, facts, settings, elapsed, exposure)
        case .holding where state.hold?.from == .observing:
            watch(state, plan, facts, settings, elapsed, exposure)
        default: break
        }
    }

    /// The time that a closed interval may add: since the one before it, at most two ticks.
    ///
    /// nil where no interval closed, or where the same one is shown again: several steps may be taken
    /// under one snapshot of facts.
    private mutating func intervalExposure(
        _ facts: MigrationFacts,
        _ now: Int,
        _ settings: MachineSettings
    ) -> Int? {
        guard facts.interval != nil, lastIntervalMs != now else { return nil }
        let elapsed = max(0, now - (lastIntervalMs ?? now))
        lastIntervalMs = now
        return min(elapsed, 2 * settings.tickMs)
    }

    private mutating func watch(
        _ state: MigrationState,
        _ plan: MigrationPlan,
        _ facts: MigrationFacts,
        _ settings: MachineSettings,
        _ elapsed: Int,
        _ exposure: Int?
    ) {
        ageMs += elapsed
        let reading = EvidenceReading(state, plan, facts, settings)
        errorMs = reading.verdict == .error ? errorMs + elapsed : 0
        let lacksData = reading.verdict == .error || reading.verdict == .noData
        noDataMs = lacksData ? noDataMs + elapsed : 0
        let waits = state.hold?.reason == .inconclusive && reading.verdict != .pass
        inconclusiveMs = waits ? inconclusiveMs + elapsed : 0
        guard let exposure, let interval = facts.interval, interval.missingRouters.isEmpty,
            reading.isHealthy
        else { return }
        soakMs += exposure
        soakUnits += interval.candidateUnits
    }

    /// Begins what a transition begins anew.
    mutating func follow(_ event: EventType, restartsStage: Bool) {
        guard !event.isNote else { return }
        sinceTransitionMs = 0
        switch event {
        case .routeActivated: warmupMs = 0
        case .stageObserving, .stagePromoted: restartSoak()
        case .stageResumed: inconclusiveMs = 0
        default: break
        }
        guard restartsStage else { return }
        warmupMs = 0
        restartSoak()
    }

    /// What was collected was another stage's, or was collected under other routes.
    private mutating func restartSoak() {
        ageMs = 0
        soakMs = 0
        soakUnits = 0
        inconclusiveMs = 0
        noDataMs = 0
        errorMs = 0
    }
}

/// Times that hold for all migrations of a controller.
package struct MachineSettings: Sendable, Hashable {
    package var tickMs = 5000
    /// How long the candidate may be idle before its evidence is `no-data`.
    package var maxIdleMs = 900_000
    /// How long routers may take to acknowledge a shift.
    package var ackDeadlineMs = 60_000

    package init() {}
}
