internal import Columns
internal import Decimals

extension Call {
    /// CAST between integers, decimals, approximate numbers and booleans.
    mutating func castNumber() -> Column {
        switch (inputs[0].type.physical, type.physical) {
        case (.integer, .integer): castIntegers()
        case (.integer, .double): castIntegersToDoubles()
        case (.integer, .decimal):
            castToDecimals(inputs[0].integers) { integer, shape in
                DecimalMath.rescaled(Int128(integer), from: 0, as: shape)
            }
        case (.double, .integer): castDoublesToIntegers()
        case (.double, .double): mapDoubles { $0 }
        case (.double, .decimal):
            castToDecimals(inputs[0].doubles) { DecimalMath.decimal($0, as: $1) }
        case (.decimal, .integer): castDecimalsToIntegers()
        case (.decimal, .double): castDecimalsToDoubles()
        case (.decimal, .decimal): castDecimals()
        case (.boolean, _): castBooleans()
        case (_, .boolean): castToBooleans()
        default: preconditionFailure("the binder lets nobody cast \(inputs[0].type) to \(type)")
        }
    }

    /// Integers keep their number where the type has it.
    private mutating func castIntegers() -> Column {
        let source = inputs[0].integers
        guard let range = type.integerRange, range.lowerBound != .min else {
            return integers(map(source, count: count) { $0 })
        }
        let (lower, upper) = (range.lowerBound, range.upperBound)
        var isBad = false
        let results = map(source, count: count) { value in
            isBad = isBad || value < lower || value > upper
            return value
        }
        if isBad { blame(.overflow) { !range.contains(source[$0]) } }
        return integers(results)
    }

    private func castIntegersToDoubles() -> Column {
        let source = inputs[0].integers
        if type == .float { return doubles(map(source, count: count) { Double(Float($0)) }) }
        return doubles(map(source, count: count) { Double($0) })
    }

    /// Truncates toward zero; NaN and what the type does not hold are faults.
    private mutating func castDoublesToIntegers() -> Column {
        let range = type.integerRange ?? Int64.min...Int64.max
        // Both bounds are exact: -2^63 and 2^63, or small.
        let lower = Double(range.lowerBound)
        let upper = type == .bigint ? 0x1p63 : Double(range.upperBound) + 1
        // Truncation brings what is above the bound minus one back inside; -2^63 - 1 is no double.
        let lowerExclusive = type == .bigint ? -0x1.0000000000001p63 : lower - 1
        let source = inputs[0].doubles
        var isBad = false
        let results = map(source, count: count) { value -> Int64 in
            guard value > lowerExclusive, value < upper else {
                isBad = true
                return 0
            }
            return Int64(value)
        }
        if isBad { blame(.overflow) { !(source[$0] > lowerExclusive && source[$0] < upper) } }
        return integers(results)
    }

    @inline(__always)
    private mutating func castToDecimals<Element: BitwiseCopyable & Sendable>(
        _ source: Source<Element>,
        _ convert: (Element, DecimalShape) -> Int128?
    ) -> Column {
        let shape = type.decimalShape
        var isBad = false
        let results = map(source, count: count) { value -> Int128 in
            let result = convert(value, shape)
            isBad = isBad || result == nil
            return result ?? 0
        }
        if isBad { blame(.overflow) { convert(source[$0], shape) == nil } }
        return column(.decimals(results))
    }

    private mutating func castDecimals() -> Column {
        let scale = inputs[0].type.decimalShape.scale
        return castToDecimals(inputs[0].decimals) { DecimalMath.rescaled($0, from: scale, as: $1) }
    }

    private mutating func castDecimalsToIntegers() -> Column {
        let power = powerOfTen(inputs[0].type.decimalShape.scale)
        let range = type.integerRange ?? Int64.min...Int64.max
        let (lower, upper) = (Int128(range.lowerBound), Int128(range.upperBound))
        let source = inputs[0].decimals
        var isBad = false
        let results = map(source, count: count) { value -> Int64 in
            let whole = value / power
            isBad = isBad || whole < lower || whole > upper
            return Int64(truncatingIfNeeded: whole)
        }
        if isBad { blame(.overflow) { !(lower...upper).contains(source[$0] / power) } }
        return integers(results)
    }

    private func castDecimalsToDoubles() -> Column {
        let scale = inputs[0].type.decimalShape.scale
        let source = inputs[0].decimals
        if type == .float {
            return doubles(
                map(source, count: count) { Double(Float(DecimalMath.double($0, scale: scale))) }
            )
        }
        return doubles(map(source, count: count) { DecimalMath.double($0, scale: scale) })
    }

    /// TRUE is 1.
    private mutating func castBooleans() -> Column {
        let bits = inputs[0].booleans(count: count)
        switch type.physical {
        case .integer:
            return integers(blend(bits, .scalar(1), .scalar(0)))
        case .double:
            return doubles(blend(bits, .scalar(1), .scalar(0)))
        case .decimal:
            let one = powerOfTen(type.decimalShape.scale)
            guard type.decimalShape.holds(one) else {
                blame(.overflow) { bits[$0] }
                return .nulls(type, count: count)
            }
            return column(.decimals(blend(bits, .scalar(one), .scalar(0))))
        default: return column(.booleans(bits))
        }
    }

    /// Everything but zero is TRUE.
    private func castToBooleans() -> Column {
        let zero = Source<Int64>.scalar(0)
        switch inputs[0].type.physical {
        case .integer:
            return column(.booleans(pack(inputs[0].integers, zero, count: count) { $0 != $1 }))
        case .double:
            return column(
                .booleans(pack(inputs[0].doubles, zero, count: count) { value, _ in value != 0 })
            )
        default:
            return column(
                .booleans(pack(inputs[0].decimals, zero, count: count) { value, _ in value != 0 })
            )
        }
    }
}
