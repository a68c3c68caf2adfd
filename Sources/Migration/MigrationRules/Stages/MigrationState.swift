package import JSON

/// The state of one migration: the fold of its journal.
///
/// 1. Only ``apply(_:)`` changes it, one event at a time, so that a replay gives the same state.
/// 2. `generation` only grows. `stageGeneration` is the generation whose routes are active.
/// 3. `hold` is there exactly while the stage is holding; `rollback` exactly while the phase is
///    rolling-back or stuck.
///
/// What only counts time and exposure is ``StageProgress``; it is kept beside the journal.
package struct MigrationState: NormalForm {
    package var id = ""
    package var name = ""
    package var target = ""
    /// 1 for the first; a retry after a rollback is another migration with the next number.
    package var attempt = 1
    package var salt = ""
    package var planHash = ""
    package var phase = Phase.draft
    /// The stage that is current; nil before the start.
    package var stageIndex: Int?
    package var stageState: StageState?
    /// The stage whose routes are active; nil while the baseline's are.
    package var activeStage: Int?
    /// The highest generation that this migration has taken.
    package var generation = 0
    package var stageGeneration = 0
    package var fence = 0
    package var hold: Hold?
    /// Somebody said hold, and nobody has said resume.
    package var isHeldByOperator = false
    /// The rest of this stage's soak was skipped by hand.
    package var isSoakSkipped = false
    /// Granted on top of the stage's longest soak.
    package var extensionMs = 0
    package var rollback: RollbackState?
    /// Paused by a rollback to a stage: evidence starts anew when somebody resumes.
    package var awaitsRestart = false
    /// Routers that a forced retry left out.
    package var excludedRouters: [String] = []
    /// Number of events.
    package var seq = 0
    /// Wall clock of the last event, in milliseconds since 1970.
    package var updatedAtMs = 0

    package init() {}

    /// A draft without events.
    package init(id: String, name: String, target: String, attempt: Int = 1, salt: String) {
        self.id = id
        self.name = name
        self.target = target
        self.attempt = attempt
        self.salt = salt
    }

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("id", &id)
        try coder.field("name", &name)
        try coder.field("target", &target)
        try coder.field("attempt", &attempt)
        try coder.field("salt", &salt)
        try coder.field("planHash", &planHash)
        try coder.field("phase", &phase)
        try coder.field("stageIndex", &stageIndex)
        try coder.field("stageState", &stageState)
        try coder.field("activeStage", &activeStage)
        try coder.field("generation", &generation)
        try coder.field("stageGeneration", &stageGeneration)
        try coder.field("fence", &fence)
        try coder.field("hold", &hold)
        try coder.field("isHeldByOperator", &isHeldByOperator)
        try coder.field("isSoakSkipped", &isSoakSkipped)
        try coder.field("extensionMs", &extensionMs)
        try coder.field("rollback", &rollback)
        try coder.field("awaitsRestart", &awaitsRestart)
        try coder.field("excludedRouters", &excludedRouters)
        try coder.field("seq", &seq)
        try coder.field("updatedAtMs", &updatedAtMs)
    }

    /// The draft of the next attempt, after this one was rolled back.
    ///
    /// It keeps the salt, so that the same units go first; `reshuffle` takes the new id as salt.
    ///
    /// - Parameters:
    ///   - id: the new attempt's id.
    ///   - reshuffle: whether other units go first; only for units without state.
    /// - Returns: the draft; nil unless this attempt was rolled back.
    package func nextAttempt(id: String, reshuffle: Bool = false) -> MigrationState? {
        guard phase == .rolledBack else { return nil }
        return MigrationState(
            id: id,
            name: name,
            target: target,
            attempt: attempt + 1,
            salt: reshuffle ? id : salt
        )
    }
}
