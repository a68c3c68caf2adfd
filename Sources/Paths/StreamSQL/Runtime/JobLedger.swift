package import Failures
package import Hashing

/// What a job does with rows that it cannot use (stream.md §7.7).
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

    package init(failing: Failing = .fail, late: Late = .drop) {
        self.failing = failing
        self.late = late
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
}

/// The committer of a job: takes outcomes in step order, publishes rows, and accounts for every other row.
///
/// Conservation (G4): for each source, records = accepted + rejected + skipped, and late rows are counted
/// among the accepted ones by the operator that refused them.
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

    /// - Parameters:
    ///   - sourceCount: number of sources of the graph.
    ///   - policy: what to do with rows that cannot be used.
    ///   - sink: gets the rows.
    ///   - deadLetters: gets what the policy sends there; must exist if it sends anything.
    ///   - log: is told of each refused row that the job goes on without; limits its own rate.
    package init(
        sourceCount: Int,
        policy: RejectionPolicy,
        sink: any RowSink,
        deadLetters: (any DeadLetterSink)?,
        log: @escaping @Sendable (Failure) -> Void
    ) {
        sources = Array(repeating: SourceCount(), count: sourceCount)
        self.policy = policy
        self.sink = sink
        self.deadLetters = deadLetters
        self.log = log
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
            try sink.write(output)
        }
    }

    /// Publishes what was written, after the last step.
    package func finish() throws(Failure) {
        try deadLetters?.close()
        try sink.publish()
    }

    /// Removes what was written and not published.
    package func abort() { sink.discard() }

    private func account(_ step: Sequencer.Step) throws(Failure) {
        sources[step.source].records += step.recordCount
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
            if policy.late == .dlq { try deadLetters?.write(letter) }
        }
        for failed in report.failed {
            var letter = letter(.evaluate, failed.code, failed.message, failed.row, step)
            letter.sql = failed.position
            if let source = letter.source { sources[source].rejected += 1 }
            let remedy =
                "correct the row or the expression, or choose `--failure log` or `--failure dlq`"
            try refuse(letter, remedy: remedy)
        }
    }

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
        if firstRejected == nil {
            firstRejected = Example(position: letter.position, message: letter.message)
        }
        let failure = Failure(
            letter.code,
            blame: .data,
            letter.message,
            remedy: remedy,
            at: letter.position.map { .file($0) } ?? letter.sql.map { .text($0) }
        )
        switch policy.failing {
        case .fail: throw failure
        case .log: log(failure)
        case .dlq: try deadLetters?.write(letter)
        }
    }
}
