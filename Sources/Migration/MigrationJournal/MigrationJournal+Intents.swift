package import Failures
package import JSON
internal import SQLite

/// Something that has to happen outside, with how far it has come.
package struct IntentRecord: Sendable, Hashable {
    package enum State: String, Sendable, Hashable {
        case pending
        /// Somebody has begun it; after a crash it is begun again.
        case claimed
        case done
        case cancelled
    }

    package let id: Int
    package let migration: String
    /// The event that asked for it.
    package let seq: Int
    package let kind: String
    package let payload: JSONObject
    package let idempotencyKey: String
    package let state: State
    package let attempts: Int
    package let nextAt: JournalTime
    package let lastError: String?

    init(_ row: SQLiteRow) throws(Failure) {
        id = try row.integer("id")
        migration = try row.text("migration_id")
        seq = try row.integer("seq")
        kind = try row.text("kind")
        payload = try MigrationJournal.object(try row.text("payload"))
        idempotencyKey = try row.text("idem_key")
        let name = try row.text("state")
        guard let state = State(rawValue: name) else {
            throw JournalFailure.newer("intent \(id) is in the unknown state \(name)")
        }
        self.state = state
        attempts = try row.integer("attempts")
        nextAt = JournalTime(milliseconds: Int64(try row.integer("next_at")))
        lastError = try row.optionalText("last_error")
    }
}

/// Intents: claimed, performed outside, marked done; every step may be repeated.
extension MigrationJournal {
    private static let columns =
        "id, migration_id, seq, kind, payload, idem_key, state, attempts, next_at, last_error"
    private static let insert = SQLiteStatement(
        "intent.insert",
        """
        INSERT INTO intents(migration_id, seq, kind, payload, idem_key, state, attempts, next_at)
        VALUES (?1, ?2, ?3, ?4, ?5, 'pending', 0, ?6) ON CONFLICT(idem_key) DO NOTHING
        """
    )
    private static let due = SQLiteStatement(
        "intent.due",
        """
        SELECT \(columns) FROM intents WHERE state = 'pending' AND next_at <= ?1
        ORDER BY id LIMIT 1
        """
    )
    private static let claim = SQLiteStatement(
        "intent.claim",
        "UPDATE intents SET state = 'claimed', attempts = attempts + 1 WHERE id = ?1"
    )
    private static let finish = SQLiteStatement(
        "intent.finish",
        """
        UPDATE intents SET state = 'done', last_error = NULL
        WHERE id = ?1 AND state IN ('pending', 'claimed')
        """
    )
    private static let postpone = SQLiteStatement(
        "intent.postpone",
        """
        UPDATE intents SET state = 'pending', next_at = ?2, last_error = ?3
        WHERE id = ?1 AND state = 'claimed'
        """
    )
    private static let cancel = SQLiteStatement(
        "intent.cancel",
        """
        UPDATE intents SET state = 'cancelled'
        WHERE migration_id = ?1 AND kind = ?2 AND state IN ('pending', 'claimed')
        """
    )
    private static let reopen = SQLiteStatement(
        "intent.reopen",
        "UPDATE intents SET state = 'pending', next_at = 0 WHERE state = 'claimed'"
    )
    private static let byID = SQLiteStatement(
        "intent.get",
        "SELECT \(columns) FROM intents WHERE id = ?1"
    )
    private static let ofMigration = SQLiteStatement(
        "intent.list",
        "SELECT \(columns) FROM intents WHERE migration_id = ?1 ORDER BY id"
    )

    /// Inside a transaction.
    func enqueue(
        _ intent: IntentDraft,
        of migration: String,
        seq: Int,
        at now: JournalTime
    ) throws(Failure) {
        try connection.execute(
            Self.insert,
            SQLiteValue(migration),
            SQLiteValue(seq),
            SQLiteValue(intent.kind),
            SQLiteValue(try Self.canonicalText(intent.payload)),
            SQLiteValue(intent.idempotencyKey),
            .integer(now.milliseconds)
        )
    }

    /// The oldest intent that is due, claimed for the caller; nil where none is.
    package func claimIntent(at now: JournalTime) throws(Failure) -> IntentRecord? {
        // Asked outside a transaction first: an idle controller writes nothing.
        guard try !connection.rows(Self.due, .integer(now.milliseconds)).isEmpty else {
            return nil
        }
        return try write { (_) throws(Failure) in
            let rows = try connection.rows(Self.due, .integer(now.milliseconds))
            guard let row = rows.first else { return nil }
            let id = try row.integer("id")
            try connection.execute(Self.claim, SQLiteValue(id))
            return try intent(id)
        }
    }

    /// Marks an intent done that needs no event; done twice is done once.
    package func finishIntent(_ id: Int) throws(Failure) {
        try write { (_) throws(Failure) in try finishIntents([id]) }
    }

    /// Puts a claimed intent back, to be tried again at `next`.
    package func postponeIntent(
        _ id: Int,
        until next: JournalTime,
        error: String
    ) throws(Failure) {
        try write { (_) throws(Failure) in
            try connection.execute(
                Self.postpone,
                SQLiteValue(id),
                .integer(next.milliseconds),
                SQLiteValue(error)
            )
        }
    }

    /// Puts back what an earlier controller had claimed: it may have been done or not.
    package func reopenClaimedIntents() throws(Failure) -> Int {
        try write { (_) throws(Failure) in try connection.execute(Self.reopen) }
    }

    package func intents(of migration: String) throws(Failure) -> [IntentRecord] {
        var intents: [IntentRecord] = []
        for row in try connection.rows(Self.ofMigration, SQLiteValue(migration)) {
            intents.append(try IntentRecord(row))
        }
        return intents
    }

    private func intent(_ id: Int) throws(Failure) -> IntentRecord? {
        guard let row = try connection.rows(Self.byID, SQLiteValue(id)).first else { return nil }
        return try IntentRecord(row)
    }

    /// Inside a transaction.
    func finishIntents(_ ids: [Int]) throws(Failure) {
        for id in ids { try connection.execute(Self.finish, SQLiteValue(id)) }
    }

    /// Inside a transaction.
    func cancelIntents(of migration: String, kinds: [String]) throws(Failure) {
        for kind in kinds {
            try connection.execute(Self.cancel, SQLiteValue(migration), SQLiteValue(kind))
        }
    }
}
