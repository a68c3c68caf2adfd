internal import Columns
internal import SQLFront

extension Call {
    /// Arithmetic on integers; a result outside the type is a fault.
    mutating func integerArithmetic(_ function: ScalarFunction) -> Column {
        switch function {
        case .add: type == .bigint ? addBigints() : narrow { $0 &+ $1 }
        case .subtract: type == .bigint ? subtractBigints() : narrow { $0 &- $1 }
        case .multiply: type == .bigint ? multiplyBigints() : narrow { $0 &* $1 }
        case .divide: divideIntegers(isRemainder: false)
        case .modulo: divideIntegers(isRemainder: true)
        case .negate: negateIntegers()
        default: preconditionFailure("\(function) is no arithmetic")
        }
    }

    private mutating func addBigints() -> Column {
        let (left, right) = (inputs[0].integers, inputs[1].integers)
        // The sign bit is set where both operands have the sign that the sum has not.
        var overflow: Int64 = 0
        let sums = map(left, right, count: count) { first, second in
            let sum = first &+ second
            overflow |= (first ^ sum) & (second ^ sum)
            return sum
        }
        if overflow < 0 {
            blame(.overflow) { left[$0].addingReportingOverflow(right[$0]).overflow }
        }
        return integers(sums)
    }

    private mutating func subtractBigints() -> Column {
        let (left, right) = (inputs[0].integers, inputs[1].integers)
        var overflow: Int64 = 0
        let differences = map(left, right, count: count) { first, second in
            let difference = first &- second
            overflow |= (first ^ second) & (first ^ difference)
            return difference
        }
        if overflow < 0 {
            blame(.overflow) { left[$0].subtractingReportingOverflow(right[$0]).overflow }
        }
        return integers(differences)
    }

    private mutating func multiplyBigints() -> Column {
        let (left, right) = (inputs[0].integers, inputs[1].integers)
        var isBad = false
        let products = map(left, right, count: count) { first, second in
            let (product, overflow) = first.multipliedReportingOverflow(by: second)
            isBad = isBad || overflow
            return product
        }
        if isBad {
            blame(.overflow) { left[$0].multipliedReportingOverflow(by: right[$0]).overflow }
        }
        return integers(products)
    }

    /// Operations on types of at most 32 bits, which cannot overflow 64: only the range is checked.
    @inline(__always)
    private mutating func narrow(_ body: (Int64, Int64) -> Int64) -> Column {
        let range = type.integerRange ?? Int64.min...Int64.max
        let (lower, upper) = (range.lowerBound, range.upperBound)
        let (left, right) = (inputs[0].integers, inputs[1].integers)
        // Negative where a result was outside.
        var outside: Int64 = 0
        let results = map(left, right, count: count) { first, second in
            let result = body(first, second)
            outside |= (result &- lower) | (upper &- result)
            return result
        }
        if outside < 0 { blame(.overflow) { !range.contains(body(left[$0], right[$0])) } }
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
