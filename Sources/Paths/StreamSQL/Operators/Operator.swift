package import Columns
package import Failures

/// One instance of a stateful operator: all of it on V1, one partition of it on V2.
///
/// A scheduler calls it in steps, in sequence order, from one thread at a time: any number of `process`
/// calls, then `advance` if the watermark rose, and at the end `finish`. Within a step the instance emits
/// in canonical order; a scheduler with several instances merges their emissions of the same step by
/// ``Emission/order``, which makes V2's rows the same sequence as V1's.
package protocol StatefulOperator: AnyObject {
    /// Adds the rows of one batch of input `input` (0, or 1 for the right side of a join).
    ///
    /// Rows that are late or cannot be evaluated are reported, not thrown; what is thrown ends the job.
    func process(_ rows: SequencedBatch, input: Int, report: inout StepReport) throws(Failure)

    /// Emits what the watermark `watermark` (µs; the minimum over the inputs) closes.
    ///
    /// Output rows that cannot be made, such as a group whose sum overflows its type, are left out and
    /// reported.
    func advance(
        to watermark: Int64,
        into emissions: inout [Emission],
        report: inout StepReport
    ) throws(Failure)

    /// Emits everything that is left: all inputs have ended.
    ///
    /// Output rows that cannot be made are reported as by `advance`.
    func finish(into emissions: inout [Emission], report: inout StepReport) throws(Failure)

    /// Whether more input can change the output; a satisfied LIMIT says no, and its inputs may stop.
    var needsMoreInput: Bool { get }

    /// Bytes of state held, for the memory budget; an estimate within a factor of two.
    var stateByteCount: Int { get }

    /// Groups, sessions, open (key, window) pairs, or rows that wait; for metrics.
    var stateKeyCount: Int { get }
}

extension StatefulOperator {
    package var needsMoreInput: Bool { true }
    package var stateKeyCount: Int { 0 }
}

/// Rows that an operator emits, in canonical order.
package struct Emission: Sendable {
    package var batch: Batch
    /// Columns, as long as the batch, by which rows ascend (NULL first) and by which the emissions
    /// of one step of several partitions are merged.
    ///
    /// Rows of different partitions never tie in all of them.
    package var order: [Column]

    package init(batch: Batch, order: [Column]) {
        self.batch = batch
        self.order = order
    }
}

/// What a step did with rows besides accepting them.
package struct StepReport: Sendable {
    /// Rows late for every window they belong to.
    package var late: [RowReference] = []
    /// (row, window) assignments refused while the row counted in other windows.
    package var partlyLateCount = 0
    /// Rows whose expressions could not be evaluated.
    package var failed: [RowFailure] = []

    package init() {}
}

/// A row by its place in the sequence and in its source.
package struct RowReference: Sendable, Hashable {
    /// −1 for an output row, which no single input row made.
    package var sequence: Int64
    /// Chunk and record of the row's bytes, where they are kept.
    package var chunk: Int?
    package var record: Int64?

    package init(sequence: Int64, chunk: Int? = nil, record: Int64? = nil) {
        self.sequence = sequence
        self.chunk = chunk
        self.record = record
    }

    package init(_ rows: SequencedBatch, row: Int) {
        self.init(
            sequence: rows.sequence[row],
            chunk: rows.origin?.chunk,
            record: rows.origin?.records[row]
        )
    }
}

/// A row that was refused, with the reason.
package struct RowFailure: Sendable, Hashable {
    package var stage = Rejection.Stage.evaluate
    package var row: RowReference
    /// The error's name, such as `EVAL_OVERFLOW` or `TIME_NULL`.
    package var code: String
    /// What happened, with the offending values.
    package var message: String
    /// The expression in the script, where one is to blame.
    package var position: SourcePosition?
    /// What the reader can do, where that is not the same for all expressions.
    package var remedy: String?
    /// The refused row as a JSON object, where the sink refused it.
    package var output: [UInt8]?

    package init(row: RowReference, code: String, message: String, position: SourcePosition?) {
        self.row = row
        self.code = code
        self.message = message
        self.position = position
    }
}
