internal import Columns

/// Reads dates, times and intervals of literals; nil for text that is not one.
enum TemporalText {
    static let dayMicroseconds: Int64 = 86_400_000_000

    /// Days since 1970-01-01 of `yyyy-MM-dd`.
    static func days(_ text: String) -> Int64? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, let year = number(parts[0], 0...9999),
            let month = number(parts[1], 1...12),
            let day = number(parts[2], 1...lastDay(year, month))
        else { return nil }
        return daysFromCivil(year, month, day)
    }

    /// Microseconds of `HH:mm[:ss[.ffffff]]`, and the digits of the fraction.
    static func timeOfDay(_ text: String) -> (microseconds: Int64, precision: Int)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let hour = number(parts[0], 0...23),
            let minute = number(parts[1], 0...59)
        else { return nil }
        let whole = (hour * 60 + minute) * 60_000_000
        guard parts.count == 3 else { return (whole, 0) }
        guard let (seconds, precision) = secondsPart(parts[2]), seconds < 60_000_000 else {
            return nil
        }
        return (whole + seconds, precision)
    }

    /// Microseconds since 1970 of `yyyy-MM-dd[ HH:mm[:ss[.ffffff]]]`, with a space or a `T`.
    static func timestamp(_ text: String) -> (microseconds: Int64, precision: Int)? {
        let trimmed = text.trimmingBlanks()
        let cut = trimmed.firstIndex { $0 == " " || $0 == "T" } ?? trimmed.endIndex
        guard let days = days(String(trimmed[..<cut])) else { return nil }
        guard cut < trimmed.endIndex else { return (days * dayMicroseconds, 0) }
        let rest = String(trimmed[trimmed.index(after: cut)...])
        guard let (time, precision) = timeOfDay(rest) else { return nil }
        return (days * dayMicroseconds + time, precision)
    }

    /// Microseconds of `ss[.ffffff]`; digits beyond the sixth must be 0.
    private static func secondsPart(_ text: Substring) -> (Int64, Int)? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = digits(parts[0]), whole < Int64.max / 1_000_000 else {
            return nil
        }
        guard parts.count == 2 else { return (whole * 1_000_000, 0) }
        let fraction = parts[1]
        guard !fraction.isEmpty, fraction.dropFirst(6).allSatisfy({ $0 == "0" }),
            let value = digits(fraction.prefix(6))
        else { return nil }
        var micros = value
        for _ in fraction.prefix(6).count..<6 { micros *= 10 }
        return (whole * 1_000_000 + micros, min(fraction.count, 6))
    }

    private static func digits(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(text)
    }

    private static func number(_ text: Substring, _ range: ClosedRange<Int64>) -> Int64? {
        guard let value = digits(text), range.contains(value) else { return nil }
        return value
    }

    static func lastDay(_ year: Int64, _ month: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        default: 31
        }
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar.
    ///
    /// Source: Hinnant, "chrono-compatible low-level date algorithms": years begin in March, eras of 400
    /// years have 146,097 days.
    static func daysFromCivil(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    // MARK: Intervals

    /// Months or microseconds of an INTERVAL literal.
    static func interval(_ syntax: IntervalSyntax) -> (value: Int64, type: DataType)? {
        var text = syntax.text.trimmingBlanks()
        var isNegative = syntax.isNegative
        if let sign = text.first, sign == "-" || sign == "+" {
            if sign == "-" { isNegative.toggle() }
            text.removeFirst()
        }
        let isMonths = [.year, .quarter, .month].contains(syntax.from)
        let magnitude =
            isMonths
            ? months(text, from: syntax.from, to: syntax.to)
            : microseconds(text, from: syntax.from, to: syntax.to)
        guard let magnitude else { return nil }
        return (
            isNegative ? -magnitude : magnitude,
            isMonths ? .intervalYearToMonth : .intervalDayToSecond
        )
    }

    private static func months(_ text: String, from: TimeUnit, to: TimeUnit?) -> Int64? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        if let to {
            guard from == .year, to == .month, parts.count == 2,
                let years = number(parts[0], 0...9_999), let months = number(parts[1], 0...11)
            else { return nil }
            return years * 12 + months
        }
        guard let count = number(text[...], 0...999_999_999) else { return nil }
        switch from {
        case .year: return count * 12
        case .quarter: return count * 3
        default: return count
        }
    }

    private static func microseconds(_ text: String, from: TimeUnit, to: TimeUnit?) -> Int64? {
        guard let to, to != from else { return single(text, from) }
        var rest = text[...]
        var total: Int64 = 0
        let units: [TimeUnit] = [.day, .hour, .minute, .second]
        guard let first = units.firstIndex(of: from), let last = units.firstIndex(of: to),
            first < last
        else { return nil }
        for index in first...last {
            let separator: Character = units[index] == .day ? " " : ":"
            let end = index == last ? rest.endIndex : rest.firstIndex(of: separator)
            guard let end, let part = single(String(rest[..<end]), units[index]) else {
                return nil
            }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { return nil }
            total = sum
            rest = index == last ? rest[end...] : rest[rest.index(after: end)...]
        }
        return total
    }

    private static func single(_ text: String, _ unit: TimeUnit) -> Int64? {
        if unit == .second { return secondsPart(text.trimmingBlanks()[...])?.0 }
        guard let count = digits(text.trimmingBlanks()[...]), let size = size(of: unit) else {
            return nil
        }
        let (total, overflow) = count.multipliedReportingOverflow(by: size)
        return overflow ? nil : total
    }

    /// Microseconds of a unit of fixed length.
    static func size(of unit: TimeUnit) -> Int64? {
        switch unit {
        case .microsecond: 1
        case .millisecond: 1_000
        case .second: 1_000_000
        case .minute: 60_000_000
        case .hour: 3_600_000_000
        case .day: dayMicroseconds
        case .week: 7 * dayMicroseconds
        default: nil
        }
    }
}
