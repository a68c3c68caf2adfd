/// Rows of the same windows, with the states of their groups.
struct Pane {
    var identity: PaneIdentity
    /// End of the next window that the pane takes part in.
    var nextEnd: Int64
    var groups = WindowGroups()

    init(_ identity: PaneIdentity) {
        self.identity = identity
        nextEnd = identity.firstEnd
    }
}

/// The panes that are open, under numbers that stay theirs until they are removed.
struct PaneTable {
    var panes: [Pane] = []
    private var free: [Int32] = []
    private var numbers: [PaneIdentity: Int32] = [:]
    /// Panes not yet queued for closing.
    private var queue = WindowQueue()

    init() {}

    var isEmpty: Bool { numbers.isEmpty }

    /// The number of a pane, and whether it is new.
    mutating func number(of identity: PaneIdentity, windowStart: Int64) -> Int32 {
        if let number = numbers[identity] { return number }
        let number: Int32
        if let vacant = free.popLast() {
            number = vacant
            panes[Int(vacant)] = Pane(identity)
        } else {
            number = Int32(panes.count)
            panes.append(Pane(identity))
        }
        numbers[identity] = number
        queue.insert(
            WindowQueue.Entry(end: identity.firstEnd, start: windowStart, pane: number)
        )
        return number
    }

    /// The number of a pane that has taken part in its windows before the one that ends at `nextEnd`.
    mutating func restore(
        _ identity: PaneIdentity,
        nextEnd: Int64,
        windowStart: Int64
    ) -> Int32 {
        if let number = numbers[identity] { return number }
        let number = Int32(panes.count)
        panes.append(Pane(identity))
        panes[Int(number)].nextEnd = nextEnd
        numbers[identity] = number
        requeue(number, windowStart: windowStart)
        return number
    }

    mutating func remove(_ number: Int32) {
        numbers[panes[Int(number)].identity] = nil
        panes[Int(number)].groups = WindowGroups()
        free.append(number)
    }

    /// The window that closes next.
    var next: WindowQueue.Entry? { queue.first }

    /// Removes all panes of the window that closes next from the queue; they are in the order of their starts.
    mutating func takeNext() -> (end: Int64, start: Int64, panes: [Int32])? {
        guard let first = queue.first else { return nil }
        var taken: [Int32] = []
        while let entry = queue.first, entry.end == first.end, entry.start == first.start {
            taken.append(entry.pane)
            queue.removeFirst()
        }
        if taken.count > 1 {
            taken.sort {
                let left = panes[Int($0)].identity
                let right = panes[Int($1)].identity
                return (left.start, left.firstEnd) < (right.start, right.firstEnd)
            }
        }
        return (first.end, first.start, taken)
    }

    /// Queues a pane for its next window.
    mutating func requeue(_ number: Int32, windowStart: Int64) {
        queue.insert(
            WindowQueue.Entry(
                end: panes[Int(number)].nextEnd,
                start: windowStart,
                pane: number
            )
        )
    }

    /// Groups of all open panes together.
    var memberCount: Int { numbers.values.reduce(0) { $0 + panes[Int($1)].groups.members.count } }

    var openNumbers: [Int32] { Array(numbers.values) }

    var byteCount: Int {
        panes.reduce(0) { $0 + $1.groups.byteCount } + panes.capacity * MemoryLayout<Pane>.stride
            + numbers.capacity * 48 + queue.byteCount
    }
}

/// Windows with something to emit, the one that closes first in front: a binary heap.
struct WindowQueue {
    struct Entry {
        var end: Int64
        var start: Int64
        var pane: Int32

        static func < (left: Entry, right: Entry) -> Bool {
            (left.end, left.start) < (right.end, right.start)
        }
    }

    private var entries: [Entry] = []

    var first: Entry? { entries.first }

    /// The panes of all entries, in no order.
    var panes: [Int32] { entries.map(\.pane) }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child] < entries[parent] else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    mutating func removeFirst() {
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [parent * 2 + 1, parent * 2 + 2]
            where child < entries.count && entries[child] < entries[least] {
                least = child
            }
            if least == parent { return }
            entries.swapAt(least, parent)
            parent = least
        }
    }

    var byteCount: Int { entries.capacity * MemoryLayout<Entry>.stride }
}
