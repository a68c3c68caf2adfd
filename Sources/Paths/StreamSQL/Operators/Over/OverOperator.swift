internal import Columns
internal import Failures
internal import SQLFront

/// Functions OVER partitions of bounded input: emits all rows at the end, in sequence order.
final class OverOperator: StatefulOperator {
    let over: Over
    private let input: Schema
    private let schema: Schema
    var rows: StoredRows

    init(_ over: Over, input: Schema, output: Schema) {
        self.over = over
        self.input = input
        schema = output
        rows = StoredRows(input)
    }

    func process(
        _ rows: SequencedBatch,
        input: Int,
        report: inout StepReport
    ) throws(Failure) { self.rows.append(rows) }

    func advance(
        to watermark: Int64,
        into emissions: inout [Emission],
        report: inout StepReport
    ) throws(Failure) {}

    func finish(into emissions: inout [Emission], report: inout StepReport) throws(Failure) {
        let batch = rows.joined()
        guard batch.rowCount > 0 else { return }
        let order = OverOrder(over, batch)
        var positions = [Int32](repeating: 0, count: order.count)
        for position in 0..<order.count {
            positions[Int(order.rows[position])] = Int32(truncatingIfNeeded: position)
        }
        let toRows = Selection(rows: Buffer(positions))
        var failed: Set<Int> = []
        var columns: [Column] = []
        for call in over.calls {
            let column = evaluate(call, order, batch, &failed, &report)
            columns.append(column.gather(by: toRows))
        }
        let sequences = Column(.bigint, .integers(Buffer(rows.sequences)))
        emit(batch.output(schema, adding: columns), sequences, failed, into: &emissions)
        rows.removeAll()
    }

    private func emit(
        _ batch: Batch,
        _ sequences: Column,
        _ failed: Set<Int>,
        into emissions: inout [Emission]
    ) {
        var start = 0
        while start < batch.rowCount {
            let end = min(start + GroupOutput.rowLimit, batch.rowCount)
            var part = Emission(
                batch: batch.slice(start..<end),
                order: [sequences.slice(start..<end)]
            )
            if !failed.isEmpty {
                let kept = (start..<end).filter { !failed.contains($0) }
                let selection = Selection(kept.map { $0 - start })
                part.batch = part.batch.gather(by: selection)
                part.order = part.order.map { $0.gather(by: selection) }
            }
            if part.batch.rowCount > 0 { emissions.append(part) }
            start = end
        }
    }

    var stateByteCount: Int { rows.byteCount }
    var stateKeyCount: Int { rows.count }
}

// MARK: - Functions; results are by position

extension OverOperator {
    private func evaluate(
        _ call: Over.Call,
        _ order: OverOrder,
        _ batch: Batch,
        _ failed: inout Set<Int>,
        _ report: inout StepReport
    ) -> Column {
        switch call.function {
        case .rowNumber: numbers(call, order) { $0 - order.partitionStarts[$0] + 1 }
        case .rank: numbers(call, order) { order.peerStarts[$0] - order.partitionStarts[$0] + 1 }
        case .denseRank: denseRanks(call, order)
        case .lag(let offset): shifted(call, order, batch, by: -Int128(offset))
        case .lead(let offset): shifted(call, order, batch, by: Int128(offset))
        case .aggregate(let function):
            aggregate(function, call, order, batch, &failed, &report)
        }
    }

    private func numbers(
        _ call: Over.Call,
        _ order: OverOrder,
        _ number: (Int) -> Int
    ) -> Column {
        Column(call.type, .integers(Buffer((0..<order.count).map { Int64(number($0)) })))
    }

    private func denseRanks(_ call: Over.Call, _ order: OverOrder) -> Column {
        var ranks: [Int64] = []
        ranks.reserveCapacity(order.count)
        for position in 0..<order.count {
            if order.partitionStarts[position] == position {
                ranks.append(1)
            } else {
                let isNew = order.peerStarts[position] == position
                ranks.append(ranks[position - 1] + (isNew ? 1 : 0))
            }
        }
        return Column(call.type, .integers(Buffer(ranks)))
    }

    /// LAG and LEAD: the value some rows away in the partition, else the default of the row itself.
    private func shifted(
        _ call: Over.Call,
        _ order: OverOrder,
        _ batch: Batch,
        by offset: Int128
    ) -> Column {
        var source = batch.columns[call.arguments[0]].retyped(call.type)
        let hasDefault = call.arguments.count > 1
        if hasDefault {
            let other = batch.columns[call.arguments[1]].retyped(call.type)
            source = Column.concatenate([source, other], type: call.type)
        }
        let rows = (0..<order.count).map { position -> Int32 in
            let other = Int128(position) + offset
            if other >= order.partitionStarts[position], other < order.partitionEnds[position] {
                return order.rows[Int(other)]
            }
            return hasDefault ? order.rows[position] + Int32(batch.rowCount) : -1
        }
        return source.gatherPadded(by: rows.span)
    }

    private func aggregate(
        _ function: AggregateFunction,
        _ call: Over.Call,
        _ order: OverOrder,
        _ batch: Batch,
        _ failed: inout Set<Int>,
        _ report: inout StepReport
    ) -> Column {
        let sorted = batch.gather(by: Selection(rows: order.rows))
        let aggregate = AggregateCall(
            function,
            arguments: call.arguments,
            separator: call.separator,
            type: call.type,
            at: call.position
        )
        let frames = OverFrames(call.frame, order, key: over.order.first, batch)
        let evaluator = FrameAggregate(aggregate, sorted, input)
        var faults: [GroupFault] = []
        let isPrefix = call.frame.lower == .unboundedPreceding
        let column =
            isPrefix
            ? evaluator.prefixes(frames, order, &faults) : evaluator.ranges(frames, &faults)
        for fault in faults {
            let row = Int(order.rows[fault.index])
            failed.insert(row)
            report.failed.append(
                RowFailure(
                    row: RowReference(sequence: rows.sequences[row]),
                    code: fault.code,
                    message: "\(function.displayName) OVER \(fault.problem)",
                    position: call.position
                )
            )
        }
        return column
    }
}
