internal import Columns
internal import Failures
internal import SQLFront

/// GROUP BY over SESSION windows.
///
/// Invariants:
/// 1. Open sessions of one partition lie more than a gap apart, so that a row touches few of them.
/// 2. A session has one queue entry until it is emitted; its end may be later than the entry says.
/// 3. States hold the rows before `firstPending` of the current batch; they are brought up to date before
///    two sessions become one, so that sums do not depend on where batches end.
final class SessionAggregate: StatefulOperator {
    private let gap: Int64
    private let tick: Int64
    private let timeColumn: Int
    let keyColumns: [Int]
    let partitionColumns: [Int]
    /// Whether each session is one group, because keys and partition are the same columns.
    let isOneGroup: Bool
    /// Whether groups of several partitions may be one, because the keys do not tell partitions apart.
    private let mergesPartitions: Bool
    let states: AggregateStates
    var keys: GroupTable
    /// Used where it is not the same as `keys`.
    var partitions: GroupTable
    var sessions: [Session] = []
    private var freeSessions: [Int32] = []
    /// Per partition its first open session, or −1.
    var heads: [Int32] = []
    var queue = WindowQueue()
    var groups: [WindowGroups] = []
    private var freeGroups: [Int32] = []
    var allocator = SlotAllocator()
    private var emitter: WindowEmitter
    var watermark = Int64.min
    private var slots: [Int32] = []
    private var firstPending = 0

    struct Session {
        var first: Int64
        /// Behind the last row by the gap.
        var end: Int64
        /// The slot of the only group, or an index of `groups`.
        var content: Int32
        var partition: Int32
        /// The partition's next open session, or −1.
        var next: Int32
        /// Merged into another one; only its queue entry is left.
        var isDead = false
    }

    init(
        _ aggregate: Aggregate,
        window: WindowSpecification,
        gap: Int64,
        partition: [Int],
        input: Schema,
        output: Schema
    ) {
        self.gap = gap
        tick = window.tick
        timeColumn = window.timeColumn
        keyColumns = aggregate.keys
        partitionColumns = partition
        isOneGroup = Set(partition) == Set(aggregate.keys)
        mergesPartitions = !Set(partition).isSubset(of: aggregate.keys)
        keys = GroupTable(keyTypes: aggregate.keys.map { input[$0].type })
        partitions = GroupTable(keyTypes: partition.map { input[$0].type })
        states = AggregateStates(aggregate.aggregates, input: input)
        emitter = WindowEmitter(
            GroupOutput(schema: output, keyCount: aggregate.keys.count, isWindowed: true)
        )
    }

    func process(
        _ rows: SequencedBatch,
        input: Int,
        report: inout StepReport
    ) throws(Failure) {
        let batch = rows.batch
        let count = batch.rowCount
        guard count > 0 else { return }
        let numbers = keys.groups(of: keyColumns.map { batch.columns[$0] }, rows: count)
        let owners =
            isOneGroup
            ? numbers
            : partitions.groups(of: partitionColumns.map { batch.columns[$0] }, rows: count)
        let partitionCount = isOneGroup ? keys.count : partitions.count
        if heads.count < partitionCount {
            heads.append(contentsOf: repeatElement(-1, count: partitionCount - heads.count))
        }
        if slots.count < count {
            slots.append(contentsOf: repeatElement(-1, count: count - slots.count))
        }
        firstPending = 0
        assign(rows, keys: numbers, partitions: owners, &report)
        addPending(through: count, rows)
    }

    func advance(
        to watermark: Int64,
        into emissions: inout [Emission],
        report: inout StepReport
    ) throws(Failure) {
        self.watermark = max(self.watermark, watermark)
        close(through: self.watermark, into: &emissions, &report)
    }

    func finish(into emissions: inout [Emission], report: inout StepReport) throws(Failure) {
        watermark = .max
        close(through: .max, into: &emissions, &report)
    }

    var stateKeyCount: Int { allocator.usedCount }

    var stateByteCount: Int {
        let tables = keys.byteCount + partitions.byteCount
        let lists = sessions.capacity * MemoryLayout<Session>.stride + heads.capacity * 4
        return tables + lists + states.byteCount + queue.byteCount + allocator.byteCount
            + groups.reduce(0) { $0 + $1.byteCount }
    }
}

// MARK: - Rows to sessions

