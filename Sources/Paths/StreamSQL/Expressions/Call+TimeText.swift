internal import Columns
internal import SQLFront
internal import Scalars

extension Call {
    /// Functions between times and texts.
    mutating func evaluateTimeText(
        _ function: ScalarFunction,
        _ preparation: Preparation
    ) -> Column {
        switch function {
        case .dateFormat: return dateFormat(preparation)
        case .toTimestamp: return toTimestamp(preparation)
        case .toTimestampLTZ:
            // A text is read as UTC, as in Flink.
            return inputs[0].type.isText ? toTimestamp(preparation) : epochToTimestamp()
        case .toDate: return toDate(preparation)
        case .fromUnixtime: return fromUnixtime(preparation)
        case .unixTimestamp: return unixTimestamp(preparation)
        case .jsonValue: return jsonValue(preparation)
        case .nullIf: return nullIf()
        default: preconditionFailure("the compiler lets no \(function) through")
        }
    }

    /// A pattern for each row, compiled again only when it changes.
    private struct DatePatterns {
        private var key: [UInt8]?
        private var pattern: DatePattern?
        private let isConstant: Bool
        private let source: TextSource?

        init(_ preparation: Preparation, _ input: Input?) {
            if case .datePattern(let prepared) = preparation {
                (pattern, isConstant, source) = (prepared, true, nil)
            } else {
                (isConstant, source) = (input == nil, input?.texts)
                if input == nil { pattern = .standard }
            }
        }

        /// nil where the row's text is no pattern.
        mutating func pattern(_ row: Int) -> DatePattern? {
            guard !isConstant, let source else { return pattern }
            let bytes = source.bytes
            let wanted = bytes.span.extracting(source.range(row))
            if key.map({ !bytesEqual($0.span, wanted) }) ?? true {
                let text = Array(copying: wanted)
                pattern = try? DatePattern(String(decoding: text, as: UTF8.self))
                key = text
            }
            return pattern
        }
    }

    private var patternInput: Input? { inputs.count > 1 ? inputs[1] : nil }

    private mutating func dateFormat(_ preparation: Preparation) -> Column {
        let values = inputs[0].integers
        let source = inputs[0].type
        let zone = context.zoneOffset
        return format(preparation) { localMicroseconds(values[$0], source, zone: zone) }
    }

    private mutating func fromUnixtime(_ preparation: Preparation) -> Column {
        let seconds = inputs[0].integers
        let zone = context.zoneOffset
        return format(preparation) {
            seconds[$0].multipliedChecked(by: 1_000_000)?.addingChecked(zone)
        }
    }

    @inline(__always)
    private mutating func format(
        _ preparation: Preparation,
        _ local: (Int) -> Int64?
    ) -> Column {
        var patterns = DatePatterns(preparation, patternInput)
        var scratch: [UInt8] = []
        return buildTexts { row, builder in
            guard let pattern = patterns.pattern(row) else { return .fault(.argument) }
            guard let local = local(row) else { return .fault(.overflow) }
            scratch.removeAll(keepingCapacity: true)
            pattern.append(local, to: &scratch)
            builder.appendPart(scratch.span)
            return .value
        }
    }

    /// `TO_TIMESTAMP`: NULL for bad text; with a pattern, SQL's own form is accepted too, as in Flink.
    private mutating func toTimestamp(_ preparation: Preparation) -> Column {
        let source = inputs[0].texts
        let bytes = source.bytes.span
        var patterns = DatePatterns(preparation, patternInput)
        let hasPattern = inputs.count > 1
        return buildIntegers { row, outcome in
            let text = bytes.extracting(source.range(row))
            guard hasPattern else {
                return settled(TemporalParsing.timestamp(text, precision: 3), &outcome)
            }
            guard let pattern = patterns.pattern(row) else {
                outcome = .fault(.argument)
                return 0
            }
            if let parsed = pattern.parse(text, allowsMore: false) {
                return TemporalText.truncated(parsed, precision: 3)
            }
            let trimmed = text.extracting(Whitespace.trimmedRange(of: text))
            return settled(TemporalParsing.timestamp(trimmed, precision: 3), &outcome)
        }
    }

