package import Failures
internal import JSON
internal import MigrationJournal

/// A migration that holds its target now; for callers that know nothing of journals.
package struct ActiveMigration: Sendable, Hashable {
    package let name: String
    package let target: String
    package let phase: String

    /// Every one of a state folder; none where there is no journal yet.
    ///
    /// - Throws: `STATE_CORRUPT`, `MIG_JOURNAL_NEWER`, `IO_READ`.
    package static func all(
        in state: String,
        binary: String
    ) throws(Failure) -> [ActiveMigration] {
        guard let reader = try JournalReader(state, binary: binary) else { return [] }
        return try reader.journal.migrations().filter(\.isActive).map { record in
            ActiveMigration(
                name: record.identity.name,
                target: record.identity.target,
                phase: record.state.phase
            )
        }
    }

    /// Why a static route of the target is ignored, as a clause.
    package var clause: String { "the migration \(name) of \(target) is \(phase)" }
}

extension StatusView {
    /// The view with a word about a static route that is set here, and that the migration's runs ignore.
    package func noting(_ route: StaticRoute?) -> StatusView {
        guard let route, var object = json.object, MigrationRecord.activePhases.contains(phase)
        else { return self }
        let migration = ActiveMigration(name: name, target: text("target"), phase: phase)
        object["static_route"] = JSONValue(route.ignored(because: migration.clause))
        return StatusView(
            JSONValue(object),
            isLive: isLive,
            controllerFailure: controllerFailure,
            damage: damage
        )
    }
}
