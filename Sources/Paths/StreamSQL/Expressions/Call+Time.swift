internal import Columns
internal import SQLFront
internal import Scalars

extension Call {
    /// Functions of dates, times, timestamps and intervals.
    mutating func evaluateTime(
        _ function: ScalarFunction,
        _ preparation: Preparation
    ) -> Column {
        switch function {
        case .addInterval: return addInterval(sign: 1)
        case .subtractInterval: return addInterval(sign: -1)
        case .timeDifference: return timeDifference()
        case .addIntervals: return intervals { $0.addingChecked($1) }
        case .subtractIntervals: return intervals { $0.subtractingChecked($1) }
        case .multiplyInterval: return intervals { $0.multipliedChecked(by: $1) }
        case .currentTimestamp: return clockColumn(offset: 0)
        case .localTimestamp: return clockColumn(offset: context.zoneOffset)
        case .extract: return extract(preparation)
        case .timestampAdd: return timestampAdd(preparation)
        case .timestampDiff: return timestampDiff(preparation)
        case .floorTo: return round(preparation, isCeiling: false)
        case .ceilTo: return round(preparation, isCeiling: true)
        default: return evaluateTimeText(function, preparation)
        }
    }

    /// The clock cut to milliseconds; one value for all rows.
    private func clockColumn(offset: Int64) -> Column {
        let time = TemporalText.truncated(clock, precision: 3).addingChecked(offset) ?? clock
        return Column(type, .integers(Buffer(repeating: time, count: count)))
    }

    @inline(__always)
    private mutating func intervals(_ body: (Int64, Int64) -> Int64?) -> Column {
        let (left, right) = (inputs[0].integers, inputs[1].integers)
        return buildIntegers { row, outcome in
            let result = body(left[row], right[row])
            if result == nil { outcome = .fault(.overflow) }
            return result ?? 0
        }
    }

    // MARK: Arithmetic

    /// A date, time or timestamp plus or minus an interval.
    private mutating func addInterval(sign: Int64) -> Column {
        let isMonths = inputs[1].type == .intervalYearToMonth
        let arithmetic = TemporalArithmetic(inputs[0].type, zone: context.zoneOffset)
        return intervals { value, interval in
            guard let amount = interval.multipliedChecked(by: sign) else { return nil }
            return isMonths
                ? arithmetic.adding(months: amount, to: value)
                : arithmetic.adding(microseconds: amount, to: value)
        }
    }

    /// The difference of two timestamps, dates or times in microseconds.
    private mutating func timeDifference() -> Column {
        let isDate = inputs[0].type == .date
        return intervals { left, right in
            let difference = left.subtractingChecked(right)
            return isDate
                ? difference?.multipliedChecked(by: TemporalText.microsecondsPerDay) : difference
        }
    }

    private mutating func timestampAdd(_ preparation: Preparation) -> Column {
        guard case .unit(let unit) = preparation else { preconditionFailure("a unit is constant") }
        let counts = inputs[1].integers
        let values = inputs[2].integers
        let arithmetic = TemporalArithmetic(inputs[2].type, zone: context.zoneOffset)
        return buildIntegers { row, outcome in
            let result: Int64?
            if let months = unit.months {
                result = counts[row].multipliedChecked(by: months)
                    .flatMap { arithmetic.adding(months: $0, to: values[row]) }
            } else {
                result = counts[row].multipliedChecked(by: unit.microseconds ?? 0)
                    .flatMap { arithmetic.adding(microseconds: $0, to: values[row]) }
            }
            if result == nil { outcome = .fault(.overflow) }
            return result ?? 0
        }
    }

    /// Whole units from one time to another, truncated toward zero.
    private mutating func timestampDiff(_ preparation: Preparation) -> Column {
        guard case .unit(let unit) = preparation else { preconditionFailure("a unit is constant") }
        let (from, to) = (inputs[1].integers, inputs[2].integers)
        let (fromType, toType) = (inputs[1].type, inputs[2].type)
        let zone = context.zoneOffset
        let range = type.integerRange ?? Int64.min...Int64.max
        return buildIntegers { row, outcome in
            guard let start = localMicroseconds(from[row], fromType, zone: zone),
                let end = localMicroseconds(to[row], toType, zone: zone),
                let result = difference(unit, from: start, to: end), range.contains(result)
            else {
                outcome = .fault(.overflow)
                return 0
            }
            return result
        }
    }

