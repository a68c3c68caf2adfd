package import JSON

/// Units by duration, in steps of at most an eighth.
///
/// Bin `8 e + m` holds durations of `[(8 + m) · 2^e, (9 + m) · 2^e)` nanoseconds; shorter ones than 8 ns are in
/// bin 0. All histograms share these edges, so counts add up and thresholds mean the same everywhere.
package struct DurationHistogram: NormalForm {
    /// Counts by bin, up to the last one that is not empty.
    private var counts: [Int] = []

    package init() {}

    package var total: Int { counts.reduce(0, +) }

    package mutating func add(nanoseconds: UInt64, units: Int = 1) {
        let bin = Self.bin(nanoseconds)
        if bin >= counts.count {
            counts.append(contentsOf: repeatElement(0, count: bin + 1 - counts.count))
        }
        counts[bin] += units
    }

    package mutating func add(_ other: DurationHistogram) {
        let missing = other.counts.count - counts.count
        if missing > 0 { counts.append(contentsOf: repeatElement(0, count: missing)) }
        for bin in other.counts.indices { counts[bin] += other.counts[bin] }
    }

    /// Units at or above an edge.
    ///
    /// A threshold between two edges counts from the edge below it on, which never hides a slow unit.
    package func count(from nanoseconds: UInt64) -> Int {
        let bin = Self.bin(nanoseconds)
        return bin < counts.count ? counts[bin...].reduce(0, +) : 0
    }

    /// The upper edge of the bin that holds the quantile; nil without a unit.
    ///
    /// 990,000 ppm is the 99th percentile.
    package func quantile(ppm: Int) -> UInt64? {
        let total = total
        guard total > 0 else { return nil }
        let rank = max(1, (total * ppm + 999_999) / 1_000_000)
        var seen = 0
        for bin in counts.indices {
            seen += counts[bin]
            if seen >= rank { return Self.lowerEdge(bin + 1) }
        }
        return nil
    }

    static func bin(_ nanoseconds: UInt64) -> Int {
        guard nanoseconds >= 8 else { return 0 }
        let exponent = 60 - nanoseconds.leadingZeroBitCount
        return exponent * 8 + Int(nanoseconds >> UInt64(exponent)) - 8
    }

    /// The shortest duration of a bin, in nanoseconds.
    static func lowerEdge(_ bin: Int) -> UInt64 {
        bin == 0 ? 0 : UInt64(8 + bin % 8) << UInt64(bin / 8)
    }

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.member("counts", &counts) { counts in
            JSONValue(counts.map { JSONValue($0) })
        } read: { json throws(JSONError) in
            var counts: [Int] = []
            for count in try (json ?? JSONValue([JSONValue]())).requireArray() {
                counts.append(Int(try count.requireInteger(in: 0...(1 << 53))))
            }
            return counts
        }
    }
}
