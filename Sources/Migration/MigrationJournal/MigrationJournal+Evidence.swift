package import Failures
package import JSON
internal import Hashing
internal import SQLite

/// Counts of one check in one interval and stratum.
package struct EvidenceRecord: Sendable, Hashable {
    package var generation: Int
    package var stage: String
    package var check: String
    package var stratum: String
    package var intervalStart: JournalTime
    /// Counts are the truth: what statistics need, and nothing of the data.
    package var counts: JSONObject
    /// Of the question that was asked: a changed check is new evidence.
    package var queryHash: String

    package init(
        generation: Int,
        stage: String,
        check: String,
        stratum: String = "",
        intervalStart: JournalTime,
        counts: JSONObject,
        queryHash: String
    ) {
        self.generation = generation
        self.stage = stage
        self.check = check
        self.stratum = stratum
        self.intervalStart = intervalStart
        self.counts = counts
        self.queryHash = queryHash
    }
}

/// Healthy exposure that a stage has collected.
package struct SoakRecord: Sendable, Hashable {
    package var stage: String
    package var activeMilliseconds: Int
    package var units: Int
    /// Monotonic and wall clock when it was counted last.
    package var lastMonotonic: Int
    package var lastWall: JournalTime

    package init(
        stage: String,
        activeMilliseconds: Int,
        units: Int,
        lastMonotonic: Int,
        lastWall: JournalTime
    ) {
        self.stage = stage
        self.activeMilliseconds = activeMilliseconds
        self.units = units
        self.lastMonotonic = lastMonotonic
        self.lastWall = lastWall
    }
}

/// Evidence and soak.
extension MigrationJournal {
    private static let setEvidence = SQLiteStatement(
        "evidence.set",
        """
        INSERT INTO evidence(migration_id, generation, stage, check_id, stratum, interval_start,
            counts, query_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT DO UPDATE SET counts = excluded.counts, query_hash = excluded.query_hash
        """
    )
    private static let columns =
        "generation, stage, check_id, stratum, interval_start, counts, query_hash"
    private static let evidenceOfStage = SQLiteStatement(
        "evidence.stage",
        """
        SELECT \(columns) FROM evidence WHERE migration_id = ?1 AND stage = ?2
            AND (?3 IS NULL OR generation = ?3)
        ORDER BY generation, check_id, stratum, interval_start
        """
    )
    private static let allEvidence = SQLiteStatement(
        "evidence.all",
        "SELECT migration_id, \(columns) FROM evidence"
    )
    private static let deleteEvidence = SQLiteStatement(
        "evidence.delete",
        "DELETE FROM evidence WHERE migration_id = ?1"
    )
    private static let setSoak = SQLiteStatement(
        "soak.set",
        """
        INSERT INTO soak(migration_id, stage, active_ms, units, last_mono, last_wall)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT DO UPDATE SET active_ms = excluded.active_ms, units = excluded.units,
            last_mono = excluded.last_mono, last_wall = excluded.last_wall
        """
    )
    private static let getSoak = SQLiteStatement(
        "soak.get",
        """
        SELECT stage, active_ms, units, last_mono, last_wall FROM soak
        WHERE migration_id = ?1 AND stage = ?2
        """
    )

    /// Stores counts and soak between transitions; counts of a known interval replace the earlier ones.
    ///
    /// `mismatches` are added to those of the same fingerprint, in the same transaction.
    package func record(
        _ evidence: [EvidenceRecord],
        _ soak: [SoakRecord] = [],
        mismatches: [MismatchRecord] = [],
        of migration: String
    ) throws(Failure) {
        guard !evidence.isEmpty || !soak.isEmpty || !mismatches.isEmpty else { return }
        try write { (_) throws(Failure) in
            for item in evidence { try store(item, of: migration) }
            for item in soak { try store(item, of: migration) }
            for item in mismatches { try store(item, of: migration) }
        }
    }

    /// Inside a transaction.
    func store(_ evidence: EvidenceRecord, of migration: String) throws(Failure) {
        var counts = evidence.counts
        counts[Self.digestMember] = JSONValue(try Self.digest(of: evidence, migration))
        try connection.execute(
            Self.setEvidence,
            SQLiteValue(migration),
            SQLiteValue(evidence.generation),
            SQLiteValue(evidence.stage),
            SQLiteValue(evidence.check),
            SQLiteValue(evidence.stratum),
            .integer(evidence.intervalStart.milliseconds),
            SQLiteValue(try Self.canonicalText(counts)),
            SQLiteValue(evidence.queryHash)
        )
    }

