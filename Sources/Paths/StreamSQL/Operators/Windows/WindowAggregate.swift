internal import Columns
internal import Failures
internal import SQLFront

/// GROUP BY over TUMBLE, HOP, CUMULATE and attached windows.
///
/// Keys are numbered once for all windows. Rows are added to panes; when a window closes, the panes that it
/// consists of are combined, and panes that no later window needs are dropped.
final class WindowAggregate: StatefulOperator {
    let layout: WindowLayout
    let keyColumns: [Int]
    let states: AggregateStates
    var keys: GroupTable
    var panes = PaneTable()
    private var assigner: PaneAssigner
    var allocator = SlotAllocator()
    private var emitter: WindowEmitter
    var watermark = Int64.min
    /// Slot of each row of the current batch.
    private var slots: [Int32] = []
    /// Slots that are free once the emitter has been flushed.
    private var expired: [Int32] = []

    /// Most groups that wait in the emitter before they are emitted.
    private static let pendingLimit = 65_536

    init(
        _ aggregate: Aggregate,
        layout: WindowLayout,
        input: Schema,
        output: Schema
    ) {
        self.layout = layout
        keyColumns = aggregate.keys
        keys = GroupTable(keyTypes: aggregate.keys.map { input[$0].type })
        states = AggregateStates(aggregate.aggregates, input: input)
        assigner = PaneAssigner(layout)
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
        guard batch.rowCount > 0 else { return }
        let numbers = keys.groups(of: keyColumns.map { batch.columns[$0] }, rows: batch.rowCount)
        assigner.assign(rows, &panes, watermark: watermark, report: &report)
        resolveSlots(numbers.span)
        states.grow(to: allocator.limit)
        let slots = slots
        states.add(slots.span.extracting(0..<batch.rowCount), batch, rows.sequence)
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
        keys.byteCount + states.byteCount + panes.byteCount + allocator.byteCount
            + slots.capacity * 4
    }
}

// MARK: - Rows to slots

extension WindowAggregate {
    private func resolveSlots(_ keys: Span<Int32>) {
        if slots.count < keys.count {
            slots.append(contentsOf: repeatElement(-1, count: keys.count - slots.count))
        }
        // A pane's table is fetched once a run, or once a batch if rows of many panes alternate.
        if assigner.found.runs.count <= max(64, keys.count / 64) {
            resolveRuns(keys)
        } else {
            resolveByPane(keys)
        }
    }

    private func resolveRuns(_ keys: Span<Int32>) {
        var start = 0
        for run in assigner.found.runs {
            let rows = start..<Int(run.end)
            start = rows.upperBound
            guard run.pane >= 0 else {
                for row in rows { slots[row] = -1 }
                continue
            }
            panes.panes[Int(run.pane)].groups.resolve(
                keys,
                rows,
                keyCount: self.keys.count,
                &allocator,
                into: &slots
            )
        }
    }

    /// Sorts the rows by pane, keeping their order within each, and resolves pane after pane.
    private func resolveByPane(_ keys: Span<Int32>) {
        // Entry 0 is for rows that do not count.
        var counts = [Int](repeating: 0, count: panes.panes.count + 1)
        var start: Int32 = 0
        for run in assigner.found.runs {
            counts[Int(run.pane) + 1] += Int(run.end - start)
            start = run.end
        }
        var ends = counts
        for pane in 1..<ends.count { ends[pane] += ends[pane - 1] }
        let firsts = zip(ends, counts).map { $0 - $1 }
        var places = firsts
        var sorted = [Int32](repeating: 0, count: keys.count)
        start = 0
        for run in assigner.found.runs {
            let pane = Int(run.pane) + 1
            for row in start..<run.end {
                sorted[places[pane]] = row
                places[pane] += 1
            }
            start = run.end
        }
        for index in 0..<counts[0] { slots[Int(sorted[index])] = -1 }
        for pane in panes.panes.indices where counts[pane + 1] > 0 {
            let first = firsts[pane + 1]
            panes.panes[pane].groups.resolve(
                keys,
                sorted.span.extracting(first..<first + counts[pane + 1]),
                keyCount: self.keys.count,
                &allocator,
                into: &slots
            )
        }
    }
}

// MARK: - Closing windows

