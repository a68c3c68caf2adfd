internal import Columns
internal import Decimals
internal import Scalars

extension Call {
    /// CAST and TRY_CAST; a row that cannot be converted is a fault.
    mutating func cast() -> Column {
        let source = inputs[0].type
        if source == type { return inputs[0].column(count: count) }
        switch (source.physical, type.physical) {
        case (.text, .text): return castTexts()
        case (.text, _): return castFromText()
        case (_, .text): return castToText()
        case (.integer, .integer) where source.isTemporal || type.isTemporal:
            return castTemporal()
        default: return castNumber()
        }
    }

    // MARK: To text

    /// Numbers, booleans and times as text, cut to the type's length.
    private mutating func castToText() -> Column {
        let input = inputs[0]
        let limit = type.lengthLimit ?? .max
        var scratch: [UInt8] = []
        let source = input.type
        let zoneOffset = source.isLocalTimestamp ? context.zoneOffset : 0
        switch source.physical {
        case .integer:
            let values = input.integers
            return buildTexts { row, builder in
                scratch.removeAll(keepingCapacity: true)
                let (shifted, overflow) = values[row].addingReportingOverflow(zoneOffset)
                guard !overflow else { return .fault(.overflow) }
                ValueText.append(shifted, source, to: &scratch)
                builder.appendPart(scratch.span.extracting(first: limit))
                return .value
            }
        case .double:
            let values = input.doubles
            return buildTexts { row, builder in
                scratch.removeAll(keepingCapacity: true)
                ValueText.append(.double(values[row]), source, to: &scratch)
                builder.appendPart(scratch.span.extracting(first: limit))
                return .value
            }
        case .decimal:
            let values = input.decimals
            let scale = source.decimalShape.scale
            return buildTexts { row, builder in
                scratch.removeAll(keepingCapacity: true)
                DecimalText.append(values[row], scale: scale, to: &scratch)
                builder.appendPart(scratch.span.extracting(first: limit))
                return .value
            }
        default:
            let bits = input.booleans(count: count)
            return buildTexts { row, builder in
                scratch.removeAll(keepingCapacity: true)
                BooleanText.appendUpper(bits[row], to: &scratch)
                builder.appendPart(scratch.span.extracting(first: limit))
                return .value
            }
        }
    }

    /// Between texts and bytes: text is cut to the type's length; bytes become text by replacing what is no UTF-8.
    private mutating func castTexts() -> Column {
        let source = inputs[0].texts
        let bytes = source.bytes.span
        if inputs[0].type == .bytes, type != .bytes {
            let limit = type.lengthLimit ?? .max
            return buildTexts { row, builder in
                let row = bytes.extracting(source.range(row))
                let text = String(decoding: Array(copying: row), as: UTF8.self).utf8Span.span
                builder.appendPart(text.extracting(first: offset(ofScalar: limit, in: text)))
                return .value
            }
        }
        guard let limit = type.lengthLimit else {
            return inputs[0].column(count: count).retyped(type)
        }
        return buildTexts { row, builder in
            let text = bytes.extracting(source.range(row))
            builder.appendPart(text.extracting(first: offset(ofScalar: limit, in: text)))
            return .value
        }
    }

    // MARK: From text

    private mutating func castFromText() -> Column {
        switch type {
        case .boolean:
            return buildBooleansFromText { booleanValue($0) }
        case .float, .double:
            let isFloat = type == .float
            let (values, validity) = buildFromText(0.0) { text, outcome in
                let value =
                    isFloat
                    ? try? DoubleText.parseFloat(text) : try? DoubleText.parse(text)
                if value == nil { outcome = .fault(.cast) }
                return value ?? 0
            }
            return Column(type, .doubles(values), validity: validity)
        case .decimal(let precision, let scale):
            let (values, validity) = buildFromText(Int128(0)) { text, outcome in
                do throws(ScalarTextError) {
                    return try DecimalText.parse(text, precision: precision, scale: scale)
                } catch {
                    outcome = .fault(error == .outOfRange ? .overflow : .cast)
                    return 0
                }
            }
            return Column(type, .decimals(values), validity: validity)
        default:
            let (target, zone) = (type, context.zoneOffset)
            let (values, validity) = buildFromText(Int64(0)) { text, outcome in
                integerValue(text, target, zone: zone, &outcome)
            }
            return Column(type, .integers(values), validity: validity)
        }
    }