    // MARK: Parts

    private mutating func extract(_ preparation: Preparation) -> Column {
        guard case .unit(let unit) = preparation else { preconditionFailure("a unit is constant") }
        let values = inputs[1].integers
        let source = inputs[1].type
        let zone = context.zoneOffset
        return buildIntegers { row, outcome in
            let result: Int64?
            switch source {
            case .intervalYearToMonth: result = part(unit, ofMonths: values[row])
            case .intervalDayToSecond: result = part(unit, ofDuration: values[row])
            case .timestampLTZ where unit == .epoch: result = values[row] / 1_000_000
            default:
                result = localMicroseconds(values[row], source, zone: zone)
                    .map { part(unit, ofTime: $0) }
            }
            if result == nil { outcome = .fault(.overflow) }
            return result ?? 0
        }
    }

    /// `FLOOR` and `CEIL` to a unit.
    private mutating func round(_ preparation: Preparation, isCeiling: Bool) -> Column {
        guard case .unit(let unit) = preparation else { preconditionFailure("a unit is constant") }
        let values = inputs[0].integers
        let source = inputs[0].type
        let zone = context.zoneOffset
        return buildIntegers { row, outcome in
            let local = localMicroseconds(values[row], source, zone: zone)
            let rounded = local.flatMap { floorOrCeiling($0, unit, isCeiling: isCeiling) }
            let result = rounded.flatMap { back($0, source, zone: zone) }
            if result == nil { outcome = .fault(.overflow) }
            return result ?? 0
        }
    }
}

/// Adds to values of one temporal type; nil where the result does not fit.
private struct TemporalArithmetic {
    private let type: DataType
    private let zone: Int64

    init(_ type: DataType, zone: Int64) {
        self.type = type
        self.zone = type.isLocalTimestamp ? zone : 0
    }

    /// Months keep the time of the day and end with the month.
    func adding(months: Int64, to value: Int64) -> Int64? {
        switch type {
        case .date:
            guard value.magnitude <= UInt64(ValueText.dayLimit) else { return nil }
            return CivilTime.adding(months: months, to: value)
        case .time: return value
        default:
            guard let local = value.addingChecked(zone) else { return nil }
            let days = TemporalText.floorDays(local)
            return CivilTime.adding(months: months, to: days).flatMap {
                daysToMicroseconds($0)?.addingChecked(timeOfDay(local))?.subtractingChecked(zone)
            }
        }
    }

    /// Dates count whole days; times go around the clock.
    func adding(microseconds: Int64, to value: Int64) -> Int64? {
        switch type {
        case .date: return value.addingChecked(TemporalText.floorDays(microseconds))
        case .time: return timeOfDay(timeOfDay(value) + timeOfDay(microseconds))
        default: return value.addingChecked(microseconds)
        }
    }
}

/// A date, time or timestamp as local microseconds since 1970-01-01; nil where that does not fit.
func localMicroseconds(_ value: Int64, _ type: DataType, zone: Int64) -> Int64? {
    switch type {
    case .date: daysToMicroseconds(value)
    case .timestampLTZ: value.addingChecked(zone)
    default: value
    }
}

/// Local microseconds as a value of the type.
private func back(_ local: Int64, _ type: DataType, zone: Int64) -> Int64? {
    switch type {
    case .date: TemporalText.floorDays(local)
    case .time: timeOfDay(local)
    case .timestampLTZ: local.subtractingChecked(zone)
    default: local
    }
}

private func difference(_ unit: TimeUnit, from start: Int64, to end: Int64) -> Int64? {
    if let length = unit.microseconds { return end.subtractingChecked(start).map { $0 / length } }
    let (first, last) = (CivilTime(start), CivilTime(end))
    var months = Int64(
        (last.civil.year - first.civil.year) * 12 + last.civil.month - first.civil.month
    )
    // A month counts once the same day and time are reached.
    let rest = { (time: CivilTime, microseconds: Int64) in
        (time.civil.day, timeOfDay(microseconds))
    }
    let (from, to) = (rest(first, start), rest(last, end))
    if months > 0, to < from { months -= 1 }
    if months < 0, to > from { months += 1 }
    return months / (unit.months ?? 1)
}

