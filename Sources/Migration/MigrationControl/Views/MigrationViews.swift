package import Failures
package import MigrationJournal
internal import MigrationRules

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

    private static func snapshot(
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
