internal import Columns
internal import Failures

extension LimitOperator: CheckpointedOperator {
    func snapshot() -> OperatorState {
        OperatorState(keys: [], count: 1) { _, output in
            output.write(offset)
            output.write(rest)
            output.write(waiting.count)
            for emission in waiting {
                output.write(emission.batch)
                output.write(emission.order[0])
            }
        }
    }

    func restore(_ state: OperatorState, watermark: Int64) throws(Failure) {
        for part in state.parts {
            var reader = part.reader
            offset = try reader.number()
            rest = try reader.number()
            for _ in 0..<(try reader.count()) {
                let batch = try reader.batch(schema)
                waiting.append(Emission(batch: batch, order: [try reader.column(.bigint)]))
                stateByteCount += batch.byteCount
            }
            try reader.finish()
        }
    }
}
