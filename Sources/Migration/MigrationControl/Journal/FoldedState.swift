internal import Failures
internal import JSON
internal import MigrationJournal
package import MigrationRules

/// The state of a migration with what the row says of it: both are folds of the events.
package struct FoldedState: Hashable, Sendable {
    package private(set) var rules: MigrationRules.MigrationState
    /// The generation of the table that this migration published or proposed last; 0 before.
    package private(set) var publishedGeneration = 0

    /// A migration before its first event.
    init(_ identity: MigrationIdentity) {
        rules = MigrationRules.MigrationState(
            id: identity.id,
            name: identity.name,
            target: identity.target,
            attempt: identity.attempt,
            salt: identity.salt
        )
    }

    /// The state after one event more.
    ///
    /// - Throws: `MIG_JOURNAL_CHAIN` for an event that cannot follow.
    mutating func apply(_ event: MigrationEvent) throws(Failure) {
        do throws(IllegalEvent) {
            try rules.apply(event)
        } catch {
            throw Failure(
                "MIG_JOURNAL_CHAIN",
                blame: .data,
                error.description,
                remedy: "trust nothing from that event on; restore the state folder from a copy"
            )
        }
        follow(event)
    }

    /// The state after a transition that the machine made.
    func after(_ transition: Transition) -> FoldedState {
        var next = self
        next.rules = transition.state
        next.follow(transition.event)
        return next
    }

    private mutating func follow(_ event: MigrationEvent) {
        guard event.type.publishesRoute, let generation = event.payload.generation else { return }
        publishedGeneration = generation
    }

    /// The row; a migration that never had an event has the plan that it was made with.
    func stored(planHash: String) -> StoredState {
        StoredState(
            planHash: rules.planHash.isEmpty ? planHash : rules.planHash,
            phase: rules.phase.rawValue,
            stageIndex: rules.stageIndex ?? 0,
            stageState: rules.stageState?.rawValue ?? StageState.pending.rawValue,
            generation: publishedGeneration,
            holdReason: rules.hold?.reason.rawValue,
            holdDetail: rules.hold?.detail
        )
    }
}

extension EventType {
    /// Whether a route table is committed with the event.
    var publishesRoute: Bool {
        switch self {
        case .stageShiftIntended, .routeAckTimeout, .rollbackStarted, .rollbackAdopted: true
        default: false
        }
    }
}

/// Events between the rules and the journal.
enum EventCoding {
    /// Members of a payload that the rules do not read: identity, and what a verdict is a verdict about.
    private static let extraNames: Set<String> = [
        "attempt", "earlier_fence", "evidence", "name", "salt", "target",
    ]

    static func draft(
        _ event: MigrationEvent,
        binary: String,
        extras: JSONObject
    ) -> EventDraft {
        var payload = event.payload.json.object ?? JSONObject()
        for member in extras.members { payload[member.name] = member.value }
        return EventDraft(
            event.type.rawValue,
            actor: event.actor,
            cause: event.cause,
            at: JournalTime(milliseconds: Int64(event.atMs)),
            binary: binary,
            payload: payload
        )
    }

    /// - Throws: `MIG_JOURNAL_NEWER` for an event that this version does not know.
    static func event(_ stored: JournalEvent) throws(Failure) -> MigrationEvent {
        guard let type = EventType(rawValue: stored.type), let time = JournalTime(stored.at) else {
            throw newer(stored, "is of the unknown type \(stored.type)")
        }
        var known = JSONObject()
        for member in stored.payload.members where !extraNames.contains(member.name) {
            known[member.name] = member.value
        }
        let payload: EventPayload
        do throws(JSONError) {
            payload = try EventPayload(json: JSONValue(known))
        } catch {
            throw newer(stored, "cannot be read: \(error.problem)")
        }
        return MigrationEvent(
            type,
            seq: stored.seq,
            atMs: Int(time.milliseconds),
            fence: stored.fence,
            actor: stored.actor,
            cause: stored.cause,
            payload: payload
        )
    }

    private static func newer(_ event: JournalEvent, _ problem: String) -> Failure {
        Failure(
            "MIG_JOURNAL_NEWER",
            blame: .request,
            "event \(event.seq) of \(event.migration) \(problem)",
            remedy: "use the version of cutover that wrote it, or a later one"
        )
    }
}

extension MigrationPlan {
    /// The plan of a stored normal form.
    ///
    /// - Throws: `MIG_JOURNAL_CHAIN` where it was changed, `MIG_JOURNAL_NEWER` where a later version wrote it.
    static func stored(_ record: PlanRecord) throws(Failure) -> MigrationPlan {
        try MigrationJournal.check(record)
        do throws(JSONError) {
            return try MigrationPlan(json: try JSONValue(parsing: record.normal))
        } catch {
            throw Failure(
                "MIG_JOURNAL_NEWER",
                blame: .request,
                "plan \(record.hash) cannot be read: \(error.problem)",
                remedy: "use the version of cutover that wrote it, or a later one"
            )
        }
    }
}
