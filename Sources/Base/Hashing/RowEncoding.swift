/// The rules by which a row becomes bytes, so that equal rows of any two engines have equal digests.
///
/// A row is a u32 column count, then a tag and a payload per column, all integers little-endian:
///
/// | tag | payload |
/// | --- | --- |
/// | 00 | NULL, nothing |
/// | 01, 02 | FALSE, TRUE, nothing |
/// | 03 | i64 |
/// | 04 | decimal: i32 scale, u32 length, that many bytes of big-endian two's complement |
/// | 05, 06 | f32, f64 bits; −0 as 0, every NaN as the quiet one |
/// | 07, 08 | text, bytes: u32 length, bytes |
/// | 09 | timestamp: i64 seconds, u32 nanoseconds after them |
/// | 0a | date: i32 days since 1970-01-01 |
@usableFromInline
enum RowEncoding {
    @usableFromInline static let null: UInt8 = 0x00
    @usableFromInline static let integer: UInt8 = 0x03
    @usableFromInline static let decimal: UInt8 = 0x04
    @usableFromInline static let float: UInt8 = 0x05
    @usableFromInline static let double: UInt8 = 0x06
    @usableFromInline static let text: UInt8 = 0x07
    @usableFromInline static let bytes: UInt8 = 0x08
    @usableFromInline static let timestamp: UInt8 = 0x09
    @usableFromInline static let date: UInt8 = 0x0a

    @inlinable
    static func boolean(_ value: Bool) -> UInt8 { value ? 0x02 : 0x01 }

    @inlinable
    static func bits(_ value: Double) -> UInt64 {
        if value == 0 { return 0 }
        return value.isNaN ? 0x7ff8_0000_0000_0000 : value.bitPattern
    }

    @inlinable
    static func bits(_ value: Float) -> UInt32 {
        if value == 0 { return 0 }
        return value.isNaN ? 0x7fc0_0000 : value.bitPattern
    }

    /// Whole seconds, rounded down, and the nanoseconds after them.
    @inlinable
    static func timestamp(microseconds: Int64) -> (seconds: Int64, nanoseconds: UInt32) {
        var seconds = microseconds / 1_000_000
        var rest = microseconds &- seconds &* 1_000_000
        if rest < 0 {
            seconds &-= 1
            rest &+= 1_000_000
        }
        return (seconds, UInt32(truncatingIfNeeded: rest &* 1000))
    }
}

/// A decimal in the one form in which equal numbers are equal bytes.
@usableFromInline
struct CanonicalDecimal {
    /// Digits after the point once trailing zeros are gone; negative where zeros before it went too.
    @usableFromInline var scale: Int32
    /// Number of bytes, 1...16.
    @usableFromInline var length: UInt32
    /// The bytes in order, as a little-endian number; clear above `length` bytes.
    @usableFromInline var bytes: UInt128

    @usableFromInline
    init(unscaled: Int128, scale: Int32) {
        let (value, scale) = Self.withoutTrailingZeros(unscaled, scale: scale)
        self.scale = scale
        let magnitude = UInt128(truncatingIfNeeded: value ^ (value >> 127))
        let bitCount = 128 - magnitude.leadingZeroBitCount
        // One bit more than the magnitude for the sign, rounded up to bytes.
        let length = bitCount / 8 + 1
        self.length = UInt32(length)
        bytes = (UInt128(truncatingIfNeeded: value) << UInt128(128 - length * 8)).byteSwapped
    }

    private static func withoutTrailingZeros(
        _ unscaled: Int128,
        scale: Int32
    ) -> (Int128, Int32) {
        if unscaled == 0 { return (0, 0) }
        var wide = unscaled
        var scale = scale
        while Int64(exactly: wide) == nil {
            let (quotient, remainder) = wide.quotientAndRemainder(dividingBy: 10)
            if remainder != 0 { return (wide, scale) }
            wide = quotient
            scale -= 1
        }
        // 64-bit division is several times cheaper, and most decimals fit.
        var narrow = Int64(truncatingIfNeeded: wide)
        while narrow % 10 == 0 {
            narrow /= 10
            scale -= 1
        }
        return (Int128(narrow), scale)
    }
}
