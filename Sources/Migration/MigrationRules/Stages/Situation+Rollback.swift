/// Going back: by violation, guard, command, policy or deadline.
extension Situation {
    /// A rollback that nothing can delay: a violation, a lost dependency, a failing guard.
    func forcedRollback() -> Transition? {
        guard state.phase.isActive else { return nil }
        let evidence = evidence
        if let violation = facts.violations.first ?? evidence.violation {
            return deepen(to: nil, trigger: "violation \(violation)")
        }
        guard state.phase.canBeginRollback else { return nil }
        if let name = evidence.failingGuard {
            return rollBack(.t14, to: plannedGoal, trigger: "guard \(name)")
        }
        if let lost = facts.dependencies.first(where: { $0.standing == .rolledBack }) {
            return rollBack(.t14, to: nil, trigger: "dependency \(lost.name) rolled back")
        }
        return nil
    }

    /// A rollback to `goal`, unless one that goes as deep is under way.
    func deepen(to goal: Int?, trigger: String) -> Transition? {
        guard let under = state.rollback else {
            return rollBack(.t14, to: goal, trigger: trigger)
        }
        guard let present = under.stage, goal.map({ $0 < present }) ?? true else { return nil }
        return rollBack(.t14, to: goal, trigger: trigger)
    }

    /// Where the plan sends a failing guard.
    private var plannedGoal: Int? {
        switch plan.rollback.to {
        case .baseline: nil
        case .lastPassed: stageBefore
        case .stage(let name): plan.stageIndex(name).flatMap { isEarlier($0) ? $0 : nil }
        }
    }

    /// The stage before the one whose routes are active: it has passed.
    private var stageBefore: Int? {
        state.activeStage.flatMap { $0 > 0 ? $0 - 1 : nil }
    }

    /// A stage before the one whose routes are active.
    func isEarlier(_ stage: Int) -> Bool { state.activeStage.map { stage < $0 } ?? false }

    /// Publishes the routes of `goal` under a generation of their own.
    func rollBack(_ rule: TransitionRule, to goal: Int?, trigger: String) -> Transition {
        var payload = stagePayload()
        let generation = nextGeneration
        let order = RouteOrder(generation: generation, stage: goal, of: plan, isRollback: true)
        payload.generation = generation
        payload.weightPPM = order.thresholdPPM
        payload.to = goal
        payload.trigger = trigger
        if let obeying, !obeying.reason.isEmpty { payload.reason = obeying.reason }
        let place = goal.map { "stage \(plan.stages[$0].name)" } ?? "baseline"
        var intents: [Intent] = [.cancelForward(below: generation), .publish(order)]
        intents += compensations.map { .compensate(step: $0) }
        intents += plan.rollback.verify.map { .verify($0) }
        intents += notification(.rollback, "\(state.name): rollback to \(place): \(trigger)")
        let type: EventType = rule == .t5 ? .routeAckTimeout : .rollbackStarted
        return transition(rule, type, payload, intents: intents)
    }

    private var compensations: [String] {
        plan.rollback.compensate + (stage?.reversibility.steps ?? [])
    }

    /// A hold that lasted longer than its policy allows.
    func expiredPolicy() -> Transition? {
        guard let stage else { return nil }
        let policies = [
            (stage.onError ?? plan.defaults.onError, progress.errorMs, "error"),
            (stage.onNoData ?? plan.defaults.onNoData, progress.noDataMs, "no-data"),
            (
                stage.onInconclusive ?? plan.defaults.onInconclusive, progress.inconclusiveMs,
                "inconclusive"
            ),
        ]
        for (policy, lasted, name) in policies {
            guard let then = policy.then, lasted > 0, lasted >= policy.holdMs ?? 0 else { continue }
            return rollBack(
                .t14,
                to: then == .rollback ? nil : stageBefore,
                trigger: "hold policy \(name)"
            )
        }
        return nil
    }

    /// No router ever obeyed the migration, so there is nobody to tell and nothing to undo or to verify.
    private var isUntouched: Bool { facts.routers.isEmpty && state.stageGeneration == 0 }

    /// How a rollback under way ends.
    func rollbackOutcome() -> Transition? {
        guard let rollback = state.rollback else { return nil }
        // Whatever is published now is below what such a router obeys: only a person can go above it.
        if let router = requiredRouters.first(where: \.isAhead) {
            return stuck(rollback, router: router.id)
        }
        let isCompensated = compensations.isEmpty || facts.isCompensated || isUntouched
        let isVerified = plan.rollback.verify.isEmpty || facts.isVerified || isUntouched
        if allAcked(rollback.generation), isCompensated, isVerified {
            var payload = EventPayload()
            payload.to = rollback.stage
            payload.stage = rollback.stage.map { plan.stages[$0].name }
            payload.stageIndex = rollback.stage
            payload.generation = state.generation
            let text = "\(state.name): rolled back, \(rollback.trigger)"
            return transition(
                rollback.stage == nil ? .t15 : .t15s,
                .rollbackCompleted,
                payload,
                intents: notification(.rollback, text)
            )
        }
        guard progress.sinceTransitionMs >= plan.rollback.deadlineMs else { return nil }
        let missing = requiredRouters.first { $0.ackedGeneration < rollback.generation }
        return stuck(rollback, router: missing?.id)
    }

    /// A person is needed.
    private func stuck(_ rollback: RollbackState, router: String?) -> Transition {
        var payload = EventPayload()
        payload.generation = state.generation
        payload.router = router
        let text = "\(state.name): rollback is stuck, trigger \(rollback.trigger)"
        return transition(
            .t16,
            .rollbackStuck,
            payload,
            intents: [.page(text: text), .redrive(generation: rollback.generation)]
                + notification(.stuck, text)
        )
    }

    /// A stuck rollback goes on, by a person's word.
    func retry(_ how: Command.Retry, reason: String) -> Transition {
        var payload = EventPayload()
        payload.reason = reason
        let generation = state.rollback?.generation ?? state.generation
        switch how {
        case .plain:
            return transition(
                .t16r,
                .rollbackRetried,
                payload,
                intents: [.redrive(generation: generation)]
            )
        case .withoutRouter(let router):
            payload.router = router
            return transition(
                .t16r,
                .rollbackForced,
                payload,
                intents: [.redrive(generation: generation)]
            )
        case .adopt:
            let adopted = max(nextGeneration, facts.highestSeenGeneration + 1)
            payload.generation = adopted
            let order = RouteOrder(
                generation: adopted,
                stage: state.rollback?.stage,
                of: plan,
                isRollback: true
            )
            return transition(.t16r, .rollbackAdopted, payload, intents: [.publish(order)])
        }
    }
}
