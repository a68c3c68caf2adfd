internal import Columns
internal import JSON
internal import Scalars

/// A path to one value of a JSON text: `$`, then `.name`, `['name']` and `[index]`, behind an optional
/// `lax` or `strict`, which make no difference for such paths.
struct JSONPath: Sendable, Hashable {
    /// Why a text is no path.
    struct Problem: Error, Hashable {
        var text: String
    }

    private enum Step: Sendable, Hashable {
        case member(String)
        case element(Int)
    }

    private let steps: [Step]

    init(_ text: String) throws(Problem) {
        var rest = Substring(text)
        rest = rest.drop { $0 == " " }
        for mode in ["lax", "strict"] where rest.hasPrefix(mode) {
            rest = rest.dropFirst(mode.count).drop { $0 == " " }
        }
        guard rest.first == "$" else { throw Problem(text: "a path that does not begin with $") }
        rest = rest.dropFirst()
        var steps: [Step] = []
        while let first = rest.first {
            rest = rest.dropFirst()
            switch first {
            case ".":
                let name = rest.prefix { $0 != "." && $0 != "[" && $0 != " " }
                guard !name.isEmpty, name != "*" else {
                    throw Problem(text: "a path step without a name")
                }
                steps.append(.member(String(name)))
                rest = rest.dropFirst(name.count)
            case "[": steps.append(try Self.subscriptStep(&rest))
            case " " where rest.allSatisfy({ $0 == " " }): rest = ""
            default: throw Problem(text: "'\(first)' in a path")
            }
        }
        self.steps = steps
    }

    /// The rest of `[…]`.
    private static func subscriptStep(_ rest: inout Substring) throws(Problem) -> Step {
        if let quote = rest.first, quote == "'" || quote == "\"" {
            let name = rest.dropFirst().prefix { $0 != quote }
            rest = rest.dropFirst(name.count + 1)
            guard rest.hasPrefix("\(quote)]") else { throw Problem(text: "an open [ in a path") }
            rest = rest.dropFirst(2)
            return .member(String(name))
        }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        guard let index = Int(digits), rest.first == "]" else {
            throw Problem(text: "an array index that is no number")
        }
        rest = rest.dropFirst()
        return .element(index)
    }

    /// The value that the path leads to; nil where there is none.
    func value(in root: JSONValue) -> JSONValue? {
        var value = root
        for step in steps {
            switch (step, value.content) {
            case (.member(let name), .object(let object)):
                guard let member = object[name] else { return nil }
                value = member
            case (.element(let index), .array(let elements)):
                guard index < elements.count else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }
}

extension Call {
    /// `JSON_VALUE`: a scalar as text; NULL for bad JSON, a path that leads nowhere, and what is no scalar.
    mutating func jsonValue(_ preparation: Preparation) -> Column {
        guard case .jsonPath(let path) = preparation else {
            preconditionFailure("a path is constant")
        }
        let limits = JSONLimits(size: TextLimits.rowByteLimit, duplicates: .lastWins)
        var scratch: [UInt8] = []
        let source = inputs[0].texts
        let bytes = source.bytes.span
        return buildTexts { row, builder in
            let text = bytes.extracting(source.range(row))
            guard let root = try? JSONValue(parsing: text, limits: limits),
                let value = path.value(in: root)
            else { return .null }
            scratch.removeAll(keepingCapacity: true)
            switch value.content {
            case .string(let string): builder.appendPart(string.utf8Span.span)
            case .bool(let bool): builder.appendPart((bool ? "true" : "false").utf8Span.span)
            case .number(let number):
                appendNumber(number, to: &scratch)
                builder.appendPart(scratch.span)
            case .null, .array, .object: return .null
            }
            return .value
        }
    }
}

/// Integers as they are written, other numbers as CAST of a DOUBLE writes them, which is what Flink does.
private func appendNumber(_ number: JSONNumber, to output: inout [UInt8]) {
    if let integer = number.integer {
        IntegerText.append(integer, to: &output)
    } else if number.text.utf8.contains(where: { $0 == 0x2E || $0 | 0x20 == 0x65 }) {
        DoubleText.append(number.double, to: &output)
    } else {
        output += Array(number.text.utf8)
    }
}
