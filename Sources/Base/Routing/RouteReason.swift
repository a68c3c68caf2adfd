/// Why a unit went where it went; the words that feature-flag clients know.
package enum RouteReason: String, Sendable, Hashable, CaseIterable {
    /// Its bucket, or its rank, against the weight.
    case split = "SPLIT"
    /// It belongs to a cohort.
    case targetingMatch = "TARGETING_MATCH"
    /// A person pinned it.
    case pinned = "PINNED"
    /// It has no usable key, so the primary serves it.
    case missingKey = "DEFAULT"
    /// The side that was tried first failed, or its breaker is open.
    case fallback = "FALLBACK"
    /// The table is old: the controller has not been heard for longer than its hint allows.
    case stale = "STALE"
    /// No migration is active; the last table's value holds.
    case disabled = "DISABLED"
}

/// What a route table says about one unit.
package struct RouteDecision: Hashable, Sendable {
    package var side: Side
    package var reason: RouteReason
    /// 0..<1,000,000; nil for a unit without a usable key.
    package var bucket: Int?
    /// The generation of the table, or of the log's entry, that decided.
    package var generation: Int

    package init(side: Side, reason: RouteReason, bucket: Int?, generation: Int) {
        self.side = side
        self.reason = reason
        self.bucket = bucket
        self.generation = generation
    }
}
