package import Failures
internal import SQLite

/// A router as the store knows it.
package struct RouterRecord: Sendable, Hashable {
    package var id: String
    package var target: String
    package var seenAt: JournalTime
    /// Highest fence and generation that it applied.
    package var fence: Int
    package var generation: Int
    /// How it is, for example `alive`.
    package var state: String

    package init(
        id: String,
        target: String,
        seenAt: JournalTime,
        fence: Int,
        generation: Int,
        state: String
    ) {
        self.id = id
        self.target = target
        self.seenAt = seenAt
        self.fence = fence
        self.generation = generation
        self.state = state
    }
}

/// Counters of a target over all its migrations.
package struct TargetCounters: Sendable, Hashable {
    package var generation: Int
    package var fence: Int
}

/// Route tables, routers and their acknowledgements.
extension MigrationJournal {
    private static let getCounters = SQLiteStatement(
        "target.get",
        "SELECT generation, fence FROM targets WHERE target = ?1"
    )
    private static let raiseCounters = SQLiteStatement(
        "target.raise",
        """
        INSERT INTO targets(target, generation, fence) VALUES (?1, ?2, ?3)
        ON CONFLICT(target) DO UPDATE SET
            generation = max(generation, excluded.generation), fence = max(fence, excluded.fence)
        """
    )
    private static let insertRoute = SQLiteStatement(
        "route.insert",
        """
        INSERT INTO routes(target, generation, migration_id, table_json, barrier)
        VALUES (?1, ?2, ?3, ?4, ?5)
        """
    )
    private static let sealRoute = SQLiteStatement(
        "route.seal",
        """
        UPDATE routes SET table_json = ?4, barrier = ?5
        WHERE target = ?1 AND generation = ?2 AND migration_id = ?3 AND barrier IS NULL
        """
    )
    private static let routesAfter = SQLiteStatement(
        "route.after",
        """
        SELECT generation, migration_id, table_json, barrier FROM routes
        WHERE target = ?1 AND generation > ?2 ORDER BY generation
        """
    )
    private static let routeAt = SQLiteStatement(
        "route.at",
        """
        SELECT generation, migration_id, table_json, barrier FROM routes
        WHERE target = ?1 AND generation <= ?2 ORDER BY generation DESC LIMIT 1
        """
    )
    private static let migrationRouteAt = SQLiteStatement(
        "route.migrated",
        """
        SELECT generation, migration_id, table_json, barrier FROM routes
        WHERE target = ?1 AND generation <= ?2 AND migration_id IS NOT NULL
        ORDER BY generation DESC LIMIT 1
        """
    )
    private static let setRouter = SQLiteStatement(
        "router.set",
        """
        INSERT INTO routers(id, target, seen_at, fence, generation, state)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT(id, target) DO UPDATE SET seen_at = excluded.seen_at, fence = excluded.fence,
            generation = excluded.generation, state = excluded.state
        """
    )
    private static let getRouters = SQLiteStatement(
        "router.list",
        """
        SELECT id, target, seen_at, fence, generation, state FROM routers
        WHERE target = ?1 ORDER BY id
        """
    )
    private static let setAck = SQLiteStatement(
        "ack.set",
        """
        INSERT INTO acks(target, generation, router_id, at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO NOTHING
        """
    )
    private static let getAcks = SQLiteStatement(
        "ack.list",
        "SELECT router_id FROM acks WHERE target = ?1 AND generation = ?2 ORDER BY router_id"
    )

    /// What a target has come to; zeros before its first route.
    package func counters(of target: String) throws(Failure) -> TargetCounters {
        guard let row = try connection.rows(Self.getCounters, SQLiteValue(target)).first else {
            return TargetCounters(generation: 0, fence: 0)
        }
        return TargetCounters(
            generation: try row.integer("generation"),
            fence: try row.integer("fence")
        )
    }

    /// Inside a transaction: stores a table, whose generation must be a new highest.
    func publish(_ route: RouteRecord, target: String, fence: Int) throws(Failure) {
        let counters = try counters(of: target)
        guard route.generation > counters.generation else {
            throw Failure(
                "MIG_STALE",
                blame: .outside,
                isRetryable: true,
                "\(target) has reached generation \(counters.generation), and a table with "
                    + "generation \(route.generation) came late",
                remedy: "read the target's counters again and decide anew"
            )
        }
        try connection.execute(
            Self.raiseCounters,
            SQLiteValue(target),
            SQLiteValue(route.generation),
            SQLiteValue(fence)
        )
        try connection.execute(
            Self.insertRoute,
            SQLiteValue(target),
            SQLiteValue(route.generation),
            SQLiteValue(route.migration),
            SQLiteValue(route.table),
            SQLiteValue(route.barrier)
        )
    }

    /// Inside a transaction: gives the table of the newest generation the barrier that routers agreed to.
    func seal(_ route: RouteRecord, of migration: MigrationRecord) throws(Failure) {
        precondition(route.barrier != nil, "a table is sealed by its barrier")
        let target = migration.identity.target
        let changed = try connection.execute(
            Self.sealRoute,
            SQLiteValue(target),
            SQLiteValue(route.generation),
            SQLiteValue(migration.id),
            SQLiteValue(route.table),
            SQLiteValue(route.barrier)
        )
        guard changed == 1, try counters(of: target).generation == route.generation else {
            throw Failure(
                "MIG_STALE",
                blame: .bug,
                "generation \(route.generation) of \(target) is not the newest one, or has a barrier",
                remedy: "read the target's routes again and decide anew"
            )
        }
    }

