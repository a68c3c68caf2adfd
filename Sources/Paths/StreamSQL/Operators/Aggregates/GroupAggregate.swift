internal import Columns
internal import Failures
internal import SQLFront

/// GROUP BY without a window, and DISTINCT: emits every group once, at the end, in key order.
final class GroupAggregate: StatefulOperator {
    private let keyColumns: [Int]
    private let output: GroupOutput
    private let states: AggregateStates
    /// A key's number is its slot.
    private var keys: GroupTable

    init(_ aggregate: Aggregate, input: Schema, output: Schema) {
        keyColumns = aggregate.keys
        keys = GroupTable(keyTypes: aggregate.keys.map { input[$0].type })
        states = AggregateStates(aggregate.aggregates, input: input)
        self.output = GroupOutput(
            schema: output,
            keyCount: aggregate.keys.count,
            isWindowed: false
        )
    }

    func process(
        _ rows: SequencedBatch,
        input: Int,
        report: inout StepReport
    ) throws(Failure) {
        let batch = rows.batch
        let slots = keys.groups(of: keyColumns.map { batch.columns[$0] }, rows: batch.rowCount)
        states.grow(to: keys.count)
        states.add(slots.span, batch, rows.sequence)
    }

    func advance(
        to watermark: Int64,
        into emissions: inout [Emission],
        report: inout StepReport
    ) throws(Failure) {}

    func finish(into emissions: inout [Emission], report: inout StepReport) throws(Failure) {
        // Without keys there is one group even of no rows.
        if keyColumns.isEmpty { states.grow(to: 1) }
        let sorted = keyColumns.isEmpty ? Selection(all: 1) : keys.sortedGroups()
        var start = 0
        while start < sorted.count {
            let end = min(start + GroupOutput.rowLimit, sorted.count)
            let part = Selection(rows: sorted.rows.slice(start..<end))
            let groups = GroupOutput.Groups(
                keys: keyColumns.isEmpty ? [] : keys.keyColumns(groups: part),
                slots: part.rows,
                starts: Buffer([]),
                ends: Buffer([])
            )
            output.emit(groups, states, into: &emissions, report: &report)
            start = end
        }
    }

    var stateByteCount: Int { keys.byteCount + states.byteCount }
    var stateKeyCount: Int { keys.count }
}

// MARK: - Checkpoints

extension GroupAggregate: CheckpointedOperator {
    func snapshot() -> OperatorState {
        // Without keys the one group exists in the states only.
        let count = keyColumns.isEmpty ? min(states.slotCount, 1) : keys.count
        let columns = keys.keyColumns(groups: Selection(all: keyColumns.isEmpty ? 0 : count))
        return OperatorState(keys: columns, count: count) { groups, output in
            let selection = Selection(groups)
            output.write(groups.count)
            for column in columns { output.write(column.gather(by: selection)) }
            states.write(selection.rows.span, to: &output)
        }
    }

    func restore(_ state: OperatorState, watermark: Int64) throws(Failure) {
        for part in state.parts {
            var reader = part.reader
            let count = try reader.rowCount()
            var columns: [Column] = []
            for type in keys.keyTypes { columns.append(try reader.column(type)) }
            let slots = keys.groups(of: columns, rows: count)
            states.grow(to: keys.count)
            try states.read(slots.span, from: &reader)
            try reader.finish()
        }
    }
}
