package import Failures
internal import JSON
internal import SQLite

/// What a controller finds when it starts.
package struct StartUpReport: Sendable {
    /// nil where the journal is damaged: then nothing is written.
    package var lease: Lease?
    /// Migrations that hold their targets, as they stand now.
    package var active: [MigrationRecord] = []
    /// Intents that an earlier controller had begun, to be done again.
    package var reopenedIntentCount = 0
    /// What is wrong with the journal.
    package var damage: [Failure] = []
}

/// Starting up.
extension MigrationJournal {
    /// Makes a journal ready for a controller, whatever the last one died of.
    ///
    /// In this order: the file is checked, that no migration was cut short, and the ends of the chains of all active migrations; the lease is taken
    /// over; `controller.started` is written into each active migration, so that whoever writes under an older
    /// fence loses; what the events fold to is compared with the rows; begun intents are opened again. Whatever is
    /// damaged makes the journal read-only: ``damage`` says why.
    ///
    /// - Throws: what reading and writing the disk throws; damage is a result.
    package func startUp(
        holder: String,
        at now: JournalTime,
        rules: JournalRules
    ) throws(Failure) -> StartUpReport {
        var report = StartUpReport()
        try examine(&report)
        guard report.damage.isEmpty else { return report }
        report.lease = try takeLease(holder: holder, at: now)
        for record in report.active {
            let found = try verify(record.id, rules: rules)
            guard let failure = found.failure else { continue }
            report.damage.append(failure)
            damage = damage ?? failure
        }
        guard report.damage.isEmpty else { return report }
        for (index, record) in report.active.enumerated() {
            report.active[index] = try announce(holder, in: record, at: now)
        }
        report.reopenedIntentCount = try reopenClaimedIntents()
        return report
    }

    private func examine(_ report: inout StartUpReport) throws(Failure) {
        do throws(Failure) {
            try connection.checkIntegrity()
            try checkMigrations()
            report.active = try migrations().filter(\.isActive)
        } catch {
            guard error.code == "STATE_CORRUPT" || error.code == "MIG_JOURNAL_CHAIN" else {
                throw error
            }
            report.damage.append(error)
            damage = error
            return
        }
        for record in report.active {
            do throws(Failure) {
                try checkTail(of: record)
            } catch {
                guard error.code == "MIG_JOURNAL_CHAIN" else { throw error }
                report.damage.append(error)
                damage = damage ?? error
            }
        }
    }

    private func announce(
        _ holder: String,
        in record: MigrationRecord,
        at now: JournalTime
    ) throws(Failure) -> MigrationRecord {
        let event = EventDraft(
            "controller.started",
            actor: holder,
            at: now,
            binary: options.binary,
            payload: ["earlier_fence": JSONValue(record.fence)]
        )
        return try commit(JournalTransition(from: record, to: record.state, event))
    }
}
