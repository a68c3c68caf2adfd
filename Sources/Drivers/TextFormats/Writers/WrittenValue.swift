internal import Columns
internal import Scalars

/// Numbers and times as CSV and JSON lines write them, alike in both.
enum WrittenValue {
    /// Appends a value of an integer column; fractions of seconds have no zeros at their end.
    static func append(
        _ value: Int64,
        _ type: DataType,
        timestampSeparator: UInt8,
        to output: inout [UInt8]
    ) {
        switch type {
        case .date: TemporalText.appendDate(value, to: &output)
        case .time(let precision):
            let digits = TemporalText.significantDigits(of: value, precision: precision)
            TemporalText.appendTime(value, precision: digits, to: &output)
        case .timestamp(let precision), .timestampLTZ(let precision):
            let hasZone = if case .timestampLTZ = type { true } else { false }
            TemporalText.appendTimestamp(
                value,
                precision: TemporalText.significantDigits(of: value, precision: precision),
                separator: timestampSeparator,
                hasZone: hasZone,
                to: &output
            )
        default: IntegerText.append(value, to: &output)
        }
    }

    static func append(_ value: Double, _ type: DataType, to output: inout [UInt8]) {
        if type == .float {
            DoubleText.appendFloat(value, to: &output)
        } else {
            DoubleText.append(value, to: &output)
        }
    }

    /// Whether text of the type needs neither quotes nor escapes.
    static func isString(_ type: DataType) -> Bool {
        switch type {
        case .date, .time, .timestamp, .timestampLTZ: true
        default: false
        }
    }
}
