package import Failures
internal import SQLite

/// A plan as it is kept: what was written, and what it means.
package struct PlanRecord: Sendable, Hashable {
    /// `sha256:` and 64 hexadecimal digits over `normal`.
    package var hash: String
    package var apiVersion: String
    /// The file's text.
    package var source: String
    /// Canonical JSON of the normal form; it rules, whatever later versions read into the source.
    package var normal: String

    package init(hash: String, apiVersion: String, source: String, normal: String) {
        self.hash = hash
        self.apiVersion = apiVersion
        self.source = source
        self.normal = normal
    }

    init(_ row: SQLiteRow) throws(Failure) {
        hash = try row.text("hash")
        apiVersion = try row.text("api_version")
        source = try row.text("source")
        normal = try row.text("normal")
    }
}

/// Plans and migrations.
extension MigrationJournal {
    /// Most migrations of one journal.
    package static let migrationLimit = 10_000

    private static let columns = """
        id, name, target, attempt, salt, plan_hash, phase, stage_index, stage_state, generation, \
        fence, hold_reason, hold_detail, seq, head, updated_at
        """
    private static let insertPlan = SQLiteStatement(
        "plan.insert",
        """
        INSERT INTO plans(hash, api_version, source, normal) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT(hash) DO NOTHING
        """
    )
    private static let getPlan = SQLiteStatement(
        "plan.get",
        "SELECT hash, api_version, source, normal FROM plans WHERE hash = ?1"
    )
    private static let allPlans = SQLiteStatement(
        "plan.list",
        "SELECT hash, api_version, source, normal FROM plans ORDER BY hash"
    )
    private static let insert = SQLiteStatement(
        "migration.insert",
        """
        INSERT INTO migrations(\(columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
            NULL, NULL, 0, ?12, ?13)
        """
    )
    private static let count = SQLiteStatement(
        "migration.count",
        "SELECT count(*) AS n FROM migrations"
    )
    private static let byID = SQLiteStatement(
        "migration.get",
        "SELECT \(columns) FROM migrations WHERE id = ?1"
    )
    private static let byName = SQLiteStatement(
        "migration.named",
        "SELECT \(columns) FROM migrations WHERE name = ?1 ORDER BY attempt DESC LIMIT 1"
    )
    private static let all = SQLiteStatement(
        "migration.list",
        "SELECT \(columns) FROM migrations ORDER BY name, attempt"
    )
    private static let activeOfTarget = SQLiteStatement(
        "migration.active",
        """
        SELECT \(columns) FROM migrations WHERE target = ?1
            AND phase IN ('running', 'paused', 'finalizing', 'rolling-back', 'stuck')
        """
    )

    /// Keeps a plan; one that is there already stays as it is.
    package func store(_ plan: PlanRecord) throws(Failure) {
        try write { (_) throws(Failure) in try insert(plan) }
    }

    private func insert(_ plan: PlanRecord) throws(Failure) {
        try connection.execute(
            Self.insertPlan,
            SQLiteValue(plan.hash),
            SQLiteValue(plan.apiVersion),
            SQLiteValue(plan.source),
            SQLiteValue(plan.normal)
        )
    }

    package func plan(_ hash: String) throws(Failure) -> PlanRecord? {
        guard let row = try connection.rows(Self.getPlan, SQLiteValue(hash)).first else {
            return nil
        }
        return try PlanRecord(row)
    }

    /// Every plan that was ever stored.
    package func plans() throws(Failure) -> [PlanRecord] {
        var plans: [PlanRecord] = []
        for row in try connection.rows(Self.allPlans) { plans.append(try PlanRecord(row)) }
        return plans
    }

    /// Adds a migration as a draft, with its plan; its first event makes it ready.
    ///
    /// - Throws: `MIG_LIMIT` beyond 10,000 migrations, `MIG_STALE` where the name's attempt exists already.
    package func create(
        _ identity: MigrationIdentity,
        _ plan: PlanRecord,
        at now: JournalTime
    ) throws(Failure) -> MigrationRecord {
        try write { (lease) throws(Failure) in
            guard try connection.rows(Self.count)[0].integer("n") < Self.migrationLimit else {
                throw JournalFailure.limit(
                    "the journal has \(Self.migrationLimit) migrations",
                    remedy: "use another state folder for new ones"
                )
            }
            if let last = try latest(named: identity.name),
                last.identity.attempt >= identity.attempt
            {
                throw JournalFailure.stale(
                    identity.id,
                    expected: last,
                    found: "attempt \(last.identity.attempt) of \(identity.name) exists"
                )
            }
            try insert(plan)
            let state = MigrationState(planHash: plan.hash)
            try connection.execute(
                Self.insert,
                SQLiteValue(identity.id),
                SQLiteValue(identity.name),
                SQLiteValue(identity.target),
                SQLiteValue(identity.attempt),
                SQLiteValue(identity.salt),
                SQLiteValue(plan.hash),
                SQLiteValue(state.phase),
                SQLiteValue(state.stageIndex),
                SQLiteValue(state.stageState),
                SQLiteValue(state.generation),
                SQLiteValue(lease.fence),
                SQLiteValue(JournalEvent.origin),
                SQLiteValue(now.description)
            )
            return try requireMigration(id: identity.id)
        }
    }

    package func migration(id: String) throws(Failure) -> MigrationRecord? {
        try first(Self.byID, id)
    }

    /// - Throws: `MIG_UNKNOWN`.
    package func requireMigration(id: String) throws(Failure) -> MigrationRecord {
        guard let record = try migration(id: id) else {
            throw JournalFailure.unknown("migration", id)
        }
        return record
    }

    /// The latest attempt of a name.
    package func latest(named name: String) throws(Failure) -> MigrationRecord? {
        try first(Self.byName, name)
    }

    /// The migration that holds a target.
    package func activeMigration(of target: String) throws(Failure) -> MigrationRecord? {
        try first(Self.activeOfTarget, target)
    }

    private func first(
        _ statement: SQLiteStatement,
        _ key: String
    ) throws(Failure) -> MigrationRecord? {
        guard let row = try connection.rows(statement, SQLiteValue(key)).first else { return nil }
        return try MigrationRecord(row)
    }

    /// All migrations, by name and attempt.
    package func migrations() throws(Failure) -> [MigrationRecord] {
        var records: [MigrationRecord] = []
        for row in try connection.rows(Self.all) { records.append(try MigrationRecord(row)) }
        return records
    }
}
