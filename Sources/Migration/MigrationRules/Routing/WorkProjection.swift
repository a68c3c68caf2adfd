/// What share of the work a weight would move, as opposed to what share of the units.
///
/// Work (busy time) is counted in 1,000 bins along the bucket line over the last full interval. A few heavy
/// keys can make a tenth of the keys half of the work; a shift that would do so holds.
package struct WorkProjection: Hashable, Sendable {
    package static let binCount = 1000
    private static let bucketsPerBin = 1_000_000 / binCount

    /// Nanoseconds of work in each bin.
    package private(set) var work = [UInt64](repeating: 0, count: binCount)

    package init() {}

    /// Counts work of a unit with this bucket (0..<1,000,000).
    package mutating func add(bucket: Int, nanoseconds: UInt64) {
        work[bucket / Self.bucketsPerBin] += nanoseconds
    }

    /// Adds what another router counted.
    package mutating func add(_ other: WorkProjection) {
        for bin in work.indices { work[bin] += other.work[bin] }
    }

    /// Work below a threshold as a share of all work; the bin that the threshold cuts counts in proportion.
    ///
    /// nil where no work was counted.
    package func share(belowPPM threshold: Int) -> Double? {
        let total = work.reduce(0.0) { $0 + Double($1) }
        guard total > 0 else { return nil }
        let (whole, rest) = threshold.quotientAndRemainder(dividingBy: Self.bucketsPerBin)
        var below = work[..<whole].reduce(0.0) { $0 + Double($1) }
        if rest > 0 { below += Double(work[whole]) * Double(rest) / Double(Self.bucketsPerBin) }
        return below / total
    }

    /// Whether a shift to `threshold` moves more work than allowed.
    ///
    /// `maxWorkSharePPM` is the limit as a multiple of the weight, in millionths: 1,500,000 is 1.5×. Where
    /// no work was counted nothing is known, and nothing can be overloaded.
    package func exceeds(maxWorkSharePPM: Int, atThresholdPPM threshold: Int) -> Bool {
        guard let share = share(belowPPM: threshold) else { return false }
        let limit = Double(threshold) / 1_000_000 * Double(maxWorkSharePPM) / 1_000_000
        return share > limit && limit < 1
    }
}
