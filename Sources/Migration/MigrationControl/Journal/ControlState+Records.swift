package import Failures
internal import JSON
package import MigrationJournal
internal import MigrationRules
internal import Routing

/// What is kept beside the chain: reports, positions, violations, progress.
extension ControlState {
    /// Names of rows of the evidence that are no report; they stand under an empty stage.
    enum Row {
        static let progress = "progress"
        static let position = "position"
        static let violation = "violation"
        static let report = "report/"
    }

    /// The rows of a report.
    func records(of stored: StoredReport) -> [EvidenceRecord] {
        let report = stored.report
        var rows = [
            EvidenceRecord(
                generation: report.generation,
                stage: evidence.stageName(report.generation),
                check: Row.report + report.router,
                stratum: "\(stored.order)",
                intervalStart: JournalTime(milliseconds: Int64(report.intervalMs)),
                counts: stored.json.object ?? JSONObject(),
                queryHash: question
            )
        ]
        let position = evidence.positions[report.router] ?? ReportPosition()
        rows.append(note(Row.position, report.router, position.json))
        for (index, violation) in stored.violations.enumerated() {
            rows.append(note(Row.violation, "\(stored.order)/\(index)", violation.json))
        }
        return rows
    }

    var progressRecord: EvidenceRecord { note(Row.progress, "", progress.json) }

    /// The soak of the stage, for people.
    func soakRecord(_ clock: ClockReading) -> [SoakRecord] {
        guard let stage else { return [] }
        return [
            SoakRecord(
                stage: stage.name,
                activeMilliseconds: progress.soakMs,
                units: progress.soakUnits,
                lastMonotonic: clock.monotonicMs,
                lastWall: JournalTime(milliseconds: Int64(clock.wallMs))
            )
        ]
    }

    private func note(_ check: String, _ stratum: String, _ json: JSONValue) -> EvidenceRecord {
        EvidenceRecord(
            generation: 0,
            stage: "",
            check: check,
            stratum: stratum,
            intervalStart: JournalTime(milliseconds: 0),
            counts: json.object ?? JSONObject(),
            queryHash: ""
        )
    }
}

/// Reading what is kept.
extension ControlState {
    /// A migration as the journal has it.
    ///
    /// - Throws: `MIG_JOURNAL_CHAIN`, `MIG_JOURNAL_NEWER`, `STATE_CORRUPT`.
    package init(reading journal: MigrationJournal, _ record: MigrationRecord) throws(Failure) {
        let events = try journal.events(of: record.id)
        let firstHash = events.first?.payload["plan"]?.string ?? record.state.planHash
        self = try ControlState(
            record.identity,
            try Self.plan(record.state.planHash, in: journal),
            hash: firstHash,
            table: nil
        )
        for stored in events {
            let event = try EventCoding.event(stored)
            try folded.apply(event)
            follow(event)
        }
        guard folded.stored(planHash: planHash) == record.state else {
            throw Failure(
                "MIG_JOURNAL_CHAIN",
                blame: .data,
                "the events of \(record.id) fold to another state than the stored one",
                remedy: "trust nothing from that event on; restore the state folder from a copy"
            )
        }
        try readTables(journal)
        try readEvidence(journal)
    }

    static func plan(
        _ hash: String,
        in journal: MigrationJournal
    ) throws(Failure) -> MigrationPlan {
        guard let record = try journal.plan(hash) else {
            throw Failure(
                "MIG_UNKNOWN",
                blame: .data,
                "the plan \(hash) is not in the journal",
                remedy: "restore the state folder from a copy"
            )
        }
        return try MigrationPlan.stored(record)
    }

    private mutating func readTables(_ journal: MigrationJournal) throws(Failure) {
        guard let newest = try journal.migrationRoute(of: identity.target) else { return }
        let isWaiting =
            usesBarriers && rules.stageState == .shifting && newest.migration == identity.id
            && newest.generation == rules.generation
        guard isWaiting else {
            table = try RouteTable(stored: newest)
            return
        }
        pending = try RouteTable(stored: newest)
        let before = try journal.migrationRoute(of: identity.target, at: newest.generation - 1)
        table = try before.map { record throws(Failure) in try RouteTable(stored: record) }
    }

    private mutating func readEvidence(_ journal: MigrationJournal) throws(Failure) {
        var positions: [String: ReportPosition] = [:]
        let rows = try journal.evidence(of: identity.id, stage: "")
        for row in rows {
            let json = JSONValue(row.counts)
            switch row.check {
            case Row.progress: progress = try Self.read(json)
            case Row.position: positions[row.stratum] = try Self.read(json)
            default: break
            }
        }
        progress.restart()
        evidence.restore(positions, violations: try Self.violations(rows))
        let stage = evidence.stageName(rules.stageGeneration)
        let reports = try journal.evidence(
            of: identity.id,
            stage: stage,
            generation: rules.stageGeneration
        )
        for stored in try Self.reports(reports, question: question) { evidence.restore(stored) }
    }

    /// The reports among rows, in the order of their coming.
    static func reports(
        _ rows: [EvidenceRecord],
        question: String
    ) throws(Failure) -> [StoredReport] {
        var reports: [StoredReport] = []
        for row in rows where row.check.hasPrefix(Row.report) && row.queryHash == question {
            reports.append(try read(JSONValue(row.counts)))
        }
        return reports.sorted { $0.order < $1.order }
    }

    static func violations(_ rows: [EvidenceRecord]) throws(Failure) -> [Violation] {
        var violations: [Violation] = []
        for row in rows where row.check == Row.violation {
            violations.append(try read(JSONValue(row.counts)))
        }
        return violations
    }

    private static func read<Form: NormalForm>(_ json: JSONValue) throws(Failure) -> Form {
        do throws(JSONError) {
            return try Form(json: json)
        } catch {
            throw error.failure("STATE_CORRUPT", blame: .data)
        }
    }
}
