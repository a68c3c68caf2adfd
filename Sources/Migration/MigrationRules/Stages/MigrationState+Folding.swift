/// An event that cannot follow the state: the journal is damaged, or belongs to another migration.
package struct IllegalEvent: Error, Sendable, Hashable, CustomStringConvertible {
    package var type: EventType
    package var seq: Int
    package var phase: Phase
    package var stageState: StageState?
    package var problem: String

    package var description: String {
        let stage = stageState.map { "/\($0.rawValue)" } ?? ""
        return "event \(seq) \(type.rawValue) cannot follow \(phase.rawValue)\(stage): \(problem)"
    }
}

extension MigrationState {
    /// The state after a journal.
    ///
    /// - Parameters:
    ///   - events: all of them, from the first.
    ///   - draft: what the migration was created as.
    /// - Returns: the state that the live machine was in after the last event.
    /// - Throws: ``IllegalEvent`` where an event cannot follow.
    package static func replaying(
        _ events: some Sequence<MigrationEvent>,
        from draft: MigrationState
    ) throws(IllegalEvent) -> MigrationState {
        var state = draft
        for event in events { try state.apply(event) }
        return state
    }

    /// Takes in one event; everything that changes is in the event itself.
    package mutating func apply(_ event: MigrationEvent) throws(IllegalEvent) {
        guard event.seq == seq + 1 else {
            throw illegal(event, "the last event has number \(seq)")
        }
        guard event.fence >= fence else {
            throw illegal(event, "its fence \(event.fence) is below \(fence)")
        }
        guard !phase.isTerminal || event.type.isNote else {
            throw illegal(event, "nothing follows this phase")
        }
        if let generation = event.payload.generation, generation < self.generation {
            throw illegal(event, "its generation \(generation) is below \(self.generation)")
        }
        var next = self
        try next.fold(event)
        next.generation = max(generation, event.payload.generation ?? 0)
        next.seq = event.seq
        next.fence = event.fence
        next.updatedAtMs = event.atMs
        self = next
    }

    private mutating func fold(_ event: MigrationEvent) throws(IllegalEvent) {
        switch event.type {
        case .planValidated: try foldValidation(event)
        case .migrationStarted, .migrationPaused, .migrationResumed, .migrationCancelled,
            .migrationFinalizing, .migrationCommitted, .planAmended:
            try foldPhase(event)
        case .stageShiftIntended, .routeActivated, .stageObserving, .stageEvaluated, .stagePassed,
            .stagePromoted:
            try foldStage(event)
        case .stageHeld, .stageResumed: try foldHold(event)
        case .routeAckTimeout, .rollbackStarted: try foldRollbackStart(event)
        case .rollbackCompleted, .rollbackStuck, .rollbackRetried, .rollbackForced,
            .rollbackAdopted:
            try foldRollback(event)
        default: precondition(event.type.isNote, "every event that moves the state is folded")
        }
    }

    private mutating func foldValidation(_ event: MigrationEvent) throws(IllegalEvent) {
        try require(event, phase == .draft)
        guard let plan = event.payload.plan else { throw illegal(event, "it names no plan") }
        planHash = plan
        phase = .ready
    }

    private mutating func foldPhase(_ event: MigrationEvent) throws(IllegalEvent) {
        switch event.type {
        case .migrationStarted:
            try require(event, phase == .ready)
            phase = .running
            stageIndex = 0
            stageState = .preflight
        case .migrationPaused:
            try require(event, phase == .running)
            phase = .paused
        case .migrationResumed:
            try require(event, phase == .paused)
            phase = .running
            awaitsRestart = false
            isHeldByOperator = false
        case .migrationCancelled:
            try require(event, phase == .draft || phase == .ready)
            phase = .cancelled
        case .migrationFinalizing:
            try require(event, phase == .running && stageState == .passed)
            phase = .finalizing
        case .migrationCommitted:
            try require(event, phase == .finalizing)
            phase = .completed
        default:
            try require(event, phase == .running)
            guard let plan = event.payload.plan else { throw illegal(event, "it names no plan") }
            planHash = plan
        }
    }

