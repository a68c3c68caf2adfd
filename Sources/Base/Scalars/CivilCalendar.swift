/// The proleptic Gregorian calendar, years 1...9999, as days since 1970-01-01.
///
/// Source of the arithmetic: years counted from March, so that the leap day is a year's last, in eras of
/// 400 years with 146,097 days; 0000-03-01 is day -719,468.
package enum CivilCalendar {
    /// A calendar day.
    package struct Day: Hashable, Sendable {
        package var year: Int
        /// 1...12.
        package var month: Int
        /// 1...31.
        package var day: Int

        package init(year: Int, month: Int, day: Int) {
            self.year = year
            self.month = month
            self.day = day
        }
    }

    package static func isLeap(_ year: Int) -> Bool {
        year & 3 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// Days of `month` (1...12) in `year`.
    package static func dayCount(year: Int, month: Int) -> Int {
        if month == 2 { return isLeap(year) ? 29 : 28 }
        return 30 + ((month ^ (month >> 3)) & 1)
    }

    /// Days since 1970-01-01; nil where the calendar has no such day in the years 0...9999.
    package static func days(of civil: Day) -> Int64? {
        guard civil.year >= 0, civil.year <= 9999, civil.month >= 1, civil.month <= 12,
            civil.day >= 1, civil.day <= dayCount(year: civil.year, month: civil.month)
        else { return nil }
        let marchYear = civil.month <= 2 ? civil.year - 1 : civil.year
        let era = marchYear >= 0 ? marchYear / 400 : (marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let marchMonth = (civil.month + 9) % 12
        let dayOfYear = (153 * marchMonth + 2) / 5 + civil.day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }

    /// The calendar day `days` after 1970-01-01; any number whose year fits an Int32.
    package static func civil(ofDays days: Int64) -> Day {
        let shifted = Int(days) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return Day(year: year, month: month, day: dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}