    /// `TO_TIMESTAMP_LTZ` of seconds (precision 0) or milliseconds (3); NULL outside the years 0...9999.
    private mutating func epochToTimestamp() -> Column {
        let precisions = inputs.count > 1 ? inputs[1].integers : .scalar(3)
        let whole = inputs[0].type.physical == .integer ? inputs[0].integers : nil
        let doubles = inputs[0].type.physical == .double ? inputs[0].doubles : nil
        return buildIntegers { row, outcome in
            guard precisions[row] == 0 || precisions[row] == 3 else {
                outcome = .fault(.argument)
                return 0
            }
            let scale: Int64 = precisions[row] == 0 ? 1_000_000 : 1000
            let microseconds: Int64?
            if let doubles {
                microseconds = Int64(
                    exactly: (doubles[row] * Double(scale / 1000)).rounded(.towardZero)
                )?
                .multipliedChecked(by: 1000)
            } else {
                microseconds = whole?[row].multipliedChecked(by: scale)
            }
            guard let microseconds, epochRange.contains(microseconds) else {
                outcome = .null
                return 0
            }
            return microseconds
        }
    }

    /// `TO_DATE`: NULL for bad text.
    private mutating func toDate(_ preparation: Preparation) -> Column {
        let source = inputs[0].texts
        let bytes = source.bytes.span
        var patterns = DatePatterns(preparation, patternInput)
        let hasPattern = inputs.count > 1
        return buildIntegers { row, outcome in
            let text = bytes.extracting(source.range(row))
            guard hasPattern else { return settled(TemporalParsing.date(text), &outcome) }
            guard let pattern = patterns.pattern(row) else {
                outcome = .fault(.argument)
                return 0
            }
            let parsed = pattern.parse(text, allowsMore: true)
            return settled(parsed.map(TemporalText.floorDays), &outcome)
        }
    }

    /// `UNIX_TIMESTAMP`: of the clock, or of a text in the session's zone; NULL for bad text.
    private mutating func unixTimestamp(_ preparation: Preparation) -> Column {
        guard !inputs.isEmpty else {
            let seconds = TemporalText.truncated(clock, precision: 0) / 1_000_000
            return Column(type, .integers(Buffer(repeating: seconds, count: count)))
        }
        let source = inputs[0].texts
        let bytes = source.bytes.span
        let zone = context.zoneOffset
        var patterns = DatePatterns(preparation, patternInput)
        return buildIntegers { row, outcome in
            guard let pattern = patterns.pattern(row) else {
                outcome = .fault(.argument)
                return 0
            }
            let parsed = pattern.parse(bytes.extracting(source.range(row)), allowsMore: true)
            return settled(parsed.map { ($0 - zone) / 1_000_000 }, &outcome)
        }
    }

    /// `NULLIF`: NULL where both are equal, else the first.
    private func nullIf() -> Column {
        let pair = Call(
            type: .boolean,
            inputs: inputs,
            count: count,
            context: context,
            clock: clock,
            node: node
        )
        let equal = Input(.boolean, .vector(pair.comparison(.equal))).trues(count: count)
        let column = inputs[0].column(count: count)
        return Column(
            type,
            column.values,
            validity: intersection(column.validity, (~equal).asValidity)
        )
    }
}

/// Years 0...9999 in microseconds.
private let epochRange: ClosedRange<Int64> = -62_167_219_200_000_000...253_402_300_799_999_999

/// The value, or NULL for none.
@inline(__always)
private func settled(_ value: Int64?, _ outcome: inout RowOutcome) -> Int64 {
    if value == nil { outcome = .null }
    return value ?? 0
}
