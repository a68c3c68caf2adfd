internal import Columns
package import Failures
package import Hashing

/// What a job does with rows that it cannot use.
package struct RejectionPolicy: Hashable, Sendable {
    package enum Failing: String, Hashable, Sendable, CaseIterable {
        case fail
        case log
        case dlq
    }

    package enum Late: String, Hashable, Sendable, CaseIterable {
        case drop
        case dlq
    }

    package var failing: Failing
    package var late: Late
    /// Share of the output, in parts per million, that the sink may refuse under `dlq` before the job fails.
    package var refusedShare: Int

    package init(failing: Failing = .fail, late: Late = .drop, refusedShare: Int = 10_000) {
        self.failing = failing
        self.late = late
        self.refusedShare = refusedShare
    }
}

/// Takes the bytes of rows that were not accepted.
package protocol DeadLetterSink: AnyObject {
    /// Keeps one row.
    ///
    /// - Throws: `DLQ_FULL` above the configured size, `IO_…` where it cannot be written.
    func write(_ letter: DeadLetter) throws(Failure)
    /// Makes all letters durable.
    func close() throws(Failure)
    /// Bytes of all letters, and how many there may be.
    var size: (bytes: Int, limit: Int) { get }
}

/// A row that was not accepted, with all that is known of it.
package struct DeadLetter: Sendable {
    package var stage: Rejection.Stage
    package var code: String
    package var message: String
    package var source: Int?
    package var position: FilePosition?
    package var bytes: [UInt8]?
    package var sql: SourcePosition?

    /// What happened, with the expression's place where the failure's own place is the row's.
    var problem: String {
        guard position != nil, let sql else { return message }
        return "\(message) (expression at \(sql))"
    }
}

