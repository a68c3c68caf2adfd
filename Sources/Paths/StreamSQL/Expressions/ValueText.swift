internal import Columns
internal import Scalars

/// Values as people read them, in messages and as CAST to STRING writes them.
enum ValueText {
    /// Longest text shown in a message, in characters.
    private static let shownLength = 80

    /// Days that the calendar can take apart, about 2.7 million years either way.
    static let dayLimit: Int64 = 1_000_000_000

    /// The value as SQL writes a literal: texts in quotes, cut where they are long.
    static func literal(_ value: Value, _ type: DataType) -> String {
        switch value {
        case .null: return "NULL"
        case .text(let text):
            let shown = text.prefix(shownLength)
            return "'\(shown)\(shown.count < text.count ? "…" : "")'"
        case .bytes(let bytes): return "\(bytes.count) bytes"
        default:
            var output: [UInt8] = []
            append(value, type, to: &output)
            return String(decoding: output, as: UTF8.self)
        }
    }

    /// Appends what CAST to STRING gives; nothing for NULL.
    static func append(_ value: Value, _ type: DataType, to output: inout [UInt8]) {
        switch value {
        case .null: break
        case .boolean(let boolean): BooleanText.appendUpper(boolean, to: &output)
        case .integer(let integer): append(integer, type, to: &output)
        case .double(let double):
            if type == .float {
                DoubleText.appendFloat(double, to: &output)
            } else {
                DoubleText.append(double, to: &output)
            }
        case .decimal(let unscaled):
            guard case .decimal(_, let scale) = type else { return }
            DecimalText.append(unscaled, scale: scale, to: &output)
        case .text(let text): output.append(contentsOf: text.utf8)
        case .bytes(let bytes): output.append(contentsOf: bytes)
        }
    }

    /// Appends an integer as its type reads: a number, a date, a time, an interval.
    static func append(_ integer: Int64, _ type: DataType, to output: inout [UInt8]) {
        switch type {
        // A file may hold any number where its schema says date or time.
        case .date where (-dayLimit...dayLimit).contains(integer):
            TemporalText.appendDate(integer, to: &output)
        case .time(let precision):
            TemporalText.appendTime(timeOfDay(integer), precision: precision, to: &output)
        case .timestamp(let precision), .timestampLTZ(let precision):
            TemporalText.appendTimestamp(integer, precision: precision, to: &output)
        case .intervalYearToMonth: appendMonths(integer, to: &output)
        case .intervalDayToSecond: appendDuration(integer, to: &output)
        default: IntegerText.append(integer, to: &output)
        }
    }

    /// `+1-02`: years and months.
    private static func appendMonths(_ months: Int64, to output: inout [UInt8]) {
        output.append(UInt8(ascii: months < 0 ? "-" : "+"))
        IntegerText.append(magnitude: months.magnitude / 12, digits: 1, to: &output)
        output.append(UInt8(ascii: "-"))
        IntegerText.append(magnitude: months.magnitude % 12, digits: 2, to: &output)
    }

    /// `+1 02:03:04.500`: days and time.
    private static func appendDuration(_ microseconds: Int64, to output: inout [UInt8]) {
        let day = TemporalText.microsecondsPerDay.magnitude
        output.append(UInt8(ascii: microseconds < 0 ? "-" : "+"))
        IntegerText.append(magnitude: microseconds.magnitude / day, digits: 1, to: &output)
        output.append(UInt8(ascii: " "))
        let time = Int64(microseconds.magnitude % day)
        let digits = TemporalText.significantDigits(of: time, precision: 6)
        TemporalText.appendTime(time, precision: max(digits, 3), to: &output)
    }
}
