/// Everything that one step of the machine looks at beside state and plan: a snapshot of the world.
package struct MigrationFacts: Sendable, Hashable {
    package var clock = ClockReading()
    package var fence = 0
    package var holdsLease = true
    /// The highest generation that the target has had, over all its migrations and static routes.
    package var targetGeneration = 0
    /// The highest generation that any router has seen.
    package var highestSeenGeneration = 0
    /// Another active migration of the target.
    package var busyWith: String?
    /// The hash of a draft's plan, once it is stored.
    package var draftPlanHash: String?
    package var lintErrors: [String] = []
    package var adaptersAnswer = true
    package var isScheduleDue = false
    package var command: Command?

    /// Violations that were reported, each by a short name.
    package var violations: [String] = []
    package var evidence: StageEvidence?
    /// The interval that closed since the last step, if one did.
    package var interval: IntervalReport?
    /// Time since the candidate ran a unit; nil: it never did under the active routes.
    package var candidateIdleMs: Int?

    /// Routers whose acknowledgement and reports are required.
    package var routers: [RouterReading] = []
    /// Checks whose query has no data for the primary.
    package var checksWithoutPrimary: [String] = []
    /// The primary reads and compares what the candidate wrote; headroom and dry runs are in order.
    package var reverseProbe = Finding.passed
    package var drill = Finding.passed
    /// The way back for data is alive and its lag in bounds.
    package var reversePath = Finding.passed
    /// The window that forbids shifting now.
    package var freeze: String?
    /// Conditions that throttle now, the projected share of the work among them.
    package var throttles: [String] = []
    package var dependencies: [Dependency] = []
    package var approvals: [Approval] = []

    /// Every compensating step was done.
    package var isCompensated = false
    /// What the plan verifies after a rollback was verified.
    package var isVerified = false
    /// No data is left that only the candidate reads, or the plan allows the rest.
    package var isResidualClear = true

    package init() {}
}

/// Two clocks: one for durations, one for people.
package struct ClockReading: Sendable, Hashable {
    package var monotonicMs: Int
    package var wallMs: Int

    package init(monotonicMs: Int = 0, wallMs: Int = 0) {
        self.monotonicMs = monotonicMs
        self.wallMs = wallMs
    }
}

/// The result of something that was tried.
package enum Finding: Sendable, Hashable {
    case passed
    case failed(String)
    case missing

    var isPassed: Bool { self == .passed }

    /// `failed: reason`, or `missing`.
    var text: String {
        switch self {
        case .passed: "passed"
        case .failed(let reason): "failed: \(reason)"
        case .missing: "missing"
        }
    }
}

/// What a router last said.
package struct RouterReading: Sendable, Hashable {
    package var id: String
    package var isAlive: Bool
    /// The highest generation that it has acknowledged.
    package var ackedGeneration: Int
    /// Whatever it still writes, the sink refuses.
    package var isFenced: Bool
    /// It obeys a generation that the journal never gave out: the journal is an old copy.
    package var isAhead: Bool

    package init(
        _ id: String,
        isAlive: Bool = true,
        ackedGeneration: Int,
        isFenced: Bool = false,
        isAhead: Bool = false
    ) {
        self.id = id
        self.isAlive = isAlive
        self.ackedGeneration = ackedGeneration
        self.isFenced = isFenced
        self.isAhead = isAhead
    }
}

/// What one closed interval brought.
package struct IntervalReport: Sendable, Hashable {
    /// Required routers that reported nothing; a report of zero units is a report.
    package var missingRouters: [String]
    /// Units that the candidate ran.
    package var candidateUnits: Int

    package init(missingRouters: [String] = [], candidateUnits: Int) {
        self.missingRouters = missingRouters
        self.candidateUnits = candidateUnits
    }
}

/// The verdicts of a stage's checks, and what they are verdicts about.
package struct StageEvidence: Sendable, Hashable {
    package var planHash: String
    /// The state's `stageGeneration` at which counting began; units of later generations with the same
    /// routes belong to it.
    package var generation: Int
    package var checks: [CheckReading]

    package init(planHash: String, generation: Int, checks: [CheckReading]) {
        self.planHash = planHash
        self.generation = generation
        self.checks = checks
    }
}

/// The verdict of one check.
package struct CheckReading: Sendable, Hashable {
    package var name: String
    package var role: CheckRole
    package var verdict: Verdict

    package init(_ name: String, _ role: CheckRole, _ verdict: Verdict) {
        self.name = name
        self.role = role
        self.verdict = verdict
    }
}

/// Another migration that this one stands on.
package struct Dependency: Sendable, Hashable {
    package enum Standing: Sendable, Hashable {
        case passed
        case pending
        case rolledBack
    }

    package var name: String
    package var standing: Standing

    package init(_ name: String, _ standing: Standing) {
        self.name = name
        self.standing = standing
    }
}

/// Somebody's word on one subject, under one plan and one generation.
package struct Approval: Sendable, Hashable {
    /// The stage, the hook, or the hash of the amended plan that it names.
    package var subject: String
    package var planHash: String
    /// The state's `stageGeneration` when it was given.
    package var generation: Int
    package var isGranted: Bool
    package var isByAuthor: Bool
    /// Wall clock; nil: no expiry.
    package var expiresAtMs: Int?

    package init(
        _ subject: String,
        planHash: String,
        generation: Int,
        isGranted: Bool = true,
        isByAuthor: Bool = false,
        expiresAtMs: Int? = nil
    ) {
        self.subject = subject
        self.planHash = planHash
        self.generation = generation
        self.isGranted = isGranted
        self.isByAuthor = isByAuthor
        self.expiresAtMs = expiresAtMs
    }
}

/// What somebody asks for.
package struct Command: Sendable, Hashable {
    package enum Verb: Sendable, Hashable {
        case start
        case promote(skipSoak: Bool, confirmation: String?)
        case pause
        case resume
        case hold
        case abort
        /// A stage's name, or `baseline`.
        case rollback(to: String)
        case retry(Retry)
        case approve(subject: String)
        case deny(subject: String)
        /// More time for an inconclusive stage.
        case extend(milliseconds: Int)
        case amend(MigrationPlan, hash: String)

        package var name: String {
            switch self {
            case .start: "start"
            case .promote: "promote"
            case .pause: "pause"
            case .resume: "resume"
            case .hold: "hold"
            case .abort: "abort"
            case .rollback: "rollback"
            case .retry: "retry"
            case .approve: "approve"
            case .deny: "approve --deny"
            case .extend: "resume --extend"
            case .amend: "apply"
            }
        }
    }

    /// How a stuck rollback goes on.
    package enum Retry: Sendable, Hashable {
        case plain
        /// Without a router whose sink writes are fenced.
        case withoutRouter(String)
        /// Above the highest generation that a router has seen.
        case adopt
    }

    package var verb: Verb
    package var actor: String
    package var reason: String

    package init(_ verb: Verb, by actor: String, because reason: String = "") {
        self.verb = verb
        self.actor = actor
        self.reason = reason
    }
}
