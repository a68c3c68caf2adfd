internal import CKernels
internal import Columns
internal import Scalars

/// Reads the usual form of a field quickly, and leaves every other form to the careful reader.
protocol FieldReader {
    associatedtype Value: BitwiseCopyable & Sendable

    /// The value of the bytes in `start..<end`, and whether it was read; `end` is below `start` where the
    /// field is missing.
    mutating func read(_ bytes: ByteWindow, _ start: Int, _ end: Int) -> (Value, Bool)

    /// Reads the fields of all rows in vectors, and writes the rows that it leaves into `pending`, which has
    /// room for eight more than there are; returns how many those are, or nil where it read nothing.
    ///
    /// SAFETY: `values` has room for a value of each row.
    @unsafe mutating func readVectors(
        _ run: FieldRun,
        _ instructions: InstructionSet,
        into values: UnsafeMutablePointer<Value>,
        pending: UnsafeMutablePointer<UInt32>
    ) -> Int?

    /// The value of a whole text; for what ``read(_:_:_:)`` left.
    func parse(_ text: Span<UInt8>) throws(ScalarTextError) -> Value

    /// Whether spaces around the value are no part of it, as in Flink.
    static var trims: Bool { get }

    /// What is wrong with a text that ``parse(_:)`` refuses.
    static func reason(_ error: ScalarTextError) -> RejectionReason
}

extension FieldReader {
    @unsafe func readVectors(
        _ run: FieldRun,
        _ instructions: InstructionSet,
        into values: UnsafeMutablePointer<Value>,
        pending: UnsafeMutablePointer<UInt32>
    ) -> Int? { nil }

    static var trims: Bool { true }

    static func reason(_ error: ScalarTextError) -> RejectionReason {
        error == .outOfRange ? .numberRange : .number
    }
}

/// The type of a bare NULL: no text is a value of it.
struct NothingReader: FieldReader {
    func read(_ bytes: ByteWindow, _ start: Int, _ end: Int) -> (Int64, Bool) { (0, false) }

    func parse(_ text: Span<UInt8>) throws(ScalarTextError) -> Int64 { throw .malformed }
}

/// `true` and `false` as 1 and 0.
struct BooleanReader: FieldReader {
    @inline(__always)
    func read(_ bytes: ByteWindow, _ start: Int, _ end: Int) -> (UInt8, Bool) {
        let count = end &- start
        let word = bytes.word(start)
        // `true` and `false` as words, without the bits that make letters small.
        let isTrue = count == 4 && word & 0xDFDF_DFDF == 0x4555_5254
        let isFalse = count == 5 && word & 0xDF_DFDF_DFDF == 0x45_534C_4146
        return (isTrue ? 1 : 0, isTrue || isFalse)
    }

    func parse(_ text: Span<UInt8>) throws(ScalarTextError) -> UInt8 {
        try BooleanText.parse(text) ? 1 : 0
    }

    static func reason(_ error: ScalarTextError) -> RejectionReason { .boolean }
}

/// Integers of up to 16 digits.
struct IntegerReader: FieldReader {
    private let lowest: Int64
    private let highest: Int64

    init(_ range: ClosedRange<Int64>) {
        lowest = range.lowerBound
        highest = range.upperBound
    }

    @inline(__always)
    func read(_ bytes: ByteWindow, _ start: Int, _ end: Int) -> (Int64, Bool) {
        let isNegative = bytes.byte(start) == 0x2D
        let first = isNegative ? start &+ 1 : start
        let count = end &- first
        guard UInt(bitPattern: count &- 1) < 16 else { return (0, false) }
        let (magnitude, areDigits) = DigitWords.number(bytes, first, count: count)
        let positive = Int64(truncatingIfNeeded: magnitude)
        let value = isNegative ? 0 &- positive : positive
        return (value, areDigits && value >= lowest && value <= highest)
    }

    @unsafe func readVectors(
        _ run: FieldRun,
        _ instructions: InstructionSet,
        into values: UnsafeMutablePointer<Int64>,
        pending: UnsafeMutablePointer<UInt32>
    ) -> Int? {
        unsafe ck_read_integers(
            instructions.kernel,
            run.kernelFields,
            lowest,
            highest,
            values,
            pending
        )
    }

    func parse(_ text: Span<UInt8>) throws(ScalarTextError) -> Int64 {
        let value = try IntegerText.parse(text)
        guard value >= lowest && value <= highest else { throw .outOfRange }
        return value
    }
}

/// `[-]digits[.digits]` of up to 16 bytes without the sign.
struct FixedPoint {
    var magnitude: UInt64
    var isNegative: Bool
    var fractionCount: Int
    var isRead: Bool

    @inline(__always)
    init(_ bytes: ByteWindow, _ start: Int, _ end: Int) {
        isNegative = bytes.byte(start) == 0x2D
        let first = isNegative ? start &+ 1 : start
        let count = end &- first
        magnitude = 0
        fractionCount = 0
        isRead = false
        if UInt(bitPattern: count &- 1) < 8 {
            readWord(bytes.word(first), count: count)
        } else if UInt(bitPattern: count &- 9) < 8 {
            readTwoWords(bytes, first, count: count)
        }
    }

    /// The index of the first `.` in a word, 8 without one.
    @inline(__always)
    private static func point(_ word: UInt64) -> Int {
        let different = word ^ 0x2E2E_2E2E_2E2E_2E2E
        let found = (different &- 0x0101_0101_0101_0101) & ~different & 0x8080_8080_8080_8080
        return found.trailingZeroBitCount >> 3
    }

