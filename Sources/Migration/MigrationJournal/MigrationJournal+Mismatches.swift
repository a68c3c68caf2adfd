package import Failures
internal import SQLite

/// A kind of difference that was seen, without the values.
package struct MismatchRecord: Sendable, Hashable {
    /// Tells kinds apart: a hash of path, class and shape.
    package var fingerprint: String
    package var kind: String
    package var path: String
    package var count: Int
    package var firstSeen: JournalTime
    package var lastSeen: JournalTime
    /// Where a redacted example is kept, if one is.
    package var example: String?

    package init(
        fingerprint: String,
        kind: String,
        path: String,
        count: Int,
        firstSeen: JournalTime,
        lastSeen: JournalTime,
        example: String? = nil
    ) {
        self.fingerprint = fingerprint
        self.kind = kind
        self.path = path
        self.count = count
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.example = example
    }
}

/// A unit that has its side by name: pinned, or member of a ranked cohort.
package struct AssignmentRecord: Sendable, Hashable {
    package var unitHash: String
    package var side: String
    package var sinceGeneration: Int
    package var reason: String

    package init(unitHash: String, side: String, sinceGeneration: Int, reason: String) {
        self.unitHash = unitHash
        self.side = side
        self.sinceGeneration = sinceGeneration
        self.reason = reason
    }
}

/// Mismatches and assignments.
extension MigrationJournal {
    private static let addMismatch = SQLiteStatement(
        "mismatch.add",
        """
        INSERT INTO mismatches(migration_id, fingerprint, class, path, count, first_seen,
            last_seen, example_ref) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT DO UPDATE SET count = count + excluded.count,
            first_seen = min(first_seen, excluded.first_seen),
            last_seen = max(last_seen, excluded.last_seen),
            example_ref = coalesce(example_ref, excluded.example_ref)
        """
    )
    private static let getMismatches = SQLiteStatement(
        "mismatch.list",
        """
        SELECT fingerprint, class, path, count, first_seen, last_seen, example_ref
        FROM mismatches WHERE migration_id = ?1 ORDER BY count DESC, fingerprint
        """
    )
    private static let setAssignment = SQLiteStatement(
        "assignment.set",
        """
        INSERT INTO assignments(migration_id, unit_hash, side, since_generation, reason)
        VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT DO UPDATE SET side = excluded.side,
            since_generation = excluded.since_generation, reason = excluded.reason
        """
    )
    private static let getAssignments = SQLiteStatement(
        "assignment.list",
        """
        SELECT unit_hash, side, since_generation, reason FROM assignments
        WHERE migration_id = ?1 ORDER BY unit_hash
        """
    )

    /// Adds newly counted differences to those of the same fingerprint.
    package func add(_ mismatches: [MismatchRecord], to migration: String) throws(Failure) {
        guard !mismatches.isEmpty else { return }
        try record([], mismatches: mismatches, of: migration)
    }

    /// Inside a transaction.
    func store(_ mismatch: MismatchRecord, of migration: String) throws(Failure) {
        try connection.execute(
            Self.addMismatch,
            SQLiteValue(migration),
            SQLiteValue(mismatch.fingerprint),
            SQLiteValue(mismatch.kind),
            SQLiteValue(mismatch.path),
            SQLiteValue(mismatch.count),
            .integer(mismatch.firstSeen.milliseconds),
            .integer(mismatch.lastSeen.milliseconds),
            SQLiteValue(mismatch.example)
        )
    }

    /// The most frequent differences first.
    package func mismatches(of migration: String) throws(Failure) -> [MismatchRecord] {
        var mismatches: [MismatchRecord] = []
        for row in try connection.rows(Self.getMismatches, SQLiteValue(migration)) {
            mismatches.append(
                MismatchRecord(
                    fingerprint: try row.text("fingerprint"),
                    kind: try row.text("class"),
                    path: try row.text("path"),
                    count: try row.integer("count"),
                    firstSeen: JournalTime(milliseconds: Int64(try row.integer("first_seen"))),
                    lastSeen: JournalTime(milliseconds: Int64(try row.integer("last_seen"))),
                    example: try row.optionalText("example_ref")
                )
            )
        }
        return mismatches
    }

    /// Gives units their sides; the latest word holds.
    package func assign(_ units: [AssignmentRecord], in migration: String) throws(Failure) {
        guard !units.isEmpty else { return }
        try write { (_) throws(Failure) in
            for unit in units {
                try connection.execute(
                    Self.setAssignment,
                    SQLiteValue(migration),
                    SQLiteValue(unit.unitHash),
                    SQLiteValue(unit.side),
                    SQLiteValue(unit.sinceGeneration),
                    SQLiteValue(unit.reason)
                )
            }
        }
    }

    package func assignments(of migration: String) throws(Failure) -> [AssignmentRecord] {
        var units: [AssignmentRecord] = []
        for row in try connection.rows(Self.getAssignments, SQLiteValue(migration)) {
            units.append(
                AssignmentRecord(
                    unitHash: try row.text("unit_hash"),
                    side: try row.text("side"),
                    sinceGeneration: try row.integer("since_generation"),
                    reason: try row.text("reason")
                )
            )
        }
        return units
    }
}
