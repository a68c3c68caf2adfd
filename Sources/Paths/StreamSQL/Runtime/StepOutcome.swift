package import Columns
package import Failures
package import Hashing

/// Everything that one step of the sequence did, gathered until it is the step's turn to be committed.
package struct StepOutcome: Sendable {
    /// What the sequencer said of the step; nil for the last step, which ends all inputs.
    package var source: Sequencer.Step?
    /// Rows that reached the sink, in canonical order.
    package var outputs: [PreparedOutput] = []
    /// What transforms and operators refused, upstream first.
    package var reports: [StepReport] = []
    /// What ended the job in this step.
    package var failure: Failure?

    package init(source: Sequencer.Step?) { self.source = source }

    package mutating func add(_ report: StepReport) {
        if !report.isEmpty { reports.append(report) }
    }
}

extension StepReport {
    package var isEmpty: Bool { late.isEmpty && failed.isEmpty && partlyLateCount == 0 }
}

/// Output rows made ready for the sink by any thread, so that the committer only appends them.
package struct PreparedOutput: Sendable {
    package var batch: Batch
    /// The rows in the sink's text format, where it has one.
    package var bytes: [UInt8]
    /// Order-free digest of the typed rows.
    package var digest: SegmentDigest

    package init(batch: Batch, bytes: [UInt8], digest: SegmentDigest) {
        self.batch = batch
        self.bytes = bytes
        self.digest = digest
    }
}
