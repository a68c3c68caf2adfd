internal import MigrationJournal
internal import MigrationRules
internal import Routing

/// What the machine looks at, made from what the outside said.
extension ControlState {
    mutating func facts(_ input: ControlInput, _ settings: ControlSettings) -> MigrationFacts {
        var facts = MigrationFacts()
        facts.clock = input.clock
        facts.fence = input.fence
        facts.targetGeneration = input.targetGeneration
        facts.highestSeenGeneration = input.routers.map(\.generation).max() ?? 0
        facts.busyWith = input.busyWith
        facts.draftPlanHash = firstPlanHash
        facts.lintErrors = input.lintErrors
        facts.violations = violations(input)
        facts.interval = evidence.close(
            routers: input.routers.map(\.id).filter { !rules.excludedRouters.contains($0) },
            nowMs: input.clock.wallMs,
            latenessMs: settings.latenessMs
        )
        facts.reverseProbe = input.reverseProbe
        facts.drill = input.reverseProbe == .passed ? input.dryRun : input.reverseProbe
        facts.dependencies = input.dependencies
        facts.isCompensated = input.isCompensated
        facts.isVerified = input.isVerified
        facts.isResidualClear = input.residual == 0
        return facts
    }

    /// Brings up to date what the last step may have changed.
    mutating func refresh(_ facts: inout MigrationFacts, _ input: ControlInput) {
        let isNewStage = facts.evidence.map { $0.generation != rules.stageGeneration } ?? false
        // What was counted under other routes is no exposure of these.
        if isNewStage { facts.interval = nil }
        facts.targetGeneration = max(input.targetGeneration, folded.publishedGeneration)
        facts.routers = readings(input)
        facts.approvals = approvals
        facts.throttles = throttles
        facts.candidateIdleMs = idleMs(input.clock)
        let readings = evaluation().readings
        facts.evidence = StageEvidence(
            planHash: rules.planHash,
            generation: rules.stageGeneration,
            checks: readings
        )
    }

    /// Time since the candidate ran a unit under the active routes.
    func idleMs(_ clock: ClockReading) -> Int? {
        evidence.candidateRanMs.map { max(0, clock.wallMs - $0) }
    }

    /// What the shift to the current stage would do to the candidate: a few heavy keys can be most of the work.
    private var throttles: [String] {
        guard let stage, rules.activeStage != rules.stageIndex else { return [] }
        let isTooMuch = evidence.projection.exceeds(
            maxWorkSharePPM: plan.routing.maxWorkSharePPM,
            atThresholdPPM: stage.thresholdPPM
        )
        return isTooMuch ? ["share of work"] : []
    }

    /// Everything that sends the migration back to the baseline whatever the checks say.
    private func violations(_ input: ControlInput) -> [String] {
        var names = evidence.violations.map(\.name)
        for router in input.routers {
            if router.generation > input.targetGeneration {
                names.append("router \(router.id) is ahead of the journal")
            }
            if router.isRolledBackLocally {
                names.append("router \(router.id) went back by itself")
            }
        }
        return names
    }

    private func readings(_ input: ControlInput) -> [RouterReading] {
        let isAsked = usesBarriers && pending != nil && rules.stageState == .shifting
        let isNobody = input.routers.allSatisfy { rules.excludedRouters.contains($0.id) }
        // A shift needs somebody's word; nobody's is none.
        if isNobody, rules.stageState == .shifting {
            return [RouterReading("of any name", isAlive: false, ackedGeneration: 0)]
        }
        return input.routers.map { router in
            let isAhead = isAhead(router, input)
            // One that knows more than the journal obeys something else.
            var acked = isAhead ? 0 : router.generation
            if isAsked {
                acked =
                    barrier?.isAgreed == true ? rules.generation : min(acked, rules.generation - 1)
            }
            return RouterReading(
                router.id,
                isAlive: router.isAlive,
                ackedGeneration: acked,
                isFenced: router.isFenced,
                isAhead: isAhead
            )
        }
    }

    /// Whether a router obeys what this journal never gave out: it is an old copy of the one that did.
    ///
    /// The rollback that follows may take the router's own number, for another table and under a higher fence.
    private func isAhead(_ router: RouterStatus, _ input: ControlInput) -> Bool {
        let given = max(input.targetGeneration, folded.publishedGeneration)
        if router.generation > given { return true }
        guard let table, router.generation == table.generation else { return false }
        return router.fence < table.fence
    }
}