/// The committer of a job: takes outcomes in step order, publishes rows, and accounts for every other row.
///
/// For each source, records = accepted + rejected + skipped, and late rows are counted among the accepted ones
/// by the operator that refused them; so every record is accounted for.
package final class JobLedger {
    /// What one source gave.
    package struct SourceCount: Hashable, Sendable {
        package var records = 0
        package var rejected = 0
        package var nulledFields = 0
        package var skippedRows = 0
    }

    /// A late or rejected row, kept for the report.
    package struct Example: Hashable, Sendable {
        package var position: FilePosition?
        package var message: String
    }

    package private(set) var sources: [SourceCount]
    package private(set) var lateCount = 0
    package private(set) var partlyLateCount = 0
    /// Refused rows by stage and code.
    package private(set) var rejectedCounts: [String: Int] = [:]
    package private(set) var digest = SegmentDigest()
    package private(set) var firstLate: Example?
    package private(set) var firstRejected: Example?

    private let policy: RejectionPolicy
    private let sink: any RowSink
    private let deadLetters: (any DeadLetterSink)?
    private let log: @Sendable (Failure) -> Void
    private let meter: JobMeter?
    /// Takes the job's checkpoints, where it has any.
    var checkpoints: Checkpointer?
    private let now: @Sendable () -> Int64
    /// Rows of the output that had no form in the sink's format.
    private var refusedBySink = 0

    /// Output rows before the share of refused ones is looked at during a run.
    private static let shareRows = 10_000

    /// - Parameters:
    ///   - sourceCount: number of sources of the graph.
    ///   - policy: what to do with rows that cannot be used.
    ///   - sink: gets the rows.
    ///   - deadLetters: gets what the policy sends there; must exist if it sends anything.
    ///   - log: is told of each refused row that the job goes on without; limits its own rate.
    ///   - meter: is told what each step did, where somebody wants to know.
    ///   - now: the clock, in microseconds since 1970-01-01 00:00:00 UTC, for the meter.
    package init(
        sourceCount: Int,
        policy: RejectionPolicy,
        sink: any RowSink,
        deadLetters: (any DeadLetterSink)?,
        log: @escaping @Sendable (Failure) -> Void,
        meter: JobMeter? = nil,
        now: @escaping @Sendable () -> Int64 = { 0 }
    ) {
        sources = Array(repeating: SourceCount(), count: sourceCount)
        self.policy = policy
        self.sink = sink
        self.deadLetters = deadLetters
        self.log = log
        self.meter = meter
        self.now = now
        showLetters()
    }

    /// Commits one step.
    ///
    /// - Throws: the step's own failure; under `fail` the first refused row; what the sink throws.
    package func commit(_ outcome: StepOutcome) throws(Failure) {
        if let step = outcome.source { try account(step) }
        for report in outcome.reports { try account(report, outcome.source) }
        if let failure = outcome.failure { throw failure }
        for output in outcome.outputs {
            digest.merge(output.digest)
            meter?.gave(output.batch.rowCount)
            try sink.write(output)
        }
        if let step = outcome.source { try sink.advance(to: step.watermark) }
        if digest.count + refusedBySink >= Self.shareRows { try checkRefusedShare() }
    }

    /// Publishes what was written, after the last step.
    package func finish() throws(Failure) {
        try checkRefusedShare()
        guard let checkpoints else {
            try deadLetters?.close()
            return try sink.publish()
        }
        try checkpoints.take(nil, try progress())
    }

    /// Removes what was written and not published.
    package func abort() { sink.discard() }

    private func account(_ step: Sequencer.Step) throws(Failure) {
        sources[step.source].records += step.recordCount
        meter?.read(step.recordCount, source: step.source, watermark: step.watermark, now: now)
        sources[step.source].nulledFields += step.nulledFieldCount
        sources[step.source].skippedRows += step.skippedRowCount
        for rejection in step.rejections {
            sources[step.source].rejected += 1
            try refuse(
                DeadLetter(
                    stage: rejection.stage,
                    code: rejection.code,
                    message: rejection.message,
                    source: step.source,
                    position: rejection.position,
                    bytes: rejection.bytes,
                    sql: nil
                ),
                remedy: rejection.remedy
            )
        }
    }

    private func account(_ report: StepReport, _ step: Sequencer.Step?) throws(Failure) {
        partlyLateCount += report.partlyLateCount
        meter?.wasLate(report.late.count)
        for row in report.late {
            lateCount += 1
            guard firstLate == nil || policy.late == .dlq else { continue }
            let letter = letter(
                .late,
                "LATE",
                "the row came after its windows had closed",
                row,
                step
            )
            if firstLate == nil {
                firstLate = Example(position: letter.position, message: letter.message)
            }
            if policy.late == .dlq { try keep(letter) }
        }
        for failed in report.failed {
            var letter = letter(failed.stage, failed.code, failed.message, failed.row, step)
            letter.sql = failed.position
            letter.bytes = letter.bytes ?? failed.output
            let isInput = step.map { failed.row.chunk == $0.piece } ?? false
            // A row that operators made is nobody's input.
            if !isInput { letter.source = nil }
            if failed.stage == .sink {
                refusedBySink += 1
            } else if let source = letter.source {
                sources[source].rejected += 1
            }
            try refuse(letter, remedy: failed.remedy ?? Self.remedy)
        }
    }

    private static let remedy =
        "correct the row or the expression, or choose `--failure log` or `--failure dlq`"

    private func letter(
        _ stage: Rejection.Stage,
        _ code: String,
        _ message: String,
        _ row: RowReference,
        _ step: Sequencer.Step?
    ) -> DeadLetter {
        var letter = DeadLetter(
            stage: stage,
            code: code,
            message: message,
            source: step?.source,
            position: nil,
            bytes: nil,
            sql: nil
        )
        if let step, let locator = step.locator, let record = row.record, row.chunk == step.piece {
            var position = locator.position(of: Int(record))
            position.line = position.line.map { $0 + step.linesBefore }
            letter.position = position
            letter.bytes = locator.bytes(of: Int(record))
        }
        return letter
    }

    private func refuse(_ letter: DeadLetter, remedy: String) throws(Failure) {
        rejectedCounts["\(letter.stage.rawValue) \(letter.code)", default: 0] += 1
        meter?.refused(stage: letter.stage.rawValue, code: letter.code)
        if firstRejected == nil {
            firstRejected = Example(position: letter.position, message: letter.message)
        }
        let failure = Failure(
            letter.code,
            blame: .data,
            letter.problem,
            remedy: remedy,
            at: letter.position.map { .file($0) } ?? letter.sql.map { .text($0) }
        )
        switch policy.failing {
        case .fail: throw failure
        // A row of the result must not get lost behind a line of the log.
        case .log where letter.stage == .sink: throw failure
        case .log: log(failure)
        case .dlq: try keep(letter)
        }
    }

    private func keep(_ letter: DeadLetter) throws(Failure) {
        try deadLetters?.write(letter)
        meter?.keptLetter()
        showLetters()
    }

    private func showLetters() {
        guard let meter, let size = deadLetters?.size else { return }
        meter.showLetters(bytes: size.bytes, limit: size.limit)
    }

    private func checkRefusedShare() throws(Failure) {
        let all = digest.count + refusedBySink
        let million = 1_000_000
        guard refusedBySink > 0, refusedBySink * million > all * policy.refusedShare else { return }
        throw Failure(
            "DLQ_RATE",
            blame: .data,
            "the sink refused \(refusedBySink) of \(all) rows, more than dlq.max.rate allows",
            remedy: "change the sink's format, or raise dlq.max.rate"
        )
    }
}

// MARK: - Checkpoints

extension JobLedger {
    /// Whether a checkpoint is to be taken before the next step.
    var isCheckpointDue: Bool { checkpoints?.isDue ?? false }

    /// Takes a checkpoint: all steps so far are committed, and none has begun that is not.
    func checkpoint(_ job: JobProgress) throws(Failure) {
        try checkpoints?.take(job, try progress())
    }

    private func progress() throws(Failure) -> LedgerProgress {
        try deadLetters?.close()
        var progress = LedgerProgress()
        progress.sources = sources
        progress.lateCount = lateCount
        progress.partlyLateCount = partlyLateCount
        progress.rejectedCounts = rejectedCounts
        progress.digest = digest
        progress.refusedBySink = refusedBySink
        progress.firstLate = firstLate
        progress.firstRejected = firstRejected
        progress.deadLetterBytes = deadLetters?.size.bytes ?? 0
        return progress
    }

    /// Goes on with the counts of another ledger.
    func restore(_ progress: LedgerProgress) {
        sources = progress.sources
        lateCount = progress.lateCount
        partlyLateCount = progress.partlyLateCount
        rejectedCounts = progress.rejectedCounts
        digest = progress.digest
        refusedBySink = progress.refusedBySink
        firstLate = progress.firstLate
        firstRejected = progress.firstRejected
    }
}
