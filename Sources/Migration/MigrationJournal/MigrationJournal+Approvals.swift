package import Failures
internal import SQLite

/// What somebody decided about a stage; it holds for one plan, stage and generation.
package struct ApprovalRecord: Sendable, Hashable {
    package enum Decision: String, Sendable, Hashable {
        case granted
        case denied
    }

    package var planHash: String
    package var stage: String
    package var generation: Int
    package var actor: String
    package var decision: Decision
    package var reason: String
    package var expiresAt: JournalTime?

    package init(
        planHash: String,
        stage: String,
        generation: Int,
        actor: String,
        decision: Decision,
        reason: String,
        expiresAt: JournalTime? = nil
    ) {
        self.planHash = planHash
        self.stage = stage
        self.generation = generation
        self.actor = actor
        self.decision = decision
        self.reason = reason
        self.expiresAt = expiresAt
    }
}

/// What a request with a key was answered the first time.
package enum RememberedResponse: Sendable, Hashable {
    /// The key is new.
    case none
    case same(response: String)
    /// The key came with another request.
    case conflict
}

/// Approvals, cohorts, mismatches and remembered answers.
extension MigrationJournal {
    private static let insertApproval = SQLiteStatement(
        "approval.insert",
        """
        INSERT INTO approvals(migration_id, plan_hash, stage, generation, actor, decision, reason,
            expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """
    )
    private static let getApprovals = SQLiteStatement(
        "approval.list",
        """
        SELECT plan_hash, stage, generation, actor, decision, reason, expires_at FROM approvals
        WHERE migration_id = ?1 ORDER BY id
        """
    )
    private static let getResponse = SQLiteStatement(
        "idempotency.get",
        "SELECT request_hash, response FROM idempotency WHERE key = ?1 AND expires_at > ?2"
    )
    private static let setResponse = SQLiteStatement(
        "idempotency.set",
        """
        INSERT INTO idempotency(key, request_hash, response, expires_at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT(key) DO UPDATE SET request_hash = excluded.request_hash,
            response = excluded.response, expires_at = excluded.expires_at
        """
    )
    private static let sweepResponses = SQLiteStatement(
        "idempotency.sweep",
        "DELETE FROM idempotency WHERE expires_at <= ?1"
    )

    package func add(_ approval: ApprovalRecord, to migration: String) throws(Failure) {
        try write { (_) throws(Failure) in
            try connection.execute(
                Self.insertApproval,
                SQLiteValue(migration),
                SQLiteValue(approval.planHash),
                SQLiteValue(approval.stage),
                SQLiteValue(approval.generation),
                SQLiteValue(approval.actor),
                SQLiteValue(approval.decision.rawValue),
                SQLiteValue(approval.reason),
                approval.expiresAt.map { .integer($0.milliseconds) } ?? .null
            )
        }
    }

    /// Every decision about a migration, oldest first; the rules tell which still hold.
    package func approvals(of migration: String) throws(Failure) -> [ApprovalRecord] {
        var approvals: [ApprovalRecord] = []
        for row in try connection.rows(Self.getApprovals, SQLiteValue(migration)) {
            let name = try row.text("decision")
            guard let decision = ApprovalRecord.Decision(rawValue: name) else {
                throw JournalFailure.newer("an approval of \(migration) is of unknown kind \(name)")
            }
            approvals.append(
                ApprovalRecord(
                    planHash: try row.text("plan_hash"),
                    stage: try row.text("stage"),
                    generation: try row.integer("generation"),
                    actor: try row.text("actor"),
                    decision: decision,
                    reason: try row.text("reason"),
                    expiresAt: try row.optionalInteger("expires_at").map {
                        JournalTime(milliseconds: Int64($0))
                    }
                )
            )
        }
        return approvals
    }

    /// What the request with `key` was answered, while that is remembered.
    package func response(
        to key: String,
        requestHash: String,
        at now: JournalTime
    ) throws(Failure) -> RememberedResponse {
        let rows = try connection.rows(
            Self.getResponse,
            SQLiteValue(key),
            .integer(now.milliseconds)
        )
        guard let row = rows.first else { return .none }
        guard try row.text("request_hash") == requestHash else { return .conflict }
        return .same(response: try row.text("response"))
    }

    /// Remembers an answer until `expiry`, and forgets those whose time is over.
    package func remember(
        _ response: String,
        to key: String,
        requestHash: String,
        at now: JournalTime,
        until expiry: JournalTime
    ) throws(Failure) {
        try write { (_) throws(Failure) in
            try connection.execute(Self.sweepResponses, .integer(now.milliseconds))
            try connection.execute(
                Self.setResponse,
                SQLiteValue(key),
                SQLiteValue(requestHash),
                SQLiteValue(response),
                .integer(expiry.milliseconds)
            )
        }
    }
}
