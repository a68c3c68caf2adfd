/// The table: what happens by itself.
extension Situation {
    /// The transition that is due without a command.
    func unprompted() -> Transition? {
        switch state.phase {
        case .draft: validation()
        case .ready: facts.isScheduleDue && facts.busyWith == nil ? start() : nil
        case .running: expiredPolicy() ?? stageTransition()
        case .paused: state.stageState == .shifting ? shiftOutcome() : nil
        case .finalizing: plan.finalize.commit == .auto && commitObstacle() == nil ? commit() : nil
        case .rollingBack: rollbackOutcome()
        case .stuck, .completed, .rolledBack, .cancelled: nil
        }
    }

    private func validation() -> Transition? {
        guard facts.lintErrors.isEmpty, facts.adaptersAnswer,
            plan.compatibility?.isComplete ?? true, let hash = facts.draftPlanHash
        else { return nil }
        var payload = EventPayload()
        payload.plan = hash
        return transition(.t1, .planValidated, payload)
    }

    func start() -> Transition {
        var payload = EventPayload()
        payload.stage = plan.stages.first?.name
        payload.generation = max(state.generation, facts.targetGeneration)
        payload.weightPPM = 0
        return transition(.t2, .migrationStarted, payload)
    }

    private func stageTransition() -> Transition? {
        switch state.stageState {
        case .preflight: preflightObstacle().map { hold(.t3h, $0) } ?? shift()
        case .shifting: shiftOutcome()
        case .warming: warmupOutcome()
        case .observing: evaluation()
        case .deciding: decision()
        case .holding: holdOutcome()
        case .passed: promotion()
        case .pending, .failed, nil: nil
        }
    }

    private func shift() -> Transition {
        var payload = stagePayload()
        let generation = nextGeneration
        let order = RouteOrder(
            generation: generation,
            stage: state.stageIndex,
            of: plan,
            isRollback: false
        )
        payload.generation = generation
        payload.weightPPM = order.thresholdPPM
        payload.shadowPPM = order.shadowPPM
        let needsBarrier = plan.unit.kind == .keyWindow
        return transition(
            .t3,
            .stageShiftIntended,
            payload,
            intents: [needsBarrier ? .propose(order) : .publish(order)]
        )
    }

    /// What becomes of a shift under way; also while paused.
    private func shiftOutcome() -> Transition? {
        if allAcked(state.generation) {
            var payload = stagePayload()
            payload.generation = state.generation
            payload.weightPPM = stage?.thresholdPPM
            let needsBarrier = plan.unit.kind == .keyWindow
            return transition(
                .t4,
                .routeActivated,
                payload,
                intents: needsBarrier ? [.activate(generation: state.generation)] : []
            )
        }
        guard progress.sinceTransitionMs >= settings.ackDeadlineMs else { return nil }
        return rollBack(.t5, to: state.activeStage, trigger: "acknowledgement timeout")
    }

    private func warmupOutcome() -> Transition? {
        guard let stage, progress.warmupMs >= stage.warmupMs else { return nil }
        var payload = stagePayload()
        payload.generation = state.generation
        return transition(
            .t6,
            .stageObserving,
            payload,
            intents: [.startEvidence(stage: stage.name, generation: state.stageGeneration)]
        )
    }

    private func evaluation() -> Transition? {
        guard let stage else { return nil }
        let isReady = soakIsComplete && evidence.verdict == .pass
        guard isReady || isOverAge else { return nil }
        return transition(
            .t7,
            .stageEvaluated,
            verdictPayload(),
            intents: [.evaluate(stage: stage.name)]
        )
    }

    private func decision() -> Transition {
        if let obstacle = passObstacle() { return hold(.t9, obstacle) }
        var payload = verdictPayload()
        payload.generation = state.generation
        payload.plan = state.planHash
        return transition(.t8, .stagePassed, payload)
    }

    private func holdOutcome() -> Transition? {
        guard let hold = state.hold else { return nil }
        let isPreflight = hold.from == .preflight
        guard let obstacle = isPreflight ? preflightObstacle() : passObstacle() else {
            return resume(from: hold)
        }
        // Another cause has taken the first one's place: people are told what is waited for now.
        let isSame = obstacle.reason == hold.reason && obstacle.detail == hold.detail
        return isSame ? nil : self.hold(isPreflight ? .t3h : .t9, obstacle)
    }

    private func promotion() -> Transition? {
        guard let index = state.stageIndex, let stage else { return nil }
        if index + 1 < plan.stages.count {
            var payload = EventPayload()
            payload.stage = plan.stages[index + 1].name
            payload.stageIndex = index + 1
            let text = "\(state.name): \(stage.name) passed, \(plan.stages[index + 1].name) is next"
            return transition(
                .t11,
                .stagePromoted,
                payload,
                intents: notification(.promoted, text)
            )
        }
        // A last stage that leaves units on the primary is a lint error; it ends nothing here.
        guard stage.thresholdPPM == 1_000_000 else { return nil }
        return transition(
            .t12,
            .migrationFinalizing,
            stagePayload(),
            intents: [.openReverseWindow(milliseconds: plan.finalize.reverseWindowMs)]
        )
    }

    /// The point of no return.
    func commit() -> Transition {
        transition(
            .t13,
            .migrationCommitted,
            stagePayload(),
            intents: plan.finalize.onCommit.map { .runHook($0) }
                + notification(.completed, "\(state.name): completed")
        )
    }

    func hold(_ rule: TransitionRule, _ obstacle: Hold) -> Transition {
        var payload = stagePayload()
        payload.reason = obstacle.reason.rawValue
        payload.detail = obstacle.detail
        payload.from = obstacle.from
        let text = "\(state.name): holding for \(obstacle.reason.rawValue): \(obstacle.detail)"
        return transition(rule, .stageHeld, payload, intents: notification(.hold, text))
    }

    /// Ends a hold; the stage goes where it came from.
    func resume(
        from hold: Hold,
        extensionMs: Int? = nil,
        skippingSoak: Bool? = nil,
        reason: HoldReason? = nil
    ) -> Transition {
        var payload = stagePayload()
        payload.from = hold.from
        payload.extensionMs = extensionMs
        payload.isSoakSkipped = skippingSoak
        payload.reason = reason?.rawValue
        return transition(
            hold.from == .preflight ? .t3h : .t10,
            .stageResumed,
            payload
        )
    }

    func verdictPayload() -> EventPayload {
        var payload = stagePayload()
        payload.generation = state.generation
        payload.verdict = evidence.verdict
        payload.soakMs = progress.soakMs
        payload.units = progress.soakUnits
        return payload
    }
}
