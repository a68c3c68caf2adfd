internal import Columns

extension Expression {
    /// The expression as explain shows it, with the names of its input's columns.
    func text(_ input: Schema) -> String {
        switch kind {
        case .column(let index):
            return index < input.count ? input[index].name : "#\(index)"
        case .literal(let value): return Self.text(value, type)
        case .cast(let operand, let isTry):
            return "\(isTry ? "TRY_CAST" : "CAST")(\(operand.text(input)) AS \(type))"
        case .choice(let branches, let otherwise):
            let cases = branches.map {
                " WHEN \($0.condition.text(input)) THEN \($0.result.text(input))"
            }
            let rest = otherwise.map { " ELSE \($0.text(input))" } ?? ""
            return "CASE\(cases.joined())\(rest) END"
        case .membership(let operand, let values, let isNegated):
            let shown = values.prefix(8).map { Self.text($0, operand.type) }
            let rest = values.count > 8 ? ", … \(values.count) values" : ""
            return "\(operand.text(input))\(isNegated ? " NOT" : "") IN "
                + "(\(shown.joined(separator: ", "))\(rest))"
        case .call(let function, let operands):
            let text = function.sqlText(operands.map { $0.text(input) })
            return function.infix != nil && operands.count > 1 ? "(\(text))" : text
        }
    }

    /// A literal as SQL writes it.
    static func text(_ value: Value, _ type: DataType) -> String {
        switch value {
        case .null: return "NULL"
        case .boolean(let flag): return flag ? "TRUE" : "FALSE"
        case .double(let number): return "\(number)"
        case .text(let text):
            return "'\(text.replacing("'", with: "''"))'"
        case .bytes(let bytes): return "X'\(bytes.count) bytes'"
        case .decimal(let unscaled):
            guard case .decimal(_, let scale) = type else { return "\(unscaled)" }
            return decimalText(unscaled, scale: scale)
        case .integer(let number): return integerText(number, type)
        }
    }

    private static func decimalText(_ unscaled: Int128, scale: Int) -> String {
        guard scale > 0 else { return "\(unscaled)" }
        var digits = "\(unscaled.magnitude)"
        while digits.count <= scale { digits = "0" + digits }
        let point = digits.index(digits.endIndex, offsetBy: -scale)
        return "\(unscaled < 0 ? "-" : "")\(digits[..<point]).\(digits[point...])"
    }

    private static func integerText(_ number: Int64, _ type: DataType) -> String {
        switch type {
        case .intervalDayToSecond: return "INTERVAL \(DurationUnit.text(number))"
        case .intervalYearToMonth: return "INTERVAL \(number) months"
        case .date: return "DATE \(number)"
        case .time, .timestamp, .timestampLTZ: return "\(type) \(number)"
        default: return "\(number)"
        }
    }
}
