internal import SQLite

/// The tables, and the version of their form.
///
/// All are STRICT: a column holds its declared type or the row is damaged. `journal` has no row number, so that an
/// event's bytes stand in the file once.
enum JournalSchema {
    /// A later number is refused; an earlier one is brought up to it when the journal is opened for writing.
    static let version = 1

    static let tables =
        [
            "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
            """
            CREATE TABLE targets(
                target TEXT PRIMARY KEY, generation INTEGER NOT NULL, fence INTEGER NOT NULL) STRICT
            """,
            """
            CREATE TABLE plans(
                hash TEXT PRIMARY KEY, api_version TEXT NOT NULL, source TEXT NOT NULL,
                normal TEXT NOT NULL) STRICT
            """,
            """
            CREATE TABLE migrations(
                id TEXT PRIMARY KEY, name TEXT NOT NULL, target TEXT NOT NULL,
                attempt INTEGER NOT NULL, salt TEXT NOT NULL,
                plan_hash TEXT NOT NULL REFERENCES plans(hash), phase TEXT NOT NULL,
                stage_index INTEGER NOT NULL, stage_state TEXT NOT NULL,
                generation INTEGER NOT NULL, fence INTEGER NOT NULL, hold_reason TEXT,
                hold_detail TEXT, seq INTEGER NOT NULL, head TEXT NOT NULL,
                updated_at TEXT NOT NULL, UNIQUE(name, attempt)) STRICT
            """,
            """
            CREATE UNIQUE INDEX one_active ON migrations(target)
            WHERE phase IN ('running', 'paused', 'finalizing', 'rolling-back', 'stuck')
            """,
            """
            CREATE TABLE journal(
                migration_id TEXT NOT NULL REFERENCES migrations(id), seq INTEGER NOT NULL,
                fence INTEGER NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL, cause INTEGER,
                at TEXT NOT NULL, binary TEXT NOT NULL, payload TEXT NOT NULL,
                prev_hash TEXT NOT NULL, hash TEXT NOT NULL,
                PRIMARY KEY(migration_id, seq)) STRICT, WITHOUT ROWID
            """,
            """
            CREATE TABLE intents(
                id INTEGER PRIMARY KEY, migration_id TEXT NOT NULL REFERENCES migrations(id),
                seq INTEGER NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL,
                idem_key TEXT NOT NULL UNIQUE, state TEXT NOT NULL, attempts INTEGER NOT NULL,
                next_at INTEGER NOT NULL, last_error TEXT) STRICT
            """,
            "CREATE INDEX open_intents ON intents(next_at) WHERE state IN ('pending', 'claimed')",
            """
            CREATE TABLE routes(
                target TEXT NOT NULL, generation INTEGER NOT NULL, migration_id TEXT,
                table_json TEXT NOT NULL, barrier TEXT, PRIMARY KEY(target, generation)) STRICT
            """,
            """
            CREATE TABLE routers(
                id TEXT NOT NULL, target TEXT NOT NULL, seen_at INTEGER NOT NULL,
                fence INTEGER NOT NULL, generation INTEGER NOT NULL, state TEXT NOT NULL,
                PRIMARY KEY(id, target)) STRICT
            """,
            """
            CREATE TABLE acks(
                target TEXT NOT NULL, generation INTEGER NOT NULL, router_id TEXT NOT NULL,
                at INTEGER NOT NULL, PRIMARY KEY(target, generation, router_id)) STRICT
            """,
        ] + records

    /// What is counted, decided and promised beside the chain.
    private static let records = [
        """
        CREATE TABLE evidence(
            migration_id TEXT NOT NULL REFERENCES migrations(id), generation INTEGER NOT NULL,
            stage TEXT NOT NULL, check_id TEXT NOT NULL, stratum TEXT NOT NULL,
            interval_start INTEGER NOT NULL, counts TEXT NOT NULL, query_hash TEXT NOT NULL,
            PRIMARY KEY(migration_id, generation, stage, check_id, stratum, interval_start)
            ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE soak(
            migration_id TEXT NOT NULL REFERENCES migrations(id), stage TEXT NOT NULL,
            active_ms INTEGER NOT NULL, units INTEGER NOT NULL, last_mono INTEGER NOT NULL,
            last_wall INTEGER NOT NULL, PRIMARY KEY(migration_id, stage)) STRICT
        """,
        """
        CREATE TABLE assignments(
            migration_id TEXT NOT NULL REFERENCES migrations(id), unit_hash TEXT NOT NULL,
            side TEXT NOT NULL, since_generation INTEGER NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY(migration_id, unit_hash)) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE mismatches(
            migration_id TEXT NOT NULL REFERENCES migrations(id), fingerprint TEXT NOT NULL,
            class TEXT NOT NULL, path TEXT NOT NULL, count INTEGER NOT NULL,
            first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, example_ref TEXT,
            PRIMARY KEY(migration_id, fingerprint)) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE approvals(
            id INTEGER PRIMARY KEY, migration_id TEXT NOT NULL REFERENCES migrations(id),
            plan_hash TEXT NOT NULL, stage TEXT NOT NULL, generation INTEGER NOT NULL,
            actor TEXT NOT NULL, decision TEXT NOT NULL, reason TEXT NOT NULL,
            expires_at INTEGER) STRICT
        """,
        """
        CREATE TABLE leases(
            name TEXT PRIMARY KEY, holder TEXT NOT NULL, fence INTEGER NOT NULL,
            expires_at INTEGER NOT NULL) STRICT
        """,
        """
        CREATE TABLE idempotency(
            key TEXT PRIMARY KEY, request_hash TEXT NOT NULL, response TEXT NOT NULL,
            expires_at INTEGER NOT NULL) STRICT
        """,
    ]

    static let getMeta = SQLiteStatement("meta.get", "SELECT value FROM meta WHERE key = ?1")
    static let setMeta = SQLiteStatement(
        "meta.set",
        """
        INSERT INTO meta(key, value) VALUES (?1, ?2)
        ON CONFLICT(key) DO UPDATE SET value = excluded.value
        """
    )
}
