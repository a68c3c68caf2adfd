internal import Columns
internal import Parquet
internal import SQLFront

extension ParquetCondition {
    /// The condition that a conjunct of the form `column op literal` means; nil for any other.
    init?(_ expression: Expression, fields: [Field]) {
        guard case .call(let function, let arguments) = expression.kind, arguments.count == 2,
            case .column(let column) = arguments[0].kind,
            case .literal(let value) = arguments[1].kind,
            fields[column].type == arguments[1].type, !value.isNull
        else { return nil }
        let comparison: Comparison
        switch function {
        case .equal: comparison = .equal
        case .less: comparison = .less
        case .lessOrEqual: comparison = .lessOrEqual
        case .greater: comparison = .greater
        case .greaterOrEqual: comparison = .greaterOrEqual
        default: return nil
        }
        self.init(fields[column].name, comparison, value)
    }
}
