internal import Columns
internal import Hashing
internal import Patterns
internal import SQLFront

extension Call {
    /// Functions on texts whose result is a text or a number.
    mutating func evaluateText(
        _ function: ScalarFunction,
        _ preparation: Preparation
    ) -> Column {
        switch function {
        case .charLength: return textNumbers { Int64(scalarCount($0)) }
        case .octetLength: return textNumbers { Int64($0.count) }
        case .ascii:
            // Flink reads a Java byte, which is signed.
            return textNumbers { $0.count == 0 ? 0 : Int64(Int8(bitPattern: $0[0])) }
        case .upper, .lower, .initCap: return changeCase(function)
        case .trim, .trimLeading, .trimTrailing: return trim(function)
        case .substring: return substring()
        case .left, .right: return sideOf(isLeft: function == .left)
        case .position: return position()
        case .replace: return replace()
        case .concat: return concatenate()
        case .concatWithSeparator: return concatenateWithSeparator()
        case .padLeft, .padRight: return pad(isLeft: function == .padLeft)
        case .repeatText: return repeatTexts()
        case .reverse: return reverse()
        case .overlay: return overlay()
        case .splitIndex: return split(isPart: false)
        case .splitPart: return split(isPart: true)
        case .chr: return characters()
        case .md5: return textRows { text, builder in builder.appendHexadecimal(MD5.hash(text)) }
        case .sha256:
            return textRows { text, builder in builder.appendHexadecimal(SHA256.hash(text)) }
        default: return evaluatePattern(function, preparation)
        }
    }

    /// A number for each text.
    @inline(__always)
    private mutating func textNumbers(_ body: (Span<UInt8>) -> Int64) -> Column {
        let source = inputs[0].texts
        let bytes = source.bytes.span
        return buildIntegers { row, _ in body(bytes.extracting(source.range(row))) }
    }

    /// A text for each text.
    @inline(__always)
    mutating func textRows(_ body: (Span<UInt8>, inout TextBuilder) -> Void) -> Column {
        let source = inputs[0].texts
        let bytes = source.bytes.span
        return buildTexts { row, builder in
            body(bytes.extracting(source.range(row)), &builder)
            return .value
        }
    }

    /// `TRIM`: takes away characters of a set from one or both ends.
    private mutating func trim(_ function: ScalarFunction) -> Column {
        let (source, set) = (inputs[0].texts, inputs.count > 1 ? inputs[1].texts : spaceSource)
        let bytes = source.bytes.span
        let setBytes = set.bytes.span
        return buildTexts { row, builder in
            let text = bytes.extracting(source.range(row))
            let members = setBytes.extracting(set.range(row))
            var (start, end) = (0, text.count)
            if function != .trimTrailing {
                while start < end, let length = memberLength(text, at: start, members) {
                    start += length
                }
            }
            if function != .trimLeading {
                while start < end, let length = memberLength(text, before: end, members) {
                    end -= length
                }
            }
            builder.appendPart(text.extracting(start..<end))
            return .value
        }
    }

    private var spaceSource: TextSource { TextSource(scalar: [0x20]) }

    /// `SUBSTRING`: from 1; 0 counts as 1, a negative start from the end.
    private mutating func substring() -> Column {
        let source = inputs[0].texts
        let bytes = source.bytes.span
        let starts = inputs[1].integers
        let lengths = inputs.count > 2 ? inputs[2].integers : .scalar(.max)
        return buildTexts { row, builder in
            let text = bytes.extracting(source.range(row))
            let length = lengths[row]
            if length < 0 { return .null }
            var start = max(starts[row], 1) - 1
            if starts[row] < 0 {
                // What starts before the text is empty, as in Flink.
                start = Int64(scalarCount(text)).addingChecked(starts[row]) ?? -1
                if start < 0 { return .value }
            }
            let first = offset(ofScalar: Int(clamping: start), in: text)
            let rest = text.extracting(first..<text.count)
            builder.appendPart(
                rest.extracting(first: offset(ofScalar: Int(clamping: length), in: rest))
            )
            return .value
        }
    }

    /// `LEFT` and `RIGHT`: empty for a length that is not positive.
    private mutating func sideOf(isLeft: Bool) -> Column {
        let source = inputs[0].texts
        let bytes = source.bytes.span
        let lengths = inputs[1].integers
        return buildTexts { row, builder in
            let text = bytes.extracting(source.range(row))
            let length = Int(clamping: max(lengths[row], 0))
            if isLeft {
                builder.appendPart(text.extracting(first: offset(ofScalar: length, in: text)))
            } else {
                let skipped = max(scalarCount(text) - min(length, text.count), 0)
                let start = offset(ofScalar: skipped, in: text)
                builder.appendPart(text.extracting(start..<text.count))
            }
            return .value
        }
    }

    /// `POSITION`: from 1, 0 if absent; the search may start at a character.
    private mutating func position() -> Column {
        let (needles, source) = (inputs[0].texts, inputs[1].texts)
        let needleBytes = needles.bytes.span
        let bytes = source.bytes.span
        let starts = inputs.count > 2 ? inputs[2].integers : .scalar(1)
        return buildIntegers { row, _ in
            let text = bytes.extracting(source.range(row))
            let needle = needleBytes.extracting(needles.range(row))
            if needle.count == 0 { return 1 }
            let start = offset(ofScalar: Int(clamping: max(starts[row], 1)) - 1, in: text)
            guard let index = firstIndex(of: needle, in: text, from: start) else { return 0 }
            return Int64(scalarCount(text.extracting(first: index)) + 1)
        }
    }

