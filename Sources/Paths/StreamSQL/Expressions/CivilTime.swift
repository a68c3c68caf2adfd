internal import Columns
internal import SQLFront
internal import Scalars

/// A timestamp taken apart; local, in the proleptic Gregorian calendar.
struct CivilTime {
    /// Days since 1970-01-01.
    let days: Int64
    let civil: CivilCalendar.Day
    let hour: Int
    let minute: Int
    let second: Int
    /// 0...999,999.
    let microsecond: Int

    init(_ microseconds: Int64) {
        days = TemporalText.floorDays(microseconds)
        civil = CivilCalendar.civil(ofDays: days)
        let time = Int(timeOfDay(microseconds))
        hour = time / 3_600_000_000
        minute = time / 60_000_000 % 60
        second = time / 1_000_000 % 60
        microsecond = time % 1_000_000
    }

    /// 1 = Monday … 7 = Sunday.
    var isoWeekday: Int { Self.isoWeekday(days) }

    /// 1...366.
    var dayOfYear: Int { Self.dayOfYear(civil) }

    /// 1970-01-01 was a Thursday.
    static func isoWeekday(_ days: Int64) -> Int {
        let rest = Int((days % 7 + 10) % 7)
        return rest + 1
    }

    static func dayOfYear(_ civil: CivilCalendar.Day) -> Int {
        (1..<civil.month).reduce(civil.day) {
            $0 + CivilCalendar.dayCount(year: civil.year, month: $1)
        }
    }

    /// ISO 8601 week and the year that it belongs to.
    static func isoWeek(_ days: Int64) -> (year: Int, week: Int) {
        // The week's Thursday decides its year.
        let thursday = days - Int64(isoWeekday(days)) + 4
        let civil = CivilCalendar.civil(ofDays: thursday)
        return (civil.year, (dayOfYear(civil) - 1) / 7 + 1)
    }

    /// The day `months` later, at most the last one of its month; nil outside the years 0...9999.
    static func adding(months: Int64, to days: Int64) -> Int64? {
        guard months.magnitude < 1 << 32 else { return nil }
        let civil = CivilCalendar.civil(ofDays: days)
        let total = civil.year * 12 + civil.month - 1 + Int(months)
        let year = total >= 0 ? total / 12 : (total - 11) / 12
        let month = total - year * 12 + 1
        let last = CivilCalendar.dayCount(year: year, month: month)
        return CivilCalendar.days(
            of: CivilCalendar.Day(year: year, month: month, day: min(civil.day, last))
        )
    }
}

extension TimeUnit {
    /// Microseconds of a unit of fixed length; nil for months and longer.
    var microseconds: Int64? {
        switch self {
        case .microsecond: 1
        case .millisecond: 1000
        case .second, .epoch: 1_000_000
        case .minute: 60_000_000
        case .hour: 3_600_000_000
        case .day, .dayOfWeek, .isoDayOfWeek, .dayOfYear: TemporalText.microsecondsPerDay
        case .week: 7 * TemporalText.microsecondsPerDay
        default: nil
        }
    }

    /// Months of a unit of calendar length; nil for weeks and shorter.
    var months: Int64? {
        switch self {
        case .month: 1
        case .quarter: 3
        case .year, .isoYear: 12
        case .decade: 120
        case .century: 1200
        case .millennium: 12_000
        default: nil
        }
    }
}
