internal import Units

/// How often values fell at or below each of some bounds.
package final class Histogram: Sendable {
    /// Upper bounds, inclusive, rising; one more bucket takes everything above the last.
    package let bounds: [Double]
    private let buckets: [CounterCell]
    private let total = Gauge()

    /// 1 ms to 100 s, three a decade.
    package static let durationBounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100,
    ]

    init(bounds: [Double]) {
        precondition(
            zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 } && bounds.allSatisfy(\.isFinite),
            "a histogram's bounds rise and are finite"
        )
        self.bounds = bounds
        buckets = (0...bounds.count).map { _ in CounterCell() }
    }

    /// Records a value; NaN counts as above all bounds and is left out of the sum.
    package func record(_ value: Double) {
        buckets[place(of: value)].add()
        if !value.isNaN { total.add(value) }
    }

    /// Records a duration in seconds.
    package func record(_ duration: Duration) { record(duration.inSeconds) }

    /// How many values fell into each bucket, the last being above all bounds, and their sum.
    package var snapshot: (counts: [Int], sum: Double) { (buckets.map(\.value), total.value) }

    private func place(of value: Double) -> Int {
        guard !value.isNaN else { return bounds.count }
        var lower = 0
        var upper = bounds.count
        while lower < upper {
            let middle = (lower + upper) / 2
            if value <= bounds[middle] { upper = middle } else { lower = middle + 1 }
        }
        return lower
    }
}
