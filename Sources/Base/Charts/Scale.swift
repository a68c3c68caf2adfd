private import Glibc

/// Where values stand along one direction of a drawing.
package struct Scale: Sendable, Hashable {
    /// How values are spread.
    package enum Spread: Sendable, Hashable {
        case linear
        /// Equal factors have equal distances; the domain is above 0.
        case logarithmic
    }

    package let domain: ClosedRange<Double>
    /// Where the ends of the domain stand.
    package let start: Double
    package let end: Double
    package let spread: Spread

    /// A scale of a finite domain; one of a single value is widened around it.
    package init(
        _ domain: ClosedRange<Double>,
        from start: Double,
        to end: Double,
        spread: Spread = .linear
    ) {
        precondition(
            domain.lowerBound.isFinite && domain.upperBound.isFinite,
            "a scale has finite ends"
        )
        precondition(
            spread == .linear || domain.lowerBound > 0,
            "logarithms are of positive numbers"
        )
        self.domain = Self.widened(domain, spread)
        self.start = start
        self.end = end
        self.spread = spread
    }

    private static func widened(
        _ domain: ClosedRange<Double>,
        _ spread: Spread
    ) -> ClosedRange<Double> {
        guard domain.lowerBound == domain.upperBound else { return domain }
        let value = domain.lowerBound
        if spread == .logarithmic { return value / 2...value * 2 }
        let margin = max(value.magnitude / 10, 0.5)
        return value - margin...value + margin
    }

    /// Where a value stands; one outside the domain stands at its nearer end, and what is no number at the start.
    package func position(of value: Double) -> Double {
        guard !value.isNaN else { return start }
        let held = min(max(value, domain.lowerBound), domain.upperBound)
        let share: Double =
            switch spread {
            case .linear:
                (held - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
            case .logarithmic:
                log(held / domain.lowerBound) / log(domain.upperBound / domain.lowerBound)
            }
        return start + share * (end - start)
    }
}
