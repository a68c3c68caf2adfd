internal import CArrow
internal import Columns

/// A column's type as the Arrow C Data Interface writes it.
struct ArrowField {
    var name: String
    /// Arrow's format text, for example `tsu:UTC`.
    var format: String
    var isNullable: Bool
    /// The format of a dictionary's entries where the column is coded.
    var entryFormat: String?

    /// SAFETY: `schema` is a live structure filled by Arrow.
    init(_ schema: UnsafePointer<ArrowSchema>) {
        name = unsafe schema.pointee.name.map { unsafe String(cString: $0) } ?? ""
        format = unsafe String(cString: schema.pointee.format)
        isNullable = unsafe schema.pointee.flags & Int64(ARROW_FLAG_NULLABLE) != 0
        entryFormat = unsafe schema.pointee.dictionary.map { entries in
            unsafe String(cString: entries.pointee.format)
        }
    }

    /// How the values lie in memory, with what it takes to convert them.
    enum Layout {
        case null
        case boolean
        case integers(Width)
        case floats
        case doubles
        /// Bits of each unscaled value.
        case decimals(bits: Int)
        /// Offsets of 32 or 64 bits.
        case texts(isLarge: Bool)
        case fixedBytes(size: Int)
        /// Each value is multiplied, then divided rounding down, to give microseconds or days.
        case scaled(Width, times: Int64, by: Int64)
    }

    enum Width {
        case int8, uint8, int16, uint16, int32, uint32, int64, uint64
    }

    /// The column's type and layout, or nil where it is not supported.
    var meaning: (type: DataType, layout: Layout)? { Self.meaning(entryFormat ?? format) }

    private static func meaning(_ format: String) -> (type: DataType, layout: Layout)? {
        switch format {
        case "n": (.null, .null)
        case "b": (.boolean, .boolean)
        case "c": (.tinyint, .integers(.int8))
        case "C": (.smallint, .integers(.uint8))
        case "s": (.smallint, .integers(.int16))
        case "S": (.int, .integers(.uint16))
        case "i": (.int, .integers(.int32))
        case "I": (.bigint, .integers(.uint32))
        case "l": (.bigint, .integers(.int64))
        case "L": (.decimal(precision: 20, scale: 0), .integers(.uint64))
        case "f": (.float, .floats)
        case "g": (.double, .doubles)
        case "u": (.string, .texts(isLarge: false))
        case "U": (.string, .texts(isLarge: true))
        case "z": (.bytes, .texts(isLarge: false))
        case "Z": (.bytes, .texts(isLarge: true))
        case "tdD": (.date, .integers(.int32))
        case "tdm": (.date, .scaled(.int64, times: 1, by: 86_400_000))
        case "tts": (.time(precision: 0), .scaled(.int32, times: 1_000_000, by: 1))
        case "ttm": (.time(precision: 3), .scaled(.int32, times: 1000, by: 1))
        case "ttu": (.time(precision: 6), .integers(.int64))
        case "ttn": (.time(precision: 6), .scaled(.int64, times: 1, by: 1000))
        default: parameterized(format)
        }
    }

    private static func parameterized(_ format: String) -> (type: DataType, layout: Layout)? {
        let parts = format.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let rest = parts[1]
        switch parts[0] {
        case "w": return Int(rest).map { (.bytes, .fixedBytes(size: $0)) }
        case "d": return decimal(rest.split(separator: ",").map { Int($0) ?? -1 })
        case "tss": return timestamp(rest, precision: 0, .scaled(.int64, times: 1_000_000, by: 1))
        case "tsm": return timestamp(rest, precision: 3, .scaled(.int64, times: 1000, by: 1))
        case "tsu": return timestamp(rest, precision: 6, .integers(.int64))
        case "tsn": return timestamp(rest, precision: 6, .scaled(.int64, times: 1, by: 1000))
        default: return nil
        }
    }

    private static func decimal(_ numbers: [Int]) -> (type: DataType, layout: Layout)? {
        guard numbers.count >= 2, (1...38).contains(numbers[0]),
            (0...numbers[0]).contains(numbers[1])
        else { return nil }
        let bits = numbers.count > 2 ? numbers[2] : 128
        guard [32, 64, 128, 256].contains(bits) else { return nil }
        return (.decimal(precision: numbers[0], scale: numbers[1]), .decimals(bits: bits))
    }

    /// Without a zone the clock has none; with one, values count from 1970 in UTC.
    private static func timestamp(
        _ zone: Substring,
        precision: Int,
        _ layout: Layout
    ) -> (type: DataType, layout: Layout) {
        (
            zone.isEmpty ? .timestamp(precision: precision) : .timestampLTZ(precision: precision),
            layout
        )
    }
}
