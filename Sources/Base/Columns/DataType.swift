/// The logical type of a column, as SQL names it; static in every plan.
///
/// The physical layout follows from it: see ``physical``.
package enum DataType: Hashable, Sendable {
    /// The type of a bare `NULL`; a column of it holds nothing but NULL.
    case null
    case boolean
    case tinyint
    case smallint
    case int
    case bigint
    /// 32-bit; stored as `Double`, rounded to `Float` after every operation.
    case float
    case double
    /// `precision` 1...38 digits, `scale` 0...precision of them after the point.
    case decimal(precision: Int, scale: Int)
    /// At most `length` Unicode scalars, padded with nothing.
    case char(length: Int)
    case varchar(length: Int)
    case string
    case bytes
    /// Days since 1970-01-01.
    case date
    /// Microseconds since midnight.
    case time(precision: Int)
    /// Microseconds since 1970-01-01 00:00:00 on a clock without zone; `precision` 0...6 fraction digits.
    case timestamp(precision: Int)
    /// Microseconds since 1970-01-01 00:00:00 UTC.
    case timestampLTZ(precision: Int)
    /// Months.
    case intervalYearToMonth
    /// Microseconds.
    case intervalDayToSecond

    /// The layout of a type's values in memory.
    package enum Physical: Hashable, Sendable {
        /// `Int64`: integers, dates, times, timestamps, intervals, and the type of a bare NULL.
        case integer
        /// `Double`.
        case double
        /// One bit a row.
        case boolean
        /// `Int128`, unscaled.
        case decimal
        /// UTF-8 or bytes behind `Int32` offsets; text may be dictionary-coded.
        case text
    }

    package var physical: Physical {
        switch self {
        case .null, .tinyint, .smallint, .int, .bigint, .date, .time, .timestamp, .timestampLTZ,
            .intervalYearToMonth, .intervalDayToSecond:
            .integer
        case .float, .double: .double
        case .boolean: .boolean
        case .decimal: .decimal
        case .char, .varchar, .string, .bytes: .text
        }
    }

    package var isInteger: Bool {
        switch self {
        case .tinyint, .smallint, .int, .bigint: true
        default: false
        }
    }

    package var isApproximate: Bool { self == .float || self == .double }

    package var isDecimal: Bool {
        if case .decimal = self { true } else { false }
    }

    package var isNumeric: Bool { isInteger || isApproximate || isDecimal }

    /// CHAR, VARCHAR or STRING; not BYTES.
    package var isText: Bool {
        switch self {
        case .char, .varchar, .string: true
        default: false
        }
    }

    /// TIMESTAMP or TIMESTAMP_LTZ.
    package var isTimestamp: Bool {
        switch self {
        case .timestamp, .timestampLTZ: true
        default: false
        }
    }

    package var isInterval: Bool { self == .intervalYearToMonth || self == .intervalDayToSecond }

    /// The values of an integer type, inclusive; nil for other types.
    package var integerRange: ClosedRange<Int64>? {
        switch self {
        case .tinyint: Int64(Int8.min)...Int64(Int8.max)
        case .smallint: Int64(Int16.min)...Int64(Int16.max)
        case .int: Int64(Int32.min)...Int64(Int32.max)
        case .bigint: Int64.min...Int64.max
        default: nil
        }
    }
}

extension DataType: CustomStringConvertible {
    /// The type as SQL writes it: `DECIMAL(10, 2)`, `TIMESTAMP(3)`, `STRING`.
    package var description: String {
        switch self {
        case .null: "NULL"
        case .boolean: "BOOLEAN"
        case .tinyint: "TINYINT"
        case .smallint: "SMALLINT"
        case .int: "INT"
        case .bigint: "BIGINT"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .decimal(let precision, let scale): "DECIMAL(\(precision), \(scale))"
        case .char(let length): "CHAR(\(length))"
        case .varchar(let length): "VARCHAR(\(length))"
        case .string: "STRING"
        case .bytes: "BYTES"
        case .date: "DATE"
        case .time(let precision): "TIME(\(precision))"
        case .timestamp(let precision): "TIMESTAMP(\(precision))"
        case .timestampLTZ(let precision): "TIMESTAMP_LTZ(\(precision))"
        case .intervalYearToMonth: "INTERVAL YEAR TO MONTH"
        case .intervalDayToSecond: "INTERVAL DAY TO SECOND"
        }
    }
}
