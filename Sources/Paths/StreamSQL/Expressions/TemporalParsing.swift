internal import Columns
internal import Scalars

/// Dates and timestamps as Flink reads them where no pattern is given.
enum TemporalParsing {
    /// Days of `y[-m[-d]]`, with anything after the first space ignored; nil for other texts.
    static func date(_ text: Span<UInt8>) -> Int64? {
        var numbers: [Int] = []
        var index = 0
        while numbers.count < 3 {
            let start = index
            var value = 0
            while index < text.count, index - start < 9, text[index] &- 0x30 <= 9 {
                value = value * 10 + Int(text[index] &- 0x30)
                index += 1
            }
            guard index > start else { return nil }
            numbers.append(value)
            guard index < text.count, text[index] == UInt8(ascii: "-") else { break }
            index += 1
        }
        guard index == text.count || text[index] == 0x20 else { return nil }
        return CivilCalendar.days(
            of: CivilCalendar.Day(
                year: numbers[0],
                month: numbers.count > 1 ? numbers[1] : 1,
                day: numbers.count > 2 ? numbers[2] : 1
            )
        )
    }

    /// Microseconds of `yyyy-[M]M-[d]d[ [H]H:[m]m:[s]s[.f…]]`, cut to `precision`; nil for other texts.
    static func timestamp(_ text: Span<UInt8>, precision: Int) -> Int64? {
        let full = try? TemporalText.parseTimestamp(
            text,
            form: .sql,
            hasZone: false,
            precision: precision
        )
        if let full { return full }
        return (try? TemporalText.parseDate(text)).map { $0 * TemporalText.microsecondsPerDay }
    }
}
