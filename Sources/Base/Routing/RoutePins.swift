/// Units that a person sent to one side, whatever the weight.
///
/// A unit is known by the hash of its key, which keeps data values out of tables and journals. Two keys
/// with one hash would share every bucket anyway; among 100,000 pins the chance is below one in a billion.
package struct RoutePins: Hashable, Sendable {
    /// Hashes of pinned keys, rising, none twice.
    package let primary: [UInt64]
    package let candidate: [UInt64]

    /// Most pins of one table.
    package static let limit = 100_000

    package init() {
        primary = []
        candidate = []
    }

    /// Pins in any order; nil where one unit is pinned to both sides.
    package init?(primary: [UInt64], candidate: [UInt64]) {
        self.primary = sortedOnce(primary)
        self.candidate = sortedOnce(candidate)
        guard !self.primary.contains(where: { contains(self.candidate, $0) }) else { return nil }
    }

    package var count: Int { primary.count + candidate.count }

    /// The side that a unit is pinned to, found in O(log pins).
    package func side(of hash: UInt64) -> Side? {
        if contains(primary, hash) { return .primary }
        return contains(candidate, hash) ? .candidate : nil
    }
}

/// Units that go to one side together.
package struct RouteCohort: Hashable, Sendable {
    /// Which units belong to it.
    package enum Members: Hashable, Sendable {
        /// Those with these hashes, rising, none twice.
        case listed([UInt64])
        /// Those that rank first by hash, up to and with this one: an exact share of few units.
        case rankedUpTo(UInt64)
    }

    package let name: String
    package let side: Side
    package let members: Members

    package init(_ name: String, side: Side, members: [UInt64]) {
        self.name = name
        self.side = side
        self.members = .listed(sortedOnce(members))
    }

    /// The units that an assignment by rank gives to the candidate.
    package init(_ name: String, rankedUpTo last: UInt64) {
        self.name = name
        side = .candidate
        members = .rankedUpTo(last)
    }

    /// Whether a unit belongs to it, found in O(log members).
    package func holds(_ hash: UInt64) -> Bool {
        switch members {
        case .listed(let hashes): contains(hashes, hash)
        case .rankedUpTo(let last): hash <= last
        }
    }

    /// A rank is a weight with an exact count; a list is a target.
    var reason: RouteReason {
        if case .listed = members { .targetingMatch } else { .split }
    }
}

func sortedOnce(_ hashes: [UInt64]) -> [UInt64] {
    var result: [UInt64] = []
    result.reserveCapacity(hashes.count)
    for hash in hashes.sorted() where result.last != hash { result.append(hash) }
    return result
}

/// Whether a rising array holds a number.
func contains(_ sorted: [UInt64], _ wanted: UInt64) -> Bool {
    var low = 0
    var high = sorted.count
    while low < high {
        let middle = (low + high) / 2
        if sorted[middle] < wanted { low = middle + 1 } else { high = middle }
    }
    return low < sorted.count && sorted[low] == wanted
}