    /// `REPLACE`: every occurrence from the left; an empty needle lies before and after each character.
    private mutating func replace() -> Column {
        let (source, needles, news) = (inputs[0].texts, inputs[1].texts, inputs[2].texts)
        let bytes = source.bytes.span
        let needleBytes = needles.bytes.span
        let newBytes = news.bytes.span
        return buildTexts { row, builder in
            let text = bytes.extracting(source.range(row))
            let needle = needleBytes.extracting(needles.range(row))
            let new = newBytes.extracting(news.range(row))
            let end = builder.byteCount + TextLimits.rowByteLimit
            var index = 0
            while index <= text.count {
                let found = firstIndex(of: needle, in: text, from: index)
                let stop = found ?? text.count
                builder.appendPart(text.extracting(index..<stop))
                guard found != nil else { return .value }
                guard builder.byteCount + new.count <= end else { return .fault(.stringLength) }
                builder.appendPart(new)
                index = stop + needle.count
                if needle.count == 0 {
                    guard index < text.count else { return .value }
                    let next = index + scalarLength(text[index])
                    builder.appendPart(text.extracting(index..<next))
                    index = next
                }
            }
            return .value
        }
    }

    /// `CONCAT` and `||`.
    private mutating func concatenate() -> Column {
        let sources = inputs.map(\.texts)
        return buildTexts { row, builder in
            let end = builder.byteCount + TextLimits.rowByteLimit
            for source in sources {
                let bytes = source.bytes
                let text = bytes.span.extracting(source.range(row))
                guard builder.byteCount + text.count <= end else { return .fault(.stringLength) }
                builder.appendPart(text)
            }
            return .value
        }
    }

    /// `CONCAT_WS`: NULL texts are skipped; NULL only for a NULL separator.
    private mutating func concatenateWithSeparator() -> Column {
        let sources = inputs.map(\.texts)
        let known = inputs.map { $0.validity(count: count) }
        var builder = TextBuilder(capacity: count)
        for row in 0..<count {
            if known[0]?[row] ?? true {
                var isFirst = true
                let end = min(
                    builder.byteCount + TextLimits.rowByteLimit,
                    TextLimits.columnByteLimit + TextLimits.rowByteLimit
                )
                for number in 1..<sources.count where known[number]?[row] ?? true {
                    let separator = sources[0].range(row)
                    let range = sources[number].range(row)
                    guard builder.byteCount + separator.count + range.count <= end else {
                        blame(.stringLength, row: row)
                        break
                    }
                    if !isFirst {
                        let bytes = sources[0].bytes
                        builder.appendPart(bytes.span.extracting(separator))
                    }
                    let bytes = sources[number].bytes
                    builder.appendPart(bytes.span.extracting(range))
                    isFirst = false
                }
            }
            builder.endRow()
        }
        return Column(type, .texts(builder.finish()), validity: known[0])
    }

    /// `CHR`: the character of a code modulo 256; empty for a negative one.
    private mutating func characters() -> Column {
        let codes = inputs[0].integers
        return buildTexts { row, builder in
            guard codes[row] >= 0 else { return .value }
            let code = UInt8(truncatingIfNeeded: codes[row])
            if code < 0x80 {
                builder.appendPart(code)
            } else {
                builder.appendPart(0xC0 | code >> 6)
                builder.appendPart(0x80 | code & 0x3F)
            }
            return .value
        }
    }

    /// `REVERSE`: by Unicode scalars.
    private mutating func reverse() -> Column {
        textRows { text, builder in
            var end = text.count
            while end > 0 {
                var start = end - 1
                while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
                builder.appendPart(text.extracting(start..<end))
                end = start
            }
        }
    }
}

extension TextBuilder {
    /// Appends bytes as lower-case hexadecimal digits.
    fileprivate mutating func appendHexadecimal(_ bytes: [UInt8]) {
        for byte in bytes {
            appendPart(hexadecimalDigit(byte >> 4))
            appendPart(hexadecimalDigit(byte & 15))
        }
    }

    private func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x57 + value
    }
}

/// Length of the scalar at `index` if it is one of `members`.
private func memberLength(
    _ text: Span<UInt8>,
    at index: Int,
    _ members: Span<UInt8>
) -> Int? {
    let length = min(scalarLength(text[index]), text.count - index)
    return contains(members, text.extracting(index..<index + length)) ? length : nil
}

/// Length of the scalar before `index` if it is one of `members`.
private func memberLength(
    _ text: Span<UInt8>,
    before index: Int,
    _ members: Span<UInt8>
) -> Int? {
    var start = index - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    return contains(members, text.extracting(start..<index)) ? index - start : nil
}

/// Whether a scalar's bytes lie in `members`: UTF-8 never matches in the middle of a scalar.
private func contains(_ members: Span<UInt8>, _ scalar: Span<UInt8>) -> Bool {
    firstIndex(of: scalar, in: members) != nil
}
