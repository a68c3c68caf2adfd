internal import Columns
internal import Failures

extension WindowAggregate: CheckpointedOperator {
    func snapshot() -> OperatorState {
        var entries: [(pane: Int, member: WindowGroups.Member)] = []
        for number in panes.openNumbers.sorted() {
            for member in panes.panes[Int(number)].groups.members {
                entries.append((Int(number), member))
            }
        }
        let columns = keys.keyColumns(groups: Selection(entries.map { Int($0.member.key) }))
        return OperatorState(keys: columns, count: entries.count) { cut, output in
            let selection = Selection(cut)
            output.write(cut.count)
            for column in columns { output.write(column.gather(by: selection)) }
            for entry in cut {
                let pane = panes.panes[entries[entry].pane]
                output.write(pane.identity.start)
                output.write(pane.identity.firstEnd)
                output.write(pane.identity.lastEnd)
                output.write(pane.nextEnd)
            }
            let slots = cut.map { entries[$0].member.slot }
            states.write(slots.span, to: &output)
        }
    }

    func restore(_ state: OperatorState, watermark: Int64) throws(Failure) {
        self.watermark = watermark
        for part in state.parts {
            var reader = part.reader
            let count = try reader.rowCount()
            var columns: [Column] = []
            for type in keys.keyTypes { columns.append(try reader.column(type)) }
            let numbers = keys.groups(of: columns, rows: count)
            var slots: [Int32] = []
            for row in 0..<count {
                let identity = PaneIdentity(
                    start: try reader.number(),
                    firstEnd: try reader.number(),
                    lastEnd: try reader.number()
                )
                let nextEnd: Int64 = try reader.number()
                let pane = panes.restore(
                    identity,
                    nextEnd: nextEnd,
                    windowStart: layout.windowStart(identity, end: nextEnd)
                )
                slots.append(
                    panes.panes[Int(pane)].groups.slot(
                        of: numbers[row],
                        keyCount: keys.count,
                        &allocator
                    )
                )
            }
            states.grow(to: allocator.limit)
            try states.read(slots.span, from: &reader)
            try reader.finish()
        }
    }
}
