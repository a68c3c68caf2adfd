package import Columns

/// Rows of closed windows on both sides: what may be published, and what has been compared.
///
/// The primary computes every window; the candidate those that it owns or shadows. A row that the primary owns
/// is published as soon as the primary has closed its window, whatever the candidate does. A row that the
/// candidate owns waits until both have closed the window and have been held against each other; where they
/// differ, the primary's row is published. So nothing leaves that only the candidate believes in.
///
/// Invariants:
/// 1. Rows are published in canonical order, each once.
/// 2. A window is compared once both sides have closed it, and at most once.
/// 3. A window that the candidate saw only in part is never compared, and is done once the primary has closed it.
package struct WindowPairing {
    /// A row on which the sides differ.
    package struct Difference: Sendable {
        package enum Kind: String, Sendable, Hashable {
            /// The candidate lacks the row.
            case missing
            /// Only the candidate has the row.
            case extra
            /// Both have the row, with different values.
            case value
        }

        package var kind: Kind
        package var primary: [Value]?
        package var candidate: [Value]?
        /// Names of the columns that differ.
        package var columns: [String]
        /// Whether the candidate owns the row.
        package var isCandidateOwned: Bool
        /// The generation that decides about the window.
        package var generation: Int
    }

    /// What a turn gave for the windows that one generation decides about.
    package struct Tally: Sendable, Hashable {
        /// Published rows that the candidate owned and had right.
        package var candidateServed = 0
        package var primaryServed = 0
        package var compared = 0
        package var matched = 0
        /// Compared or lost rows that the candidate did not own: it ran them to be compared only.
        package var shadowed = 0
        /// Rows of windows that were not compared, because the candidate saw them only in part.
        package var skipped = 0
        /// Rows that the candidate had to give and never gave, because it failed.
        package var lost = 0

        package mutating func add(_ other: Tally) {
            candidateServed += other.candidateServed
            primaryServed += other.primaryServed
            compared += other.compared
            matched += other.matched
            shadowed += other.shadowed
            skipped += other.skipped
            lost += other.lost
        }
    }

    /// What a turn gave.
    package struct Outcome: Sendable {
        /// Rows to publish, in canonical order.
        package var published: [Batch] = []
        /// For each of them since when its result was waited for; nil where nobody said.
        package var since: [ContinuousClock.Instant?] = []
        /// Counts by the generation that decides about the window.
        package var generations: [Int: Tally] = [:]
        package var differences: [Difference] = []

        /// The counts of all generations.
        package var total: Tally {
            generations.values.reduce(into: Tally()) { $0.add($1) }
        }
    }

    /// Rows of the primary with what is known of each.
    private struct Pending {
        var rows: Batch
        var ends: Buffer<Int64>
        var flags: [Flags]
        var generations: [Int]
        let since: ContinuousClock.Instant?
        /// All rows left before they came here; they still count.
        let hasLeft: Bool
        /// Rows before it have been published.
        var next = 0
    }

    /// Rows of the candidate that wait for the primary's.
    private struct Waiting {
        var rows: Batch
        var generations: [Int]

        func slice(_ range: Range<Int>) -> Waiting {
            Waiting(rows: rows.slice(range), generations: Array(generations[range]))
        }
    }

    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let candidateOwned = Flags(rawValue: 1)
        /// The candidate computes the row's window too.
        package static let shared = Flags(rawValue: 2)
        fileprivate static let compared = Flags(rawValue: 4)
        fileprivate static let agreed = Flags(rawValue: 8)
    }

    private let identity: WindowIdentity
    private let schema: Schema
    private var primary: [Pending] = []
    private var candidate: [Waiting] = []
    private var primaryClosed = Int64.min
    private var candidateClosed = Int64.min
    /// Windows that end at or before it are not compared: the candidate lacks some of their rows.
    private var taintedThrough = Int64.min
    private var isCandidateGone = false
    /// The candidate failed, so what it still owed counts against it.
    private var hasCandidateFailed = false

    package init(_ identity: WindowIdentity, schema: Schema) {
        self.identity = identity
        self.schema = schema
    }

    /// Adds rows of windows that the primary has closed, behind all that were added before.
    ///
    /// - Parameters:
    ///   - rows: of the primary.
    ///   - flags: one for each row.
    ///   - generations: for each row the generation that decides about its window.
    ///   - since: when the row that closed the windows came.
    ///   - hasLeft: the caller has published the rows already, as it may where ``hasPublishedAll`` holds and the
    ///     primary owns them all.
    package mutating func addPrimary(
        _ rows: Batch,
        flags: [Flags],
        generations: [Int],
        since: ContinuousClock.Instant? = nil,
        hasLeft: Bool = false
    ) {
        precondition(flags.count == rows.rowCount, "flags for every row")
        precondition(generations.count == rows.rowCount, "a generation for every row")
        precondition(
            flags.allSatisfy { !$0.contains(.candidateOwned) || $0.contains(.shared) },
            "the candidate computes what it owns"
        )
        guard rows.rowCount > 0 else { return }
        precondition(!hasLeft || hasPublishedAll, "rows leave in order")
        primary.append(
            Pending(
                rows: rows,
                ends: identity.ends(rows),
                flags: flags,
                generations: generations,
                since: since,
                hasLeft: hasLeft
            )
        )
    }

    /// Whether no row waits for its turn to be published.
    package var hasPublishedAll: Bool {
        primary.last.map { $0.hasLeft || $0.next == $0.rows.rowCount } ?? true
    }

    /// Adds rows of windows that the candidate has closed, behind all that were added before.
    package mutating func addCandidate(_ rows: Batch, generations: [Int]) {
        precondition(generations.count == rows.rowCount, "a generation for every row")
        guard rows.rowCount > 0, !isCandidateGone else { return }
        candidate.append(Waiting(rows: rows, generations: generations))
    }

    /// Says that a side has given all rows of windows that end at or before `end` (µs).
    package mutating func closePrimary(through end: Int64) {
        primaryClosed = max(primaryClosed, end)
    }

    package mutating func closeCandidate(through end: Int64) {
        candidateClosed = max(candidateClosed, end)
    }

    /// Says that the candidate did not get all rows of windows that end at or before `end` (µs).
    package mutating func taint(through end: Int64) { taintedThrough = max(taintedThrough, end) }

    /// Says that the candidate will give nothing more: the primary's rows are published in its place.
    ///
    /// Where it failed, every row that it still owes counts as lost, now and later.
    package mutating func dropCandidate(hasFailed: Bool) {
        isCandidateGone = true
        hasCandidateFailed = hasFailed
        candidate.removeAll()
    }

    /// Says that a new candidate computes all windows that end after `end` (µs).
    package mutating func reviveCandidate(after end: Int64) {
        isCandidateGone = false
        hasCandidateFailed = false
        candidateClosed = .min
        taint(through: end)
    }

    /// Compares and publishes as far as both sides allow.
    package mutating func advance() -> Outcome {
        var outcome = Outcome()
        if isCandidateGone {
            giveUp(&outcome)
        } else {
            // Of windows that it saw in part nothing is expected of the candidate: nobody waits for it.
            compare(through: min(primaryClosed, max(candidateClosed, taintedThrough)), &outcome)
        }
        publish(&outcome)
        forget()
        return outcome
    }

    /// Rows that are kept, published or not.
    package var pendingCount: Int {
        primary.reduce(0) { $0 + $1.rows.rowCount }
            + candidate.reduce(0) { $0 + $1.rows.rowCount }
    }
}

