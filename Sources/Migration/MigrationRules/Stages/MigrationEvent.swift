package import JSON

/// One line of a migration's journal, without its place in the hash chain.
package struct MigrationEvent: Sendable, Hashable {
    package var type: EventType
    /// 1 for the first of a migration, then without a gap.
    package var seq: Int
    /// Wall clock in milliseconds since 1970, for people; `seq` orders.
    package var atMs: Int
    package var fence: Int
    /// `user:ana`, `controller:c1`.
    package var actor: String
    /// The event that this one follows from.
    package var cause: Int?
    package var payload: EventPayload

    package init(
        _ type: EventType,
        seq: Int,
        atMs: Int,
        fence: Int,
        actor: String,
        cause: Int? = nil,
        payload: EventPayload = EventPayload()
    ) {
        self.type = type
        self.seq = seq
        self.atMs = atMs
        self.fence = fence
        self.actor = actor
        self.cause = cause
        self.payload = payload
    }
}

/// What an event says happened.
package enum EventType: String, Sendable, Hashable, CaseIterable {
    case planValidated = "plan.validated"
    case migrationStarted = "migration.started"
    case stageShiftIntended = "stage.shift.intended"
    case stageHeld = "stage.held"
    case stageResumed = "stage.resumed"
    case routeActivated = "route.activated"
    case routeAckTimeout = "route.ack.timeout"
    case stageObserving = "stage.observing"
    case stageEvaluated = "stage.evaluated"
    case stagePassed = "stage.passed"
    case stagePromoted = "stage.promoted"
    case migrationFinalizing = "migration.finalizing"
    case migrationCommitted = "migration.committed"
    case rollbackStarted = "rollback.started"
    case rollbackCompleted = "rollback.completed"
    case rollbackStuck = "rollback.stuck"
    case rollbackRetried = "rollback.retried"
    case rollbackForced = "rollback.forced"
    case rollbackAdopted = "rollback.adopted"
    case migrationPaused = "migration.paused"
    case migrationResumed = "migration.resumed"
    case planAmended = "plan.amended"
    case migrationCancelled = "migration.cancelled"
    case barrierProposed = "barrier.proposed"
    case barrierPostponed = "barrier.postponed"
    case barrierCancelled = "barrier.cancelled"
    case approvalGranted = "approval.granted"
    case approvalDenied = "approval.denied"
    case approvalExpired = "approval.expired"
    case drillPassed = "drill.passed"
    case drillFailed = "drill.failed"
    case watermarkAdvanced = "watermark.advanced"
    case watermarkReplayed = "watermark.replayed"
    case unitPinned = "unit.pinned"
    case breakerChanged = "breaker.changed"
    case routeLocalRollback = "route.local-rollback"
    case evidenceGap = "evidence.gap"
    case clockStep = "clock.step"
    case controllerStarted = "controller.started"

    /// A note tells something without moving phase or stage.
    package var isNote: Bool {
        switch self {
        case .barrierProposed, .barrierPostponed, .barrierCancelled, .approvalGranted,
            .approvalDenied, .approvalExpired, .drillPassed, .drillFailed, .watermarkAdvanced,
            .watermarkReplayed, .unitPinned, .breakerChanged, .routeLocalRollback, .evidenceGap,
            .clockStep, .controllerStarted:
            true
        default: false
        }
    }
}

/// What an event carries; what it does not speak of is absent.
package struct EventPayload: NormalForm {
    package var plan: String?
    package var stage: String?
    package var stageIndex: Int?
    package var generation: Int?
    package var weightPPM: Int?
    package var shadowPPM: Int?
    package var reason: String?
    package var detail: String?
    /// Of a hold: the state that follows it; absent where a hold is only remembered.
    package var from: StageState?
    /// Of a rollback: the stage that is restored; absent: the baseline.
    package var to: Int?
    package var trigger: String?
    package var verdict: Verdict?
    package var soakMs: Int?
    package var units: Int?
    package var extensionMs: Int?
    package var isSoakSkipped: Bool?
    package var router: String?
    /// Of an approval: the stage, hook or plan that it names.
    package var subject: String?
    package var barrier: Int?

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("plan", &plan)
        try coder.field("stage", &stage)
        try coder.field("stage_index", &stageIndex)
        try coder.field("generation", &generation)
        try coder.field("weight_ppm", &weightPPM)
        try coder.field("shadow_ppm", &shadowPPM)
        try coder.field("reason", &reason)
        try coder.field("detail", &detail)
        try coder.field("from", &from)
        try coder.field("to", &to)
        try coder.field("trigger", &trigger)
        try coder.field("verdict", &verdict)
        try coder.field("soak_ms", &soakMs)
        try coder.field("units", &units)
        try coder.field("extension_ms", &extensionMs)
        try coder.field("soak_skipped", &isSoakSkipped)
        try coder.field("router", &router)
        try coder.field("subject", &subject)
        try coder.field("barrier", &barrier)
    }
}
