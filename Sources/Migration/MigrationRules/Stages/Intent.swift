package import JSON

/// Something to do outside after a transition is committed; each is done once, by its key.
package enum Intent: Sendable, Hashable {
    /// Routers take the table at once.
    case publish(RouteOrder)
    /// Routers are asked whether they can switch at a barrier in event time.
    case propose(RouteOrder)
    /// Every router agreed: the barrier holds.
    case activate(generation: Int)
    /// What was begun to move forward below this generation is cancelled.
    case cancelForward(below: Int)
    case startEvidence(stage: String, generation: Int)
    case evaluate(stage: String)
    case notify(NotifyPlan.Occasion, text: String)
    /// A person is needed now.
    case page(text: String)
    case compensate(step: String)
    case verify(InvariantPlan)
    /// The primary stays hot, and data flow back to it.
    case openReverseWindow(milliseconds: Int)
    case runHook(HookPlan)
    /// Every unfinished intent of the rollback is tried again at once.
    case redrive(generation: Int)

    package var kind: String {
        switch self {
        case .publish: "publish"
        case .propose: "propose"
        case .activate: "activate"
        case .cancelForward: "cancel-forward"
        case .startEvidence: "start-evidence"
        case .evaluate: "evaluate"
        case .notify: "notify"
        case .page: "page"
        case .compensate: "compensate"
        case .verify: "verify"
        case .openReverseWindow: "open-reverse-window"
        case .runHook: "run-hook"
        case .redrive: "redrive"
        }
    }

    /// What the performer needs to know.
    package var payload: JSONValue {
        switch self {
        case .publish(let order), .propose(let order): order.json
        case .activate(let generation), .redrive(let generation):
            ["generation": JSONValue(generation)]
        case .cancelForward(let generation): ["below": JSONValue(generation)]
        case .startEvidence(let stage, let generation):
            ["generation": JSONValue(generation), "stage": JSONValue(stage)]
        case .evaluate(let stage): ["stage": JSONValue(stage)]
        case .notify(let occasion, let text):
            ["on": JSONValue(occasion.rawValue), "text": JSONValue(text)]
        case .page(let text): ["text": JSONValue(text)]
        case .compensate(let step): ["step": JSONValue(step)]
        case .verify(let invariant): invariant.json
        case .openReverseWindow(let milliseconds): ["milliseconds": JSONValue(milliseconds)]
        case .runHook(let hook): hook.json
        }
    }

    /// The idempotency key of the intent at `place` among those of one event.
    package func key(migration: String, seq: Int, place: Int) -> String {
        "\(migration)/\(seq)/\(place)/\(kind)"
    }

    /// It moves units, or lets them be moved, towards the candidate.
    package var isForward: Bool {
        switch self {
        case .publish(let order), .propose(let order): !order.isRollback
        case .activate: true
        default: false
        }
    }
}

/// What the next route table says; its maker adds salt, pins and barrier.
package struct RouteOrder: NormalForm {
    package var generation = 0
    /// nil: the baseline.
    package var stage: Int?
    package var strategy: StagePlan.Strategy?
    package var thresholdPPM = 0
    package var shadowPPM = 0
    package var isRollback = false

    package init() {}

    /// The order for a stage, or for the baseline.
    package init(generation: Int, stage: Int?, of plan: MigrationPlan, isRollback: Bool) {
        self.generation = generation
        self.stage = stage
        self.isRollback = isRollback
        guard let stage else { return }
        let step = plan.stages[stage]
        strategy = step.strategy
        thresholdPPM = step.thresholdPPM
        shadowPPM = step.samplePPM
    }

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("generation", &generation)
        try coder.field("stage", &stage)
        try coder.field("strategy", &strategy)
        try coder.field("thresholdPPM", &thresholdPPM)
        try coder.field("shadowPPM", &shadowPPM)
        try coder.field("isRollback", &isRollback)
    }
}
