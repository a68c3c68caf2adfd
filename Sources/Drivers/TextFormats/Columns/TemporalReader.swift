internal import CKernels
internal import Columns
internal import Scalars

/// `yyyy-MM-dd HH:mm:ss[.f…]` with up to six fraction digits; remembers the last minute.
struct TimestampReader: FieldReader {
    private let hasZone: Bool
    private let precision: Int
    /// Microseconds that the last kept fraction digit stands for.
    private let unit: Int64
    /// The 16 bytes up to the minutes that were read last, at first `1970-01-01 00:00`.
    private var cachedLow: UInt64 = 0x2D31_302D_3037_3931
    private var cachedHigh: UInt64 = 0x3030_3A30_3020_3130
    /// The minute's microseconds.
    private var cachedMinute: Int64 = 0

    init(precision: Int, hasZone: Bool) {
        self.precision = precision
        self.hasZone = hasZone
        unit = Int64(FixedPoint.powersOfTen[6 - min(max(precision, 0), 6)])
    }

    @inline(__always)
    mutating func read(_ bytes: ByteWindow, _ start: Int, _ end: Int) -> (Int64, Bool) {
        var count = end &- start
        if hasZone {
            guard count > 19, bytes.byte(end &- 1) == 0x5A else { return (0, false) }
            count &-= 1
        }
        guard UInt(bitPattern: count &- 19) < 8 else { return (0, false) }
        let low = bytes.word(start)
        let high = bytes.word(start &+ 8)
        if low != cachedLow || high != cachedHigh {
            guard remember(low, high) else { return (0, false) }
        }
        let rest = bytes.word(start &+ 16)
        let tens = (rest >> 8 & 0xFF) ^ 0x30
        let ones = (rest >> 16 & 0xFF) ^ 0x30
        guard rest & 0xFF == 0x3A, tens <= 5, ones <= 9 else { return (0, false) }
        var time = Int64(truncatingIfNeeded: tens &* 10 &+ ones) &* 1_000_000
        if count > 19 {
            let digitCount = count &- 20
            let digits = DigitWords.digits(bytes, start &+ 20, count: digitCount)
            guard rest >> 24 & 0xFF == 0x2E, digitCount > 0, DigitWords.areDigits(digits) else {
                return (0, false)
            }
            let power = FixedPoint.powersOfTen[6 &- digitCount]
            let fraction = Int64(truncatingIfNeeded: DigitWords.number(digits) &* power)
            time &+= digitCount > precision ? fraction &- fraction % unit : fraction
        }
        return (cachedMinute &+ time, true)
    }

    @unsafe func readVectors(
        _ run: FieldRun,
        _ instructions: InstructionSet,
        into values: UnsafeMutablePointer<Int64>,
        pending: UnsafeMutablePointer<UInt32>
    ) -> Int? {
        if hasZone { return nil }
        let groupSize = 8
        var row = 0
        var pendingCount = 0
        while row < run.count {
            guard let day = Self.day(run, row) else {
                // Whatever begins with no day is read one by one.
                for skipped in row..<min(row + groupSize, run.count) {
                    unsafe pending[pendingCount] = UInt32(skipped)
                    pendingCount += 1
                }
                row = min(row + groupSize, run.count)
                continue
            }
            // SAFETY: the caller lends arrays for all fields of the chunk; the kernel stays within their count.
            pendingCount += unsafe ck_read_timestamps(
                instructions.kernel,
                run.kernelFields,
                &row,
                day,
                Int32(precision),
                values,
                pending + pendingCount
            )
        }
        return pendingCount
    }

    /// The day that a row's field begins with.
    private static func day(_ run: FieldRun, _ row: Int) -> ck_day? {
        let bytes = run.bytes
        let start = run.start(row)
        guard run.end(row, start: start) >= start + 10 else { return nil }
        guard let days = try? TemporalText.parseDate(bytes.span(start..<start + 10)) else {
            return nil
        }
        return ck_day(
            low: bytes.word(start),
            high: bytes.word(start + 8) & 0xFFFF,
            microseconds: days * TemporalText.microsecondsPerDay
        )
    }