extension WindowAggregate {
    private func close(
        through watermark: Int64,
        into emissions: inout [Emission],
        _ report: inout StepReport
    ) {
        guard let next = panes.next, layout.isClosed(next.end, by: watermark) else { return }
        while let next = panes.next, layout.isClosed(next.end, by: watermark),
            let window = panes.takeNext()
        {
            switch layout.kind {
            case .hop, .attached: closeHop(window)
            case .cumulate:
                closeCumulate(window)
                // The next window changes the states that this one shows.
                flush(into: &emissions, &report)
            }
            if emitter.count >= Self.pendingLimit { flush(into: &emissions, &report) }
        }
        flush(into: &emissions, &report)
        forgetUnusedKeys()
    }

    private func flush(into emissions: inout [Emission], _ report: inout StepReport) {
        emitter.flush(&keys, states, into: &emissions, report: &report)
        states.clear(expired.span)
        allocator.release(expired.span)
        expired.removeAll(keepingCapacity: true)
    }

    /// Combines the panes of a window; each stays for the windows to come.
    private func closeHop(_ window: (end: Int64, start: Int64, panes: [Int32])) {
        if window.panes.count == 1 {
            let members = panes.panes[Int(window.panes[0])].groups.members
            emitter.append(members, start: window.start, end: window.end)
        } else {
            let combined = combine(window.panes)
            emitter.append(combined, start: window.start, end: window.end)
            expired.append(contentsOf: combined.lazy.map(\.slot))
        }
        for pane in window.panes { step(pane) }
    }

    /// Merges the groups of several panes into new slots.
    private func combine(_ numbers: [Int32]) -> [WindowGroups.Member] {
        var combined = WindowGroups()
        var sources: [Int32] = []
        var targets: [Int32] = []
        for number in numbers {
            for member in panes.panes[Int(number)].groups.members {
                sources.append(member.slot)
                targets.append(
                    combined.slot(of: member.key, keyCount: keys.count, &allocator)
                )
            }
        }
        states.grow(to: allocator.limit)
        states.merge(sources.span, into: targets.span)
        return combined.members
    }

    /// Moves a pane on to its next window, or drops it behind its last.
    private func step(_ number: Int32) {
        let pane = panes.panes[Int(number)]
        guard pane.nextEnd < pane.identity.lastEnd else {
            expired.append(contentsOf: pane.groups.members.lazy.map(\.slot))
            panes.remove(number)
            return
        }
        let end = pane.nextEnd &+ layout.width
        panes.panes[Int(number)].nextEnd = end
        panes.requeue(number, windowStart: layout.windowStart(pane.identity, end: end))
    }

    /// Adds the panes of a window to the one that has gathered its cycle so far, and emits that.
    private func closeCumulate(_ window: (end: Int64, start: Int64, panes: [Int32])) {
        let running = window.panes[0]
        for number in window.panes.dropFirst() { absorb(number, into: running) }
        emitter.append(
            panes.panes[Int(running)].groups.members,
            start: window.start,
            end: window.end
        )
        step(running)
    }

    private func absorb(_ number: Int32, into running: Int32) {
        let members = panes.panes[Int(number)].groups.members
        panes.remove(number)
        var sources: [Int32] = []
        var targets: [Int32] = []
        for member in members {
            let known = panes.panes[Int(running)].groups.find(member.key)
            if known >= 0 {
                sources.append(member.slot)
                targets.append(known)
            } else {
                panes.panes[Int(running)].groups.insert(
                    member.key,
                    member.slot,
                    keyCount: keys.count
                )
            }
        }
        states.merge(sources.span, into: targets.span)
        expired.append(contentsOf: sources)
    }

    /// Numbers the keys anew when most of them are in no open window any more.
    private func forgetUnusedKeys() {
        guard keys.count > 8192, keys.count > 4 * panes.memberCount else { return }
        var isUsed = [Bool](repeating: false, count: keys.count)
        let open = panes.openNumbers
        for number in open {
            for member in panes.panes[Int(number)].groups.members { isUsed[Int(member.key)] = true }
        }
        let (table, newKeys) = keys.keeping(isUsed)
        keys = table
        for number in open {
            panes.panes[Int(number)].groups.renumber(newKeys, keyCount: table.count)
        }
    }
}

extension GroupTable {
    /// A table of the groups that are used, and per old group its new number (−1 for those left out).
    func keeping(_ isUsed: [Bool]) -> (table: GroupTable, newNumbers: [Int32]) {
        let kept = Selection(isUsed.indices.filter { isUsed[$0] })
        var table = GroupTable(keyTypes: keyTypes)
        let numbers = table.groups(of: keyColumns(groups: kept), rows: kept.count)
        var newNumbers = [Int32](repeating: -1, count: isUsed.count)
        for index in 0..<kept.count { newNumbers[Int(kept.rows[index])] = numbers[index] }
        return (table, newNumbers)
    }
}
