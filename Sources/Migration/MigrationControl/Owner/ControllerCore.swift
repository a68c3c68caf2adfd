internal import Failures
internal import JSON
internal import MigrationJournal
internal import MigrationRules
internal import Routing

/// The controller's hands: lock, journal, adapters.
///
/// One thread at a time uses it. It decides nothing: what is done follows from ``ControlState/tick(_:machine:settings:)``. Whenever an action
/// fails, the migration is read from the journal again at the next turn.
final class ControllerCore {
    /// A migration under control.
    struct Entry {
        var control: ControlState
        var record: MigrationRecord
        /// Reports that were handed over and are not known to be stored.
        var backlog: [PathReport] = []
        /// Routers as they were recorded last.
        var routers: [RouterStatus] = []
        var recent: [MigrationEvent] = []
    }

    private let lock: ControllerLock
    let journal: MigrationJournal
    let options: ControllerOptions
    let machine: StageMachine
    var adapters: [String: any TargetAdapter] = [:]
    var descriptions: [String: AdapterDescription] = [:]
    /// By id.
    var entries: [String: Entry] = [:]
    /// The last failure that a later turn may get over, by migration.
    var troubles: [String: Failure] = [:]
    /// Why intents of a migration are still open, by their number.
    var openIntents: [String: [Int: Failure]] = [:]
    /// Migrations that are to be read from the journal again.
    var stale: Set<String> = []
    private var renewedMs: Int?
    private(set) var fence = 0

    /// Takes control of a state folder, whatever the last controller died of.
    init(state: String, options: ControllerOptions) throws(Failure) {
        self.options = options
        var machine = StageMachine(settings: options.settings.machine, actor: options.holder)
        machine.settings = options.settings.machine
        self.machine = machine
        lock = try ControllerLock.take(in: state)
        journal = try MigrationJournal(
            state: state,
            options: JournalOptions(binary: options.binary, fileLayer: options.fileLayer)
        )
        let now = options.clock.now()
        let report = try journal.startUp(
            holder: options.holder,
            at: JournalTime(milliseconds: Int64(now.wallMs)),
            rules: try ControlRules.journalRules(for: journal)
        )
        if let damage = report.damage.first { throw damage }
        fence = report.lease?.fence ?? 0
        renewedMs = now.monotonicMs
        for record in try journal.migrations() where !record.isTerminal {
            try load(record)
        }
        try noteGaps(now)
    }

    var time: JournalTime { JournalTime(milliseconds: Int64(options.clock.now().wallMs)) }

    /// Folds the journal's log into its file.
    func fold() {
        // Where that fails the log stays beside the file, and whoever opens the journal next does it.
        do throws(Failure) { try journal.fold() } catch {}
    }

    func load(_ record: MigrationRecord) throws(Failure) {
        let control = try ControlState(reading: journal, record)
        if let description = descriptions[record.identity.target] {
            try description.check(control.plan)
        }
        var entry = Entry(control: control, record: record)
        entry.backlog = entries[record.id]?.backlog ?? []
        for event in try journal.events(of: record.id, after: max(0, record.seq - Self.recentLimit))
        {
            entry.recent.append(try EventCoding.event(event))
        }
        entry.routers = try RouterStatus.known(of: record.identity.target, in: journal)
        entries[record.id] = entry
    }

    /// Events that a snapshot shows.
    static let recentLimit = 20

    /// Time in which no controller ran is written down, and counts nowhere.
    private func noteGaps(_ now: ClockReading) throws(Failure) {
        for id in entries.keys.sorted() {
            guard let entry = entries[id], entry.control.rules.phase.isActive,
                entry.control.rules.stageGeneration > 0
            else { continue }
            var facts = MigrationFacts()
            facts.clock = now
            facts.fence = fence
            var payload = EventPayload()
            payload.detail = "no controller ran since \(entry.record.updatedAt)"
            let note = machine.note(.evidenceGap, payload, entry.control.rules, facts: facts)
            var input = ControlInput()
            input.clock = now
            input.fence = fence
            try turn(id) { (control, actions) throws(Failure) in
                try control.commit(note, input, &actions)
            }
        }
    }

    /// Keeps the right to write.
    func renew(_ now: ClockReading) throws(Failure) {
        let age = renewedMs.map { now.monotonicMs - $0 } ?? .max
        guard age >= options.settings.leaseMs / 3 else { return }
        try journal.renewLease(
            at: JournalTime(milliseconds: Int64(now.wallMs)),
            for: .milliseconds(options.settings.leaseMs)
        )
        renewedMs = now.monotonicMs
    }

    func raiseFence(above seen: Int) throws(Failure) {
        try journal.raiseFence(above: seen)
        fence = journal.lease?.fence ?? fence
    }
}
