package import Failures
package import MigrationJournal
package import MigrationRules
package import Routing

/// Looking at migrations without controlling them: everything is read from the journal.
package enum MigrationViews {
    /// The latest attempt of each name, by name.
    package static func snapshots(
        of journal: MigrationJournal
    ) throws(Failure) -> [MigrationSnapshot] {
        var latest: [String: MigrationRecord] = [:]
        for record in try journal.migrations() { latest[record.identity.name] = record }
        var snapshots: [MigrationSnapshot] = []
        for record in latest.values.sorted(by: { $0.identity.name < $1.identity.name }) {
            snapshots.append(try snapshot(record, in: journal))
        }
        return snapshots
    }

    /// The latest attempt of a name; nil for an unknown name.
    package static func snapshot(
        named name: String,
        in journal: MigrationJournal
    ) throws(Failure) -> MigrationSnapshot? {
        guard let record = try journal.latest(named: name) else { return nil }
        return try snapshot(record, in: journal)
    }

    /// The tables of a target that routers may obey, the oldest first: what a router begins with.
    ///
    /// A table whose barrier was proposed and never agreed is not among them, nor are static routes, which only the
    /// runs that made them obey.
    package static func tables(
        of target: String,
        in journal: MigrationJournal
    ) throws(Failure) -> [RouteTable] {
        var usesBarriers: [String: Bool] = [:]
        for record in try journal.migrations() where record.identity.target == target {
            let plan = try ControlState.plan(record.state.planHash, in: journal)
            usesBarriers[record.id] = plan.unit.kind == .keyWindow
        }
        var tables: [RouteTable] = []
        for route in try journal.routes(of: target) {
            guard let migration = route.migration else { continue }
            let waits = usesBarriers[migration] ?? false
            guard !waits || route.barrier != nil else { continue }
            tables.append(try RouteTable(stored: route))
        }
        return tables
    }

    /// A stored plan.
    ///
    /// - Throws: `MIG_JOURNAL_CHAIN` where it was changed, `MIG_JOURNAL_NEWER`.
    package static func plan(
        _ hash: String,
        in journal: MigrationJournal
    ) throws(Failure) -> MigrationPlan {
        try ControlState.plan(hash, in: journal)
    }

    /// One attempt, also one that is not the latest of its name.
    package static func snapshot(
        _ record: MigrationRecord,
        in journal: MigrationJournal
    ) throws(Failure) -> MigrationSnapshot {
        let control = try ControlState(reading: journal, record)
        var recent: [MigrationEvent] = []
        let start = max(0, record.seq - ControllerCore.recentLimit)
        for event in try journal.events(of: record.id, after: start) {
            recent.append(try EventCoding.event(event))
        }
        var snapshot = MigrationSnapshot(control, record, recent: recent)
        for router in try journal.routers(of: record.identity.target) {
            snapshot.routers.append(
                .init(
                    id: router.id,
                    isAlive: router.state == "alive",
                    generation: router.generation
                )
            )
        }
        let open = try journal.intents(of: record.id).last { $0.lastError != nil }
        snapshot.trouble = open?.lastError
        return snapshot
    }
}
