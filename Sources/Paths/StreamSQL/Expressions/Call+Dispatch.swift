internal import Columns
internal import SQLFront

extension Call {
    /// The result of an operation whose operands all count.
    mutating func evaluate(_ operation: Node.Operation) -> Column {
        switch operation {
        case .call(let function, let preparation):
            if function.isStrict, inputs.contains(where: \.isNullOperand) {
                return .nulls(type, count: count)
            }
            return evaluate(function, preparation)
        case .cast:
            return inputs[0].isNullOperand ? .nulls(type, count: count) : cast()
        case .membership(let set, let isNegated):
            return inputs[0].isNullOperand
                ? .nulls(type, count: count) : membership(set, isNegated: isNegated)
        case .column, .literal, .choice:
            preconditionFailure("this node is no call")
        }
    }

    private mutating func evaluate(
        _ function: ScalarFunction,
        _ preparation: Preparation
    ) -> Column {
        if let relation = Relation(function) { return comparison(relation) }
        switch function {
        case .add, .subtract, .multiply, .divide, .modulo, .negate:
            return arithmetic(function)
        case .and, .or: return logic(function)
        case .not: return negation()
        case .isNull, .isNotNull, .isTrue, .isNotTrue, .isFalse, .isNotFalse:
            return test(function)
        case .isDistinctFrom: return distinction(isDistinct: true)
        case .isNotDistinctFrom: return distinction(isDistinct: false)
        case .abs, .ceil, .floor, .sign, .round, .truncate, .power, .sqrt, .ln, .log10, .exp, .log:
            return mathematics(function)
        case .greatest: return extreme(isGreatest: true)
        case .least: return extreme(isGreatest: false)
        default: return evaluateText(function, preparation)
        }
    }

    private mutating func arithmetic(_ function: ScalarFunction) -> Column {
        switch type.physical {
        case .integer: integerArithmetic(function)
        case .decimal: decimalArithmetic(function)
        default: doubleArithmetic(function)
        }
    }
}

extension Input {
    /// Whether every row is NULL by type or by constant.
    var isNullOperand: Bool { isNullScalar || type == .null }
}
