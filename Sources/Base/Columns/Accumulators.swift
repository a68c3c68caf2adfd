/// Kernels that add rows to the states of their groups, one array of states for each aggregate.
///
/// Row `i` belongs to group `groups[i]`, which indexes `states`; a negative group skips the row. Rows whose
/// bit in `validity` is clear are NULL and skipped. Rows are taken in order, so what depends on order
/// (sums of doubles) is the same however rows were cut into batches.
package enum Accumulators {
    /// Counts rows, or with a validity the values that are not NULL.
    package static func addCounts(
        _ groups: Span<Int32>,
        validity: Bitmap?,
        into states: inout MutableSpan<Int64>
    ) {
        forEach(groups, validity) { _, group in states[group] &+= 1 }
    }

    /// Adds integers exactly: 2^64 rows cannot overflow an `Int128`.
    package static func addSums(
        _ groups: Span<Int32>,
        _ values: Span<Int64>,
        validity: Bitmap?,
        into states: inout MutableSpan<Int128>
    ) {
        precondition(values.count == groups.count, "a value per group")
        forEach(groups, validity) { row, group in states[group] &+= Int128(values[row]) }
    }

    /// Adds integers as long as sums fit.
    ///
    /// - Returns: the first row whose addition would overflow; neither it nor a later row was added.
    package static func addSums(
        _ groups: Span<Int32>,
        _ values: Span<Int64>,
        validity: Bitmap?,
        into states: inout MutableSpan<Int64>
    ) -> Int? {
        precondition(values.count == groups.count, "a value per group")
        for row in groups.indices {
            guard let group = group(row, groups, validity) else { continue }
            let (sum, overflow) = states[group].addingReportingOverflow(values[row])
            if overflow { return row }
            states[group] = sum
        }
        return nil
    }

    /// Adds unscaled decimals as long as sums fit 128 bits; returns as for integers.
    package static func addSums(
        _ groups: Span<Int32>,
        _ values: Span<Int128>,
        validity: Bitmap?,
        into states: inout MutableSpan<Int128>
    ) -> Int? {
        precondition(values.count == groups.count, "a value per group")
        for row in groups.indices {
            guard let group = group(row, groups, validity) else { continue }
            let (sum, overflow) = states[group].addingReportingOverflow(values[row])
            if overflow { return row }
            states[group] = sum
        }
        return nil
    }

    /// Adds doubles with Neumaier's compensation.
    package static func addSums(
        _ groups: Span<Int32>,
        _ values: Span<Double>,
        validity: Bitmap?,
        into states: inout MutableSpan<DoubleSum>
    ) {
        precondition(values.count == groups.count, "a value per group")
        forEach(groups, validity) { row, group in states[group].add(values[row]) }
    }

    /// Keeps the smallest integer; states begin as `Int64.max`.
    package static func addMinima(
        _ groups: Span<Int32>,
        _ values: Span<Int64>,
        validity: Bitmap?,
        into states: inout MutableSpan<Int64>
    ) {
        precondition(values.count == groups.count, "a value per group")
        forEach(groups, validity) { row, group in states[group] = min(states[group], values[row]) }
    }

    /// Keeps the largest integer; states begin as `Int64.min`.
    package static func addMaxima(
        _ groups: Span<Int32>,
        _ values: Span<Int64>,
        validity: Bitmap?,
        into states: inout MutableSpan<Int64>
    ) {
        precondition(values.count == groups.count, "a value per group")
        forEach(groups, validity) { row, group in states[group] = max(states[group], values[row]) }
    }

    /// Keeps the smallest decimal; states begin as `Int128.max`.
    package static func addMinima(
        _ groups: Span<Int32>,
        _ values: Span<Int128>,
        validity: Bitmap?,
        into states: inout MutableSpan<Int128>
    ) {
        precondition(values.count == groups.count, "a value per group")
        forEach(groups, validity) { row, group in states[group] = min(states[group], values[row]) }
    }

    /// Keeps the largest decimal; states begin as `Int128.min`.
    package static func addMaxima(
        _ groups: Span<Int32>,
        _ values: Span<Int128>,
        validity: Bitmap?,
        into states: inout MutableSpan<Int128>
    ) {
        precondition(values.count == groups.count, "a value per group")
        forEach(groups, validity) { row, group in states[group] = max(states[group], values[row]) }
    }

    /// Keeps the smallest double, NaN being the largest; states begin as NaN.
    ///
    /// Of −0 and 0 the first stays.
    package static func addMinima(
        _ groups: Span<Int32>,
        _ values: Span<Double>,
        validity: Bitmap?,
        into states: inout MutableSpan<Double>
    ) {
        precondition(values.count == groups.count, "a value per group")
        forEach(groups, validity) { row, group in
            let state = states[group]
            let value = values[row]
            if value < state || state.isNaN { states[group] = value }
        }
    }

    /// Keeps the largest double, NaN being the largest; states begin as -infinity.
    ///
    /// Of −0 and 0 the first stays.
    package static func addMaxima(
        _ groups: Span<Int32>,
        _ values: Span<Double>,
        validity: Bitmap?,
        into states: inout MutableSpan<Double>
    ) {
        precondition(values.count == groups.count, "a value per group")
        forEach(groups, validity) { row, group in
            let value = values[row]
            if value > states[group] || value.isNaN { states[group] = value }
        }
    }

    /// The group of a row that counts.
    @inline(__always)
    private static func group(_ row: Int, _ groups: Span<Int32>, _ validity: Bitmap?) -> Int? {
        let group = Int(groups[row])
        if group < 0 { return nil }
        if let validity, !validity[row] { return nil }
        return group
    }

    @inline(__always)
    private static func forEach(
        _ groups: Span<Int32>,
        _ validity: Bitmap?,
        _ body: (_ row: Int, _ group: Int) -> Void
    ) {
        guard let validity else {
            for row in groups.indices where groups[row] >= 0 { body(row, Int(groups[row])) }
            return
        }
        precondition(validity.count == groups.count, "validity of another length")
        let words = validity.words.span
        var start = 0
        while start < groups.count {
            var word = words[start >> 6]
            let rest = groups.count &- start
            if rest < 64 { word &= (1 &<< UInt64(rest)) &- 1 }
            while word != 0 {
                let row = start &+ word.trailingZeroBitCount
                if groups[row] >= 0 { body(row, Int(groups[row])) }
                word &= word &- 1
            }
            start &+= 64
        }
    }
}