// MARK: - Publishing

extension WindowPairing {
    private mutating func publish(_ outcome: inout Outcome) {
        for index in primary.indices where primary[index].next < primary[index].rows.rowCount {
            let count = primary[index].rows.rowCount
            let first = primary[index].next
            var row = first
            while row < count, mayPublish(primary[index].flags[row]) {
                let generation = primary[index].generations[row]
                var tally = Tally()
                while row < count, primary[index].generations[row] == generation,
                    mayPublish(primary[index].flags[row])
                {
                    if primary[index].flags[row].contains([.candidateOwned, .agreed]) {
                        tally.candidateServed += 1
                    } else {
                        tally.primaryServed += 1
                    }
                    row += 1
                }
                outcome.count(generation) { $0.add(tally) }
            }
            if row > first, !primary[index].hasLeft {
                outcome.published.append(primary[index].rows.slice(first..<row))
                outcome.since.append(primary[index].since)
            }
            primary[index].next = row
            if row < count { return }
        }
    }

    private func mayPublish(_ flags: Flags) -> Bool {
        !flags.contains(.candidateOwned) || flags.contains(.compared)
    }

    /// Settles what the candidate, which is gone, will never give.
    private mutating func giveUp(_ outcome: inout Outcome) {
        for batch in primary.indices {
            for row in primary[batch].flags.indices {
                let flags = primary[batch].flags[row]
                guard flags.contains(.shared), !flags.contains(.compared) else { continue }
                primary[batch].flags[row].insert(.compared)
                outcome.count(primary[batch].generations[row]) { tally in
                    guard hasCandidateFailed else { return tally.skipped += 1 }
                    tally.lost += 1
                    tally.shadowed += flags.contains(.candidateOwned) ? 0 : 1
                }
            }
        }
    }

