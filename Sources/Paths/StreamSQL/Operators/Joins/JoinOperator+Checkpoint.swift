internal import Columns
internal import Failures
internal import SQLFront

extension JoinOperator: CheckpointedOperator {
    func snapshot() -> OperatorState {
        // As rows are exchanged: not at all where all rows have to meet.
        let isCut = kind != .antiNullAware && !left.keys.isEmpty && !right.keys.isEmpty
        let leftCut = left.rows.cut(by: isCut ? left.keys : [])
        let rightCut = right.rows.cut(by: isCut ? right.keys : [])
        var parts: [OperatorState.Part] = []
        for slot in Set(leftCut.keys).union(rightCut.keys) {
            var output = StateWriter()
            left.rows.write(leftCut[slot] ?? [], to: &output)
            right.rows.write(rightCut[slot] ?? [], to: &output)
            parts.append(OperatorState.Part(slot: slot, bytes: output.bytes))
        }
        return OperatorState(parts: parts)
    }

    func restore(_ state: OperatorState, watermark: Int64) throws(Failure) {
        self.watermark = watermark
        var leftRows = StoredRowsReader(left.rows.schema)
        var rightRows = StoredRowsReader(right.rows.schema)
        for part in state.parts {
            var reader = part.reader
            try leftRows.read(&reader)
            try rightRows.read(&reader)
            try reader.finish()
        }
        left.replaceRows(leftRows.rows())
        right.replaceRows(rightRows.rows())
    }
}

extension JoinSide {
    /// Keeps these rows, and no others.
    fileprivate mutating func replaceRows(_ rows: StoredRows) {
        self.rows = rows
        window?.keep(&self.rows)
    }
}
