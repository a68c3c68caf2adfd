/// Durations as configurations write them.
extension Duration {
    /// What a number without a unit means.
    package enum BareNumber: Sendable {
        /// An error, except for 0.
        case refused
        /// Milliseconds, as in Flink's options.
        case milliseconds
    }

    /// Reads `100ms`, `10 s`, `30m`, `1 min`, `6h`, `1h 30m`, and Flink's longer names of units.
    package init(
        parsing text: String,
        bareNumber: BareNumber = .refused
    ) throws(UnitError) {
        var scanner = try QuantityScanner(text, example: "100ms, 10 s, 30m or 6h")
        var total: Int128 = 0
        var last = Int128.max
        repeat {
            let start = scanner.column
            let number = try scanner.number()
            scanner.skipSpaces()
            let column = scanner.column
            let unit = scanner.unit()
            let isBare = unit.isEmpty && (number.digits == 0 || bareNumber == .milliseconds)
            guard let factor = isBare ? 1_000_000 : Self.nanoseconds(inUnit: unit) else {
                let problem =
                    unit.isEmpty ? "the unit is missing" : "\"\(unit)\" is no unit of time"
                throw scanner.error(problem, column: column)
            }
            guard factor < last else {
                throw scanner.error("units go from large to small", column: column)
            }
            last = factor
            guard let part = number.times(factor, limit: Self.limit - total) else {
                throw scanner.error(
                    "\"\(text)\" is no whole number of nanoseconds below 292 years",
                    column: start
                )
            }
            total += part
            scanner.skipSpaces()
        } while !scanner.isAtEnd
        self = .nanoseconds(Int64(total))
    }

    /// The largest duration that is read: what fits 64 bits of nanoseconds.
    private static let limit = Int128(Int64.max)

    private static func nanoseconds(inUnit unit: String) -> Int128? {
        switch unit.lowercased() {
        case "ns", "nano", "nanos", "nanosecond", "nanoseconds": 1
        case "us", "µs", "μs", "micro", "micros", "microsecond", "microseconds": 1000
        case "ms", "milli", "millis", "millisecond", "milliseconds": 1_000_000
        case "s", "sec", "secs", "second", "seconds": 1_000_000_000
        case "m", "min", "mins", "minute", "minutes": 60_000_000_000
        case "h", "hour", "hours": 3_600_000_000_000
        case "d", "day", "days": 86_400_000_000_000
        default: nil
        }
    }

    /// As a number of seconds.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    /// Whole nanoseconds, rounded towards zero, held at the ends of 64 bits.
    package var inNanoseconds: Int64 {
        let (whole, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = whole.addingReportingOverflow(components.attoseconds / 1_000_000_000)
        guard overflow || carry else { return sum }
        return components.seconds < 0 ? .min : .max
    }

    /// Exact to the nanosecond, in the largest unit that divides it: `90 s`, `6 h`; reads back as itself.
    package var exactText: String {
        let nanoseconds = inNanoseconds
        let units: [(Int64, String)] = [
            (86_400_000_000_000, "d"), (3_600_000_000_000, "h"), (60_000_000_000, "min"),
            (1_000_000_000, "s"), (1_000_000, "ms"), (1000, "µs"),
        ]
        for (factor, unit) in units where nanoseconds != 0 && nanoseconds % factor == 0 {
            return "\(nanoseconds / factor) \(unit)"
        }
        return nanoseconds == 0 ? "0 s" : "\(nanoseconds) ns"
    }

    /// For people: `1.23 s`, `45.6 ms`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h`.
    package var roundedText: String {
        let seconds = inSeconds
        guard seconds >= 0 else { return "-" + (Duration.zero - self).roundedText }
        if seconds == 0 { return "0 s" }
        if seconds < 0.999_5e-6 { return "\(inNanoseconds) ns" }
        if seconds < 0.999_5e-3 { return "\(NumberText.significant(seconds * 1e6)) µs" }
        if seconds < 0.9995 { return "\(NumberText.significant(seconds * 1e3)) ms" }
        if seconds < 99.95 { return "\(NumberText.significant(seconds)) s" }
        let whole = Int64(min(seconds.rounded(), 9e15))
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        if whole < 86_400 { return "\(whole / 3600) h \(whole % 3600 / 60) min" }
        return "\(NumberText.grouped(whole / 86_400)) d \(whole % 86_400 / 3600) h"
    }
}