    /// Drops what has been published and needs no comparison any more.
    private mutating func forget() {
        var done = 0
        while done < primary.count, isDone(primary[done]) { done += 1 }
        primary.removeFirst(done)
    }

    private func isDone(_ pending: Pending) -> Bool {
        guard pending.next == pending.rows.rowCount else { return false }
        return pending.flags.allSatisfy { $0.contains(.compared) || !$0.contains(.shared) }
    }
}

// MARK: - Comparing

extension WindowPairing {
    private mutating func compare(through end: Int64, _ outcome: inout Outcome) {
        guard !primary.isEmpty || !candidate.isEmpty else { return }
        let places = takePlaces(through: end, &outcome)
        let waiting = takeCandidateRows(through: end)
        let others = waiting.rows
        guard !places.isEmpty || others.rowCount > 0 else { return }
        let rows = gather(places)
        let order = identity.order
        let comparator = RowComparator(
            sources: [order.map { rows.columns[$0] }, order.map { others.columns[$0] }],
            orders: order.map { _ in .ascending }
        )
        var left = 0
        var right = 0
        var pairs: [(left: Int, right: Int)] = []
        while left < places.count || right < others.rowCount {
            let step: Int
            if left == places.count {
                step = 1
            } else if right == others.rowCount {
                step = -1
            } else {
                step = comparator.compare(left, in: 0, right, in: 1)
            }
            if step == 0 {
                pairs.append((left, right))
                left += 1
                right += 1
            } else if step < 0 {
                differ(.missing, rows.row(left), nil, [], places[left], &outcome)
                left += 1
            } else {
                outcome.differ(
                    Difference(
                        kind: .extra,
                        primary: nil,
                        candidate: others.row(right),
                        columns: [],
                        isCandidateOwned: false,
                        generation: waiting.generations[right]
                    )
                )
                right += 1
            }
        }
        judge(pairs, rows, others, places, &outcome)
    }

    private func gather(_ places: [(batch: Int, row: Int)]) -> Batch {
        var parts: [Batch] = []
        var start = 0
        while start < places.count {
            let batch = places[start].batch
            var rows: [Int] = []
            while start < places.count, places[start].batch == batch {
                rows.append(places[start].row)
                start += 1
            }
            parts.append(primary[batch].rows.gather(by: Selection(rows)))
        }
        return parts.isEmpty ? Batch.empty(schema) : Batch.concatenate(parts)
    }