    /// Inside a transaction.
    func store(_ soak: SoakRecord, of migration: String) throws(Failure) {
        try connection.execute(
            Self.setSoak,
            SQLiteValue(migration),
            SQLiteValue(soak.stage),
            SQLiteValue(soak.activeMilliseconds),
            SQLiteValue(soak.units),
            SQLiteValue(soak.lastMonotonic),
            .integer(soak.lastWall.milliseconds)
        )
    }

    /// Everything counted in a stage, in the order of generation, check, stratum and interval.
    package func evidence(
        of migration: String,
        stage: String,
        generation: Int? = nil
    ) throws(Failure) -> [EvidenceRecord] {
        let rows = try connection.rows(
            Self.evidenceOfStage,
            SQLiteValue(migration),
            SQLiteValue(stage),
            SQLiteValue(generation)
        )
        var evidence: [EvidenceRecord] = []
        for row in rows { evidence.append(try Self.evidence(row, migration)) }
        return evidence
    }

    /// Reads all counts of all migrations, each of which carries a digest of its row.
    ///
    /// - Throws: `MIG_JOURNAL_CHAIN` for a row that was changed.
    package func checkEvidence() throws(Failure) {
        try connection.forEachRow(Self.allEvidence) { (row) throws(Failure) in
            _ = try Self.evidence(row, try row.text("migration_id"))
            return true
        }
    }

    private static func evidence(
        _ row: SQLiteRow,
        _ migration: String
    ) throws(Failure) -> EvidenceRecord {
        var counts = try object(try row.text("counts"))
        let digest = counts[digestMember]?.string
        counts[digestMember] = nil
        let evidence = EvidenceRecord(
            generation: try row.integer("generation"),
            stage: try row.text("stage"),
            check: try row.text("check_id"),
            stratum: try row.text("stratum"),
            intervalStart: JournalTime(milliseconds: Int64(try row.integer("interval_start"))),
            counts: counts,
            queryHash: try row.text("query_hash")
        )
        guard digest == (try self.digest(of: evidence, migration)) else {
            throw Failure(
                "MIG_JOURNAL_CHAIN",
                blame: .data,
                "counts of \(migration) under generation \(evidence.generation), \(evidence.check), were changed",
                remedy: "trust no verdict of it; restore the state folder from a copy"
            )
        }
        return evidence
    }

    /// Of a whole row, so that neither its counts nor what they are about can change unseen.
    private static let digestMember = "digest"

    private static func digest(
        of evidence: EvidenceRecord,
        _ migration: String
    ) throws(Failure) -> String {
        SHA256.hexadecimal(
            try canonicalText([
                "migration": JSONValue(migration), "generation": JSONValue(evidence.generation),
                "stage": JSONValue(evidence.stage), "check": JSONValue(evidence.check),
                "stratum": JSONValue(evidence.stratum),
                "start": JSONValue(evidence.intervalStart.milliseconds),
                "counts": JSONValue(evidence.counts), "query": JSONValue(evidence.queryHash),
            ])
        )
    }

    /// Forgets the counts of a migration that ended long ago; its events stay for ever.
    ///
    /// - Returns: how many rows went.
    package func forgetEvidence(of migration: String) throws(Failure) -> Int {
        let record = try requireMigration(id: migration)
        precondition(record.isTerminal, "evidence of a migration under way decides")
        return try write { (_) throws(Failure) in
            try connection.execute(Self.deleteEvidence, SQLiteValue(migration))
        }
    }

    package func soak(of migration: String, stage: String) throws(Failure) -> SoakRecord? {
        let rows = try connection.rows(Self.getSoak, SQLiteValue(migration), SQLiteValue(stage))
        guard let row = rows.first else { return nil }
        return SoakRecord(
            stage: try row.text("stage"),
            activeMilliseconds: try row.integer("active_ms"),
            units: try row.integer("units"),
            lastMonotonic: try row.integer("last_mono"),
            lastWall: JournalTime(milliseconds: Int64(try row.integer("last_wall")))
        )
    }
}
