internal import Hashing
package import Routing

/// Which units the candidate computes, and which of them it owns: the route table as this path reads it.
///
/// A unit's owner follows from the table's log. Beside the units that it owns, the candidate computes a sample
/// for comparison, whose share belongs to the generation that decides about the window, so that no window
/// is computed in part.
package struct WindowOwnership: Sendable {
    package let table: RouteTable
    /// Per generation the share of its units that the candidate computes beside the primary (ppm).
    private let shares: [Int: Int]
    /// Whether the candidate's results are not wanted any more.
    let isFenced: Bool
    /// The table decided anew about windows of rows up to this event time (µs), which had gone on before it came.
    let redecidedThrough: Int64?

    init(_ table: RouteTable, shares: [Int: Int], isFenced: Bool, redecidedThrough: Int64? = nil) {
        self.table = table
        self.shares = shares
        self.isFenced = isFenced
        self.redecidedThrough = redecidedThrough
    }

    /// What is known of one unit.
    struct Decision {
        var flags: WindowPairing.Flags
        /// The generation that decides about the window; 0 before the first.
        var generation: Int
        /// The unit belongs to the primary's half of a comparison of rates.
        var isCohort: Bool
    }

    /// Decides about the unit of a key and the window that starts at `start` (µs).
    ///
    /// `sampleHash` is the key's under the sampling key; it is only needed where a share is partial.
    func decide(hash: UInt64?, sampleHash: UInt64?, start: Int64) -> Decision {
        let owner = table.owner(hash: hash, windowStart: start)
        guard !isFenced, let hash else {
            return Decision(flags: [], generation: owner.generation, isCohort: false)
        }
        if owner.side == .candidate {
            return Decision(
                flags: [.candidateOwned, .shared],
                generation: owner.generation,
                isCohort: false
            )
        }
        let share = shares[owner.generation] ?? 0
        let isShared = share >= 1_000_000 || Self.isSampled(sampleHash, share)
        let isEvidence = owner.reason == .split && owner.generation > 0
        let threshold = table.rules.log.entry(forWindowStart: start)?.thresholdPPM ?? 0
        let cohort = RouteRules.compareFrom(thresholdPPM: threshold)
        return Decision(
            flags: isShared ? .shared : [],
            generation: owner.generation,
            isCohort: isEvidence && (isShared || RouteHash.bucket(hash) >= cohort)
        )
    }

    private static func isSampled(_ hash: UInt64?, _ share: Int) -> Bool {
        guard share > 0, let hash else { return false }
        return RouteHash.bucket(hash) < share
    }

    /// What holds for all units of windows whose starts lie in a range; nil where it depends on the key.
    func uniform(_ starts: ClosedRange<Int64>) -> Bool? {
        guard !isFenced else { return false }
        let log = table.rules.log
        let hasExceptions = table.rules.pins.count > 0 || !table.rules.cohorts.isEmpty
        var all: Bool?
        let bounds = [starts.lowerBound, starts.upperBound]
        let inner = log.entries.map(\.barrier).filter { starts.contains($0) }
        for start in bounds + inner {
            let entry = log.entry(forWindowStart: start)
            let threshold = entry?.thresholdPPM ?? 0
            let share = shares[entry?.generation ?? 0] ?? 0
            let now: Bool
            if share >= 1_000_000 || threshold >= 1_000_000 {
                // A keyless unit stays on the primary, but its rows do no harm on the candidate.
                now = true
            } else if share == 0, threshold == 0, !hasExceptions {
                now = false
            } else {
                return nil
            }
            guard all == nil || all == now else { return nil }
            all = now
        }
        return all
    }

    /// Whether the candidate has anything to compute, now or in windows that began earlier.
    var wantsCandidate: Bool {
        guard !isFenced else { return false }
        return table.rules.log.entries.contains { entry in
            entry.thresholdPPM > 0 || (shares[entry.generation] ?? 0) > 0
        }
    }
}