private func part(_ unit: TimeUnit, ofTime local: Int64) -> Int64 {
    let time = CivilTime(local)
    let year = time.civil.year
    switch unit {
    case .microsecond: return Int64(time.microsecond)
    case .millisecond: return Int64(time.microsecond / 1000)
    case .second: return Int64(time.second)
    case .minute: return Int64(time.minute)
    case .hour: return Int64(time.hour)
    case .day: return Int64(time.civil.day)
    case .week: return Int64(CivilTime.isoWeek(time.days).week)
    case .month: return Int64(time.civil.month)
    case .quarter: return Int64((time.civil.month + 2) / 3)
    case .year: return Int64(year)
    case .dayOfWeek: return Int64(time.isoWeekday % 7 + 1)
    case .isoDayOfWeek: return Int64(time.isoWeekday)
    case .dayOfYear: return Int64(time.dayOfYear)
    case .isoYear: return Int64(CivilTime.isoWeek(time.days).year)
    case .epoch: return local / 1_000_000
    case .decade: return Int64(year / 10)
    case .century: return Int64(year > 0 ? (year + 99) / 100 : (year - 99) / 100)
    case .millennium: return Int64(year > 0 ? (year + 999) / 1000 : (year - 999) / 1000)
    }
}

private func part(_ unit: TimeUnit, ofMonths months: Int64) -> Int64 {
    switch unit {
    case .month: months % 12
    case .quarter: months % 12 / 3 + 1
    case .year: months / 12
    case .decade: months / 120
    case .century: months / 1200
    case .millennium: months / 12_000
    default: 0
    }
}

private func part(_ unit: TimeUnit, ofDuration duration: Int64) -> Int64 {
    switch unit {
    case .microsecond: duration % 1_000_000
    case .millisecond: duration % 1_000_000 / 1000
    case .second: duration / 1_000_000 % 60
    case .minute: duration / 60_000_000 % 60
    case .hour: duration / 3_600_000_000 % 24
    case .day: duration / TemporalText.microsecondsPerDay
    case .week: duration / (7 * TemporalText.microsecondsPerDay)
    case .epoch: duration / 1_000_000
    default: 0
    }
}

/// The start of the unit that a time lies in, or the next start unless it is one.
private func floorOrCeiling(_ local: Int64, _ unit: TimeUnit, isCeiling: Bool) -> Int64? {
    let start: Int64?
    if let months = unit.months {
        start = startOfMonths(local, months)
    } else if unit == .week {
        // Weeks begin on Sunday here, as in Flink, although EXTRACT counts ISO weeks.
        let days = TemporalText.floorDays(local)
        start = daysToMicroseconds(days - Int64(CivilTime.isoWeekday(days) % 7))
    } else {
        let length = unit.microseconds ?? 1
        let rest = local % length
        start = local.subtractingChecked(rest < 0 ? rest + length : rest)
    }
    guard isCeiling, let start, start < local else { return start }
    if let months = unit.months {
        return CivilTime.adding(months: months, to: TemporalText.floorDays(start))
            .flatMap(daysToMicroseconds)
    }
    return start.addingChecked(unit.microseconds ?? 1)
}

/// The start of the month, quarter, year, decade, century or millennium; centuries begin in years 1, 101 ….
private func startOfMonths(_ local: Int64, _ months: Int64) -> Int64? {
    let civil = CivilTime(local).civil
    var (year, month) = (civil.year, 1)
    switch months {
    case 1: month = civil.month
    case 3: month = (civil.month - 1) / 3 * 3 + 1
    case 120: year = year / 10 * 10
    case 1200: year = (year - 1) / 100 * 100 + 1
    case 12_000: year = (year - 1) / 1000 * 1000 + 1
    default: break
    }
    return CivilCalendar.days(of: CivilCalendar.Day(year: year, month: month, day: 1))
        .flatMap(daysToMicroseconds)
}