    /// Gives a target that no migration holds its next table, for a path that runs without a plan.
    ///
    /// It needs no lease: nothing of a migration changes, and whoever controls others in this folder goes on.
    ///
    /// - Parameters:
    ///   - target: the path's.
    ///   - barrier: event time from which the table holds, for windows; nil: at once.
    ///   - make: writes the table's text for the counters that the target has with it.
    /// - Returns: what was stored.
    /// - Throws: `MIG_TARGET_BUSY` where a migration holds the target.
    package func publishStaticRoute(
        target: String,
        barrier: String? = nil,
        make: (_ next: TargetCounters) throws(Failure) -> String
    ) throws(Failure) -> RouteRecord {
        try requireWritable()
        return try connection.transaction { () throws(Failure) in
            if let other = try activeMigration(of: target) {
                throw JournalFailure.targetBusy(target, by: other.id, other.state.phase)
            }
            var next = try counters(of: target)
            next.generation += 1
            let route = RouteRecord(
                generation: next.generation,
                table: try make(next),
                barrier: barrier
            )
            try publish(route, target: target, fence: next.fence)
            return route
        }
    }

    /// Lifts a target's counter to what a router has seen, after a store was restored from a copy.
    package func raiseGeneration(of target: String, to seen: Int) throws(Failure) {
        try write { (lease) throws(Failure) in
            try connection.execute(
                Self.raiseCounters,
                SQLiteValue(target),
                SQLiteValue(seen),
                SQLiteValue(lease.fence)
            )
        }
    }

    /// The tables of a target behind a generation, oldest first.
    package func routes(
        of target: String,
        after generation: Int = 0
    ) throws(Failure) -> [RouteRecord] {
        let rows = try connection.rows(
            Self.routesAfter,
            SQLiteValue(target),
            SQLiteValue(generation)
        )
        var routes: [RouteRecord] = []
        for row in rows { routes.append(try Self.route(row)) }
        return routes
    }

    /// The newest table of a target at a generation or before it.
    package func route(
        of target: String,
        at generation: Int = .max
    ) throws(Failure) -> RouteRecord? {
        let rows = try connection.rows(Self.routeAt, SQLiteValue(target), SQLiteValue(generation))
        guard let row = rows.first else { return nil }
        return try Self.route(row)
    }

    /// The newest table that a migration gave a target, at a generation or before it.
    package func migrationRoute(
        of target: String,
        at generation: Int = .max
    ) throws(Failure) -> RouteRecord? {
        let rows = try connection.rows(
            Self.migrationRouteAt,
            SQLiteValue(target),
            SQLiteValue(generation)
        )
        guard let row = rows.first else { return nil }
        return try Self.route(row)
    }

    private static func route(_ row: SQLiteRow) throws(Failure) -> RouteRecord {
        var route = RouteRecord(
            generation: try row.integer("generation"),
            table: try row.text("table_json"),
            barrier: try row.optionalText("barrier")
        )
        route.migration = try row.optionalText("migration_id")
        return route
    }

    /// Remembers a router, or what it reports about itself.
    package func record(_ router: RouterRecord) throws(Failure) {
        try write { (_) throws(Failure) in
            try connection.execute(
                Self.setRouter,
                SQLiteValue(router.id),
                SQLiteValue(router.target),
                .integer(router.seenAt.milliseconds),
                SQLiteValue(router.fence),
                SQLiteValue(router.generation),
                SQLiteValue(router.state)
            )
        }
    }

    package func routers(of target: String) throws(Failure) -> [RouterRecord] {
        var routers: [RouterRecord] = []
        for row in try connection.rows(Self.getRouters, SQLiteValue(target)) {
            routers.append(
                RouterRecord(
                    id: try row.text("id"),
                    target: try row.text("target"),
                    seenAt: JournalTime(milliseconds: Int64(try row.integer("seen_at"))),
                    fence: try row.integer("fence"),
                    generation: try row.integer("generation"),
                    state: try row.text("state")
                )
            )
        }
        return routers
    }

    /// Whether a router has seen more than the store ever gave out: the store was restored from a copy.
    package func isAhead(_ router: RouterRecord) throws(Failure) -> Bool {
        let counters = try counters(of: router.target)
        return router.generation > counters.generation
            || router.fence > max(counters.fence, lease?.fence ?? 0)
    }

    /// Remembers that a router obeys a generation; saying it again changes nothing.
    package func acknowledge(
        target: String,
        generation: Int,
        router: String,
        at now: JournalTime
    ) throws(Failure) {
        try write { (_) throws(Failure) in
            try connection.execute(
                Self.setAck,
                SQLiteValue(target),
                SQLiteValue(generation),
                SQLiteValue(router),
                .integer(now.milliseconds)
            )
        }
    }

    /// The routers that obey a generation.
    package func acks(target: String, generation: Int) throws(Failure) -> [String] {
        let rows = try connection.rows(
            Self.getAcks,
            SQLiteValue(target),
            SQLiteValue(generation)
        )
        var routers: [String] = []
        for row in rows { routers.append(try row.text("router_id")) }
        return routers
    }
}
