/// Dates, times of day and timestamps as text.
///
/// Units: days since 1970-01-01, microseconds of the day, microseconds since 1970-01-01 00:00:00.
package enum TemporalText {
    package static let microsecondsPerSecond: Int64 = 1_000_000
    package static let microsecondsPerDay: Int64 = 86_400_000_000

    /// How a timestamp's text may look.
    package enum Form: Sendable, Hashable {
        /// `yyyy-MM-dd HH:mm:ss[.f…]`, with months to seconds of one or two digits.
        case sql
        /// `yyyy-MM-ddTHH:mm[:ss[.f…]]` with two digits each.
        case iso8601
        /// CAST: as `sql`, or a date alone, or with `T` for the space.
        case cast
    }

    /// Days of `yyyy-[M]M-[d]d`.
    ///
    /// - Throws: ``ScalarTextError/malformed``; ``ScalarTextError/outOfRange`` for a day the calendar lacks.
    package static func parseDate(_ bytes: Span<UInt8>) throws(ScalarTextError) -> Int64 {
        var scanner = TemporalScanner(bytes)
        let days = try scanner.date(allowsSingleDigits: true)
        try scanner.expectEnd()
        return days
    }

    /// Microseconds of the day of `HH:mm:ss[.f…]`, also `HH:mm`; digits past `precision` are cut.
    package static func parseTime(
        _ bytes: Span<UInt8>,
        precision: Int
    ) throws(ScalarTextError) -> Int64 {
        var scanner = TemporalScanner(bytes)
        let time = try scanner.time(allowsSingleDigits: false, requiresSeconds: false)
        try scanner.expectEnd()
        return truncated(time, precision: precision)
    }

    /// Microseconds of a timestamp's text; digits past `precision` (0...6) are cut.
    ///
    /// With `hasZone` the text must end in `Z` (TIMESTAMP_LTZ); CAST takes both. Throws as ``parseDate(_:)``.
    package static func parseTimestamp(
        _ bytes: Span<UInt8>,
        form: Form,
        hasZone: Bool,
        precision: Int
    ) throws(ScalarTextError) -> Int64 {
        var scanner = TemporalScanner(bytes)
        let days = try scanner.date(allowsSingleDigits: form != .iso8601)
        var time: Int64 = 0
        if !(form == .cast && scanner.isAtEnd) {
            switch form {
            case .sql: try scanner.expect(0x20)
            case .iso8601: try scanner.expect(0x54)
            case .cast: try scanner.expect(0x20, or: 0x54)
            }
            time = try scanner.time(
                allowsSingleDigits: form != .iso8601,
                requiresSeconds: form == .sql
            )
        }
        if hasZone {
            if !(form == .cast && scanner.isAtEnd) { try scanner.expect(0x5A) }
        }
        try scanner.expectEnd()
        return truncated(days * microsecondsPerDay + time, precision: precision)
    }

    /// `microseconds` without the fraction's digits past `precision`, 0...6; rounds towards the past.
    package static func truncated(_ microseconds: Int64, precision: Int) -> Int64 {
        guard precision < 6 else { return microseconds }
        let unit = fractionUnits[max(precision, 0)]
        let remainder = microseconds % unit
        return microseconds - (remainder < 0 ? remainder + unit : remainder)
    }

    /// Microseconds that the last digit of a fraction of 0...6 digits stands for.
    static let fractionUnits: [7 of Int64] = [1_000_000, 100_000, 10_000, 1000, 100, 10, 1]
}

/// Reads the parts of a date or time from left to right.
private struct TemporalScanner: ~Escapable {
    private let bytes: Span<UInt8>
    private var index = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    @_lifetime(self: copy self)
    mutating func expect(_ byte: UInt8, or other: UInt8? = nil) throws(ScalarTextError) {
        guard index < bytes.count, bytes[index] == byte || bytes[index] == other else {
            throw .malformed
        }
        index += 1
    }

    func expectEnd() throws(ScalarTextError) {
        guard isAtEnd else { throw .malformed }
    }

    /// A number of at least `minimum` and at most `maximum` digits.
    @_lifetime(self: copy self)
    private mutating func number(_ minimum: Int, _ maximum: Int) throws(ScalarTextError) -> Int {
        var value = 0
        let start = index
        while index < bytes.count, index - start < maximum, bytes[index] &- 0x30 <= 9 {
            value = value * 10 + Int(bytes[index] &- 0x30)
            index += 1
        }
        guard index - start >= minimum else { throw .malformed }
        return value
    }

    @_lifetime(self: copy self)
    mutating func date(allowsSingleDigits: Bool) throws(ScalarTextError) -> Int64 {
        let minimum = allowsSingleDigits ? 1 : 2
        let year = try number(4, 4)
        try expect(0x2D)
        let month = try number(minimum, 2)
        try expect(0x2D)
        let day = try number(minimum, 2)
        let civil = CivilCalendar.Day(year: year, month: month, day: day)
        guard let days = CivilCalendar.days(of: civil) else { throw .outOfRange }
        return days
    }

    @_lifetime(self: copy self)
    mutating func time(
        allowsSingleDigits: Bool,
        requiresSeconds: Bool
    ) throws(ScalarTextError) -> Int64 {
        let minimum = allowsSingleDigits ? 1 : 2
        let hour = try number(minimum, 2)
        try expect(0x3A)
        let minute = try number(minimum, 2)
        var second = 0
        var fraction: Int64 = 0
        if requiresSeconds || (index < bytes.count && bytes[index] == 0x3A) {
            try expect(0x3A)
            second = try number(minimum, 2)
            fraction = try self.fraction()
        }
        guard hour <= 23, minute <= 59, second <= 59 else { throw .outOfRange }
        let seconds = Int64((hour * 60 + minute) * 60 + second)
        return seconds * TemporalText.microsecondsPerSecond + fraction
    }

    /// Microseconds of `.f…`, up to nine digits; those past the sixth are cut.
    @_lifetime(self: copy self)
    private mutating func fraction() throws(ScalarTextError) -> Int64 {
        guard index < bytes.count, bytes[index] == 0x2E else { return 0 }
        index += 1
        let start = index
        var value = try number(1, 9)
        for _ in (index - start)..<9 { value *= 10 }
        return Int64(value / 1000)
    }
}
