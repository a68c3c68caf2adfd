/// What the counted runs of one contestant on one case say.
package struct BenchFigure: Sendable, Equatable {
    /// Seconds of the runs that count, in their order.
    package let seconds: [Double]
    /// Runs that were asked for.
    package let wanted: Int

    /// Fewer counted runs than this, or than were asked for, are no figure.
    private static let fewest = 3

    package init(seconds: [Double], wanted: Int) {
        precondition(wanted > 0, "a benchmark has a round")
        self.seconds = seconds
        self.wanted = wanted
    }

    /// Whether enough runs count.
    package var isMeasured: Bool { seconds.count >= min(Self.fewest, wanted) }

    /// The middle one, or the mean of both in the middle; nil where too few runs count.
    package var median: Double? {
        guard isMeasured else { return nil }
        let sorted = seconds.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2)
            ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// The shortest and the longest; nil where too few runs count.
    package var range: ClosedRange<Double>? {
        guard isMeasured, let least = seconds.min(), let most = seconds.max() else { return nil }
        return least...most
    }

    /// How many times as fast this is as the other; nil where one of them is not measurable.
    package func speed(against other: BenchFigure) -> Double? {
        guard let own = median, let their = other.median, own > 0 else { return nil }
        return their / own
    }
}
