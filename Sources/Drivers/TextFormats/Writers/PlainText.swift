package import Columns
internal import Scalars

/// Single values as people read them: what CAST to STRING gives, and what the print sink shows.
package enum PlainText {
    /// Appends the value of a row: `TRUE`, `1.0E10`, `-0.50`, `2013-01-01 05:00:00.000`; NULL is `NULL`.
    ///
    /// Timestamps have as many fraction digits as their type; TIMESTAMP_LTZ is written in UTC without `Z`,
    /// as CAST does. Bytes are written as they are.
    package static func append(_ column: Column, row: Int, to output: inout [UInt8]) {
        if column.isNull(row) {
            output.append(contentsOf: "NULL".utf8)
            return
        }
        switch column.values {
        case .integers(let buffer): append(buffer[row], column.type, to: &output)
        case .doubles(let buffer):
            if column.type == .float {
                DoubleText.appendFloat(buffer[row], to: &output)
            } else {
                DoubleText.append(buffer[row], to: &output)
            }
        case .booleans(let bitmap): BooleanText.appendUpper(bitmap[row], to: &output)
        case .decimals(let buffer):
            DecimalText.append(buffer[row], scale: column.type.decimalScale, to: &output)
        case .texts(let texts): texts.append(row, to: &output)
        case .coded(let codes, let dictionary):
            dictionary.values.append(Int(codes[row]), to: &output)
        }
    }

    private static func append(_ value: Int64, _ type: DataType, to output: inout [UInt8]) {
        switch type {
        case .date: TemporalText.appendDate(value, to: &output)
        case .time(let precision):
            TemporalText.appendTime(value, precision: precision, to: &output)
        case .timestamp(let precision), .timestampLTZ(let precision):
            TemporalText.appendTimestamp(value, precision: precision, to: &output)
        default: IntegerText.append(value, to: &output)
        }
    }
}

extension DataType {
    /// Digits after the point of a DECIMAL; 0 for other types.
    var decimalScale: Int {
        if case .decimal(_, let scale) = self { scale } else { 0 }
    }
}

extension TextValues {
    /// Appends the bytes of one row.
    func append(_ row: Int, to output: inout [UInt8]) {
        let range = range(row)
        let span = bytes.span
        output.append(addingCapacity: range.count) { space in
            for index in range { space.append(span[index]) }
        }
    }
}
