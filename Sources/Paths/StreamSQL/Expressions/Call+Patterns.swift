internal import Columns
internal import Patterns
internal import SQLFront

extension Call {
    /// LIKE, the REGEXP functions, JSON_VALUE, and what concerns time.
    mutating func evaluatePattern(
        _ function: ScalarFunction,
        _ preparation: Preparation
    ) -> Column {
        switch function {
        case .like: return like(preparation)
        case .regexp: return regexp(preparation)
        case .regexpExtract: return regexpExtract(preparation)
        case .regexpReplace: return regexpReplace(preparation)
        default: return evaluateTime(function, preparation)
        }
    }

    private mutating func like(_ preparation: Preparation) -> Column {
        let (source, patterns) = (inputs[0].texts, inputs[1].texts)
        let bytes = source.bytes.span
        if case .like(let pattern) = preparation {
            return buildBooleans { row, _ in pattern.matches(bytes.extracting(source.range(row))) }
        }
        let escapes = inputs.count > 2 ? inputs[2].texts : nil
        let patternBytes = patterns.bytes.span
        return buildBooleans { row, outcome in
            let escape = escapes.map { source in
                let bytes = source.bytes
                return String(
                    decoding: Array(copying: bytes.span.extracting(source.range(row))),
                    as: UTF8.self
                )
            }
            let text = Array(copying: patternBytes.extracting(patterns.range(row)))
            guard
                let pattern = try? LikePattern(
                    String(decoding: text, as: UTF8.self),
                    escape: escape
                )
            else {
                outcome = .fault(.regex)
                return false
            }
            return pattern.matches(bytes.extracting(source.range(row)))
        }
    }

    /// A matcher for each row's pattern, remade only when the pattern changes.
    private struct Matchers {
        private var key: [UInt8]?
        private var matcher: PatternMatcher?
        private let isConstant: Bool

        init(_ preparation: Preparation) {
            if case .regex(let pattern) = preparation {
                matcher = PatternMatcher(pattern)
                isConstant = true
            } else {
                isConstant = false
            }
        }

        /// Calls `body` with the matcher; nil where the text is no pattern.
        mutating func with<Result>(
            _ wanted: Span<UInt8>,
            _ body: (inout PatternMatcher) -> Result
        ) -> Result? {
            if !isConstant, key.map({ !bytesEqual($0.span, wanted) }) ?? true {
                let bytes = Array(copying: wanted)
                let pattern = try? Pattern(String(decoding: bytes, as: UTF8.self))
                matcher = pattern.map { PatternMatcher($0) }
                key = bytes
            }
            guard var used = matcher.take() else { return nil }
            let result = body(&used)
            matcher = used
            return result
        }
    }

    /// `REGEXP`: an unanchored search; an empty pattern is found nowhere, as in Flink.
    private mutating func regexp(_ preparation: Preparation) -> Column {
        let (source, patterns) = (inputs[0].texts, inputs[1].texts)
        let bytes = source.bytes.span
        let patternBytes = patterns.bytes.span
        var matchers = Matchers(preparation)
        return buildBooleans { row, outcome in
            let pattern = patternBytes.extracting(patterns.range(row))
            if pattern.count == 0 { return false }
            let text = bytes.extracting(source.range(row))
            let found = matchers.with(pattern) { $0.matches(in: text) }
            if found == nil { outcome = .fault(.regex) }
            return found ?? false
        }
    }

    /// `REGEXP_EXTRACT`: NULL without a match and for a group that has none.
    private mutating func regexpExtract(_ preparation: Preparation) -> Column {
        let (source, patterns) = (inputs[0].texts, inputs[1].texts)
        let bytes = source.bytes.span
        let patternBytes = patterns.bytes.span
        let groups = inputs.count > 2 ? inputs[2].integers : .scalar(0)
        var matchers = Matchers(preparation)
        return buildTexts { row, builder in
            let text = bytes.extracting(source.range(row))
            let group = Int(clamping: groups[row])
            let found = matchers.with(patternBytes.extracting(patterns.range(row))) {
                $0.firstRange(ofGroup: group, in: text)
            }
            guard let found else { return .fault(.regex) }
            guard let found else { return .null }
            builder.appendPart(text.extracting(found))
            return .value
        }
    }

    /// `REGEXP_REPLACE`: all matches, by a text that is taken literally.
    private mutating func regexpReplace(_ preparation: Preparation) -> Column {
        let (source, patterns, news) = (inputs[0].texts, inputs[1].texts, inputs[2].texts)
        let bytes = source.bytes.span
        let patternBytes = patterns.bytes.span
        let newBytes = news.bytes.span
        var matchers = Matchers(preparation)
        return buildTexts { row, builder in
            let text = bytes.extracting(source.range(row))
            let new = newBytes.extracting(news.range(row))
            let done = matchers.with(patternBytes.extracting(patterns.range(row))) { matcher in
                replaceAll(text, new, &matcher, &builder)
            }
            guard let done else { return .fault(.regex) }
            return done ? .value : .fault(.stringLength)
        }
    }
}

/// Appends `text` with every match replaced; false where that is too long.
private func replaceAll(
    _ text: Span<UInt8>,
    _ new: Span<UInt8>,
    _ matcher: inout PatternMatcher,
    _ builder: inout TextBuilder
) -> Bool {
    let end = builder.byteCount + TextLimits.rowByteLimit
    var (copied, start) = (0, 0)
    while start <= text.count, let match = matcher.firstRange(in: text, from: start) {
        builder.appendPart(text.extracting(copied..<match.lowerBound))
        guard builder.byteCount + new.count <= end else { return false }
        builder.appendPart(new)
        copied = match.upperBound
        start = match.upperBound
        // After an empty match the search goes on one character later.
        if match.isEmpty {
            guard start < text.count else { break }
            start += scalarLength(text[start])
        }
    }
    builder.appendPart(text.extracting(copied..<text.count))
    return true
}
