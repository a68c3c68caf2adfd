package import Failures
internal import JSON
internal import SQLite

/// Reading events; every one is held against the chain.
extension MigrationJournal {
    private static let after = SQLiteStatement(
        "journal.read",
        """
        SELECT seq, fence, type, actor, cause, at, binary, payload, prev_hash, hash
        FROM journal WHERE migration_id = ?1 AND seq > ?2 ORDER BY seq
        """
    )
    private static let hashAt = SQLiteStatement(
        "journal.hash",
        "SELECT hash FROM journal WHERE migration_id = ?1 AND seq = ?2"
    )

    /// The events of a migration behind a number, oldest first.
    ///
    /// - Throws: `MIG_JOURNAL_CHAIN` with the number of the first event that is damaged or missing.
    package func events(
        of migration: String,
        after seq: Int = 0,
        limit: Int = .max
    ) throws(Failure) -> [JournalEvent] {
        var events: [JournalEvent] = []
        try forEachEvent(of: migration, after: seq) { (event) throws(Failure) in
            events.append(event)
            return events.count < limit
        }
        return events
    }

    /// Hands each event to `body` until it answers false.
    package func forEachEvent(
        of migration: String,
        after start: Int = 0,
        body: (JournalEvent) throws(Failure) -> Bool
    ) throws(Failure) {
        var previous = try hash(of: migration, at: start)
        var expected = start + 1
        // What `body` throws must not be taken for damage of the row.
        var foreign: Failure?
        do throws(Failure) {
            try connection.forEachRow(
                Self.after,
                SQLiteValue(migration),
                SQLiteValue(start)
            ) { (row) throws(Failure) in
                let event = try Self.event(row, of: migration, seq: expected, after: previous)
                previous = event.hash
                expected += 1
                do throws(Failure) {
                    return try body(event)
                } catch {
                    foreign = error
                    throw error
                }
            }
        } catch {
            if let foreign { throw foreign }
            guard error.code == "STATE_CORRUPT" else { throw error }
            throw JournalFailure.chain(migration, event: expected, "is damaged: \(error.problem)")
        }
    }

    private func hash(of migration: String, at seq: Int) throws(Failure) -> String {
        guard seq > 0 else { return JournalEvent.origin }
        let rows = try connection.rows(Self.hashAt, SQLiteValue(migration), SQLiteValue(seq))
        guard let hash = try rows.first?.text("hash"), hash.utf8.count == 64 else {
            throw JournalFailure.chain(migration, event: seq, "is missing")
        }
        return hash
    }

    private static let scan = SQLiteStatement(
        "journal.scan",
        """
        SELECT migration_id, seq, fence, type, actor, cause, at, binary, payload, prev_hash, hash
        FROM journal
        """
    )

    /// The first event behind the good ones of `report` that is really damaged.
    ///
    /// A damaged key leads SQLite's search past good rows, so reading in order may miss the wrong event. Here the
    /// rows are read as they lie, and the chain is walked over those that can be read.
    func culprit(
        _ record: MigrationRecord,
        _ report: inout VerificationReport
    ) throws(Failure) -> Failure? {
        var rows: [Int: SQLiteRow] = [:]
        let goodCount = report.eventCount
        do throws(Failure) {
            try connection.forEachRow(Self.scan) { (row) throws(Failure) in
                if row["migration_id"] == .text(record.id), case .integer(let seq) = row["seq"],
                    seq > goodCount
                {
                    rows[Int(seq)] = row
                }
                return true
            }
        } catch {
            // The scan ends at a row that cannot be read; those before it are what there is.
            guard error.code == "STATE_CORRUPT" else { throw error }
        }
        while let row = rows[report.eventCount + 1] {
            let next = report.eventCount + 1
            do throws(Failure) {
                let event = try Self.event(row, of: record.id, seq: next, after: report.head)
                report.eventCount = next
                report.head = event.hash
            } catch {
                guard error.code == "STATE_CORRUPT" else { return error }
                return JournalFailure.chain(record.id, event: next, "is damaged: \(error.problem)")
            }
        }
        guard report.eventCount < record.seq else { return nil }
        return JournalFailure.chain(
            record.id,
            event: report.eventCount + 1,
            "is missing, or its key is damaged"
        )
    }

    private static func event(
        _ row: SQLiteRow,
        of migration: String,
        seq expected: Int,
        after previous: String
    ) throws(Failure) -> JournalEvent {
        func broken(_ problem: String) -> Failure {
            JournalFailure.chain(migration, event: expected, problem)
        }
        let seq = try row.integer("seq")
        guard seq == expected else { throw broken("is missing; the next one is \(seq)") }
        guard try row.text("prev_hash") == previous else {
            throw broken("does not follow from the one before it")
        }
        let text = try row.text("payload")
        guard let payload = try? object(text), try canonicalText(payload) == text else {
            throw broken("has a payload that is no canonical JSON")
        }
        let (fence, cause) = (try row.integer("fence"), try row.optionalInteger("cause"))
        let (type, actor) = (try row.text("type"), try row.text("actor"))
        let (time, binary) = (try row.text("at"), try row.text("binary"))
        let event: JournalEvent
        do throws(JSONError) {
            event = try JournalEvent(
                migration: migration,
                seq: seq,
                fence: fence,
                type: type,
                actor: actor,
                cause: cause,
                at: time,
                binary: binary,
                payload: payload,
                after: previous
            )
        } catch {
            throw broken("is damaged: \(error.problem)")
        }
        guard try row.text("hash") == event.hash else {
            throw broken("was changed: it does not hash to what was written")
        }
        return event
    }
}
