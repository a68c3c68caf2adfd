package import Failures
internal import Files
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules
internal import Routing
internal import StreamSQL

/// What the journal knows of the migration of a target: where a router and its job begin.
struct StoredMigration {
    let plan: MigrationPlan
    /// The tables of the attempt that routers have activated, the oldest first.
    let tables: [RouteTable]
    /// What it looks like where it has ended: no controller shows that.
    let ended: MigrationSnapshot?
    /// Differences between the sides that reports have told of.
    let mismatchCount: Int
    private let control: ControlState

    /// The one that is under way; with `takesEnded` the last one where none is.
    ///
    /// - Throws: `MIG_UNKNOWN` where there is none.
    init(
        of target: String,
        in state: String,
        binary: String,
        takesEnded: Bool = false
    ) throws(Failure) {
        let journal = try JournalReader.require(state, binary: binary).journal
        guard let record = try Self.record(of: target, journal, takesEnded) else {
            throw Failure(
                "MIG_UNKNOWN",
                blame: .request,
                "no migration of \(target) is under way in \(state)",
                remedy: "apply a plan and start it, or leave out --target"
            )
        }
        control = try ControlState(reading: journal, record)
        ended = record.isTerminal ? try MigrationViews.snapshot(record, in: journal) : nil
        mismatchCount = try journal.mismatches(of: record.id).reduce(0) { $0 + $1.count }
        plan = control.plan
        tables = try MigrationViews.tables(of: target, in: journal)
    }

    /// The active migration, or one that is ready to start.
    private static func record(
        of target: String,
        _ journal: MigrationJournal,
        _ takesEnded: Bool
    ) throws(Failure) -> MigrationRecord? {
        if let active = try journal.activeMigration(of: target) { return active }
        return try journal.migrations().last { record in
            record.identity.target == target && (takesEnded || !record.isTerminal)
        }
    }

    /// The router of the target's job, as its file and the journal have it.
    ///
    /// Its name is its file's: `stream/flights-hourly` gives `stream-flights-hourly`.
    func router(in state: String) throws(Failure) -> LiveRouter {
        try LiveRouter(
            id: String(plan.target.map { $0 == "/" ? "-" : $0 }),
            target: plan.target,
            directory: Directory.join(state, "routers"),
            tables: tables
        )
    }

    func position(of router: String) -> ReportPosition { control.position(of: router) }
}

/// The latest attempt of a name; for callers that know nothing of journals.
package struct LatestAttempt: Sendable, Hashable {
    /// From 1.
    package let number: Int
    /// Such as `running` or `completed`.
    package let phase: String
    package let hasEnded: Bool
    /// Whether it has left what comes before its first stage.
    package let hasStarted: Bool

    /// Reads the journal; nil where it has no migration of that name.
    ///
    /// - Throws: `MIG_STATE_LOCKED` where another process controls the folder now, what reading the journal throws.
    package init?(of name: String, in state: String, binary: String) throws(Failure) {
        if try ControllerLock.isHeld(in: state) { throw try ControllerLock.refusal(in: state) }
        guard let reader = try JournalReader(state, binary: binary),
            let record = try reader.journal.latest(named: name)
        else { return nil }
        number = record.identity.attempt
        phase = record.state.phase
        hasEnded = record.isTerminal
        hasStarted = phase != Phase.draft.rawValue && phase != Phase.ready.rawValue
    }
}
