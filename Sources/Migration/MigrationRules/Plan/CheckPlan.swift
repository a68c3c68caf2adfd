package import JSON

/// A metric and a test on it.
package struct CheckPlan: NormalForm {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case rate
        case rateRatio = "rate-ratio"
        case quantile
        case mean
        case ratio
        case paired
        case count
        case threshold
        case invariant
    }

    package var name = ""
    package var role = CheckRole.gate
    package var kind = Kind.rate
    /// What is measured: `failed` of `failed/total`, `unit_seconds`; nil where a provider is asked.
    package var metric: String?
    /// What it is divided by: `total` of `failed/total`.
    package var per: String?
    /// Who answers `query`; nil: the routers' own reports.
    package var provider: String?
    package var query: String?
    /// Of a quantile: 990,000 is p99.
    package var quantilePPM: Int?
    /// Passing needs this.
    package var promote: BoundPlan?
    /// Reaching this rolls back.
    package var rollback: BoundPlan?
    /// Reaching this holds.
    package var hold: BoundPlan?
    /// Units that passing needs at least; nil: what the test needs without a failure.
    package var minUnits: Int?
    /// Of a threshold: the time over which the value is taken.
    package var windowMs: Int?
    /// Of a threshold: consecutive intervals that it has to be crossed.
    package var forIntervals = 1
    /// Values above are cut to it, for means and ratios.
    package var cap: Double?
    /// Units that a whole stage is expected to bring, for means and ratios.
    package var expectedUnits: Int?
    /// Share of the stage's error probability that this guard gets, relative to the other guards.
    package var alphaWeight = 1

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("name", &name)
        try coder.field("role", &role)
        try coder.field("kind", &kind)
        try coder.field("metric", &metric)
        try coder.field("per", &per)
        try coder.field("provider", &provider)
        try coder.field("query", &query)
        try coder.field("quantilePPM", &quantilePPM)
        try coder.field("promote", &promote)
        try coder.field("rollback", &rollback)
        try coder.field("hold", &hold)
        try coder.field("minUnits", &minUnits)
        try coder.field("windowMs", &windowMs)
        try coder.field("forIntervals", &forIntervals)
        try coder.field("cap", &cap)
        try coder.field("expectedUnits", &expectedUnits)
        try coder.field("alphaWeight", &alphaWeight)
    }
}

/// A relation to a quantity: `<= 0.1%`, `> 1.5x`, `> 400MiB`.
package struct BoundPlan: NormalForm {
    package enum Relation: String, Sendable, Hashable, CaseIterable {
        case below = "<"
        case atMost = "<="
        case atLeast = ">="
        case above = ">"
    }

    package enum Unit: String, Sendable, Hashable, CaseIterable {
        /// A share of a whole, in parts per million.
        case share = "ppm"
        /// A multiple of the primary's value, in millionths.
        case multiple = "ppm-of-primary"
        case bytes
        case milliseconds = "ms"
        /// A plain number.
        case number
    }

    package var relation = Relation.atMost
    package var unit = Unit.number
    /// Whole, except for plain numbers.
    package var amount = 0.0

    package init() {}

    package init(_ relation: Relation, _ amount: Double, _ unit: Unit) {
        self.relation = relation
        self.amount = amount
        self.unit = unit
    }

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("relation", &relation)
        try coder.field("unit", &unit)
        try coder.field("amount", &amount)
    }

    /// The number to compare with: 0.001 for 0.1 %, 1.5 for 1.5×, bytes, seconds.
    package var value: Double {
        switch unit {
        case .share, .multiple: amount / 1_000_000
        case .milliseconds: amount / 1000
        case .bytes, .number: amount
        }
    }

    package func holds(_ measured: Double) -> Bool {
        switch relation {
        case .below: measured < value
        case .atMost: measured <= value
        case .atLeast: measured >= value
        case .above: measured > value
        }
    }
}

/// A property that no result may lack.
package struct InvariantPlan: NormalForm {
    /// Such as `conservation`, `uniqueness`, `no-split` or `mismatch`.
    package var name = ""
    /// Columns that it is about.
    package var fields: [String] = []

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("name", &name)
        try coder.field("fields", &fields)
    }
}

/// What holds for all stages that say nothing else.
package struct DefaultsPlan: NormalForm {
    package var onInconclusive = HoldPolicy()
    package var onNoData = HoldPolicy()
    package var onError = HoldPolicy()
    /// Probability that a good candidate is rolled back in a stage.
    package var alphaRollbackPPM = 10_000
    /// Probability that a gate passes a bad one.
    package var alphaPromotePPM = 50_000

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("onInconclusive", &onInconclusive)
        try coder.field("onNoData", &onNoData)
        try coder.field("onError", &onError)
        try coder.field("alphaRollbackPPM", &alphaRollbackPPM)
        try coder.field("alphaPromotePPM", &alphaPromotePPM)
    }
}

/// What happens when evidence stays away: hold, for a while at most, then go back.
package struct HoldPolicy: NormalForm {
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        case rollbackStage = "rollback-stage"
        case rollback
    }

    /// nil with `then` nil: hold without end.
    package var holdMs: Int?
    package var then: Outcome?

    package init() {}

    package init(holdMs: Int, then: Outcome) {
        self.holdMs = holdMs
        self.then = then
    }

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("holdMs", &holdMs)
        try coder.field("then", &then)
    }
}
