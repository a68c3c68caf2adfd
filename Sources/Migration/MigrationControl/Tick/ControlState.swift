package import Failures
package import MigrationJournal
package import MigrationRules
package import Routing

/// Everything that the controller knows of one migration between two ticks.
///
/// It is a value: what the journal holds gives the same one again, except for what only this process has seen
/// (open intervals, a barrier's answers), which the next ticks collect anew.
package struct ControlState: Sendable {
    package let identity: MigrationIdentity
    /// Hash of the plan that the migration was made with.
    let firstPlanHash: String
    package internal(set) var folded: FoldedState
    package internal(set) var plan: MigrationPlan
    package internal(set) var progress = StageProgress()
    var maker: RouteTableMaker
    var evidence = StageStore()
    /// The table that routers obey or are told to obey now; nil before the target's first one.
    package internal(set) var table: RouteTable?
    /// The table of a shift that waits for its barrier.
    var pending: RouteTable?
    /// The barrier that routers are asked about.
    var barrier: ProposedBarrier?
    /// The barrier that was proposed last.
    var lastProposal: BarrierProposal?
    /// Event time that a router has processed, as it said when it refused a barrier.
    var refusedMaximum: Int64?
    var approvals: [Approval] = []
    var lastResendMs: Int?
    /// Rows of reports that were taken in and are not stored yet.
    var unstored: [EvidenceRecord] = []
    var lastStoreMs: Int?
    /// Both clocks at the last tick of this process.
    var lastClock: ClockReading?
    /// Names what the evidence is evidence about.
    private(set) var question: String
    private var cached: (version: Int, stage: Int?, planHash: String, value: StageEvaluation)?

    package init(
        _ identity: MigrationIdentity,
        _ plan: MigrationPlan,
        hash: String,
        table: RouteTable?
    ) throws(Failure) {
        self.identity = identity
        self.plan = plan
        self.table = table
        firstPlanHash = hash
        question = plan.questionHash()
        folded = FoldedState(identity)
        maker = try RouteTableMaker(plan, migration: identity.id, salt: identity.salt)
    }

    package var rules: MigrationRules.MigrationState { folded.rules }

    /// The current stage's plan.
    var stage: StagePlan? { rules.stageIndex.map { plan.stages[$0] } }

    var usesBarriers: Bool { plan.unit.kind == .keyWindow }

    /// Every activated generation of the target under this migration's salt.
    var log: RouteLog {
        guard let table, table.rules.salt == identity.salt else { return RouteLog() }
        return table.rules.log
    }

    /// The hash of the plan that rules now.
    var planHash: String { rules.planHash.isEmpty ? firstPlanHash : rules.planHash }

    /// How far a router had reported when the state was read or last stepped.
    package func position(of router: String) -> ReportPosition {
        evidence.positions[router] ?? ReportPosition()
    }

    /// What the checks say now; worked out again only where something came in.
    package mutating func evaluation() -> StageEvaluation {
        let stage = rules.activeStage
        if let cached, cached.version == evidence.version, cached.stage == stage,
            cached.planHash == planHash
        {
            return cached.value
        }
        let value = StageEvaluation(
            plan,
            evidence.counts,
            keys: evidence.keyTotals,
            failed: evidence.failed,
            stage: stage
        )
        evidence.latch(value.failing)
        cached = (evidence.version, stage, planHash, value)
        return value
    }

    /// Takes an event in that is committed, or was: what follows from it beside the folded state.
    mutating func follow(_ event: MigrationEvent) {
        let payload = event.payload
        switch event.type {
        case .stageShiftIntended:
            evidence.name(payload.stage, generation: payload.generation ?? 0)
        case .rollbackStarted, .routeAckTimeout, .rollbackAdopted:
            let goal = rules.rollback?.stage
            evidence.name(goal.map { plan.stages[$0].name }, generation: payload.generation ?? 0)
        case .approvalGranted, .approvalDenied: followWord(event)
        default: break
        }
        evidence.begin(generation: rules.stageGeneration)
        if event.type == .stageObserving { evidence.observe(sinceMs: event.atMs) }
    }

    private mutating func followWord(_ event: MigrationEvent) {
        guard let subject = event.payload.subject else { return }
        let expiry = plan.stages.first { $0.name == subject }?.approval?.expiresMs
        approvals.append(
            Approval(
                subject,
                planHash: event.payload.plan ?? planHash,
                generation: rules.stageGeneration,
                isGranted: event.type == .approvalGranted,
                isByAuthor: plan.owner.map { event.actor == "user:\($0)" } ?? false,
                expiresAtMs: expiry.map { event.atMs + $0 }
            )
        )
    }
}

/// A barrier that routers are asked about.
struct ProposedBarrier: Sendable {
    var quorum: BarrierQuorum
    /// Who was asked.
    var routers: Set<String>
    /// Where the monotonic clock stood.
    var sinceMs: Int
    var isAgreed = false

    var proposal: BarrierProposal { quorum.proposal }
}
