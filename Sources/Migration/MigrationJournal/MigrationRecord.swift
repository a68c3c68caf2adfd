internal import Failures
package import JSON
internal import SQLite

/// What a migration is, from its creation to its end.
package struct MigrationIdentity: Sendable, Hashable {
    /// Of one attempt: `flights-demo-1`.
    package var id: String
    /// As the plan names it; attempts share it.
    package var name: String
    package var target: String
    /// 1 for the first attempt.
    package var attempt: Int
    package var salt: String

    package init(id: String, name: String, target: String, attempt: Int, salt: String) {
        self.id = id
        self.name = name
        self.target = target
        self.attempt = attempt
        self.salt = salt
    }

    /// The members that a first event should carry, so that the chain covers them.
    package var json: JSONObject {
        [
            "name": JSONValue(name), "target": JSONValue(target), "attempt": JSONValue(attempt),
            "salt": JSONValue(salt),
        ]
    }
}

/// Where a migration stands: what its events fold to.
package struct MigrationState: Sendable, Hashable {
    package var planHash: String
    package var phase: String
    package var stageIndex: Int
    package var stageState: String
    /// Of the target's route table that this migration published or proposed last; 0 before.
    package var generation: Int
    package var holdReason: String?
    package var holdDetail: String?

    /// A migration before its first event.
    package init(
        planHash: String,
        phase: String = "draft",
        stageIndex: Int = 0,
        stageState: String = "pending",
        generation: Int = 0,
        holdReason: String? = nil,
        holdDetail: String? = nil
    ) {
        self.planHash = planHash
        self.phase = phase
        self.stageIndex = stageIndex
        self.stageState = stageState
        self.generation = generation
        self.holdReason = holdReason
        self.holdDetail = holdDetail
    }
}

/// A row of `migrations`.
package struct MigrationRecord: Sendable, Hashable {
    package let identity: MigrationIdentity
    package var state: MigrationState
    /// Of the lease under which it was changed last.
    package var fence: Int
    /// Number of its last event; 0 before the first.
    package var seq: Int
    /// Hash of its last event.
    package var head: String
    package var updatedAt: String

    package var id: String { identity.id }
    package var generation: Int { state.generation }

    /// Phases in which a migration holds its target.
    package static let activePhases = ["running", "paused", "finalizing", "rolling-back", "stuck"]
    /// Phases that nothing leaves.
    package static let terminalPhases = ["completed", "rolled-back", "cancelled"]

    package var isActive: Bool { Self.activePhases.contains(state.phase) }
    package var isTerminal: Bool { Self.terminalPhases.contains(state.phase) }

    init(_ row: SQLiteRow) throws(Failure) {
        identity = MigrationIdentity(
            id: try row.text("id"),
            name: try row.text("name"),
            target: try row.text("target"),
            attempt: try row.integer("attempt"),
            salt: try row.text("salt")
        )
        state = MigrationState(
            planHash: try row.text("plan_hash"),
            phase: try row.text("phase"),
            stageIndex: try row.integer("stage_index"),
            stageState: try row.text("stage_state"),
            generation: try row.integer("generation"),
            holdReason: try row.optionalText("hold_reason"),
            holdDetail: try row.optionalText("hold_detail")
        )
        fence = try row.integer("fence")
        seq = try row.integer("seq")
        head = try row.text("head")
        updatedAt = try row.text("updated_at")
    }
}
