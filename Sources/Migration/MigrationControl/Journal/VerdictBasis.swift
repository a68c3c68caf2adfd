internal import JSON
internal import MigrationRules

/// What a verdict was a verdict about: which reports, from when on, under which question.
///
/// It stands in the event, so that anybody can work the verdict out again.
struct VerdictBasis: NormalForm {
    /// The generation that the evidence is of, and the name under which it is stored.
    var generation = 0
    var stage = ""
    /// Index of the stage whose routes are active; nil under the baseline.
    var activeStage: Int?
    /// Number of the last report that counted.
    var order = 0
    /// Wall clock at which the stage began to observe; nil: it does not.
    var sinceMs: Int?
    /// Checks that had failed in the stage.
    var failed: [String] = []
    /// The candidate had not run a unit for too long.
    var isIdle = false
    /// Of the checks.
    var question = ""

    init() {}

    mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("generation", &generation)
        try coder.field("stage", &stage)
        try coder.field("active_stage", &activeStage)
        try coder.field("order", &order)
        try coder.field("since", &sinceMs)
        try coder.field("failed", &failed)
        try coder.field("idle", &isIdle)
        try coder.field("question", &question)
    }

    /// The same evidence again, from what is stored.
    func evaluation(_ plan: MigrationPlan, _ reports: [StoredReport]) -> StageEvaluation {
        var ledger = EvidenceLedger()
        var keys: [String: [KeyCounts]] = [:]
        for stored in reports.sorted(by: { $0.order < $1.order }) where stored.order <= order {
            _ = ledger.insert(stored.report)
            if !stored.keys.isEmpty { keys[stored.report.router] = stored.keys }
        }
        let counts =
            sinceMs.map { ledger.evidence(generations: generation...generation, sinceMs: $0) }
            ?? StageCounts(sinceMs: 0, intervals: [], hasConflicts: ledger.hasConflicts)
        return StageEvaluation(
            plan,
            counts,
            keys: StageStore.totals(keys),
            failed: Set(failed),
            stage: activeStage
        )
    }
}

extension VerdictBasis {
    init(
        _ control: ControlState,
        _ state: MigrationRules.MigrationState,
        _ clock: ClockReading,
        maxIdleMs: Int
    ) {
        generation = state.stageGeneration
        stage = control.evidence.stageName(state.stageGeneration)
        activeStage = state.activeStage
        order = control.evidence.order
        sinceMs = control.evidence.sinceMs
        failed = control.evidence.failed.sorted()
        isIdle = control.idleMs(clock).map { $0 > maxIdleMs } ?? true
        question = control.question
    }
}
