internal import Columns
internal import Failures
internal import SQLFront

/// LIMIT and OFFSET without ORDER BY: the first rows of the sequence, passed on step by step.
final class LimitOperator: StatefulOperator {
    /// Rows still to be left out.
    var offset: Int64
    /// Rows still to be passed on; `Int64.max` without a limit.
    var rest: Int64
    let schema: Schema
    var waiting: [Emission] = []
    var stateByteCount = 0

    init(_ sort: Sort, output: Schema) {
        offset = sort.offset
        rest = sort.limit ?? .max
        schema = output
    }

    var needsMoreInput: Bool { rest > 0 }

    func process(
        _ rows: SequencedBatch,
        input: Int,
        report: inout StepReport
    ) throws(Failure) {
        let count = Int64(rows.batch.rowCount)
        let skipped = min(offset, count)
        offset -= skipped
        let taken = min(count - skipped, rest)
        guard taken > 0 else { return }
        if rest < .max { rest -= taken }
        let range = Int(skipped)..<Int(skipped + taken)
        let numbers = rows.sequence.slice(range)
        let order = Buffer<Int64>(capacity: range.count) { output in
            for row in 0..<range.count { output.append(numbers[row]) }
        }
        let batch = rows.batch.slice(range).output(schema, adding: [])
        stateByteCount += batch.byteCount
        waiting.append(Emission(batch: batch, order: [Column(.bigint, .integers(order))]))
    }

    func advance(
        to watermark: Int64,
        into emissions: inout [Emission],
        report: inout StepReport
    ) throws(Failure) { release(&emissions) }

    func finish(into emissions: inout [Emission], report: inout StepReport) throws(Failure) {
        release(&emissions)
    }

    private func release(_ emissions: inout [Emission]) {
        emissions.append(contentsOf: waiting)
        waiting.removeAll()
        stateByteCount = 0
    }
}