    /// The primary's rows that are to be compared now, marked so.
    private mutating func takePlaces(
        through end: Int64,
        _ outcome: inout Outcome
    ) -> [(batch: Int, row: Int)] {
        var places: [(batch: Int, row: Int)] = []
        for batch in primary.indices {
            for row in 0..<primary[batch].rows.rowCount {
                let flags = primary[batch].flags[row]
                guard primary[batch].ends[row] <= end else { return places }
                guard flags.contains(.shared), !flags.contains(.compared) else { continue }
                primary[batch].flags[row].insert(.compared)
                if primary[batch].ends[row] <= taintedThrough {
                    outcome.count(primary[batch].generations[row]) { $0.skipped += 1 }
                } else {
                    places.append((batch, row))
                }
            }
        }
        return places
    }

    private mutating func takeCandidateRows(through end: Int64) -> Waiting {
        var taken: [Waiting] = []
        while let first = candidate.first {
            let count = first.rows.rowCount
            let ends = identity.ends(first.rows)
            var closed = 0
            while closed < count, ends[closed] <= end { closed += 1 }
            var tainted = 0
            while tainted < closed, ends[tainted] <= taintedThrough { tainted += 1 }
            if closed > tainted { taken.append(first.slice(tainted..<closed)) }
            guard closed == count else {
                candidate[0] = first.slice(closed..<count)
                break
            }
            candidate.removeFirst()
        }
        return Waiting(
            rows: taken.isEmpty ? Batch.empty(schema) : Batch.concatenate(taken.map(\.rows)),
            generations: taken.flatMap(\.generations)
        )
    }

    private mutating func judge(
        _ pairs: [(left: Int, right: Int)],
        _ rows: Batch,
        _ others: Batch,
        _ places: [(batch: Int, row: Int)],
        _ outcome: inout Outcome
    ) {
        let left = rows.gather(by: Selection(pairs.map(\.left)))
        let right = others.gather(by: Selection(pairs.map(\.right)))
        var differing: [Int: [String]] = [:]
        for column in left.columns.indices where !identity.order.contains(column) {
            let name = schema[column].name
            let unequal = left.columns[column].rows(
                differingFrom: right.columns[column],
                .exact
            )
            for pair in unequal { differing[pair, default: []].append(name) }
        }
        for pair in pairs.indices {
            let place = places[pairs[pair].left]
            guard let names = differing[pair] else {
                let flags = primary[place.batch].flags[place.row]
                outcome.count(primary[place.batch].generations[place.row]) { tally in
                    tally.compared += 1
                    tally.matched += 1
                    tally.shadowed += flags.contains(.candidateOwned) ? 0 : 1
                }
                primary[place.batch].flags[place.row].insert(.agreed)
                continue
            }
            differ(.value, left.row(pair), right.row(pair), names, place, &outcome)
        }
    }

    private func differ(
        _ kind: Difference.Kind,
        _ row: [Value],
        _ candidate: [Value]?,
        _ columns: [String],
        _ place: (batch: Int, row: Int),
        _ outcome: inout Outcome
    ) {
        let pending = primary[place.batch]
        outcome.differ(
            Difference(
                kind: kind,
                primary: row,
                candidate: candidate,
                columns: columns,
                isCandidateOwned: pending.flags[place.row].contains(.candidateOwned),
                generation: pending.generations[place.row]
            )
        )
    }
}

extension WindowPairing.Outcome {
    fileprivate mutating func count(
        _ generation: Int,
        _ change: (inout WindowPairing.Tally) -> Void
    ) {
        change(&generations[generation, default: WindowPairing.Tally()])
    }

    fileprivate mutating func differ(_ difference: WindowPairing.Difference) {
        count(difference.generation) { tally in
            tally.compared += 1
            tally.shadowed += difference.isCandidateOwned ? 0 : 1
        }
        differences.append(difference)
    }
}
