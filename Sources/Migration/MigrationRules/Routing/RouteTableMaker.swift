package import Failures
package import Routing

/// Makes the route tables of a migration: of every stage, of its rollback, and of the end.
///
/// The tables of one attempt share a salt, so that cohorts nest: a weight that grows only adds units to the
/// candidate.
package struct RouteTableMaker: Sendable {
    package let plan: MigrationPlan
    /// Id of the attempt.
    package let migration: String
    package let salt: String
    private let pins: RoutePins

    /// What changes from table to table within one attempt.
    package struct Moment: Hashable, Sendable {
        package var generation: Int
        package var fence: Int
        /// Every activated generation of a target with windows, the table's own included.
        package var log = RouteLog()
        /// The candidate's units under an assignment by rank.
        package var ranked: RankedAssignment?
        /// Pins made by verbs, in addition to the plan's; by the hash of the key.
        package var pins: [UInt64: Side] = [:]

        package init(generation: Int, fence: Int) {
            self.generation = generation
            self.fence = fence
        }
    }

    /// - Throws: `MIG_ROUTE_TABLE` where the plan pins one unit to both sides.
    package init(_ plan: MigrationPlan, migration: String, salt: String) throws(Failure) {
        self.plan = plan
        self.migration = migration
        self.salt = salt
        let key = RouteKey(.route, salt: salt)
        var hashes: [Side: [UInt64]] = [:]
        for pin in plan.routing.pins {
            guard let hash = try key.hash(pin.key.map { .text($0) }) else { continue }
            hashes[pin.side, default: []].append(hash)
        }
        let pins = RoutePins(
            primary: hashes[.primary, default: []],
            candidate: hashes[.candidate, default: []]
        )
        guard let pins else {
            throw Failure(
                "MIG_ROUTE_TABLE",
                blame: .request,
                "the plan pins one unit to both sides",
                remedy: "keep one of the two pins"
            )
        }
        self.pins = pins
    }

    /// The table of a stage, with the inert table that a router goes back to by itself.
    ///
    /// `fallback` is the index of the stage that this returns to; nil: the baseline.
    package func table(
        ofStage index: Int,
        at moment: Moment,
        fallback: Int? = nil
    ) throws(Failure) -> RouteTable {
        let inert =
            try fallback.map { stage throws(Failure) in try rules(ofStage: stage, at: moment) }
            ?? baseline(at: moment)
        return try RouteTable(try rules(ofStage: index, at: moment), rollback: RouteTable(inert))
    }

    /// The table that a transition orders.
    ///
    /// `fallback` is the index of the stage that a local rollback returns to; nil: the baseline.
    package func table(
        for order: RouteOrder,
        at moment: Moment,
        fallback: Int? = nil
    ) throws(Failure) -> RouteTable {
        precondition(order.generation == moment.generation, "the order's own generation")
        guard let stage = order.stage, !order.isRollback else {
            return try rollback(toStage: order.stage, at: moment)
        }
        return try table(ofStage: stage, at: moment, fallback: fallback)
    }

    /// The table of a rollback: to a stage, or with nil to the baseline, where the candidate serves nothing.
    package func rollback(toStage index: Int?, at moment: Moment) throws(Failure) -> RouteTable {
        guard let index else { return try RouteTable(baseline(at: moment)) }
        let inert = try RouteTable(baseline(at: moment))
        return try RouteTable(try rules(ofStage: index, at: moment), rollback: inert)
    }

    /// The table after the end: what the last one said, with no migration active.
    package func ended(_ last: RouteTable, at moment: Moment) throws(Failure) -> RouteTable {
        var rules = last.rules
        rules.generation = moment.generation
        rules.fence = moment.fence
        rules.mode = .disabled
        rules.shadowPPM = 0
        rules.log = moment.log
        return try RouteTable(rules)
    }

    /// What a stage's strategy means for routers.
    package func rules(
        ofStage index: Int,
        at moment: Moment
    ) throws(Failure) -> RouteRules {
        precondition(plan.stages.indices.contains(index), "a stage of the plan")
        let stage = plan.stages[index]
        var rules = shared(at: moment)
        rules.thresholdPPM = stage.thresholdPPM
        rules.shadowPPM = stage.samplePPM
        switch stage.strategy {
        case .shadow, .canary, .abTest, .blueGreen, .full, .featureFlag, .watermark:
            rules.mode = .split
        case .dualWrite:
            rules.mode = .dualWrite
            rules.shadowPPM = 1_000_000
        case .primaryWithFallback:
            rules.mode = .fallback
            rules.first = stage.first ?? .candidate
        case .waves:
            // A wave moves its whole cohort; the bucket line moves nobody.
            rules.thresholdPPM = 0
            rules.cohorts = try waves(through: index)
        }
        rules.compareFromPPM = RouteRules.compareFrom(thresholdPPM: rules.thresholdPPM)
        rules.pins = merged(moment.pins, keepsCandidate: true)
        if isRanked(stage), let cohort = moment.ranked?.cohort("ranked") {
            rules.cohorts.append(cohort)
            // Rank takes the place of the bucket; every unit left on the primary is compared.
            rules.thresholdPPM = 0
            rules.compareFromPPM = 0
        }
        return rules
    }

    /// Everything on the primary: also what was pinned to the candidate.
    private func baseline(at moment: Moment) -> RouteRules {
        var rules = shared(at: moment)
        rules.compareFromPPM = RouteRules.compareFrom(thresholdPPM: 0)
        rules.pins = merged(moment.pins, keepsCandidate: false)
        return rules
    }

    private func shared(at moment: Moment) -> RouteRules {
        var rules = RouteRules(target: plan.target)
        rules.migration = migration
        rules.generation = moment.generation
        rules.fence = moment.fence
        rules.salt = salt
        rules.log = moment.log
        rules.onControlLoss = plan.routing.onControlLoss == .primary ? .primary : .hold
        return rules
    }

    private func isRanked(_ stage: StagePlan) -> Bool {
        guard plan.routing.assign == .ranked else { return false }
        switch stage.strategy {
        case .canary, .abTest, .featureFlag: return true
        case .shadow, .dualWrite, .blueGreen, .primaryWithFallback, .waves, .watermark, .full:
            return false
        }
    }

    /// The cohorts of all waves up to a stage: earlier ones stay on the candidate.
    private func waves(through index: Int) throws(Failure) -> [RouteCohort] {
        let key = RouteKey(.route, salt: salt)
        var cohorts: [RouteCohort] = []
        for stage in plan.stages[...index] where stage.strategy == .waves {
            var members: [UInt64] = []
            for unit in stage.cohort {
                if let hash = try key.hash([.text(unit)]) { members.append(hash) }
            }
            cohorts.append(RouteCohort(stage.name, side: .candidate, members: members))
        }
        return cohorts
    }

    /// The plan's pins, and those that verbs made, which win.
    private func merged(_ made: [UInt64: Side], keepsCandidate: Bool) -> RoutePins {
        var sides: [UInt64: Side] = [:]
        for hash in pins.primary { sides[hash] = .primary }
        for hash in pins.candidate { sides[hash] = .candidate }
        sides.merge(made) { _, new in new }
        let candidate = keepsCandidate ? sides.filter { $0.value == .candidate }.map(\.key) : []
        let primary = sides.filter { $0.value == .primary }.map(\.key)
        return RoutePins(primary: primary, candidate: candidate) ?? RoutePins()
    }
}
