internal import Synchronization

/// A sum that only grows, counted without contention: each worker adds to a cell of its own.
package final class Counter: Sendable {
    private let cells = Mutex<[Int: CounterCell]>([:])
    /// The cell for those that are no numbered worker.
    private let shared = CounterCell()

    init() {}

    /// Adds to the cell that all share: for work that is rare or has one thread.
    package func add(_ amount: Int = 1) { shared.add(amount) }

    /// The cell of one worker; ask once, keep it, and add to it on the hot path.
    package func cell(worker: Int) -> CounterCell {
        cells.withLock { cells in
            if let cell = cells[worker] { return cell }
            let cell = CounterCell()
            cells[worker] = cell
            return cell
        }
    }

    /// The sum of all cells; additions that happen meanwhile may be missing.
    package var value: Int {
        cells.withLock { $0.values.reduce(shared.value) { $0 &+ $1.value } }
    }
}

/// One worker's part of a counter: an atomic addition without ordering, some nanoseconds.
package final class CounterCell: Sendable {
    private let total = Atomic<Int>(0)
    // A cache line of its own, so that workers do not slow each other down.
    private let padding: [8 of UInt64] = .init(repeating: 0)

    init() {}

    package func add(_ amount: Int = 1) { total.wrappingAdd(amount, ordering: .relaxed) }

    package var value: Int { total.load(ordering: .relaxed) }
}
