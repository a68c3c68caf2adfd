internal import Columns
internal import Flow
internal import SQLFront
private import Synchronization

/// An operator of V2 whose rows had one key slot, or few of them, too often.
package struct KeySkew: Sendable, Hashable {
    /// The operator as explain shows it.
    package var operatorLabel: String
    /// Share of the looked-at rows that were in the fullest slot, from 0 to 1.
    package var share: Double
    /// Partitions that the operator has.
    package var partitions: Int
}

/// What an edge's exchange knows of its keys, and how often their slots came.
///
/// Each thread that is in it has a book of its own.
final class KeyBooks: Sendable {
    private let idle = Mutex<[Exclusive<KeyBook>]>([])
    private let seen = Mutex(Seen())

    private struct Seen {
        var batchCount = 0
        /// Rows of the batches that were looked at, by slot.
        var counts: [Int] = []
    }

    /// Of so many batches one is looked at, so that counting costs next to nothing.
    private static let sampling = 8

    func read(_ keys: [Column], rows: Int) -> KeyBook.Reading {
        let book = idle.withLock { $0.popLast() } ?? Exclusive(KeyBook())
        let reading = book.withValue { $0.read(keys, rows: rows) }
        idle.withLock { $0.append(book) }
        let isLookedAt = seen.withLock { seen in
            seen.batchCount += 1
            return seen.batchCount % Self.sampling == 1
        }
        if isLookedAt { count(reading.slots) }
        return reading
    }

    private func count(_ slots: Buffer<UInt16>) {
        var counts = [Int](repeating: 0, count: KeyEncoding.slotCount)
        let source = slots.span
        for row in source.indices { counts[Int(source[row])] += 1 }
        let new = counts
        seen.withLock { seen in
            if seen.counts.isEmpty {
                seen.counts = new
            } else {
                for slot in new.indices { seen.counts[slot] += new[slot] }
            }
        }
    }

    /// Share of the looked-at rows in the fullest slot, if that is too much for `partitions` partitions.
    ///
    /// A slot cannot be split. It is too full with more than one partition's fair share, if it also has more
    /// than twice what slots with rows have on average: a handful of keys of equal size is no skew.
    func skew(partitions: Int) -> Double? {
        let counts = seen.withLock { $0.counts }
        let used = counts.filter { $0 > 0 }
        let total = used.reduce(0, +)
        guard partitions > 1, let fullest = used.max(), total >= Self.leastRows else { return nil }
        guard fullest * partitions > total, fullest * used.count > 2 * total else { return nil }
        return Double(fullest) / Double(total)
    }

    /// Fewer rows say nothing.
    private static let leastRows = 1000
}

extension JobProgram {
    /// The operators whose rows were not spread evenly, in the order of the plan.
    func skews(partitions: Int) -> [KeySkew] {
        guard partitions > 1 else { return [] }
        var worst: [Int: Double] = [:]
        for edge in sourceWays.joined().flatMap(\.edges) + operatorEdges.joined() {
            guard case .operator(let index, _) = edge.destination,
                let share = edge.books.skew(partitions: partitions)
            else { continue }
            worst[index] = max(worst[index] ?? 0, share)
        }
        return worst.sorted { $0.key < $1.key }.map { index, share in
            KeySkew(
                operatorLabel: graph.operators[index].plan.label,
                share: share,
                partitions: partitions
            )
        }
    }
}
