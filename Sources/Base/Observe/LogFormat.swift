internal import JSON

/// How events become lines.
package enum LogFormat: String, Sendable, CaseIterable {
    /// `2026-01-02T03:04:05.678901Z info  job started job=flights rows=7`
    case text
    /// One JSON object a line: `time`, `level`, `message`, then the metadata.
    case json

    /// The line of an event, without line end; never more than one line.
    package func line(_ event: LogEvent) -> String {
        switch self {
        case .text: Self.text(event)
        case .json: Self.json(event)
        }
    }

    private static func text(_ event: LogEvent) -> String {
        let level = event.level.description
        let padding = String(repeating: " ", count: max(0, 7 - level.count))
        let values = event.metadata.pairs.map { " \($0.name)=\(plain($0.value))" }.joined()
        return
            "\(WallTime.text(microseconds: event.time)) \(level)\(padding) \(event.message)\(values)"
    }

    /// A text without spaces and quotes stands as it is; all else is JSON, so that a line stays a line.
    private static func plain(_ value: JSONValue) -> String {
        guard let text = value.string else { return value.compactText }
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte > 0x20 && byte != 0x7F && byte != UInt8(ascii: "\"")
                    && byte != UInt8(ascii: "=")
            }
        return isPlain
            ? TerminalText.withoutControls(text) : TerminalText.withoutControls(value.compactText)
    }

    private static func json(_ event: LogEvent) -> String {
        var object: JSONObject = [
            "time": JSONValue(WallTime.text(microseconds: event.time)),
            "level": JSONValue(event.level.description),
            "message": JSONValue(event.message),
        ]
        for (name, value) in event.metadata.pairs {
            // The three fixed names stay what they are.
            object[fixed.contains(name) ? "\(name)_" : name] = value
        }
        return JSONValue(object).compactText
    }

    private static let fixed: Set<String> = ["time", "level", "message"]
}

/// Moments as text.
package enum WallTime {
    /// RFC 3339 in UTC with microseconds: `2026-01-02T03:04:05.678901Z`; years 0...9999 have four digits.
    package static func text(microseconds: Int64) -> String {
        let days = floorDivided(microseconds, by: 86_400_000_000)
        // Wrapping: the first day of all does not begin within 64 bits, its rest does.
        let rest = microseconds &- days &* 86_400_000_000
        let (year, month, day) = civil(days: days)
        let seconds = rest / 1_000_000
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
        return "\(date)T\(clock.joined(separator: ":")).\(padded(rest % 1_000_000, 6))Z"
    }

    /// The date of a day number; eras of 400 years begin on the first of March.
    ///
    /// Source: Howard Hinnant, "chrono-compatible low-level date algorithms".
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivided(shifted, by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let leaps = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leaps) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let place = (5 * dayOfYear + 2) / 153
        let month = place < 10 ? place + 3 : place - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * place + 2) / 5 + 1)
    }

    private static func floorDivided(_ number: Int64, by divisor: Int64) -> Int64 {
        let quotient = number / divisor
        return number % divisor < 0 ? quotient - 1 : quotient
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number.magnitude)
        let zeros = String(repeating: "0", count: max(0, width - digits.count))
        return (number < 0 ? "-" : "") + zeros + digits
    }
}
