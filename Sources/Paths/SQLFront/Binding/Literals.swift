internal import Columns
internal import Failures

/// Values and types of literals.
enum Literals {
    /// An integer, a DECIMAL with the digits as written, or with an exponent a DOUBLE.
    static func number(_ text: String, at position: SourcePosition) throws(Failure) -> Expression {
        if text.contains("e") {
            guard let value = Double(text), value.isFinite else {
                throw doesNotFit(text, "DOUBLE", at: position)
            }
            return .literal(.double(value), .double, at: position)
        }
        if let value = Int64(text) {
            let isInt = Int32(exactly: value) != nil
            return .literal(.integer(value), isInt ? .int : .bigint, at: position)
        }
        let isNegative = text.hasPrefix("-")
        let digits = text.drop { $0 == "-" }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : ""
        let precision = max(parts[0].count + fraction.count, 1)
        guard precision <= 38, let unscaled = Int128(String(parts[0] + fraction)) else {
            throw doesNotFit(text, "DECIMAL of 38 digits", at: position)
        }
        return .literal(
            .decimal(isNegative ? -unscaled : unscaled),
            .decimal(precision: precision, scale: fraction.count),
            at: position
        )
    }

    private static func doesNotFit(
        _ text: String,
        _ type: String,
        at position: SourcePosition
    ) -> Failure {
        .request(
            "PARSE_LITERAL",
            "the number \(text.prefix(60)) does not fit a \(type)",
            remedy: "use fewer digits",
            at: position
        )
    }

    static func text(_ text: String, at position: SourcePosition) -> Expression {
        .literal(.text(text), .char(length: text.unicodeScalars.count), at: position)
    }

    /// Bytes of an even number of hexadecimal digits.
    static func bytes(_ digits: String) -> [UInt8] {
        let values = digits.unicodeScalars.compactMap {
            $0.properties.numericType == nil
                ? hexadecimal($0) : UInt8($0.value - 48)
        }
        return stride(from: 0, to: values.count - 1, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> UInt8? {
        switch scalar {
        case "a"..."f": UInt8(scalar.value - 97 + 10)
        case "A"..."F": UInt8(scalar.value - 65 + 10)
        default: nil
        }
    }

    static func temporal(
        _ kind: ExpressionSyntax.TemporalKind,
        _ text: String,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        let example: String
        switch kind {
        case .date:
            if let days = TemporalText.days(text) {
                return .literal(.integer(days), .date, at: position)
            }
            example = "DATE '2013-01-31'"
        case .time:
            if let (micros, precision) = TemporalText.timeOfDay(text) {
                return .literal(.integer(micros), .time(precision: precision), at: position)
            }
            example = "TIME '23:59:59.5'"
        case .timestamp:
            if let (micros, precision) = TemporalText.timestamp(text) {
                return .literal(.integer(micros), .timestamp(precision: precision), at: position)
            }
            example = "TIMESTAMP '2013-01-31 23:59:59.5', with at most 6 digits after the point"
        }
        throw .request(
            "PARSE_LITERAL",
            "'\(text.prefix(60))' is not a \(kind.rawValue)",
            remedy: "write \(example)",
            at: position
        )
    }

    static func interval(
        _ syntax: IntervalSyntax,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        guard let (value, type) = TemporalText.interval(syntax) else {
            let to = syntax.to.map { " TO \($0.rawValue)" } ?? ""
            throw .request(
                "PARSE_LITERAL",
                "'\(syntax.text.prefix(60))' is not an INTERVAL \(syntax.from.rawValue)\(to)",
                remedy:
                    "write INTERVAL '90' SECOND, '1 12:30:00' DAY TO SECOND, '2-6' YEAR TO MONTH",
                at: position
            )
        }
        return .literal(.integer(value), type, at: position)
    }

    /// A text literal read as a value of a temporal type, for comparisons such as `day > '2013-01-31'`.
    static func temporal(
        _ literal: Expression,
        as type: DataType,
        zoneOffset: Int64
    ) throws(Failure) -> Expression? {
        guard case .text(let text)? = literal.literalValue else { return nil }
        let value: Int64? =
            switch type {
            case .date: TemporalText.days(text)
            case .time: TemporalText.timeOfDay(text)?.microseconds
            case .timestamp: TemporalText.timestamp(text)?.microseconds
            case .timestampLTZ: TemporalText.timestamp(text).map { $0.microseconds - zoneOffset }
            default: nil
            }
        guard let value else {
            throw .request(
                "TYPE_MISMATCH",
                "'\(text.prefix(60))' is not a \(type)",
                remedy: "write it as 2013-01-31 23:59:59, or the part that the type has",
                at: literal.position
            )
        }
        let widest: DataType =
            switch type {
            case .time: .time(precision: 6)
            case .timestamp: .timestamp(precision: 6)
            case .timestampLTZ: .timestampLTZ(precision: 6)
            default: type
            }
        return .literal(.integer(value), widest, at: literal.position)
    }
}
