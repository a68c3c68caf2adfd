internal import Columns
internal import Decimals
internal import SQLFront

extension Call {
    /// ABS, CEIL, FLOOR and SIGN keep the kind of their operand; the rest is DOUBLE.
    mutating func mathematics(_ function: ScalarFunction) -> Column {
        switch function {
        case .abs, .sign, .ceil, .floor: return elementary(function)
        case .power: return combineDoubles { ElementaryFunctions.power($0, $1) }
        case .sqrt: return mapDoubles { $0.squareRoot() }
        case .ln: return mapDoubles { ElementaryFunctions.naturalLogarithm($0) }
        case .log10: return mapDoubles { ElementaryFunctions.decimalLogarithm($0) }
        case .exp: return mapDoubles { ElementaryFunctions.exponential($0) }
        case .log:
            // One operand is the natural logarithm, two are base and number, as in Flink.
            guard inputs.count == 2 else {
                return mapDoubles { ElementaryFunctions.naturalLogarithm($0) }
            }
            return combineDoubles {
                ElementaryFunctions.naturalLogarithm($1)
                    / ElementaryFunctions.naturalLogarithm($0)
            }
        case .round: return rounding(isTruncating: false)
        case .truncate: return rounding(isTruncating: true)
        default: preconditionFailure("\(function) is no mathematics")
        }
    }

    private mutating func elementary(_ function: ScalarFunction) -> Column {
        switch inputs[0].type.physical {
        case .double:
            switch function {
            case .abs: return mapDoubles { $0.magnitude }
            case .sign: return mapDoubles { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }
            case .ceil: return mapDoubles { $0.rounded(.up) }
            default: return mapDoubles { $0.rounded(.down) }
            }
        case .decimal: return elementaryDecimals(function)
        default:
            let values = inputs[0].integers
            switch function {
            case .sign: return integers(map(values, count: count) { $0.signum() })
            case .abs:
                let lowest = type.integerRange?.lowerBound ?? .min
                var isBad = false
                let results = map(values, count: count) { value in
                    isBad = isBad || value == lowest
                    return value < 0 ? 0 &- value : value
                }
                if isBad { blame(.overflow) { values[$0] == lowest } }
                return integers(results)
            default: return integers(map(values, count: count) { $0 })
            }
        }
    }

    private mutating func elementaryDecimals(_ function: ScalarFunction) -> Column {
        let shape = type.decimalShape
        let scale = inputs[0].type.decimalShape.scale
        let power = powerOfTen(scale)
        return decimalRows { value in
            let result: Int128?
            switch function {
            case .abs:
                return DecimalMath.rescaled(value < 0 ? -value : value, from: scale, as: shape)
            case .sign: result = value.signum()
            case .ceil: result = value / power + (value % power > 0 ? 1 : 0)
            default: result = value / power - (value % power < 0 ? 1 : 0)
            }
            return result.flatMap { DecimalMath.rescaled($0, from: 0, as: shape) }
        }
    }

    @inline(__always)
    private mutating func decimalRows(_ body: (Int128) -> Int128?) -> Column {
        let values = inputs[0].decimals
        let (results, validity) = buildValues(Int128(0)) { row, outcome in
            let result = body(values[row])
            if result == nil { outcome = .fault(.overflow) }
            return result ?? 0
        }
        return Column(type, .decimals(results), validity: validity)
    }

    /// ROUND and TRUNCATE: half away from zero, or toward zero, at a number of decimals.
    private mutating func rounding(isTruncating: Bool) -> Column {
        let digits = inputs.count > 1 ? inputs[1].integers : .scalar(0)
        switch inputs[0].type.physical {
        case .double:
            let values = inputs[0].doubles
            let isFloat = type == .float
            let (results, validity) = buildValues(0.0) { row, _ in
                let places = Int(max(min(digits[row], 400), -400))
                let result =
                    isTruncating
                    ? DecimalMath.truncated(values[row], digits: places)
                    : DecimalMath.rounded(values[row], digits: places)
                return isFloat ? Double(Float(result)) : result
            }
            return Column(type, .doubles(results), validity: validity)
        case .decimal:
            let values = inputs[0].decimals
            let scale = inputs[0].type.decimalShape.scale
            let shape = type.decimalShape
            let (results, validity) = buildValues(Int128(0)) { row, outcome in
                let cut = places(digits[row], scale: scale)
                let kept = rounded(values[row], cutting: cut, isTruncating: isTruncating)
                let result = kept.flatMap { DecimalMath.rescaled($0, from: scale, as: shape) }
                if result == nil { outcome = .fault(.overflow) }
                return result ?? 0
            }
            return Column(type, .decimals(results), validity: validity)
        default:
            let values = inputs[0].integers
            let range = type.integerRange ?? Int64.min...Int64.max
            return buildIntegers { row, outcome in
                let cut = places(digits[row], scale: 0)
                let kept = rounded(Int128(values[row]), cutting: cut, isTruncating: isTruncating)
                guard let result = kept.flatMap({ Int64(exactly: $0) }), range.contains(result)
                else {
                    outcome = .fault(.overflow)
                    return 0
                }
                return result
            }
        }
    }
}

/// How many digits of a number with `scale` decimals go when `digits` decimals stay, 0...39.
private func places(_ digits: Int64, scale: Int) -> Int {
    let limit = Int64(DecimalShape.digitLimit + 1)
    return Int(max(min(Int64(scale) - max(min(digits, limit), -limit), limit), 0))
}

/// The number with its last `cut` digits zero; nil where it leaves 128 bits.
private func rounded(_ value: Int128, cutting cut: Int, isTruncating: Bool) -> Int128? {
    guard cut > 0 else { return value }
    guard cut <= DecimalShape.digitLimit else { return 0 }
    let power = powerOfTen(cut)
    if isTruncating { return value / power * power }
    let (result, overflow) = DecimalMath.dividedRounding(value, byTenTo: cut)
        .multipliedReportingOverflow(by: power)
    return overflow ? nil : result
}

extension Call {
    /// GREATEST and LEAST of operands of the result's type; NULL if one is NULL.
    mutating func extreme(isGreatest: Bool) -> Column {
        var best = inputs[0]
        for candidate in inputs.dropFirst() {
            let pair = Call(
                type: .boolean,
                inputs: [candidate, best],
                count: count,
                context: context,
                clock: clock,
                node: node
            )
            let better = pair.comparison(isGreatest ? .greater : .less)
            let rows = Input(.boolean, .vector(better)).trues(count: count)
            let chosen = choose([
                Alternative(rows: rows, input: candidate),
                Alternative(rows: ~rows, input: best),
            ])
            best = Input(type, .vector(chosen))
        }
        return Column(type, best.column(count: count).values, validity: validity)
    }
}
