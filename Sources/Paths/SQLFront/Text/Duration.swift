/// The units of durations such as `10s`, with their length in microseconds.
enum DurationUnit: String, CaseIterable {
    case milliseconds = "ms"
    case seconds = "s"
    case minutes = "m"
    case hours = "h"
    case days = "d"
    case weeks = "w"

    init?(suffix: String) {
        self.init(rawValue: suffix.lowercased())
    }

    var microseconds: Int64 {
        switch self {
        case .milliseconds: 1_000
        case .seconds: 1_000_000
        case .minutes: 60_000_000
        case .hours: 3_600_000_000
        case .days: 86_400_000_000
        case .weeks: 604_800_000_000
        }
    }

    /// The microseconds of a text such as `500ms`; nil if it is not one or does not fit.
    static func microseconds(of text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits),
            let unit = DurationUnit(suffix: String(text.dropFirst(digits.count)))
        else { return nil }
        let (total, overflow) = count.multipliedReportingOverflow(by: unit.microseconds)
        return overflow ? nil : total
    }

    /// Microseconds of the text that Flink's duration options take: `10 s`, `1 min`, `500`, in
    /// milliseconds without a unit.
    static func optionMicroseconds(of text: String) -> Int64? {
        let trimmed = text.trimmingBlanks().lowercased()
        let digits = trimmed.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits) else { return nil }
        let name = String(trimmed.dropFirst(digits.count)).trimmingBlanks()
        let factor: Int64? =
            switch name {
            case "", "ms", "milli", "millis", "millisecond", "milliseconds": 1_000
            case "us", "µs", "micro", "micros", "microsecond", "microseconds": 1
            case "s", "sec", "secs", "second", "seconds": 1_000_000
            case "m", "min", "mins", "minute", "minutes": 60_000_000
            case "h", "hour", "hours": 3_600_000_000
            case "d", "day", "days": 86_400_000_000
            case "w", "week", "weeks": 604_800_000_000
            default: nil
            }
        guard let factor else { return nil }
        let (total, overflow) = count.multipliedReportingOverflow(by: factor)
        return overflow ? nil : total
    }

    /// A duration as people write it: `1 h`, `90 s`, `1500 ms`.
    static func text(_ microseconds: Int64) -> String {
        for unit in allCases.reversed() where microseconds % unit.microseconds == 0 {
            if unit == .weeks { continue }
            let name = unit == .minutes ? "min" : unit.rawValue
            return "\(microseconds / unit.microseconds) \(name)"
        }
        return "\(microseconds) µs"
    }
}

extension String {
    /// Without blanks at both ends.
    func trimmingBlanks() -> String {
        var view = self[...]
        while let first = view.first, first.isWhitespace { view.removeFirst() }
        while let last = view.last, last.isWhitespace { view.removeLast() }
        return String(view)
    }
}
