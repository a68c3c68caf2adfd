package import JSON
package import Routing

/// One step of a plan.
package struct StagePlan: NormalForm {
    package enum Strategy: String, Sendable, Hashable, CaseIterable {
        case shadow
        case dualWrite = "dual-write"
        case canary
        case abTest = "ab-test"
        case blueGreen = "blue-green"
        case primaryWithFallback = "primary-with-fallback"
        case waves
        case featureFlag = "feature-flag"
        case watermark
        case full
    }

    package var name = ""
    package var strategy = Strategy.shadow
    /// Share of units that the candidate serves.
    package var weightPPM = 0
    /// Share of units that run on both sides while one answers.
    package var samplePPM = 0
    /// Who is tried first under `primary-with-fallback`.
    package var first: Side?
    /// Exposure after the shift that is no evidence yet.
    package var warmupMs = 0
    package var soak = SoakPlan()
    package var approval: ApprovalPlan?
    package var reversibility = Reversibility()
    /// nil: the plan's default.
    package var onInconclusive: HoldPolicy?
    package var onNoData: HoldPolicy?
    package var onError: HoldPolicy?
    /// Of waves: the keys or labels of the cohort.
    package var cohort: [String] = []
    /// Of waves: stages that have to be passed first.
    package var dependsOn: [String] = []
    /// Of an A/B test: the units that take part.
    package var filter: String?

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("name", &name)
        try coder.field("strategy", &strategy)
        try coder.field("weightPPM", &weightPPM)
        try coder.field("samplePPM", &samplePPM)
        try coder.field("first", &first)
        try coder.field("warmupMs", &warmupMs)
        try coder.field("soak", &soak)
        try coder.field("approval", &approval)
        try coder.field("reversibility", &reversibility)
        try coder.field("onInconclusive", &onInconclusive)
        try coder.field("onNoData", &onNoData)
        try coder.field("onError", &onError)
        try coder.field("cohort", &cohort)
        try coder.field("dependsOn", &dependsOn)
        try coder.field("filter", &filter)
    }

    /// The threshold of the stage's route table: what the candidate serves.
    ///
    /// 0 while the primary answers everything (shadow, dual write), all for blue-green and full.
    package var thresholdPPM: Int {
        switch strategy {
        case .shadow, .dualWrite: 0
        case .full, .blueGreen: 1_000_000
        case .primaryWithFallback: first == .primary ? 0 : 1_000_000
        case .canary, .abTest, .waves, .featureFlag, .watermark: weightPPM
        }
    }
}

/// Observed healthy exposure that a stage must collect.
package struct SoakPlan: NormalForm {
    package var minMs = 0
    /// Age at which the stage is judged whatever its soak; nil: never.
    package var maxMs: Int?
    /// Units that the candidate has to run; 0: any number.
    package var units = 0

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("minMs", &minMs)
        try coder.field("maxMs", &maxMs)
        try coder.field("units", &units)
    }
}

/// Who has to agree before a stage shifts.
package struct ApprovalPlan: NormalForm {
    package var by: [String] = []
    /// How long an approval is good for; nil: until the plan, stage or generation changes.
    package var expiresMs: Int?
    /// Whether the plan's author alone does not suffice.
    package var notAuthor = false

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("by", &by)
        try coder.field("expiresMs", &expiresMs)
        try coder.field("notAuthor", &notAuthor)
    }
}

/// How a stage is undone.
package struct Reversibility: NormalForm {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case instant
        case replay
        case compensate
        /// It is not: the stage needs an approval that names it.
        case none
    }

    package var kind = Kind.instant
    /// Of a replay: from where.
    package var from: String?
    /// Of a compensation: its steps.
    package var steps: [String] = []

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("kind", &kind)
        try coder.field("from", &from)
        try coder.field("steps", &steps)
    }
}

extension StagePlan {
    /// The stages of `preset: ramp`: shadow, canary at 10, 50 and 90 %, full.
    ///
    /// - Parameter soak: what every stage has to collect.
    /// - Returns: five stages.
    package static func ramp(soak: SoakPlan) -> [StagePlan] {
        var stages: [StagePlan] = []
        func add(_ name: String, _ strategy: Strategy, weight: Int = 0, sample: Int = 0) {
            var stage = StagePlan()
            stage.name = name
            stage.strategy = strategy
            stage.weightPPM = weight
            stage.samplePPM = sample
            stage.soak = soak
            stages.append(stage)
        }
        add("shadow", .shadow, sample: 1_000_000)
        for percent in [10, 50, 90] {
            add("canary-\(percent)", .canary, weight: percent * 10_000)
        }
        add("full", .full, weight: 1_000_000)
        return stages
    }
}