    @inline(__always)
    private mutating func readWord(_ word: UInt64, count: Int) {
        let point = Self.point(word)
        let hasPoint = point < count
        // The digits before the point stay, those behind it move down over it.
        let before = hasPoint ? (1 as UInt64) &<< UInt64(truncatingIfNeeded: 8 &* point) &- 1 : ~0
        let joined = (word & before) | (word >> 8 & ~before)
        let digitCount = hasPoint ? count &- 1 : count
        let digits = DigitWords.shifted(joined ^ DigitWords.zeros, count: digitCount)
        magnitude = DigitWords.number(digits)
        fractionCount = hasPoint ? count &- 1 &- point : 0
        isRead = DigitWords.areDigits(digits) && digitCount > 0
    }

    @inline(__always)
    private mutating func readTwoWords(_ bytes: ByteWindow, _ first: Int, count: Int) {
        let low = Self.point(bytes.word(first))
        let point = low < 8 ? low : 8 &+ Self.point(bytes.word(first &+ 8))
        guard point < count else {
            (magnitude, isRead) = DigitWords.number(bytes, first, count: count)
            return
        }
        let (whole, wholeIsRead) = DigitWords.number(bytes, first, count: point)
        fractionCount = count &- 1 &- point
        let (fraction, fractionIsRead) = DigitWords.number(
            bytes,
            first &+ point &+ 1,
            count: fractionCount
        )
        magnitude = whole &* Self.powersOfTen[fractionCount] &+ fraction
        isRead = wholeIsRead && fractionIsRead
    }

    /// 10 to the power of 0...18.
    static let powersOfTen: InlineArray<19, UInt64> = [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
        10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000,
        100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000,
    ]

    /// The same powers, exact as doubles.
    static let doublePowersOfTen: InlineArray<19, Double> = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18,
    ]
}

/// Decimals whose unscaled value fits 64 bits, without rounding.
struct DecimalReader: FieldReader {
    private let precision: Int
    private let scale: Int
    /// 10^precision as far as 64 bits hold it.
    private let limit: UInt64

    init(precision: Int, scale: Int) {
        self.precision = precision
        self.scale = scale
        limit = precision < 19 ? FixedPoint.powersOfTen[precision] : UInt64.max
    }

    @inline(__always)
    func read(_ bytes: ByteWindow, _ start: Int, _ end: Int) -> (Int128, Bool) {
        let number = FixedPoint(bytes, start, end)
        let missing = scale &- number.fractionCount
        guard number.isRead, UInt(bitPattern: missing) < 19 else { return (0, false) }
        let (unscaled, overflows) = number.magnitude.multipliedReportingOverflow(
            by: FixedPoint.powersOfTen[missing]
        )
        let value = Int128(unscaled)
        return (number.isNegative ? 0 &- value : value, !overflows && unscaled < limit)
    }

    @unsafe func readVectors(
        _ run: FieldRun,
        _ instructions: InstructionSet,
        into values: UnsafeMutablePointer<Int128>,
        pending: UnsafeMutablePointer<UInt32>
    ) -> Int? {
        // An Int128 is two words, the lower one first, on the processors that have vectors here.
        let raw = UnsafeMutableRawPointer(values)
        return unsafe ck_read_decimals(
            instructions.kernel,
            run.kernelFields,
            Int32(scale),
            limit,
            raw.assumingMemoryBound(to: Int64.self),
            pending
        )
    }

    static var trims: Bool { false }

    func parse(_ text: Span<UInt8>) throws(ScalarTextError) -> Int128 {
        try DecimalText.parse(text, precision: precision, scale: scale)
    }
}

/// Doubles that are the exact quotient of an integer below 2^52 and a power of ten.
///
/// Source: Clinger, "How to read floating point numbers accurately" (1990): both operands are exact, so one
/// IEEE division rounds correctly.
struct DoubleReader: FieldReader {
    @inline(__always)
    func read(_ bytes: ByteWindow, _ start: Int, _ end: Int) -> (Double, Bool) {
        let number = FixedPoint(bytes, start, end)
        let power = FixedPoint.doublePowersOfTen[number.fractionCount]
        let quotient = Self.double(number.magnitude) / power
        let value = number.isNegative ? -quotient : quotient
        return (value, number.isRead && number.magnitude < 1 << 52)
    }

    @unsafe func readVectors(
        _ run: FieldRun,
        _ instructions: InstructionSet,
        into values: UnsafeMutablePointer<Double>,
        pending: UnsafeMutablePointer<UInt32>
    ) -> Int? {
        unsafe ck_read_doubles(instructions.kernel, run.kernelFields, values, pending)
    }

    /// An integer below 2^52: its bits are a significand of 2^52, from which that is taken away.
    ///
    /// The processor's own conversion waits for the previous value of its target register, here the
    /// previous row's quotient.
    @inline(__always)
    private static func double(_ magnitude: UInt64) -> Double {
        Double(bitPattern: 0x4330_0000_0000_0000 | magnitude) - 0x1p52
    }

    func parse(_ text: Span<UInt8>) throws(ScalarTextError) -> Double {
        try DoubleText.parse(text)
    }
}

/// As ``DoubleReader``, rounded once to 32 bits: integers of at most 2^24, powers up to 10^10.
struct FloatReader: FieldReader {
    @inline(__always)
    func read(_ bytes: ByteWindow, _ start: Int, _ end: Int) -> (Double, Bool) {
        let number = FixedPoint(bytes, start, end)
        let isExact = number.magnitude <= 1 << 24 && number.fractionCount <= 10
        guard number.isRead, isExact else { return (0, false) }
        let power = Float(FixedPoint.doublePowersOfTen[number.fractionCount])
        let quotient = Float(Int32(truncatingIfNeeded: number.magnitude)) / power
        return (Double(number.isNegative ? -quotient : quotient), true)
    }

    func parse(_ text: Span<UInt8>) throws(ScalarTextError) -> Double {
        try DoubleText.parseFloat(text)
    }
}
