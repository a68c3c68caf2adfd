internal import Columns
internal import Scalars

extension DatePattern {
    /// What a text said; the rest is 1970-01-01 00:00:00.
    fileprivate struct Found {
        var year = 1970
        var month = 1
        var day = 1
        var dayOfYear: Int?
        var hour: Int?
        var halfDayHour: Int?
        var isAfternoon = false
        var minute = 0
        var second = 0
        var microsecond = 0

        /// Microseconds; nil for a day or time that does not exist.
        var microseconds: Int64? {
            let hour = hour ?? halfDayHour.map { $0 + (isAfternoon ? 12 : 0) } ?? 0
            guard hour <= 23, minute <= 59, second <= 59 else { return nil }
            let civil = CivilCalendar.Day(
                year: year,
                month: dayOfYear == nil ? month : 1,
                day: dayOfYear == nil ? day : 1
            )
            guard var days = CivilCalendar.days(of: civil) else { return nil }
            if let dayOfYear {
                guard dayOfYear >= 1, dayOfYear <= (CivilCalendar.isLeap(year) ? 366 : 365) else {
                    return nil
                }
                days += Int64(dayOfYear - 1)
            }
            let seconds = (hour * 60 + minute) * 60 + second
            return days * TemporalText.microsecondsPerDay + Int64(seconds * 1_000_000 + microsecond)
        }
    }

    /// Microseconds of a local time in this pattern; nil for other texts.
    ///
    /// `allowsMore` ignores what follows, as Java's older formatter does for TO_DATE and UNIX_TIMESTAMP.
    func parse(_ text: Span<UInt8>, allowsMore: Bool) -> Int64? {
        var found = Found()
        var index = 0
        for number in fields.indices {
            guard read(number, text, &index, &found) else { return nil }
        }
        guard allowsMore || index == text.count else { return nil }
        return found.microseconds
    }

    private func read(
        _ number: Int,
        _ text: Span<UInt8>,
        _ index: inout Int,
        _ found: inout Found
    ) -> Bool {
        switch fields[number] {
        case .literal(let bytes):
            guard text.count - index >= bytes.count else { return false }
            for offset in bytes.indices where text[index + offset] != bytes[offset] { return false }
            index += bytes.count
            return true
        case .monthName(let isShort):
            guard let month = name(Self.monthNames, isShort, text, &index) else { return false }
            found.month = month + 1
            return true
        case .weekday(let isShort): return name(Self.weekdayNames, isShort, text, &index) != nil
        case .halfDay:
            guard text.count - index >= 2, text[index + 1] | 0x20 == UInt8(ascii: "m") else {
                return false
            }
            let letter = text[index] | 0x20
            found.isAfternoon = letter == UInt8(ascii: "p")
            index += 2
            return found.isAfternoon || letter == UInt8(ascii: "a")
        case .fraction(let width):
            guard let value = digits(text, &index, least: width, most: width) else { return false }
            found.microsecond =
                width <= 6 ? value * Self.scales[6 - width] : value / Self.scales[width - 6]
            return true
        default: return readNumber(number, text, &index, &found)
        }
    }

    private static let scales = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]

    private func readNumber(
        _ number: Int,
        _ text: Span<UInt8>,
        _ index: inout Int,
        _ found: inout Found
    ) -> Bool {
        let field = fields[number]
        guard let widths = field.widths else { return false }
        // Digits that fixed fields right behind this one need.
        var reserved = 0
        for following in fields[(number + 1)...] {
            guard let widths = following.widths else { break }
            reserved += widths.least
        }
        var most = widths.most
        if reserved > 0, widths.least < most {
            most = max(run(text, from: index) - reserved, widths.least)
        }
        guard let value = digits(text, &index, least: widths.least, most: most) else {
            return false
        }
        return found.set(field, value)
    }

    /// Number of digits from `index` on.
    private func run(_ text: Span<UInt8>, from index: Int) -> Int {
        var end = index
        while end < text.count, text[end] &- 0x30 <= 9 { end += 1 }
        return end - index
    }

    private func digits(
        _ text: Span<UInt8>,
        _ index: inout Int,
        least: Int,
        most: Int
    ) -> Int? {
        let start = index
        var value = 0
        while index < text.count, index - start < min(most, 9), text[index] &- 0x30 <= 9 {
            value = value * 10 + Int(text[index] &- 0x30)
            index += 1
        }
        return index - start >= least ? value : nil
    }

    private func name(
        _ names: [[UInt8]],
        _ isShort: Bool,
        _ text: Span<UInt8>,
        _ index: inout Int
    ) -> Int? {
        for (number, name) in names.enumerated() {
            let wanted = isShort ? Array(name.prefix(3)) : name
            guard text.count - index >= wanted.count else { continue }
            if bytesEqual(text.extracting(index..<index + wanted.count), wanted.span) {
                index += wanted.count
                return number
            }
        }
        return nil
    }
}

extension DatePattern.Field {
    /// Fewest and most digits of a number; nil for what is none.
    fileprivate var widths: (least: Int, most: Int)? {
        switch self {
        case .year(2): (2, 2)
        case .year(let width): (width, max(width, 4))
        case .quarter(let width): (width, width)
        case .dayOfYear(let width): width == 1 ? (1, 3) : (width, width)
        case .month(let width), .day(let width), .hour(let width), .hourFromOne(let width),
            .halfDayHour(let width), .clockHour(let width), .minute(let width),
            .second(let width):
            width == 1 ? (1, 2) : (width, width)
        case .fraction(let width): (width, width)
        case .literal, .monthName, .weekday, .halfDay: nil
        }
    }
}

extension DatePattern.Found {
    /// Keeps a number; false where the field cannot have it.
    fileprivate mutating func set(_ field: DatePattern.Field, _ value: Int) -> Bool {
        switch field {
        case .year(2): year = 2000 + value
        case .year: year = value
        case .quarter: return (1...4).contains(value)
        case .month: month = value
        case .day: day = value
        case .dayOfYear: dayOfYear = value
        case .hour: hour = value
        case .hourFromOne:
            guard (1...24).contains(value) else { return false }
            hour = value % 24
        case .halfDayHour:
            guard value <= 11 else { return false }
            halfDayHour = value
        case .clockHour:
            guard (1...12).contains(value) else { return false }
            halfDayHour = value % 12
        case .minute: minute = value
        case .second: second = value
        case .fraction, .literal, .monthName, .weekday, .halfDay: return false
        }
        return true
    }
}
