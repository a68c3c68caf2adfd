package import Failures
internal import Hashing
internal import JSON

/// Checking what is written against itself.
extension MigrationJournal {
    /// Recomputes a migration's chain, its state, and its verdicts.
    ///
    /// - Parameters:
    ///   - id: the migration.
    ///   - rules: what events mean.
    ///   - knownHead: a head that was exported or logged before: an event of this number must still have this hash.
    /// - Returns: what was found; damage is a result and not thrown.
    /// - Throws: `MIG_UNKNOWN`, and what reading the disk throws.
    package func verify(
        _ id: String,
        rules: JournalRules,
        knownHead: KnownHead? = nil
    ) throws(Failure) -> VerificationReport {
        let record = try requireMigration(id: id)
        var report = VerificationReport(migration: id)
        var state = try startingState(of: record)
        var first: JournalEvent?
        do throws(Failure) {
            try forEachEvent(of: id) { (event) throws(Failure) in
                if first == nil { first = event }
                try check(event, against: knownHead, "is not the one exported")
                try check(event, against: heads.known[id], Self.notRemembered)
                report.eventCount = event.seq
                report.head = event.hash
                state = try rules.fold(state, event, record.identity)
                try recompute(event, rules, &report)
                return true
            }
            try checkEnd(of: record, report, from: knownHead)
            try checkPlan(record)
        } catch {
            guard error.code == "MIG_JOURNAL_CHAIN" else { throw error }
            report.chain = try culprit(record, &report) ?? error
            return report
        }
        report.differences = Self.differences(record, state, first)
        return report
    }

    /// A row starts as a draft of the plan that its first event was made under; later plans are amendments.
    private func startingState(of record: MigrationRecord) throws(Failure) -> MigrationState {
        var hash = record.state.planHash
        let first = try? events(of: record.id, limit: 1).first
        if let original = first?.payload["plan"]?.string { hash = original }
        return MigrationState(planHash: hash)
    }

    private static let notRemembered = "is not the one that the folder `heads` remembers"

    private func check(
        _ event: JournalEvent,
        against known: KnownHead?,
        _ problem: String
    ) throws(Failure) {
        guard let known, event.seq == known.seq, event.hash != known.hash else { return }
        throw JournalFailure.chain(event.migration, event: event.seq, problem)
    }

    private func checkEnd(
        of record: MigrationRecord,
        _ report: VerificationReport,
        from known: KnownHead? = nil
    ) throws(Failure) {
        let missing = report.eventCount + 1
        guard report.eventCount >= max(record.seq, known?.seq ?? 0) else {
            throw JournalFailure.chain(record.id, event: missing, "is missing at the end")
        }
        if let head = heads.known[record.id], report.eventCount < head.seq {
            throw JournalFailure.cutShort(record.id, event: missing, head)
        }
        guard report.eventCount == record.seq, report.head == record.head else {
            throw JournalFailure.chain(
                record.id,
                event: report.eventCount,
                "is not the one that the migration's row names"
            )
        }
    }

    private func checkPlan(_ record: MigrationRecord) throws(Failure) {
        let hash = record.state.planHash
        guard let plan = try plan(hash) else {
            throw JournalFailure.chain(record.id, event: record.seq, "has a plan that is gone")
        }
        guard "sha256:" + SHA256.hexadecimal(plan.normal) == hash else {
            throw JournalFailure.chain(
                record.id,
                event: record.seq,
                "is bound to plan \(hash), whose stored text was changed"
            )
        }
    }

    /// The columns in which the row differs from what its events say.
    private static func differences(
        _ record: MigrationRecord,
        _ state: MigrationState,
        _ first: JournalEvent?
    ) -> [String] {
        let row = record.state
        var columns: [(String, Bool)] = [
            ("plan_hash", row.planHash == state.planHash), ("phase", row.phase == state.phase),
            ("stage_index", row.stageIndex == state.stageIndex),
            ("stage_state", row.stageState == state.stageState),
            ("generation", row.generation == state.generation),
            ("hold_reason", row.holdReason == state.holdReason),
            ("hold_detail", row.holdDetail == state.holdDetail),
        ]
        // What the first event says about the migration's identity is covered by the chain.
        for member in record.identity.json.members {
            guard let said = first?.payload[member.name] else { continue }
            columns.append((member.name, said == member.value))
        }
        return columns.filter { !$0.1 }.map(\.0)
    }

    private func recompute(
        _ event: JournalEvent,
        _ rules: JournalRules,
        _ report: inout VerificationReport
    ) throws(Failure) {
        let isEqual = try rules.recompute?(event) { (stage, generation) throws(Failure) in
            try self.evidence(of: event.migration, stage: stage, generation: generation)
        }
        guard let isEqual else { return }
        report.verdictCount += 1
        if !isEqual { report.wrongVerdicts.append(.init(seq: event.seq, type: event.type)) }
    }

    /// The end of a chain only: the last `count` events and the row.
    ///
    /// - Throws: `MIG_JOURNAL_CHAIN`.
    package func checkTail(of record: MigrationRecord, count: Int = 256) throws(Failure) {
        var report = VerificationReport(migration: record.id)
        let start = max(0, record.seq - count)
        report.eventCount = start
        try forEachEvent(of: record.id, after: start) { (event) throws(Failure) in
            try check(event, against: heads.known[record.id], Self.notRemembered)
            report.eventCount = event.seq
            report.head = event.hash
            return true
        }
        try checkEnd(of: record, report)
    }

    /// Whether every migration that was ever committed is there.
    ///
    /// - Throws: `MIG_JOURNAL_CHAIN`.
    package func checkMigrations() throws(Failure) {
        for (id, head) in heads.known.sorted(by: { $0.key < $1.key }) {
            let seq = try migration(id: id)?.seq ?? 0
            guard seq < head.seq else { continue }
            throw JournalFailure.cutShort(id, event: seq + 1, head)
        }
    }
}
