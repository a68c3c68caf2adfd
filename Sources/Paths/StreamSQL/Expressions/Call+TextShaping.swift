internal import Columns
internal import Patterns
internal import SQLFront

extension Call {
    /// `LPAD` and `RPAD`: to a length in characters; longer texts are cut; NULL for a negative length or no pad.
    mutating func pad(isLeft: Bool) -> Column {
        let (source, pads) = (inputs[0].texts, inputs[2].texts)
        let bytes = source.bytes.span
        let padBytes = pads.bytes.span
        let lengths = inputs[1].integers
        return buildTexts { row, builder in
            let text = bytes.extracting(source.range(row))
            let padding = padBytes.extracting(pads.range(row))
            guard lengths[row] >= 0, padding.count > 0 else { return .null }
            guard lengths[row] <= TextLimits.rowByteLimit / 4 else { return .fault(.stringLength) }
            let length = Int(lengths[row])
            let kept = text.extracting(first: offset(ofScalar: length, in: text))
            let missing = length - scalarCount(kept)
            if !isLeft { builder.appendPart(kept) }
            appendPadding(padding, missing, to: &builder)
            if isLeft { builder.appendPart(kept) }
            return .value
        }
    }

    /// `REPEAT`: empty for a count that is not positive.
    mutating func repeatTexts() -> Column {
        let source = inputs[0].texts
        let bytes = source.bytes.span
        let counts = inputs[1].integers
        return buildTexts { row, builder in
            let text = bytes.extracting(source.range(row))
            guard counts[row] > 0, text.count > 0 else { return .value }
            guard counts[row] <= TextLimits.rowByteLimit / text.count else {
                return .fault(.stringLength)
            }
            for _ in 0..<counts[row] { builder.appendPart(text) }
            return .value
        }
    }

    /// `OVERLAY`: replaces a number of characters from a place; a place outside the text changes nothing.
    mutating func overlay() -> Column {
        let (source, news) = (inputs[0].texts, inputs[1].texts)
        let bytes = source.bytes.span
        let newBytes = news.bytes.span
        let starts = inputs[2].integers
        let lengths = inputs.count > 3 ? inputs[3].integers : nil
        return buildTexts { row, builder in
            let text = bytes.extracting(source.range(row))
            let new = newBytes.extracting(news.range(row))
            let start = starts[row]
            guard start >= 1, start <= scalarCount(text) else {
                builder.appendPart(text)
                return .value
            }
            guard text.count + new.count <= TextLimits.rowByteLimit else {
                return .fault(.stringLength)
            }
            let first = offset(ofScalar: Int(start) - 1, in: text)
            let rest = text.extracting(first..<text.count)
            let length = max(lengths.map { $0[row] } ?? Int64(scalarCount(new)), 0)
            builder.appendPart(text.extracting(first: first))
            builder.appendPart(new)
            let skipped = offset(ofScalar: Int(clamping: length), in: rest)
            builder.appendPart(rest.extracting(skipped..<rest.count))
            return .value
        }
    }

    /// `SPLIT_INDEX` (from 0, else NULL) and `SPLIT_PART` (from 1, else empty).
    mutating func split(isPart: Bool) -> Column {
        let (source, separators) = (inputs[0].texts, inputs[1].texts)
        let bytes = source.bytes.span
        let separatorBytes = separators.bytes.span
        let indices = inputs[2].integers
        return buildTexts { row, builder in
            let text = bytes.extracting(source.range(row))
            let separator = separatorBytes.extracting(separators.range(row))
            let wanted = isPart ? indices[row].subtractingChecked(1) ?? -1 : indices[row]
            guard wanted >= 0, let part = part(text, separator, Int(clamping: wanted)) else {
                return isPart ? .value : .null
            }
            builder.appendPart(text.extracting(part))
            return .value
        }
    }

