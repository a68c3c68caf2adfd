/// The rules by which a migration moves: a pure function of state, plan, progress and facts.
///
/// 1. A step gives at most one transition, with exactly one event; the state after it is the fold of that
///    event and of nothing else.
/// 2. Within a step violations come first, then guards, then an abort, then other commands; a paused
///    migration ends there, except that a shift under way is completed or undone; the table comes last.
/// 3. A timer holds or rolls back. Only a pass verdict under the present plan and generation promotes.
/// 4. Without the lease nothing happens.
package struct StageMachine: Sendable {
    package var settings: MachineSettings
    /// Who acts where nobody gave a command: `controller:c1`.
    package var actor: String

    package init(settings: MachineSettings = MachineSettings(), actor: String) {
        self.settings = settings
        self.actor = actor
    }

    /// One step.
    ///
    /// - Parameters:
    ///   - state: the state after the last event.
    ///   - progress: what the last step gave.
    ///   - plan: the plan whose hash is the state's.
    ///   - facts: a snapshot of the world.
    /// - Returns: the progress to keep, a transition to commit, and the answer to the command.
    package func step(
        _ state: MigrationState,
        _ progress: StageProgress,
        plan: MigrationPlan,
        facts: MigrationFacts
    ) -> MachineStep {
        guard facts.holdsLease, facts.fence >= state.fence else {
            return MachineStep(progress: progress)
        }
        var progress = progress
        progress.advance(state, plan, facts, settings)
        let situation = Situation(
            state: state,
            plan: plan,
            facts: facts,
            progress: progress,
            settings: settings,
            actor: actor
        )
        let (transition, reply) = decide(situation)
        if let transition {
            progress.follow(
                transition.event.type,
                restartsStage: transition.rule == .t15s
            )
        }
        return MachineStep(progress: progress, transition: transition, reply: reply)
    }

    /// A note for the journal, such as `barrier.proposed`: it moves neither phase nor stage.
    ///
    /// - Parameters:
    ///   - type: an event that is a note.
    ///   - payload: what it tells; a generation in it is taken over.
    ///   - state: the state after the last event.
    ///   - facts: clock and fence.
    /// - Returns: a transition without a rule.
    package func note(
        _ type: EventType,
        _ payload: EventPayload,
        _ state: MigrationState,
        facts: MigrationFacts
    ) -> Transition {
        precondition(type.isNote, "\(type.rawValue) is no note")
        let situation = Situation(
            state: state,
            plan: MigrationPlan(),
            facts: facts,
            progress: StageProgress(),
            settings: settings,
            actor: actor
        )
        return situation.transition(nil, type, payload)
    }

    private func decide(_ now: Situation) -> (Transition?, MachineStep.Reply?) {
        if let forced = now.forcedRollback() {
            // An abort wants no more than a way to the baseline; anything else waits for its turn.
            let isObeyed = now.facts.command?.verb == .abort && forced.state.rollback?.stage == nil
            return (forced, isObeyed ? .done : nil)
        }
        if let command = now.facts.command {
            // A retry finds out first whether there is something to be retried.
            if case .retry = command.verb, now.state.phase == .rollingBack,
                let outcome = now.rollbackOutcome(), outcome.rule == .t16
            {
                return (outcome, nil)
            }
            var asked = now
            asked.obeying = command
            switch asked.obey(command) {
            case .moves(let transition): return (transition, .done)
            case .refused(let refusal): return (now.unprompted(), .refused(refusal))
            case .alreadySo: return (now.unprompted(), .alreadySo)
            }
        }
        return (now.unprompted(), nil)
    }
}

/// Everything that one decision looks at.
struct Situation {
    let state: MigrationState
    let plan: MigrationPlan
    let facts: MigrationFacts
    let progress: StageProgress
    let settings: MachineSettings
    let actor: String
    /// The command that is being obeyed: its giver and reason go into the event.
    var obeying: Command?

    var evidence: EvidenceReading { EvidenceReading(state, plan, facts, settings) }

    var stage: StagePlan? { state.stageIndex.map { plan.stages[$0] } }

    /// The generation that the next route table takes.
    var nextGeneration: Int { max(state.generation, facts.targetGeneration) + 1 }

    /// Routers whose word is required.
    var requiredRouters: [RouterReading] {
        facts.routers.filter { !state.excludedRouters.contains($0.id) }
    }

    func allAcked(_ generation: Int) -> Bool {
        requiredRouters.allSatisfy { $0.ackedGeneration >= generation }
    }

    /// The event, the state after it, and the intents.
    func transition(
        _ rule: TransitionRule?,
        _ type: EventType,
        _ payload: EventPayload = EventPayload(),
        intents: [Intent] = []
    ) -> Transition {
        let event = MigrationEvent(
            type,
            seq: state.seq + 1,
            atMs: facts.clock.wallMs,
            fence: facts.fence,
            actor: obeying?.actor ?? actor,
            cause: state.seq > 0 ? state.seq : nil,
            payload: payload
        )
        var next = state
        do {
            try next.apply(event)
        } catch {
            preconditionFailure("the machine made an event that cannot follow: \(error)")
        }
        return Transition(rule: rule, event: event, state: next, intents: intents)
    }

    /// A payload that names the current stage.
    func stagePayload() -> EventPayload {
        var payload = EventPayload()
        payload.stage = stage?.name
        payload.stageIndex = state.stageIndex
        return payload
    }

    /// A notification, where the plan wants one.
    func notification(_ occasion: NotifyPlan.Occasion, _ text: String) -> [Intent] {
        plan.notify.contains { $0.on.contains(occasion) } ? [.notify(occasion, text: text)] : []
    }
}