extension SessionAggregate {
    private func assign(
        _ rows: SequencedBatch,
        keys: Buffer<Int32>,
        partitions: Buffer<Int32>,
        _ report: inout StepReport
    ) {
        let column = rows.batch.columns[timeColumn]
        guard case .integers(let buffer) = column.values else {
            preconditionFailure("an event time is stored as integers")
        }
        let times = buffer.span
        let hasNulls = column.nullCount > 0
        for row in times.indices {
            slots[row] = -1
            if hasNulls, column.isNull(row) {
                report.failed.append(.timeIsNull(rows, row))
                continue
            }
            let time = times[row]
            guard time.magnitude <= UInt64(WindowLayout.timeLimit) else {
                report.failed.append(.timeIsTooFar(rows, row, time))
                continue
            }
            let limit = max(rows.watermarks[row], watermark)
            let partition = partitions[row]
            let session = session(at: time, of: partition, limit, row, rows)
            guard session >= 0 else {
                report.late.append(RowReference(rows, row: row))
                continue
            }
            slots[row] = slot(of: keys[row], in: session)
        }
    }

    /// The open session that a row is in, made or merged where needed; −1 if the row is late.
    private func session(
        at time: Int64,
        of partition: Int32,
        _ limit: Int64,
        _ row: Int,
        _ rows: SequencedBatch
    ) -> Int32 {
        var found: Int32 = -1
        var previous: Int32 = -1
        var current = heads[Int(partition)]
        while current >= 0 {
            let next = sessions[Int(current)].next
            if limit >= sessions[Int(current)].end &- tick {
                // Closed for this row: it stays queued, and takes no more rows.
                unlink(current, after: previous)
            } else if time <= sessions[Int(current)].end,
                sessions[Int(current)].first <= time &+ gap
            {
                if found >= 0 {
                    addPending(through: row, rows)
                    unlink(current, after: previous)
                    merge(current, into: found)
                } else {
                    found = current
                    previous = current
                }
            } else {
                previous = current
            }
            current = next
        }
        if found >= 0 {
            sessions[Int(found)].first = min(sessions[Int(found)].first, time)
            sessions[Int(found)].end = max(sessions[Int(found)].end, time &+ gap)
            return found
        }
        guard limit < time &+ gap &- tick else { return -1 }
        return open(time, partition)
    }

    private func unlink(_ session: Int32, after previous: Int32) {
        let next = sessions[Int(session)].next
        if previous < 0 {
            heads[Int(sessions[Int(session)].partition)] = next
        } else {
            sessions[Int(previous)].next = next
        }
        sessions[Int(session)].next = -1
    }

    private func open(_ time: Int64, _ partition: Int32) -> Int32 {
        let session = Session(
            first: time,
            end: time &+ gap,
            content: makeContent(),
            partition: partition,
            next: heads[Int(partition)]
        )
        let number: Int32
        if let vacant = freeSessions.popLast() {
            number = vacant
            sessions[Int(vacant)] = session
        } else {
            number = Int32(sessions.count)
            sessions.append(session)
        }
        heads[Int(partition)] = number
        queue.insert(WindowQueue.Entry(end: session.end, start: 0, pane: number))
        return number
    }

    private func makeContent() -> Int32 {
        if isOneGroup { return allocator.allocate() }
        if let vacant = freeGroups.popLast() { return vacant }
        groups.append(WindowGroups())
        return Int32(groups.count - 1)
    }

    private func slot(of key: Int32, in session: Int32) -> Int32 {
        let content = sessions[Int(session)].content
        if isOneGroup { return content }
        return groups[Int(content)].slot(of: key, keyCount: keys.count, &allocator)
    }

    /// Adds the rows before `end` that are not yet in the states.
    private func addPending(through end: Int, _ rows: SequencedBatch) {
        guard end > firstPending else { return }
        states.grow(to: allocator.limit)
        let range = firstPending..<end
        let slots = slots
        let isAll = range.count == rows.batch.rowCount
        states.add(
            slots.span.extracting(range),
            isAll ? rows.batch : rows.batch.slice(range),
            isAll ? rows.sequence : rows.sequence.slice(range)
        )
        firstPending = end
    }

