internal import Columns
internal import Failures

extension SessionAggregate: CheckpointedOperator {
    /// A session that is not merged into another one, and whether it still takes rows.
    private struct Open {
        var number: Int
        var isLinked: Bool
    }

    func snapshot() -> OperatorState {
        let open = openSessions()
        let owners = open.map { Int(sessions[$0.number].partition) }
        let table = isOneGroup ? keys : partitions
        let columns = table.keyColumns(groups: Selection(owners))
        return OperatorState(keys: exchanged(columns), count: open.count) { cut, output in
            let selection = Selection(cut)
            output.write(cut.count)
            for column in columns { output.write(column.gather(by: selection)) }
            var members: [WindowGroups.Member] = []
            for entry in cut {
                let session = sessions[open[entry].number]
                output.write(session.first)
                output.write(session.end)
                output.write(open[entry].isLinked)
                let content = self.members(of: session)
                output.write(content.count)
                members += content
            }
            if !isOneGroup {
                let groups = Selection(members.map { Int($0.key) })
                for column in keys.keyColumns(groups: groups) { output.write(column) }
            }
            let slots = members.map(\.slot)
            states.write(slots.span, to: &output)
        }
    }

    /// Sessions in the order in which pushing each to the front of its partition's list gives that list again.
    private func openSessions() -> [Open] {
        var open: [Open] = []
        var isLinked = [Bool](repeating: false, count: sessions.count)
        for head in heads {
            var chain: [Open] = []
            var next = head
            while next >= 0 {
                isLinked[Int(next)] = true
                chain.append(Open(number: Int(next), isLinked: true))
                next = sessions[Int(next)].next
            }
            open += chain.reversed()
        }
        for number in queue.panes.sorted()
        where !isLinked[Int(number)] && !sessions[Int(number)].isDead {
            open.append(Open(number: Int(number), isLinked: false))
        }
        return open
    }

    private func members(of session: Session) -> [WindowGroups.Member] {
        isOneGroup
            ? [WindowGroups.Member(key: session.partition, slot: session.content)]
            : groups[Int(session.content)].members
    }

    /// The columns by which rows are exchanged, among those that tell partitions apart.
    private func exchanged(_ columns: [Column]) -> [Column] {
        partitionColumns.filter(keyColumns.contains).compactMap { column in
            (isOneGroup ? keyColumns : partitionColumns).firstIndex(of: column).map { columns[$0] }
        }
    }

    func restore(_ state: OperatorState, watermark: Int64) throws(Failure) {
        self.watermark = watermark
        for part in state.parts {
            var reader = part.reader
            let count = try reader.rowCount()
            var columns: [Column] = []
            for type in (isOneGroup ? keys : partitions).keyTypes {
                columns.append(try reader.column(type))
            }
            let owners =
                isOneGroup
                ? keys.groups(of: columns, rows: count)
                : partitions.groups(of: columns, rows: count)
            let partitionCount = isOneGroup ? keys.count : partitions.count
            heads += [Int32](repeating: -1, count: max(0, partitionCount - heads.count))
            var contents: [Int32] = []
            for entry in 0..<count {
                let memberCount = try restoreSession(owner: owners[entry], &reader)
                contents += [Int32](repeating: Int32(sessions.count - 1), count: memberCount)
            }
            try restoreMembers(contents, &reader)
            try reader.finish()
        }
    }

    /// - Returns: how many groups the session has.
    private func restoreSession(
        owner: Int32,
        _ reader: inout StateReader
    ) throws(Failure) -> Int {
        let first: Int64 = try reader.number()
        let end: Int64 = try reader.number()
        let isLinked = try reader.flag()
        let memberCount = try reader.rowCount()
        let number = Int32(sessions.count)
        if !isOneGroup { groups.append(WindowGroups()) }
        sessions.append(
            Session(
                first: first,
                end: end,
                content: isOneGroup ? -1 : Int32(groups.count - 1),
                partition: owner,
                next: isLinked ? heads[Int(owner)] : -1
            )
        )
        if isLinked { heads[Int(owner)] = number }
        queue.insert(WindowQueue.Entry(end: end, start: 0, pane: number))
        return memberCount
    }

    /// Gives the sessions, one for each group, their groups.
    private func restoreMembers(
        _ contents: [Int32],
        _ reader: inout StateReader
    ) throws(Failure) {
        var slots: [Int32] = []
        if isOneGroup {
            for session in contents {
                sessions[Int(session)].content = allocator.allocate()
                slots.append(sessions[Int(session)].content)
            }
        } else {
            var columns: [Column] = []
            for type in keys.keyTypes { columns.append(try reader.column(type)) }
            let numbers = keys.groups(of: columns, rows: contents.count)
            for (member, session) in contents.enumerated() {
                let content = Int(sessions[Int(session)].content)
                slots.append(
                    groups[content].slot(of: numbers[member], keyCount: keys.count, &allocator)
                )
            }
        }
        states.grow(to: allocator.limit)
        try states.read(slots.span, from: &reader)
    }
}
