/// What people ask for.
extension Situation {
    enum Outcome {
        case moves(Transition)
        case alreadySo
        case refused(Refusal)
    }

    func obey(_ command: Command) -> Outcome {
        switch command.verb {
        case .start: obeyStart()
        case .promote(let skipSoak, let confirmation):
            state.phase == .finalizing
                ? obeyCommit(confirmation) : obeyPromote(skipSoak: skipSoak)
        case .pause: obeyPause()
        case .resume: obeyResume()
        case .hold: obeyHold()
        case .abort: obeyAbort()
        case .rollback(let place): obeyRollback(place)
        case .retry(let how): obeyRetry(how, command)
        case .approve(let subject): obeyWord(.approvalGranted, subject, command)
        case .deny(let subject): obeyWord(.approvalDenied, subject, command)
        case .extend(let milliseconds): obeyExtension(milliseconds)
        case .amend(let amended, let hash): obeyAmendment(amended, hash, command)
        }
    }

    private func obeyStart() -> Outcome {
        if state.phase.isActive { return .alreadySo }
        guard state.phase == .ready else { return wrongPhase() }
        if let other = facts.busyWith {
            return .refused(
                Refusal(
                    .targetBusy,
                    "\(other) is active on \(state.target)",
                    remedy: "finish or abort it first"
                )
            )
        }
        return .moves(start())
    }

    /// Whether the stage collects evidence, held or not.
    var isWatched: Bool {
        state.stageState == .observing || state.hold?.from == .observing
    }

    /// Skips the rest of the soak; a gate is never skipped.
    private func obeyPromote(skipSoak: Bool) -> Outcome {
        guard state.phase == .running, isWatched else { return wrongPhase() }
        if evidence.verdict != .pass {
            return .refused(
                Refusal(
                    .noEvidence,
                    "the checks of stage \(stage?.name ?? "") say \(evidence.verdict.rawValue)",
                    remedy: "wait until every gate passes, or abort"
                )
            )
        }
        if soakIsComplete { return .alreadySo }
        guard skipSoak else {
            return .refused(
                Refusal(
                    .noEvidence,
                    "the soak has \(progress.soakMs) ms and \(progress.soakUnits) units",
                    remedy: "wait, or skip the rest with --skip-soak"
                )
            )
        }
        if let hold = state.hold { return .moves(resume(from: hold, skippingSoak: true)) }
        var payload = verdictPayload()
        payload.isSoakSkipped = true
        payload.reason = obeying?.reason
        return .moves(transition(.t7, .stageEvaluated, payload))
    }

    private func obeyCommit(_ confirmation: String?) -> Outcome {
        guard confirmation == state.name else {
            return .refused(
                Refusal(
                    .phase,
                    "a commit cannot be taken back",
                    remedy: "confirm it with --confirm \(state.name)"
                )
            )
        }
        if let obstacle = commitObstacle() {
            let isPath = !facts.reversePath.isPassed
            return .refused(
                Refusal(
                    isPath ? .reversePath : .phase,
                    obstacle,
                    remedy: "wait for it, or abort"
                )
            )
        }
        return .moves(commit())
    }

    private func obeyPause() -> Outcome {
        if state.phase == .paused { return .alreadySo }
        guard state.phase == .running else { return wrongPhase() }
        return .moves(transition(.t17, .migrationPaused, reasonPayload()))
    }

    private func obeyResume() -> Outcome {
        switch state.phase {
        case .paused: return leavePause()
        case .running:
            guard state.isHeldByOperator else { return .alreadySo }
            if let hold = state.hold { return .moves(resume(from: hold, reason: .operator)) }
            var payload = stagePayload()
            payload.reason = HoldReason.operator.rawValue
            return .moves(transition(.t10, .stageResumed, payload))
        default: return wrongPhase()
        }
    }

    private func leavePause() -> Outcome {
        let rest = plan.rollback.cooldownMs - progress.sinceTransitionMs
        if state.awaitsRestart, rest > 0 {
            return .refused(
                Refusal(
                    .phase,
                    "the cooldown after the rollback lasts \(rest) ms more",
                    remedy: "resume after it"
                )
            )
        }
        return .moves(transition(.t17, .migrationResumed, reasonPayload()))
    }