    /// Makes two sessions one; the states are up to date.
    private func merge(_ absorbed: Int32, into session: Int32) {
        let other = sessions[Int(absorbed)]
        sessions[Int(session)].first = min(sessions[Int(session)].first, other.first)
        sessions[Int(session)].end = max(sessions[Int(session)].end, other.end)
        sessions[Int(absorbed)].isDead = true
        states.grow(to: allocator.limit)
        var sources: [Int32] = []
        var targets: [Int32] = []
        if isOneGroup {
            sources = [other.content]
            targets = [sessions[Int(session)].content]
        } else {
            let own = Int(sessions[Int(session)].content)
            for member in groups[Int(other.content)].members {
                let known = groups[own].find(member.key)
                if known >= 0 {
                    sources.append(member.slot)
                    targets.append(known)
                } else {
                    groups[own].insert(member.key, member.slot, keyCount: keys.count)
                }
            }
            groups[Int(other.content)].removeAll()
            freeGroups.append(other.content)
        }
        states.merge(sources.span, into: targets.span)
        states.clear(sources.span)
        allocator.release(sources.span)
    }
}

// MARK: - Closing sessions

extension SessionAggregate {
    private func close(
        through watermark: Int64,
        into emissions: inout [Emission],
        _ report: inout StepReport
    ) {
        var closed: [Int32] = []
        while let entry = queue.first, watermark >= entry.end &- tick {
            queue.removeFirst()
            let session = sessions[Int(entry.pane)]
            if session.isDead {
                freeSessions.append(entry.pane)
            } else if session.end > entry.end {
                queue.insert(WindowQueue.Entry(end: session.end, start: 0, pane: entry.pane))
            } else {
                closed.append(entry.pane)
            }
        }
        guard !closed.isEmpty else { return }
        var expired: [Int32] = []
        for number in closed { emit(number, &expired) }
        emitter.flush(
            &keys,
            states,
            mergesEqual: mergesPartitions,
            into: &emissions,
            report: &report
        )
        states.clear(expired.span)
        allocator.release(expired.span)
        forgetUnusedKeys()
    }

    /// Hands a session's groups to the emitter and removes it.
    private func emit(_ number: Int32, _ expired: inout [Int32]) {
        let session = sessions[Int(number)]
        remove(number)
        if isOneGroup {
            emitter.append(
                session.partition,
                session.content,
                start: session.first,
                end: session.end
            )
            expired.append(session.content)
        } else {
            let members = groups[Int(session.content)].members
            emitter.append(members, start: session.first, end: session.end)
            expired.append(contentsOf: members.lazy.map(\.slot))
            groups[Int(session.content)].removeAll()
            freeGroups.append(session.content)
        }
        freeSessions.append(number)
    }

    /// Takes a session out of its partition's list, unless a row has already closed it.
    private func remove(_ number: Int32) {
        let partition = Int(sessions[Int(number)].partition)
        var previous: Int32 = -1
        var current = heads[partition]
        while current >= 0, current != number {
            previous = current
            current = sessions[Int(current)].next
        }
        if current == number { unlink(number, after: previous) }
    }

    /// Numbers keys and partitions anew when most of them are in no session any more.
    private func forgetUnusedKeys() {
        let queued = queue.panes
        if heads.count > 8192, heads.count > 4 * queued.count { forgetPartitions(queued) }
        guard !isOneGroup, keys.count > 8192 else { return }
        let open = queued.filter { !sessions[Int($0)].isDead }
            .map { Int(sessions[Int($0)].content) }
        let memberCount = open.reduce(0) { $0 + groups[$1].members.count }
        if keys.count > 4 * memberCount { forgetGroupKeys(open) }
    }

    private func forgetPartitions(_ queued: [Int32]) {
        var isUsed = [Bool](repeating: false, count: heads.count)
        for number in queued { isUsed[Int(sessions[Int(number)].partition)] = true }
        let (table, newNumbers) = (isOneGroup ? keys : partitions).keeping(isUsed)
        if isOneGroup { keys = table } else { partitions = table }
        var newHeads = [Int32](repeating: -1, count: table.count)
        for old in heads.indices where newNumbers[old] >= 0 {
            newHeads[Int(newNumbers[old])] = heads[old]
        }
        heads = newHeads
        for number in queued {
            let old = Int(sessions[Int(number)].partition)
            sessions[Int(number)].partition = newNumbers[old]
        }
    }

    private func forgetGroupKeys(_ open: [Int]) {
        var isUsed = [Bool](repeating: false, count: keys.count)
        for index in open {
            for member in groups[index].members { isUsed[Int(member.key)] = true }
        }
        let (table, newKeys) = keys.keeping(isUsed)
        keys = table
        for index in open { groups[index].renumber(newKeys, keyCount: table.count) }
    }
}