    private mutating func foldStage(_ event: MigrationEvent) throws(IllegalEvent) {
        // A shift that was under way when somebody paused is completed.
        let completesShift = event.type == .routeActivated && phase == .paused
        try require(event, phase == .running || completesShift)
        switch event.type {
        case .stageShiftIntended:
            try require(event, stageState == .preflight)
            stageState = .shifting
        case .routeActivated:
            try require(event, stageState == .shifting)
            guard let generation = event.payload.generation else {
                throw illegal(event, "it names no generation")
            }
            stageState = .warming
            stageGeneration = generation
            activeStage = stageIndex
        case .stageObserving:
            try require(event, stageState == .warming)
            stageState = .observing
        case .stageEvaluated:
            try require(event, stageState == .observing)
            stageState = .deciding
            isSoakSkipped = isSoakSkipped || event.payload.isSoakSkipped == true
        case .stagePassed:
            try require(event, stageState == .deciding)
            stageState = .passed
        default:
            try require(event, stageState == .passed)
            stageIndex = (stageIndex ?? 0) + 1
            stageState = .preflight
            isSoakSkipped = false
            extensionMs = 0
        }
    }

    private mutating func foldHold(_ event: MigrationEvent) throws(IllegalEvent) {
        try require(event, phase == .running)
        let payload = event.payload
        if event.type == .stageHeld {
            guard let reason = payload.reason.flatMap(HoldReason.init(rawValue:)) else {
                throw illegal(event, "it gives no reason")
            }
            if reason == .operator { isHeldByOperator = true }
            guard let from = payload.from else { return }
            try require(event, [.preflight, .observing, .deciding, .holding].contains(stageState))
            stageState = .holding
            hold = Hold(reason, payload.detail ?? "", from: from)
            return
        }
        if payload.reason == HoldReason.operator.rawValue { isHeldByOperator = false }
        extensionMs += payload.extensionMs ?? 0
        isSoakSkipped = isSoakSkipped || payload.isSoakSkipped == true
        guard let from = payload.from else { return }
        try require(event, stageState == .holding && hold?.from == from)
        stageState = from
        hold = nil
    }

    private mutating func foldRollbackStart(_ event: MigrationEvent) throws(IllegalEvent) {
        let goal = event.payload.to
        if event.type == .routeAckTimeout {
            let isShifting = (phase == .running || phase == .paused) && stageState == .shifting
            try require(event, isShifting)
        } else if let rollback {
            // Under way already: it can only go deeper.
            try require(event, phase == .rollingBack || phase == .stuck)
            let isDeeper = rollback.stage.map { stage in goal.map { $0 < stage } ?? true } ?? false
            guard isDeeper else { throw illegal(event, "it does not lead deeper") }
        } else {
            try require(event, phase.canBeginRollback)
        }
        guard let generation = event.payload.generation, generation > self.generation else {
            throw illegal(event, "a rollback takes a generation of its own")
        }
        phase = .rollingBack
        stageState = .failed
        hold = nil
        isHeldByOperator = false
        awaitsRestart = false
        rollback = RollbackState(
            to: goal,
            trigger: event.payload.trigger ?? "",
            generation: generation
        )
    }

    private mutating func foldRollback(_ event: MigrationEvent) throws(IllegalEvent) {
        guard let rollback else { throw illegal(event, "no rollback is under way") }
        switch event.type {
        case .rollbackCompleted:
            try require(event, phase == .rollingBack)
            stageGeneration = rollback.generation
            activeStage = rollback.stage
            self.rollback = nil
            isSoakSkipped = false
            extensionMs = 0
            guard let stage = rollback.stage else {
                phase = .rolledBack
                return
            }
            phase = .paused
            stageIndex = stage
            stageState = .warming
            awaitsRestart = true
        case .rollbackStuck:
            try require(event, phase == .rollingBack)
            phase = .stuck
            self.rollback?.isRetried = false
        default:
            try require(event, phase == .stuck)
            phase = .rollingBack
            self.rollback?.isRetried = true
            if event.type == .rollbackForced, let router = event.payload.router {
                excludedRouters = Array(Set(excludedRouters + [router])).sorted()
            }
            if event.type == .rollbackAdopted, let generation = event.payload.generation {
                self.rollback?.generation = generation
            }
        }
    }

    private func require(_ event: MigrationEvent, _ holds: Bool) throws(IllegalEvent) {
        guard holds else { throw illegal(event, "the table has no such transition") }
    }

    private func illegal(_ event: MigrationEvent, _ problem: String) -> IllegalEvent {
        IllegalEvent(
            type: event.type,
            seq: event.seq,
            phase: phase,
            stageState: stageState,
            problem: problem
        )
    }
}
