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
    /// Whether some generation samples keys: it shares neither all units nor none.
    let needsSamples: Bool

    init(_ table: RouteTable, shares: [Int: Int], isFenced: Bool, redecidedThrough: Int64? = nil) {
        self.table = table
        self.shares = shares
        self.isFenced = isFenced
        self.redecidedThrough = redecidedThrough
        needsSamples = shares.values.contains { $0 > 0 && $0 < 1_000_000 }
    }

    /// What holds for all keys of a window.
    struct Window {
        /// What decides about it; nil before the first barrier.
        fileprivate let entry: RouteLog.Entry?
        /// Share of its units that the candidate computes beside the primary (ppm).
        fileprivate let share: Int
        /// Buckets from here on are the primary's half of a comparison of rates.
        fileprivate let compareFrom: Int
    }

    /// The rules for windows that start at `start` (µs).
    func window(startingAt start: Int64) -> Window {
        let entry = table.rules.log.entry(forWindowStart: start)
        return Window(
            entry: entry,
            share: shares[entry?.generation ?? 0] ?? 0,
            compareFrom: RouteRules.compareFrom(thresholdPPM: entry?.thresholdPPM ?? 0)
        )
    }

    /// What is known of one unit.
    struct Decision {
        var flags: WindowPairing.Flags
        /// The generation that decides about the window; 0 before the first.
        var generation: Int
        /// The unit belongs to the primary's half of a comparison of rates.
        var isCohort: Bool
    }

    /// The decision about any unit of a window while the candidate's results are not wanted.
    func fenced(_ window: Window) -> Decision {
        Decision(flags: [], generation: window.entry?.generation ?? 0, isCohort: false)
    }

    /// Decides about the unit of a key and the window that starts at `start` (µs).
    ///
    /// `sampleHash` is the key's under the sampling key; it is only needed where a share is partial.
    func decide(hash: UInt64?, sampleHash: UInt64?, start: Int64) -> Decision {
        decide(hash: hash, sampleHash: sampleHash, in: window(startingAt: start))
    }

    /// Decides about the unit of a key in a window.
    func decide(hash: UInt64?, sampleHash: UInt64?, in window: Window) -> Decision {
        guard !isFenced, let hash else { return fenced(window) }
        let owner = table.owner(hash: hash, decidedBy: window.entry)
        // By pattern: comparing enumerations of another module goes through their witness tables.
        if case .candidate = owner.side {
            return Decision(
                flags: [.candidateOwned, .shared],
                generation: owner.generation,
                isCohort: false
            )
        }
        let isShared = window.share >= 1_000_000 || Self.isSampled(sampleHash, window.share)
        var isEvidence = false
        if case .split = owner.reason { isEvidence = owner.generation > 0 }
        return Decision(
            flags: isShared ? .shared : [],
            generation: owner.generation,
            isCohort: isEvidence && (isShared || RouteHash.bucket(hash) >= window.compareFrom)
        )
    }

    /// Whether no unit of any window is the candidate's, whatever its key.
    var isPrimaryOnly: Bool {
        guard !isFenced else { return true }
        let hasExceptions = table.rules.pins.count > 0 || !table.rules.cohorts.isEmpty
        return !hasExceptions && table.rules.log.entries.allSatisfy { $0.thresholdPPM == 0 }
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
