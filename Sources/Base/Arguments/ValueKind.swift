package import Units

/// What the text of an option, an argument or a configuration key may be.
package enum ValueKind: Sendable, Equatable {
    /// `true`, `false`, `on`, `off`, `yes`, `no`, `1`, `0`.
    case boolean
    case text
    case integer(ClosedRange<Int>)
    /// An integer that may have separators and a prefix: `10M`, `10_000`.
    case count(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case byteCount
    case duration
    /// A share of a whole with its unit: `0.1%`.
    case share
    /// One of some words; letter case does not matter.
    case choice([String])
    case file
    case folder

    /// Any integer.
    package static var integer: ValueKind { .integer(Int.min...Int.max) }
    /// Any count from 0.
    package static var count: ValueKind { .count(0...Int.max) }

    /// What a text may look like, for help: `DURATION`.
    package var placeholder: String {
        switch self {
        case .boolean: "BOOL"
        case .text: "TEXT"
        case .integer, .count: "N"
        case .number: "X"
        case .byteCount: "SIZE"
        case .duration: "DURATION"
        case .share: "SHARE"
        case .choice(let words): words.joined(separator: "|")
        case .file: "FILE"
        case .folder: "DIR"
        }
    }
}

/// A text that was read as its kind says.
package enum ArgumentValue: Sendable, Equatable {
    case boolean(Bool)
    case text(String)
    case integer(Int)
    case number(Double)
    case byteCount(ByteCount)
    case duration(Duration)
    case share(PartsPerMillion)

    /// The value's one text, as `config show` prints it.
    package var text: String {
        switch self {
        case .boolean(let value): value ? "true" : "false"
        case .text(let value): value
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .byteCount(let value): value.description
        case .duration(let value): value.exactText
        case .share(let value): value.description
        }
    }
}

/// A text that its kind does not allow.
package struct ValueError: Error, Sendable, Equatable {
    /// 1-based column within the text.
    package var column: Int
    package var problem: String
    package var remedy: String
}

extension ValueKind {
    /// Reads a text.
    package func value(of text: String) throws(ValueError) -> ArgumentValue {
        do throws(UnitError) {
            switch self {
            case .byteCount: return .byteCount(try ByteCount(parsing: text))
            case .duration: return .duration(try Duration(parsing: text))
            case .share: return .share(try PartsPerMillion(parsing: text))
            case .count(let range):
                let count = try NumberText.count(parsing: text)
                return try Self.limited(count, to: range, text)
            default: break
            }
        } catch {
            throw ValueError(column: error.column, problem: error.problem, remedy: error.remedy)
        }
        return try plainValue(of: text)
    }

    private static func limited(
        _ count: Int,
        to range: ClosedRange<Int>,
        _ text: String
    ) throws(UnitError) -> ArgumentValue {
        guard range.contains(count) else {
            let remedy = ValueKind.remedy(range)
            throw UnitError(text, column: 1, "\"\(text)\" is out of range", remedy: remedy)
        }
        return .integer(count)
    }

    private static func remedy(_ range: ClosedRange<Int>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (.min, .max): "write an integer"
        case (let lower, .max): "write an integer from \(lower) on"
        case (let lower, let upper): "write an integer from \(lower) to \(upper)"
        }
    }

    private func plainValue(of text: String) throws(ValueError) -> ArgumentValue {
        switch self {
        case .boolean:
            if let value = Self.boolean(text) { return .boolean(value) }
            throw Self.error(text, "is neither true nor false", remedy: "write true or false")
        case .integer(let range):
            guard let value = Int(text), range.contains(value) else {
                let problem = Int(text) == nil ? "is no integer" : "is out of range"
                throw Self.error(text, problem, remedy: Self.remedy(range))
            }
            return .integer(value)
        case .number(let range):
            guard let value = Double(text), range.contains(value) else {
                let remedy = "write a number from \(range.lowerBound) to \(range.upperBound)"
                throw Self.error(text, "is no number of that range", remedy: remedy)
            }
            return .number(value)
        case .choice(let words):
            if let word = words.first(where: { $0.lowercased() == text.lowercased() }) {
                return .text(word)
            }
            let nearest = NearestName.nearest(to: text, in: words).map { "; nearest is \($0)" }
            let remedy = "write one of \(words.joined(separator: ", "))\(nearest ?? "")"
            throw Self.error(text, "is no choice", remedy: remedy)
        case .file, .folder:
            guard !text.isEmpty else {
                throw ValueError(column: 1, problem: "the path is empty", remedy: "name a path")
            }
            return .text(text)
        case .text, .byteCount, .duration, .share, .count: return .text(text)
        }
    }

    private static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "on", "yes", "1": true
        case "false", "off", "no", "0": false
        default: nil
        }
    }

    private static func error(_ text: String, _ problem: String, remedy: String) -> ValueError {
        ValueError(column: 1, problem: "\"\(text)\" \(problem)", remedy: remedy)
    }
}