    /// `UPPER`, `LOWER` and `INITCAP`, with Unicode's full mappings and a fast path for ASCII.
    mutating func changeCase(_ function: ScalarFunction) -> Column {
        textRows { text, builder in
            guard isASCII(text) else {
                builder.appendPart(TextCase.changed(text, function).span)
                return
            }
            switch function {
            case .upper:
                for index in text.indices {
                    let byte = text[index]
                    builder.appendPart(byte &- 0x61 < 26 ? byte &- 0x20 : byte)
                }
            case .lower:
                for index in text.indices {
                    let byte = text[index]
                    builder.appendPart(byte &- 0x41 < 26 ? byte &+ 0x20 : byte)
                }
            default: TextCase.appendInitialCapitals(text, to: &builder)
            }
        }
    }
}

/// Appends `padding` over and over up to `length` characters.
private func appendPadding(
    _ padding: Span<UInt8>,
    _ length: Int,
    to builder: inout TextBuilder
) {
    let round = scalarCount(padding)
    var missing = length
    while missing >= round {
        builder.appendPart(padding)
        missing -= round
    }
    builder.appendPart(padding.extracting(first: offset(ofScalar: missing, in: padding)))
}

/// Where part `wanted` of a text lies; an empty text has no parts, and an empty separator is white space.
private func part(_ text: Span<UInt8>, _ separator: Span<UInt8>, _ wanted: Int) -> Range<Int>? {
    guard text.count > 0 else { return nil }
    var start = 0
    for _ in 0..<wanted {
        guard let next = nextSeparator(text, separator, from: start) else { return nil }
        start = next.upperBound
    }
    let end = nextSeparator(text, separator, from: start)?.lowerBound ?? text.count
    return start..<end
}

private func nextSeparator(
    _ text: Span<UInt8>,
    _ separator: Span<UInt8>,
    from start: Int
) -> Range<Int>? {
    guard separator.count == 0 else {
        return firstIndex(of: separator, in: text, from: start)
            .map { $0..<$0 + separator.count }
    }
    var index = start
    while index < text.count {
        if text[index] == 0x20 || text[index] &- 9 <= 4 { return index..<index + 1 }
        index += 1
    }
    return nil
}

/// Case beyond ASCII.
private enum TextCase {
    /// A text in another case, as UTF-8.
    static func changed(_ text: Span<UInt8>, _ function: ScalarFunction) -> [UInt8] {
        let scalars = Array(String(decoding: Array(copying: text), as: UTF8.self).unicodeScalars)
        var result = ""
        result.reserveCapacity(text.count)
        var isInWord = false
        for (index, scalar) in scalars.enumerated() {
            switch function {
            case .upper: result += scalar.properties.uppercaseMapping
            case .lower: result += lowered(scalar, at: index, in: scalars)
            default:
                result +=
                    isInWord
                    ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
                isInWord = isAlphanumeric(scalar)
            }
        }
        return Array(result.utf8)
    }

    /// The lower-case mapping, with Greek sigma in its final form at the end of a word (Unicode, SpecialCasing).
    private static func lowered(
        _ scalar: Unicode.Scalar,
        at index: Int,
        in scalars: [Unicode.Scalar]
    ) -> String {
        guard scalar == "\u{3A3}" else { return scalar.properties.lowercaseMapping }
        func neighbour(_ positions: some Sequence<Int>) -> Bool {
            for position in positions where !scalars[position].properties.isCaseIgnorable {
                return scalars[position].properties.isCased
            }
            return false
        }
        let isFinal = neighbour((0..<index).reversed()) && !neighbour(index + 1..<scalars.count)
        return isFinal ? "\u{3C2}" : "\u{3C3}"
    }

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    /// `INITCAP` of an ASCII text: words are letters and digits.
    static func appendInitialCapitals(_ text: Span<UInt8>, to builder: inout TextBuilder) {
        var isInWord = false
        for index in text.indices {
            let byte = text[index]
            let isLetter = (byte | 0x20) &- 0x61 < 26
            if isLetter {
                builder.appendPart(isInWord ? byte | 0x20 : byte & 0xDF)
            } else {
                builder.appendPart(byte)
            }
            isInWord = isLetter || byte &- 0x30 < 10
        }
    }
}
