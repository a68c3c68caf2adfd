internal import Failures
internal import MigrationRules
internal import Routing

/// Barriers: asked, agreed or postponed.
extension ControlState {
    /// Takes routers' answers in; a barrier that is refused, or not answered in time, is off.
    mutating func takeAnswers(
        _ input: ControlInput,
        _ settings: ControlSettings,
        _ machine: StageMachine,
        _ facts: MigrationFacts,
        _ actions: inout [ControlAction]
    ) throws(Failure) {
        guard var asked = barrier, !asked.isAgreed else { return }
        var outcome = BarrierQuorum.Outcome.waiting
        for router in input.routers where !rules.excludedRouters.contains(router.id) {
            if router.isFenced, !router.isAlive {
                outcome = asked.quorum.fenced(router.id)
            } else if !asked.routers.contains(router.id) {
                asked.routers.insert(router.id)
                outcome = asked.quorum.registered(router.id)
            }
        }
        for answer in input.answers {
            switch answer {
            case .acknowledged(let router, let proposal):
                outcome = asked.quorum.acknowledged(router, proposal)
            case .refused(let router, let proposal, let maximum):
                refusedMaximum = max(refusedMaximum ?? maximum, maximum)
                outcome = asked.quorum.refused(router, proposal, maximum: maximum)
            }
        }
        if input.clock.monotonicMs - asked.sinceMs >= settings.barrierTimeoutMs {
            outcome = asked.quorum.expired()
        }
        switch outcome {
        case .waiting: barrier = asked
        case .activate:
            asked.isAgreed = true
            barrier = asked
        case .cancel(let proposal, let maximum):
            barrier = nil
            var payload = EventPayload()
            payload.generation = proposal.generation
            payload.barrier = Int(proposal.barrier)
            payload.detail = maximum.map { "a router is at \($0)" } ?? "no answer in time"
            try commit(
                machine.note(.barrierPostponed, payload, rules, facts: facts),
                input,
                &actions
            )
            actions.append(.cancel(proposal))
        }
    }

    /// Proposes a barrier where a shift waits for one.
    mutating func proposeBarrier(
        _ input: ControlInput,
        _ machine: StageMachine,
        _ facts: MigrationFacts,
        _ actions: inout [ControlAction]
    ) throws(Failure) {
        guard let pending, barrier == nil, rules.stageState == .shifting,
            rules.phase == .running || rules.phase == .paused, let path = input.description
        else { return }
        let asked = input.routers.filter {
            !rules.excludedRouters.contains($0.id) && ($0.isAlive || !$0.isFenced)
        }
        guard !asked.isEmpty, let event = nextBarrier(asked, path, pending.generation) else {
            return
        }
        let proposal = BarrierProposal(
            fence: input.fence,
            generation: pending.generation,
            barrier: event,
            thresholdPPM: pending.thresholdPPM,
            base: log.entries.last?.generation ?? 0
        )
        var payload = EventPayload()
        payload.generation = proposal.generation
        payload.barrier = Int(proposal.barrier)
        payload.weightPPM = proposal.thresholdPPM
        try commit(machine.note(.barrierProposed, payload, rules, facts: facts), input, &actions)
        let routers = Set(asked.map(\.id))
        lastProposal = proposal
        barrier = ProposedBarrier(
            quorum: BarrierQuorum(proposal, routers: routers),
            routers: routers,
            sinceMs: input.clock.monotonicMs
        )
        actions.append(.propose(proposal))
    }

    /// The event time to propose: by the plan's margin behind everything that routers have processed.
    ///
    /// It is the beginning where they have processed nothing, and nil where event time is so far in the future
    /// that no barrier fits.
    ///
    /// Behind the last one that was proposed for the generation, too: routers take the same one for an old message.
    private func nextBarrier(
        _ routers: [RouterStatus],
        _ path: AdapterDescription,
        _ generation: Int
    ) -> Int64? {
        let postponed = lastProposal.flatMap { $0.generation == generation ? $0.barrier : nil }
        let seen =
            routers.compactMap(\.maximumEventTime) + [refusedMaximum, postponed].compactMap(\.self)
        guard let maximum = seen.max() else { return RouteLog.beginning }
        let scale = path.eventTimePerMillisecond
        let size = Int64(plan.unit.window?.sizeMs ?? 1) * scale
        let slide = Int64(plan.unit.window?.slideMs ?? plan.unit.window?.sizeMs ?? 1) * scale
        let barrier = BarrierQuorum.barrier(
            after: maximum,
            margin: Int64(plan.routing.barrierMarginWindows) * size,
            slide: slide
        )
        return barrier.flatMap { $0 <= -RouteLog.beginning ? $0 : nil }
    }
}