/// A sum of doubles that keeps what each addition rounded away; infinities and NaN are kept apart.
///
/// Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54
/// (1974).
package struct DoubleSum: Hashable, Sendable, BitwiseCopyable {
    /// Rounded sum of the finite values.
    package var high = 0.0
    /// Sum of what the additions to `high` rounded away.
    package var low = 0.0
    /// Number of values.
    package var count: Int64 = 0
    /// Which values that are not finite were met: bit 0 infinity, bit 1 -infinity, bit 2 NaN.
    package var specials: UInt64 = 0

    package init() {}

    @inline(__always)
    package mutating func add(_ value: Double) {
        count &+= 1
        guard value.isFinite else { return addSpecial(value) }
        addFinite(value)
    }

    @inline(__always)
    private mutating func addFinite(_ value: Double) {
        let sum = high + value
        low += abs(high) >= abs(value) ? (high - sum) + value : (value - sum) + high
        high = sum
    }

    private mutating func addSpecial(_ value: Double) {
        specials |= value.isNaN ? 4 : value > 0 ? 1 : 2
    }

    /// Adds another sum, whose rows come after this one's.
    package mutating func merge(_ other: DoubleSum) {
        count &+= other.count
        specials |= other.specials
        addFinite(other.high)
        low += other.low
    }

    /// The sum; 0 without values.
    package var value: Double {
        switch specials {
        case 0: high.isFinite ? high + low : high
        case 1: .infinity
        case 2: -.infinity
        default: .nan
        }
    }
}
