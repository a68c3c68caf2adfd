/// Sums of per-unit values: what a mean and its spread follow from.
package struct MomentSums: Hashable, Sendable {
    package var count = 0
    package var sum = 0.0
    package var squares = 0.0

    package init() {}

    /// Adds a value, cut to `cap` from above: one extreme unit must not decide.
    package mutating func add(_ value: Double, cap: Double?) {
        let value = cap.map { min(value, $0) } ?? value
        count += 1
        sum += value
        squares += value * value
    }

    package mutating func add(_ other: MomentSums) {
        count += other.count
        sum += other.sum
        squares += other.squares
    }

    /// Whether no value was infinite or not a number.
    package var isFinite: Bool { sum.isFinite && squares.isFinite }

    package var mean: Double { sum / Double(count) }

    /// Standard deviation of the units' values; 0 below two units.
    package var deviation: Double {
        guard count > 1 else { return 0 }
        let spread = (squares - sum * sum / Double(count)) / Double(count - 1)
        return max(spread, 0).squareRoot()
    }
}

/// Bounds on means that hold at every moment at once.
///
/// Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic
/// confidence sequences", Annals of Statistics 52 (2024).
package enum MeanTest {
    /// Units a side from which on a mean may decide.
    package static let unitsMin = 100

    /// Half the width of the interval around a mean that holds the true one with probability 1 − alpha.
    ///
    /// `deviation` is that of the units' values, `count` the units seen, and `expected` the number of units at
    /// which the interval is to be narrowest; both are at least 1.
    package static func halfWidth(
        deviation: Double,
        count: Int,
        alpha: Double,
        expected: Int
    ) -> Double {
        precondition(count > 0 && expected > 0, "an interval of some units")
        let logAlpha = Elementary.log(alpha)
        let scale = (-2 * logAlpha + Elementary.log(1 - 2 * logAlpha)) / Double(expected)
        let n = Double(count)
        let inner = n * scale + 1
        let logTerm = 0.5 * Elementary.log(inner) - logAlpha
        return deviation * (2 * inner / (n * n * scale) * logTerm).squareRoot()
    }

    /// Bounds on the mean of one side; nil below ``unitsMin`` units, or where one is no number.
    package static func bounds(
        _ values: MomentSums,
        alpha: Double,
        expected: Int
    ) -> ClosedRange<Double>? {
        guard values.count >= unitsMin, values.isFinite else { return nil }
        let half = halfWidth(
            deviation: values.deviation,
            count: values.count,
            alpha: alpha,
            expected: expected
        )
        return (values.mean - half)...(values.mean + half)
    }

    /// Bounds on candidate mean less primary mean, each side at half of `alpha`; of logarithms, the bounds
    /// on the logarithm of the ratio.
    package static func difference(
        candidate: MomentSums,
        primary: MomentSums,
        alpha: Double,
        expected: Int
    ) -> ClosedRange<Double>? {
        guard let own = bounds(candidate, alpha: alpha / 2, expected: expected),
            let other = bounds(primary, alpha: alpha / 2, expected: expected)
        else { return nil }
        return (own.lowerBound - other.upperBound)...(own.upperBound - other.lowerBound)
    }
}
