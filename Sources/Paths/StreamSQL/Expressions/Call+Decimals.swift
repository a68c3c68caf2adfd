internal import Columns
internal import Decimals
internal import SQLFront

extension DataType {
    /// Precision and scale of a DECIMAL.
    var decimalShape: DecimalShape {
        guard case .decimal(let precision, let scale) = self else {
            preconditionFailure("\(self) is no DECIMAL")
        }
        return DecimalShape(precision: precision, scale: scale)
    }
}

extension Call {
    /// Arithmetic on decimals, each operand with its own scale; exact up to one rounding.
    mutating func decimalArithmetic(_ function: ScalarFunction) -> Column {
        switch function {
        case .add: addDecimals()
        case .subtract:
            combineDecimals {
                DecimalMath.difference($0, scale: $1, $2, scale: $3, as: $4)
            }
        case .multiply:
            combineDecimals { DecimalMath.product($0, scale: $1, $2, scale: $3, as: $4) }
        case .divide:
            divideDecimals { DecimalMath.quotient($0, scale: $1, $2, scale: $3, as: $4) }
        case .modulo:
            divideDecimals { DecimalMath.remainder($0, scale: $1, $2, scale: $3, as: $4) }
        case .negate:
            Column(
                type,
                .decimals(map(inputs[0].decimals, count: count) { 0 &- $0 }),
                validity: validity
            )
        default: preconditionFailure("\(function) is no arithmetic")
        }
    }

    private typealias Operation = (Int128, Int, Int128, Int, DecimalShape) -> Int128?

    /// Sums of one scale are plain additions, unless the type may be too small for them.
    private mutating func addDecimals() -> Column {
        let shape = type.decimalShape
        let (left, right) = (inputs[0].type.decimalShape, inputs[1].type.decimalShape)
        let isPlain = left.scale == right.scale && shape.scale == left.scale
        guard isPlain, shape.precision > max(left.precision, right.precision) else {
            return combineDecimals { DecimalMath.sum($0, scale: $1, $2, scale: $3, as: $4) }
        }
        var addition = DecimalAddition()
        return column(
            .decimals(map(inputs[0].decimals, inputs[1].decimals, count: count, &addition))
        )
    }

    @inline(__always)
    private mutating func combineDecimals(_ operation: Operation) -> Column {
        let shape = type.decimalShape
        let leftScale = inputs[0].type.decimalShape.scale
        let rightScale = inputs[1].type.decimalShape.scale
        let (left, right) = (inputs[0].decimals, inputs[1].decimals)
        var isBad = false
        let results = map(left, right, count: count) { first, second -> Int128 in
            let result = operation(first, leftScale, second, rightScale, shape)
            isBad = isBad || result == nil
            return result ?? 0
        }
        if isBad {
            blame(.overflow) { operation(left[$0], leftScale, right[$0], rightScale, shape) == nil }
        }
        return column(.decimals(results))
    }

    @inline(__always)
    private mutating func divideDecimals(_ operation: Operation) -> Column {
        let divisors = inputs[1].decimals
        var hasZero = false
        let shape = type.decimalShape
        let leftScale = inputs[0].type.decimalShape.scale
        let rightScale = inputs[1].type.decimalShape.scale
        let dividends = inputs[0].decimals
        var isBad = false
        let results = map(dividends, divisors, count: count) { first, second -> Int128 in
            guard second != 0 else {
                hasZero = true
                return 0
            }
            let result = operation(first, leftScale, second, rightScale, shape)
            isBad = isBad || result == nil
            return result ?? 0
        }
        guard hasZero || isBad else { return column(.decimals(results)) }
        var validity = validity
        for row in 0..<count where validity?[row] ?? true {
            if divisors[row] == 0 {
                if context.divisionByZero == .error { blame(.divisionByZero, row: row) }
            } else if operation(dividends[row], leftScale, divisors[row], rightScale, shape) == nil
            {
                blame(.overflow, row: row)
            }
        }
        if context.divisionByZero == .null {
            validity = intersection(validity, pack(count: count) { divisors[$0] != 0 })
        }
        return Column(type, .decimals(results), validity: validity)
    }
}
