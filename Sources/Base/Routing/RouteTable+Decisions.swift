internal import Hashing

/// Decisions about units: pure arithmetic, no lock, no randomness, nothing allocated for ASCII keys.
extension RouteTable {
    /// Who serves a unit.
    ///
    /// `hash` is its key's under ``key``; nil for a unit without a usable key, which the primary serves.
    /// `isStale` says that the controller has been silent for longer than the table's hint.
    package func decide(hash: UInt64?, isStale: Bool = false) -> RouteDecision {
        guard let hash else { return keyless }
        let bucket = RouteHash.bucket(hash)
        if isStale && rules.onControlLoss == .primary {
            return decision(.primary, .stale, bucket)
        }
        var side: Side = bucket < rules.thresholdPPM ? .candidate : .primary
        var reason = RouteReason.split
        if hasExceptions, let (chosen, cause) = exception(hash) { (side, reason) = (chosen, cause) }
        if rules.mode == .disabled { reason = .disabled }
        if isStale { reason = .stale }
        return decision(side, reason, bucket)
    }

    /// Who serves a unit whose key is one text of valid UTF-8.
    package func decide(text: Span<UInt8>, isStale: Bool = false) -> RouteDecision {
        decide(hash: key.hash(text: text), isStale: isStale)
    }

    /// Who owns the window `[start, …)` of a key, now and for ever.
    ///
    /// Late data keep their window's owner. A pin or cohort moves windows to the candidate only where the
    /// deciding generation gives it anything at all, so that a rollback reaches pinned keys too.
    package func owner(hash: UInt64?, windowStart start: Int64) -> RouteDecision {
        owner(hash: hash, decidedBy: rules.log.entry(forWindowStart: start))
    }

    /// The same where the log's entry for the window is known, as it is for all keys of a window at once.
    package func owner(hash: UInt64?, decidedBy entry: RouteLog.Entry?) -> RouteDecision {
        let generation = entry?.generation ?? 0
        guard let hash else {
            return RouteDecision(
                side: .primary,
                reason: .missingKey,
                bucket: nil,
                generation: generation
            )
        }
        let bucket = RouteHash.bucket(hash)
        let threshold = entry?.thresholdPPM ?? 0
        var side: Side = bucket < threshold ? .candidate : .primary
        var reason = RouteReason.split
        if hasExceptions, let (chosen, cause) = exception(hash) {
            if case .primary = chosen { (side, reason) = (chosen, cause) }
            if threshold > 0 { (side, reason) = (chosen, cause) }
        }
        if rules.mode == .disabled { reason = .disabled }
        return RouteDecision(
            side: side,
            reason: reason,
            bucket: bucket,
            generation: generation
        )
    }

    /// The side that runs a unit beside the one that answers it; nil for a unit that is not sampled.
    ///
    /// `sampleHash` is its key's under ``sampleKey``; it is only looked at if ``needsSampleHash``.
    package func companion(of decision: RouteDecision, sampleHash: UInt64?) -> Side? {
        guard rules.shadowPPM > 0 else { return nil }
        switch decision.reason {
        case .missingKey, .fallback, .disabled: return nil
        case .stale where rules.onControlLoss == .primary || rules.mode == .disabled: return nil
        case .split, .targetingMatch, .pinned, .stale: break
        }
        guard needsSampleHash else { return decision.side.other }
        guard let sampleHash, RouteHash.bucket(sampleHash) < rules.shadowPPM else { return nil }
        return decision.side.other
    }

    /// Whether sampling has to look at keys: it takes neither all units nor none.
    package var needsSampleHash: Bool { rules.shadowPPM > 0 && rules.shadowPPM < 1_000_000 }

    /// What follows after the side of `decision` failed: the other side, once; nil where nobody else answers.
    package func fallback(after decision: RouteDecision) -> RouteDecision? {
        guard rules.mode == .fallback, decision.side == rules.first else { return nil }
        guard decision.reason != .fallback, decision.reason != .missingKey else { return nil }
        var next = decision
        next.side = decision.side.other
        next.reason = .fallback
        return next
    }

    /// Whether a unit is evidence for a comparison of both sides' rates.
    ///
    /// Only units that their bucket assigned are: pinned ones are no fair sample.
    package func isCompared(_ decision: RouteDecision) -> Bool {
        guard decision.reason == .split, let bucket = decision.bucket else { return false }
        return decision.side == .candidate || bucket >= rules.compareFromPPM
    }

    /// Pins win over cohorts, and cohorts over buckets.
    @inline(never)
    private func exception(_ hash: UInt64) -> (Side, RouteReason)? {
        if rules.pins.count > 0, let side = rules.pins.side(of: hash) { return (side, .pinned) }
        guard !rules.cohorts.isEmpty else { return nil }
        for cohort in rules.cohorts where cohort.holds(hash) { return (cohort.side, cohort.reason) }
        return nil
    }

    /// Once the candidate has everything for good, there is no primary left to take keyless units.
    private var keyless: RouteDecision {
        guard rules.mode == .disabled else {
            return RouteDecision(
                side: .primary,
                reason: .missingKey,
                bucket: nil,
                generation: generation
            )
        }
        return RouteDecision(
            side: rules.thresholdPPM == 1_000_000 ? .candidate : .primary,
            reason: .disabled,
            bucket: nil,
            generation: generation
        )
    }

    private func decision(_ side: Side, _ reason: RouteReason, _ bucket: Int) -> RouteDecision {
        RouteDecision(side: side, reason: reason, bucket: bucket, generation: generation)
    }
}
