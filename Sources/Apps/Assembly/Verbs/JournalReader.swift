internal import Arguments
internal import Failures
internal import Files
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules

/// A journal that is only looked at: no lock, and nothing written.
final class JournalReader {
    let journal: MigrationJournal

    /// Opens the journal of a state folder; nil where there is none yet.
    ///
    /// - Throws: `STATE_CORRUPT`, `MIG_JOURNAL_NEWER`, `IO_READ`.
    init?(_ state: String, binary: String) throws(Failure) {
        guard case .file = try Directory.kind(of: MigrationJournal.path(in: state)) else {
            return nil
        }
        journal = try MigrationJournal(
            state: state,
            options: JournalOptions(access: .readOnly, binary: binary)
        )
    }

    /// Opens the journal that has to be there.
    static func require(_ state: String, binary: String) throws(Failure) -> JournalReader {
        if let reader = try JournalReader(state, binary: binary) { return reader }
        throw Failure(
            "MIG_UNKNOWN",
            blame: .request,
            "the state folder \(state) has no journal of migrations",
            remedy: "name another one with --state, or begin with `cutover apply PLAN`"
        )
    }

    /// The latest attempt of a name, or the attempt whose id it is.
    ///
    /// - Throws: `MIG_UNKNOWN` with the nearest name.
    func resolve(_ name: String) throws(Failure) -> MigrationRecord {
        if let record = try journal.latest(named: name) { return record }
        if let record = try journal.migration(id: name) { return record }
        var names: [String] = []
        for record in try journal.migrations() where names.last != record.identity.name {
            names.append(record.identity.name)
        }
        throw Failure(
            "MIG_UNKNOWN",
            blame: .request,
            "there is no migration \(name)",
            remedy: names.isEmpty
                ? "store its plan with `cutover apply PLAN`"
                : NearestName.remedy(for: name, in: names)
        )
    }

    /// What is wrong with the end of a migration's chain.
    func damage(of record: MigrationRecord) throws(Failure) -> Failure? {
        do throws(Failure) {
            try journal.checkTail(of: record)
            return nil
        } catch {
            guard error.code == "MIG_JOURNAL_CHAIN" else { throw error }
            return error
        }
    }

    /// Whether a controller would trust what is stored of a migration.
    func isSound(_ record: MigrationRecord) throws(Failure) -> Bool {
        guard try damage(of: record) == nil else { return false }
        return try journal.verify(record.id, rules: ControlRules.journalRules(for: journal)).isGood
    }

    /// The stage that a migration is at.
    func stageName(of record: MigrationRecord) throws(Failure) -> String? {
        let stages = try plan(record.state.planHash).stages
        let index = record.state.stageIndex
        return stages.indices.contains(index) ? stages[index].name : nil
    }

    /// A stored plan.
    ///
    /// - Throws: `MIG_JOURNAL_CHAIN` where it was changed, `MIG_JOURNAL_NEWER`.
    func plan(_ hash: String) throws(Failure) -> MigrationPlan {
        try MigrationViews.plan(hash, in: journal)
    }
}
