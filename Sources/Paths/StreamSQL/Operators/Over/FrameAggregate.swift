internal import Columns
internal import SQLFront

/// An aggregate over the frame of every position.
struct FrameAggregate {
    private let call: AggregateCall
    private let states: AggregateStates
    private let count: Int

    /// The rows of `sorted` are in the order of positions.
    init(_ call: AggregateCall, _ sorted: Batch, _ input: Schema) {
        self.call = call
        count = sorted.rowCount
        states = AggregateStates([call], input: input)
        states.grow(to: count)
        let slots = (0..<count).map { Int32(truncatingIfNeeded: $0) }
        states.add(slots.span, sorted, .consecutive(first: 0))
    }

    /// Frames that begin with their partition: every position's state takes in the one before it.
    func prefixes(
        _ frames: OverFrames,
        _ order: OverOrder,
        _ faults: inout [GroupFault]
    ) -> Column {
        // The prefix is the target, so that values are added in order: a slot of its own per position.
        states.grow(to: 2 * count + 1)
        var sources: [Int32] = []
        var targets: [Int32] = []
        for position in 0..<count {
            let prefix = Int32(truncatingIfNeeded: count + position)
            if order.partitionStarts[position] < position {
                sources.append(prefix - 1)
                targets.append(prefix)
            }
            sources.append(Int32(truncatingIfNeeded: position))
            targets.append(prefix)
        }
        states.merge(sources.span, into: targets.span)
        // The last slot stays empty, for frames without rows.
        let slots = (0..<count).map { position -> Int32 in
            let isEmpty = frames.upper[position] <= frames.lower[position]
            return Int32(
                truncatingIfNeeded: isEmpty ? 2 * count : count + frames.upper[position] - 1
            )
        }
        return states.results(slots.span, faults: &faults)[0]
    }

    /// Any frames, by a tree of states.
    ///
    /// Node `i` holds nodes `2i` and `2i + 1`, and nodes from `count` on are the positions. Costs O(log rows)
    /// merges a position.
    func ranges(_ frames: OverFrames, _ faults: inout [GroupFault]) -> Column {
        buildTree()
        // Positions are the slots 0..<count; inner nodes come behind them, results behind those.
        let results = 2 * count
        var parts: [Column] = []
        var start = 0
        while start < count {
            let end = min(start + GroupOutput.rowLimit, count)
            let slots = (0..<end - start).map { Int32(truncatingIfNeeded: results + $0) }
            states.grow(to: results + slots.count)
            states.clear(slots.span)
            mergeFrames(frames, start..<end, firstSlot: results)
            var partFaults: [GroupFault] = []
            parts.append(states.results(slots.span, faults: &partFaults)[0])
            for var fault in partFaults {
                fault.index += start
                faults.append(fault)
            }
            start = end
        }
        return Column.concatenate(parts, type: call.type)
    }

    /// The slot of a node of the tree.
    private func slot(ofNode node: Int) -> Int32 {
        Int32(truncatingIfNeeded: node >= count ? node - count : count + node)
    }

    private func buildTree() {
        states.grow(to: 2 * count)
        var sources: [Int32] = []
        var targets: [Int32] = []
        for node in (1..<max(count, 1)).reversed() {
            sources += [slot(ofNode: 2 * node), slot(ofNode: 2 * node + 1)]
            targets += [slot(ofNode: node), slot(ofNode: node)]
        }
        states.merge(sources.span, into: targets.span)
    }

    private func mergeFrames(_ frames: OverFrames, _ positions: Range<Int>, firstSlot: Int) {
        var sources: [Int32] = []
        var targets: [Int32] = []
        var behind: [Int32] = []
        for position in positions {
            let target = Int32(truncatingIfNeeded: firstSlot + position - positions.lowerBound)
            var low = frames.lower[position] + count
            var high = frames.upper[position] + count
            while low < high {
                if low & 1 == 1 {
                    sources.append(slot(ofNode: low))
                    low += 1
                }
                if high & 1 == 1 {
                    high -= 1
                    behind.append(slot(ofNode: high))
                }
                low /= 2
                high /= 2
            }
            // Nodes of the upper half were met from the end of the frame inwards.
            while let source = behind.popLast() { sources.append(source) }
            targets += repeatElement(target, count: sources.count - targets.count)
        }
        states.merge(sources.span, into: targets.span)
    }
}