    /// Reads `yyyy-MM-` and `dd HH:mm`.
    private mutating func remember(_ low: UInt64, _ high: UInt64) -> Bool {
        let lowMarks: UInt64 = 0xFF00_00FF_0000_0000
        let highMarks: UInt64 = 0x0000_FF00_00FF_0000
        guard low & lowMarks == 0x2D00_002D_0000_0000, high & highMarks == 0x0000_3A00_0020_0000
        else { return false }
        let lowDigits = (low & ~lowMarks) ^ (DigitWords.zeros & ~lowMarks)
        let highDigits = (high & ~highMarks) ^ (DigitWords.zeros & ~highMarks)
        guard DigitWords.areDigits(lowDigits), DigitWords.areDigits(highDigits) else {
            return false
        }
        let civil = CivilCalendar.Day(
            year: Self.pair(lowDigits, 0) * 100 + Self.pair(lowDigits, 2),
            month: Self.pair(lowDigits, 5),
            day: Self.pair(highDigits, 0)
        )
        let hour = Self.pair(highDigits, 3)
        let minute = Self.pair(highDigits, 6)
        guard hour <= 23, minute <= 59, let days = CivilCalendar.days(of: civil) else {
            return false
        }
        cachedLow = low
        cachedHigh = high
        cachedMinute = (days * 1440 + Int64(hour * 60 + minute)) * 60_000_000
        return true
    }

    /// The number that bytes `index` and `index + 1` of a digit word write.
    @inline(__always)
    private static func pair(_ word: UInt64, _ index: Int) -> Int {
        let shift = UInt64(8 * index)
        return Int(word >> shift & 0xFF) * 10 + Int(word >> (shift + 8) & 0xFF)
    }

    func parse(_ text: Span<UInt8>) throws(ScalarTextError) -> Int64 {
        try TemporalText.parseTimestamp(text, form: .sql, hasZone: hasZone, precision: precision)
    }

    static func reason(_ error: ScalarTextError) -> RejectionReason {
        error == .outOfRange ? .temporalRange : .temporal
    }
}

/// `yyyy-MM-dd`; remembers the last day.
struct DateReader: FieldReader {
    /// The ten bytes that were read last, at first `1970-01-01`.
    private var cachedLow: UInt64 = 0x2D31_302D_3037_3931
    private var cachedHigh: UInt64 = 0x3130
    private var cachedDays: Int64 = 0

    @inline(__always)
    mutating func read(_ bytes: ByteWindow, _ start: Int, _ end: Int) -> (Int64, Bool) {
        guard end &- start == 10 else { return (0, false) }
        let low = bytes.word(start)
        let high = bytes.word(start &+ 8) & 0xFFFF
        if low == cachedLow, high == cachedHigh { return (cachedDays, true) }
        guard let days = try? TemporalText.parseDate(bytes.span(start..<end)) else {
            return (0, false)
        }
        cachedLow = low
        cachedHigh = high
        cachedDays = days
        return (days, true)
    }

    func parse(_ text: Span<UInt8>) throws(ScalarTextError) -> Int64 {
        try TemporalText.parseDate(text)
    }

    static var trims: Bool { false }

    static func reason(_ error: ScalarTextError) -> RejectionReason {
        error == .outOfRange ? .temporalRange : .temporal
    }
}

/// Times of day, always by the careful reader.
struct TimeReader: FieldReader {
    let precision: Int

    func read(_ bytes: ByteWindow, _ start: Int, _ end: Int) -> (Int64, Bool) { (0, false) }

    func parse(_ text: Span<UInt8>) throws(ScalarTextError) -> Int64 {
        try TemporalText.parseTime(text, precision: precision)
    }

    static var trims: Bool { false }

    static func reason(_ error: ScalarTextError) -> RejectionReason {
        error == .outOfRange ? .temporalRange : .temporal
    }
}
