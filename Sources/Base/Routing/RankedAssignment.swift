/// Units given to the candidate by rank: exact shares of few units, where a hash cohort might be empty.
///
/// Units are sorted by the hash of their key, and the first ⌈w·n⌉ are taken. One that appears later belongs
/// to the candidate if its hash is at most the last one taken; none is ever evicted, except by a rollback.
package struct RankedAssignment: Hashable, Sendable {
    /// Hashes of the candidate's units, rising: what the journal stores.
    package private(set) var taken: [UInt64] = []

    package init() {}

    /// The assignment as it was stored.
    package init(taken: [UInt64]) { self.taken = sortedOnce(taken) }

    /// Whether units rank by default: below this many, hash cohorts miss their weight by too much.
    package static let unitLimit = 1000

    /// Takes ⌈`weightPPM` · units⌉ of all units, keeping those taken already.
    ///
    /// `units` are the hashes of all units known now, in any order.
    package mutating func widen(toPPM weightPPM: Int, of units: [UInt64]) {
        precondition((0...1_000_000).contains(weightPPM), "a weight in parts per million")
        let ranked = sortedOnce(units)
        let wanted = (ranked.count * weightPPM + 999_999) / 1_000_000
        let last = max(wanted > 0 ? ranked[wanted - 1] : 0, taken.last ?? 0)
        guard wanted > 0 || !taken.isEmpty else { return }
        taken = sortedOnce(taken + ranked.prefix { $0 <= last })
    }

    /// The cohort for the route table; nil where nothing is taken.
    package func cohort(_ name: String) -> RouteCohort? {
        taken.last.map { RouteCohort(name, rankedUpTo: $0) }
    }
}
