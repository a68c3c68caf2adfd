internal import Columns
internal import SQLFront

extension Call {
    /// Arithmetic on integers; a result outside the type is a fault.
    mutating func integerArithmetic(_ function: ScalarFunction) -> Column {
        switch function {
        case .add: type == .bigint ? addBigints() : narrow(WrappingAddition.self)
        case .subtract: type == .bigint ? subtractBigints() : narrow(WrappingSubtraction.self)
        case .multiply: type == .bigint ? multiplyBigints() : narrow(WrappingMultiplication.self)
        case .divide: divideIntegers(isRemainder: false)
        case .modulo: divideIntegers(isRemainder: true)
        case .negate: negateIntegers()
        default: preconditionFailure("\(function) is no arithmetic")
        }
    }

    private mutating func addBigints() -> Column {
        let (left, right) = (inputs[0].integers, inputs[1].integers)
        var addition = CheckedAddition()
        let sums = map(left, right, count: count, &addition)
        if addition.overflow < 0 {
            blame(.overflow) { left[$0].addingReportingOverflow(right[$0]).overflow }
        }
        return integers(sums)
    }

    private mutating func subtractBigints() -> Column {
        let (left, right) = (inputs[0].integers, inputs[1].integers)
        var subtraction = CheckedSubtraction()
        let differences = map(left, right, count: count, &subtraction)
        if subtraction.overflow < 0 {
            blame(.overflow) { left[$0].subtractingReportingOverflow(right[$0]).overflow }
        }
        return integers(differences)
    }

    private mutating func multiplyBigints() -> Column {
        let (left, right) = (inputs[0].integers, inputs[1].integers)
        var multiplication = CheckedMultiplication()
        let products = map(left, right, count: count, &multiplication)
        if multiplication.hasOverflow {
            blame(.overflow) { left[$0].multipliedReportingOverflow(by: right[$0]).overflow }
        }
        return integers(products)
    }

    private mutating func narrow<Operation: WrappingOperation>(
        _ operation: Operation.Type
    ) -> Column {
        let range = type.integerRange ?? Int64.min...Int64.max
        let (left, right) = (inputs[0].integers, inputs[1].integers)
        var narrowed = Narrowed<Operation>(range)
        let results = map(left, right, count: count, &narrowed)
        if narrowed.outside < 0 {
            let plain = Operation()
            blame(.overflow) { !range.contains(plain.apply(left[$0], right[$0])) }
        }
        return integers(results)
    }

    private mutating func divideIntegers(isRemainder: Bool) -> Column {
        let range = type.integerRange ?? Int64.min...Int64.max
        let (left, right) = (inputs[0].integers, inputs[1].integers)
        var isSuspect = false
        let results = map(left, right, count: count) { first, second in
            // Divisors 0 and -1 are the ones that can trap or leave the type.
            guard second > 0 || second < -1 else {
                isSuspect = true
                return second == 0 || isRemainder ? 0 : 0 &- first
            }
            return isRemainder ? first % second : first / second
        }
        guard isSuspect else { return integers(results) }
        var validity = validity
        for row in 0..<count where validity?[row] ?? true {
            if right[row] == 0 {
                if context.divisionByZero == .null { continue }
                blame(.divisionByZero, row: row)
            } else if !isRemainder, right[row] == -1, left[row] == range.lowerBound {
                blame(.overflow, row: row)
            }
        }
        if context.divisionByZero == .null {
            validity = intersection(validity, pack(count: count) { right[$0] != 0 })
        }
        return Column(type, .integers(results), validity: validity)
    }

    private mutating func negateIntegers() -> Column {
        let lowest = type.integerRange?.lowerBound ?? Int64.min
        let operand = inputs[0].integers
        var isBad = false
        let results = map(operand, count: count) { value in
            isBad = isBad || value == lowest
            return 0 &- value
        }
        if isBad { blame(.overflow) { operand[$0] == lowest } }
        return integers(results)
    }
}
