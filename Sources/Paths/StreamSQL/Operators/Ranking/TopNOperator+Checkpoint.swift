internal import Columns
internal import Failures

extension TopNOperator: CheckpointedOperator {
    func snapshot() -> OperatorState {
        var parts: [OperatorState.Part] = []
        for (slot, numbers) in rows.cut(by: ranking.partition) {
            var output = StateWriter()
            rows.write(numbers, to: &output)
            parts.append(OperatorState.Part(slot: slot, bytes: output.bytes))
        }
        return OperatorState(parts: parts)
    }

    func restore(_ state: OperatorState, watermark: Int64) throws(Failure) {
        self.watermark = watermark
        var restored = StoredRowsReader(rows.schema)
        for part in state.parts {
            var reader = part.reader
            try restored.read(&reader)
            try reader.finish()
        }
        rows = restored.rows()
        survivorCount = rows.count
        window?.keep(&rows)
    }
}
