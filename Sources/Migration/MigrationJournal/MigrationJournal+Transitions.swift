package import Failures
internal import JSON
internal import SQLite

/// Changing migrations.
extension MigrationJournal {
    /// Most bytes of an event's payload.
    package static let payloadSizeLimit = 64 << 10

    private static let update = SQLiteStatement(
        "migration.update",
        """
        UPDATE migrations SET plan_hash = ?5, phase = ?6, stage_index = ?7, stage_state = ?8,
            generation = ?9, fence = ?10, hold_reason = ?11, hold_detail = ?12, seq = ?13,
            head = ?14, updated_at = ?15
        WHERE id = ?1 AND generation = ?2 AND seq = ?3 AND fence = ?4
        """
    )
    private static let append = SQLiteStatement(
        "journal.append",
        """
        INSERT INTO journal(migration_id, seq, fence, type, actor, cause, at, binary, payload,
            prev_hash, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        """
    )

    /// Commits one transition: the state, its event, its route table and its intents.
    ///
    /// - Returns: the migration as it stands now.
    /// - Throws: `MIG_STALE` where somebody else was first, `MIG_FENCED` where the lease is lost, `MIG_TARGET_BUSY`
    ///   where another migration holds the target, `MIG_LIMIT` for a payload that is too large, `IO_SPACE`. Nothing
    ///   of the transition is kept then.
    @discardableResult
    package func commit(_ transition: JournalTransition) throws(Failure) -> MigrationRecord {
        let from = transition.from
        let to = transition.to
        precondition(
            to.generation == transition.route?.generation ?? from.generation,
            "a migration's generation changes with its route table and never otherwise"
        )
        // What an earlier commit could not write is written before anything else happens.
        try heads.write()
        let record = try transact(transition)
        heads.note(KnownHead(seq: record.seq, hash: record.head), of: record.id)
        // The transition stands, so a failure is not its failure: the next one meets it first.
        do throws(Failure) { try heads.write() } catch {}
        return record
    }

    private func transact(_ transition: JournalTransition) throws(Failure) -> MigrationRecord {
        let from = transition.from
        let to = transition.to
        return try write { (lease) throws(Failure) in
            let event = try link(transition.event, to: from, fence: lease.fence)
            try claimTarget(of: from, as: to)
            let changed = try connection.execute(
                Self.update,
                SQLiteValue(from.id),
                SQLiteValue(from.generation),
                SQLiteValue(from.seq),
                SQLiteValue(from.fence),
                SQLiteValue(to.planHash),
                SQLiteValue(to.phase),
                SQLiteValue(to.stageIndex),
                SQLiteValue(to.stageState),
                SQLiteValue(to.generation),
                SQLiteValue(lease.fence),
                SQLiteValue(to.holdReason),
                SQLiteValue(to.holdDetail),
                SQLiteValue(event.seq),
                SQLiteValue(event.hash),
                SQLiteValue(event.at)
            )
            guard changed == 1 else { throw try staleness(of: from) }
            try append(event)
            if var route = transition.route {
                route.migration = from.id
                try publish(route, target: from.identity.target, fence: lease.fence)
            }
            if let sealed = transition.sealed { try seal(sealed, of: from) }
            try finishIntents(transition.finished)
            try cancelIntents(of: from.id, kinds: transition.cancelled)
            for intent in transition.intents {
                try enqueue(intent, of: from.id, seq: event.seq, at: transition.event.at)
            }
            for evidence in transition.evidence { try store(evidence, of: from.id) }
            for soak in transition.soak { try store(soak, of: from.id) }
            var record = from
            record.state = to
            record.fence = lease.fence
            record.seq = event.seq
            record.head = event.hash
            record.updatedAt = event.at
            return record
        }
    }

    private func link(
        _ draft: EventDraft,
        to record: MigrationRecord,
        fence: Int
    ) throws(Failure) -> JournalEvent {
        let size = JSONValue(draft.payload).compactText.utf8.count
        guard size <= Self.payloadSizeLimit else {
            throw JournalFailure.limit(
                "the payload of \(draft.type) of \(record.id) has \(size) bytes",
                remedy: "stay within \(Self.payloadSizeLimit) bytes"
            )
        }
        do throws(JSONError) {
            return try JournalEvent(
                migration: record.id,
                seq: record.seq + 1,
                fence: fence,
                type: draft.type,
                actor: draft.actor,
                cause: draft.cause,
                at: draft.at.description,
                binary: draft.binary,
                payload: draft.payload,
                after: record.head
            )
        } catch {
            throw error.failure("MIG_LIMIT")
        }
    }

    private func append(_ event: JournalEvent) throws(Failure) {
        try connection.execute(
            Self.append,
            SQLiteValue(event.migration),
            SQLiteValue(event.seq),
            SQLiteValue(event.fence),
            SQLiteValue(event.type),
            SQLiteValue(event.actor),
            SQLiteValue(event.cause),
            SQLiteValue(event.at),
            SQLiteValue(event.binary),
            SQLiteValue(try Self.canonicalText(event.payload)),
            SQLiteValue(event.previousHash),
            SQLiteValue(event.hash)
        )
    }

    /// The index over active migrations would refuse too, but could not name the other one.
    private func claimTarget(
        of record: MigrationRecord,
        as state: MigrationState
    ) throws(Failure) {
        guard MigrationRecord.activePhases.contains(state.phase), !record.isActive else { return }
        guard let other = try activeMigration(of: record.identity.target), other.id != record.id
        else { return }
        throw JournalFailure.targetBusy(record.identity.target, by: other.id, other.state.phase)
    }

    private func staleness(of record: MigrationRecord) throws(Failure) -> Failure {
        let found: String
        if let now = try migration(id: record.id) {
            found = "it is at event \(now.seq), generation \(now.generation), fence \(now.fence)"
        } else {
            found = "it is not there any more"
        }
        return JournalFailure.stale(record.id, expected: record, found: found)
    }

    static func canonicalText(_ object: JSONObject) throws(Failure) -> String {
        do throws(JSONError) {
            return try CanonicalJSON.text(JSONValue(object))
        } catch {
            throw error.failure("MIG_LIMIT")
        }
    }

    static func object(_ text: String) throws(Failure) -> JSONObject {
        do throws(JSONError) {
            return try JSONValue(parsing: text).requireObject()
        } catch {
            throw error.failure("STATE_CORRUPT", blame: .data)
        }
    }
}