    /// A value for each text, which is trimmed first.
    @inline(__always)
    private mutating func buildFromText<Element: BitwiseCopyable & Sendable>(
        _ zero: Element,
        _ parse: (Span<UInt8>, inout RowOutcome) -> Element
    ) -> (values: Buffer<Element>, validity: Bitmap?) {
        let source = inputs[0].texts
        let bytes = source.bytes.span
        return buildValues(zero) { row, outcome in
            let text = bytes.extracting(source.range(row))
            return parse(text.extracting(Whitespace.trimmedRange(of: text)), &outcome)
        }
    }

    @inline(__always)
    private mutating func buildBooleansFromText(_ parse: (Span<UInt8>) -> Bool?) -> Column {
        let source = inputs[0].texts
        let bytes = source.bytes.span
        return buildBooleans { row, outcome in
            let text = bytes.extracting(source.range(row))
            let value = parse(text.extracting(Whitespace.trimmedRange(of: text)))
            if value == nil { outcome = .fault(.cast) }
            return value ?? false
        }
    }
}

/// Flink's words for truth values, in any case.
private func booleanValue(_ text: Span<UInt8>) -> Bool? {
    guard text.count <= 5 else { return nil }
    switch String(decoding: Array(copying: text), as: UTF8.self).lowercased() {
    case "true", "t", "yes", "y", "1": return true
    case "false", "f", "no", "n", "0": return false
    default: return nil
    }
}

/// An integer, date, time or timestamp out of a trimmed text.
private func integerValue(
    _ text: Span<UInt8>,
    _ type: DataType,
    zone: Int64,
    _ outcome: inout RowOutcome
) -> Int64 {
    do throws(ScalarTextError) {
        switch type {
        case .date:
            guard let days = TemporalParsing.date(text) else { throw .malformed }
            return days
        case .time(let precision): return try TemporalText.parseTime(text, precision: precision)
        case .timestamp(let precision):
            return try TemporalText.parseTimestamp(
                text,
                form: .cast,
                hasZone: false,
                precision: precision
            )
        case .timestampLTZ(let precision):
            let isUTC = text.count > 0 && text[text.count - 1] == UInt8(ascii: "Z")
            let local = try TemporalText.parseTimestamp(
                text,
                form: .cast,
                hasZone: true,
                precision: precision
            )
            return isUTC ? local : local - zone
        default:
            guard let range = type.integerRange else { throw .malformed }
            let value = try wholeNumber(text)
            guard range.contains(value) else { throw .outOfRange }
            return value
        }
    } catch {
        outcome = .fault(error == .outOfRange && type.isInteger ? .overflow : .cast)
        return 0
    }
}

/// Digits with a sign; a point and digits after it are checked and ignored, as in Flink.
private func wholeNumber(_ text: Span<UInt8>) throws(ScalarTextError) -> Int64 {
    var point = 0
    while point < text.count, text[point] != UInt8(ascii: ".") { point += 1 }
    guard point < text.count else { return try IntegerText.parse(text) }
    for index in point + 1..<text.count where text[index] &- 0x30 > 9 { throw .malformed }
    return try IntegerText.parse(text.extracting(first: point))
}

extension DataType {
    /// Most Unicode scalars of a CHAR or VARCHAR.
    var lengthLimit: Int? {
        switch self {
        case .char(let length), .varchar(let length): length
        default: nil
        }
    }

    var isLocalTimestamp: Bool { if case .timestampLTZ = self { true } else { false } }

    /// Dates, times, timestamps and intervals.
    var isTemporal: Bool {
        switch self {
        case .date, .time, .timestamp, .timestampLTZ, .intervalYearToMonth, .intervalDayToSecond:
            true
        default: false
        }
    }
}
