internal import Columns
internal import Scalars

extension Call {
    /// CAST among dates, times, timestamps, and between intervals and integers.
    mutating func castTemporal() -> Column {
        let source = inputs[0].type
        let values = inputs[0].integers
        let zone = context.zoneOffset
        switch (source, type) {
        case (.date, .timestamp): return convert(values) { daysToMicroseconds($0) }
        case (.date, .timestampLTZ):
            return convert(values) { daysToMicroseconds($0)?.subtractingChecked(zone) }
        case (.timestamp, .date): return convert(values) { TemporalText.floorDays($0) }
        case (.timestampLTZ, .date):
            return convert(values) { $0.addingChecked(zone).map(TemporalText.floorDays) }
        case (.timestamp, .time(let precision)):
            return convert(values) {
                TemporalText.truncated(timeOfDay($0), precision: precision)
            }
        case (.timestampLTZ, .time(let precision)):
            return convert(values) {
                $0.addingChecked(zone).map {
                    TemporalText.truncated(timeOfDay($0), precision: precision)
                }
            }
        case (.timestamp, .timestampLTZ(let precision)):
            return convert(values) {
                $0.subtractingChecked(zone).map { cut($0, precision) }
            }
        case (.timestampLTZ, .timestamp(let precision)):
            return convert(values) { $0.addingChecked(zone).map { cut($0, precision) } }
        case (.timestamp, .timestamp(let precision)), (.timestampLTZ, .timestampLTZ(let precision)),
            (.time, .time(let precision)):
            return convert(values) { cut($0, precision) }
        // A time alone is one of 1970-01-01, as in Flink.
        case (.time, .timestamp(let precision)): return convert(values) { cut($0, precision) }
        case (.time, .timestampLTZ(let precision)):
            return convert(values) { $0.subtractingChecked(zone).map { cut($0, precision) } }
        default: return castIntervals(source, values)
        }
    }

    /// Between intervals and integers, by months or milliseconds as Flink has them.
    private mutating func castIntervals(_ source: DataType, _ values: Source<Int64>) -> Column {
        let target = type
        let range = target.integerRange ?? Int64.min...Int64.max
        return convert(values) { value in
            var result = Optional(value)
            if source == .intervalDayToSecond, target.isInteger { result = value / 1000 }
            if target == .intervalDayToSecond, source.isInteger {
                let (scaled, overflow) = value.multipliedReportingOverflow(by: 1000)
                result = overflow ? nil : scaled
            }
            return result.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    @inline(__always)
    private mutating func convert(
        _ values: Source<Int64>,
        _ body: (Int64) -> Int64?
    ) -> Column {
        buildIntegers { row, outcome in
            let result = body(values[row])
            if result == nil { outcome = .fault(.overflow) }
            return result ?? 0
        }
    }
}

/// A timestamp without the fraction's digits past `precision`; the most negative ones stay as they are.
@inline(__always)
private func cut(_ microseconds: Int64, _ precision: Int) -> Int64 {
    microseconds < .min + 1_000_000
        ? microseconds : TemporalText.truncated(microseconds, precision: precision)
}

/// Midnight of a day; nil where it does not fit.
func daysToMicroseconds(_ days: Int64) -> Int64? {
    let (microseconds, overflow) = days.multipliedReportingOverflow(
        by: TemporalText.microsecondsPerDay
    )
    return overflow ? nil : microseconds
}

/// Microseconds since midnight.
func timeOfDay(_ microseconds: Int64) -> Int64 {
    let rest = microseconds % TemporalText.microsecondsPerDay
    return rest < 0 ? rest + TemporalText.microsecondsPerDay : rest
}

extension Int64 {
    /// The sum; nil where it does not fit.
    func addingChecked(_ other: Int64) -> Int64? {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? nil : sum
    }

    /// The difference; nil where it does not fit.
    func subtractingChecked(_ other: Int64) -> Int64? {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? nil : difference
    }

    /// The product; nil where it does not fit.
    func multipliedChecked(by other: Int64) -> Int64? {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? nil : product
    }
}