    private func obeyHold() -> Outcome {
        guard state.phase == .running else { return wrongPhase() }
        if state.isHeldByOperator { return .alreadySo }
        switch state.stageState {
        case .preflight: return .moves(hold(.t3h, Hold(.operator, "hold", from: .preflight)))
        case .observing, .deciding:
            return .moves(hold(.t9, Hold(.operator, "hold", from: .observing)))
        case .holding:
            let from = state.hold?.from ?? .observing
            let rule: TransitionRule = from == .preflight ? .t3h : .t9
            return .moves(hold(rule, Hold(.operator, "hold", from: from)))
        default:
            // A shift under way ends first; the word is remembered.
            var payload = reasonPayload()
            payload.reason = HoldReason.operator.rawValue
            return .moves(transition(.t9, .stageHeld, payload))
        }
    }

    private func obeyAbort() -> Outcome {
        switch state.phase {
        case .draft, .ready:
            return .moves(transition(.t19, .migrationCancelled, reasonPayload()))
        case .cancelled, .rolledBack: return .alreadySo
        case .completed: return wrongPhase()
        case .running, .paused, .finalizing, .rollingBack, .stuck:
            return deepen(to: nil, trigger: "abort").map { .moves($0) } ?? .alreadySo
        }
    }

    private func obeyRollback(_ place: String) -> Outcome {
        guard state.phase.isActive else { return wrongPhase() }
        if place == "baseline" { return obeyAbort() }
        guard let index = plan.stageIndex(place), isEarlier(index) else {
            let active = state.activeStage.map { plan.stages[$0].name } ?? "baseline"
            return .refused(
                Refusal(
                    .phase,
                    "\(place) is no stage before the active one, \(active)",
                    remedy: "name an earlier stage, or baseline"
                )
            )
        }
        return deepen(to: index, trigger: "rollback command").map { .moves($0) } ?? .alreadySo
    }

    private func obeyRetry(_ how: Command.Retry, _ command: Command) -> Outcome {
        if state.rollback?.isRetried == true { return .alreadySo }
        if state.phase == .rolledBack {
            return .refused(
                Refusal(
                    .phase,
                    "attempt \(state.attempt) of \(state.name) has come back already",
                    remedy: "make the next attempt"
                )
            )
        }
        guard state.phase == .stuck else { return wrongPhase() }
        if how == .plain, let router = requiredRouters.first(where: \.isAhead) {
            return .refused(
                Refusal(
                    .routerAhead,
                    "router \(router.id) obeys a generation that this journal never gave out",
                    remedy: "the journal is an old copy: go on above what was seen with --adopt"
                )
            )
        }
        if case .withoutRouter(let id) = how,
            !facts.routers.contains(where: { $0.id == id && $0.isFenced })
        {
            return .refused(
                Refusal(
                    .phase,
                    "router \(id) is unknown, or could still write to the sink",
                    remedy: "fence its writes first"
                )
            )
        }
        return .moves(retry(how, reason: command.reason))
    }

    /// Records a word; after a rollback to a stage an approval also resumes.
    private func obeyWord(_ type: EventType, _ subject: String, _ command: Command) -> Outcome {
        guard !state.phase.isTerminal, state.phase != .draft else { return wrongPhase() }
        if let unknown = unknownSubject(subject) { return .refused(unknown) }
        if type == .approvalGranted, state.phase == .paused, state.awaitsRestart {
            return leavePause()
        }
        var payload = EventPayload()
        payload.subject = subject
        payload.plan = state.planHash
        payload.reason = command.reason
        return .moves(transition(nil, type, payload))
    }

    private func obeyExtension(_ milliseconds: Int) -> Outcome {
        guard state.phase == .running, let hold = state.hold, hold.reason == .inconclusive,
            hold.from == .observing, milliseconds > 0
        else { return wrongPhase() }
        return .moves(resume(from: hold, extensionMs: milliseconds))
    }

    private func obeyAmendment(
        _ amended: MigrationPlan,
        _ hash: String,
        _ command: Command
    ) -> Outcome {
        guard state.phase == .running else { return wrongPhase() }
        if hash == state.planHash { return .alreadySo }
        switch PlanAmendment(from: plan, to: amended, currentStage: state.stageIndex ?? 0) {
        case .refused(let problem):
            return .refused(
                Refusal(.plan, problem, remedy: "amend stages that have not begun, or retry anew")
            )
        case .loosening(let change):
            guard isApproved(hash), !command.reason.isEmpty else {
                return .refused(
                    Refusal(
                        .approvalStale,
                        "\(change), which loosens the plan",
                        remedy: "give a reason, and have \(hash) approved"
                    )
                )
            }
        case .tightening: break
        }
        var payload = reasonPayload()
        payload.plan = hash
        return .moves(transition(.t18, .planAmended, payload))
    }

    private func reasonPayload() -> EventPayload {
        var payload = stagePayload()
        if let obeying, !obeying.reason.isEmpty { payload.reason = obeying.reason }
        return payload
    }
}
