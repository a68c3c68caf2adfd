extension TemporalText {
    /// Appends `yyyy-MM-dd`.
    package static func appendDate(_ days: Int64, to output: inout [UInt8]) {
        let civil = CivilCalendar.civil(ofDays: days)
        if civil.year < 0 { output.append(0x2D) }
        appendNumber(civil.year.magnitude, digits: 4, to: &output)
        output.append(0x2D)
        appendNumber(civil.month.magnitude, digits: 2, to: &output)
        output.append(0x2D)
        appendNumber(civil.day.magnitude, digits: 2, to: &output)
    }

    /// Appends `HH:mm:ss`, then `.` and exactly `precision` (0...6) digits where it is not 0.
    package static func appendTime(
        _ microseconds: Int64,
        precision: Int,
        to output: inout [UInt8]
    ) {
        let (seconds, fraction) = microseconds.quotientAndRemainder(
            dividingBy: microsecondsPerSecond
        )
        appendNumber(UInt(seconds / 3600), digits: 2, to: &output)
        output.append(0x3A)
        appendNumber(UInt(seconds / 60 % 60), digits: 2, to: &output)
        output.append(0x3A)
        appendNumber(UInt(seconds % 60), digits: 2, to: &output)
        guard precision > 0 else { return }
        output.append(0x2E)
        let digits = min(precision, 6)
        appendNumber(UInt(fraction / fractionUnits[digits]), digits: digits, to: &output)
    }

    /// Appends `yyyy-MM-dd HH:mm:ss[.f…]` with `precision` digits, and `Z` where `hasZone`.
    ///
    /// `separator` stands between date and time: a space, or `T` for ISO 8601.
    package static func appendTimestamp(
        _ microseconds: Int64,
        precision: Int,
        separator: UInt8 = 0x20,
        hasZone: Bool = false,
        to output: inout [UInt8]
    ) {
        let days = floorDays(microseconds)
        appendDate(days, to: &output)
        output.append(separator)
        let time = microseconds - days * microsecondsPerDay
        appendTime(time, precision: precision, to: &output)
        if hasZone { output.append(0x5A) }
    }

    /// Whole days since 1970-01-01, rounded towards the past.
    package static func floorDays(_ microseconds: Int64) -> Int64 {
        let quotient = microseconds / microsecondsPerDay
        return microseconds % microsecondsPerDay < 0 ? quotient - 1 : quotient
    }

    /// How many of at most `precision` fraction digits a time needs without trailing zeros.
    package static func significantDigits(of microseconds: Int64, precision: Int) -> Int {
        var digits = min(max(precision, 0), 6)
        while digits > 0, microseconds % fractionUnits[digits - 1] == 0 { digits -= 1 }
        return digits
    }

    private static func appendNumber(_ number: UInt, digits: Int, to output: inout [UInt8]) {
        IntegerText.append(magnitude: UInt64(number), digits: digits, to: &output)
    }
}
