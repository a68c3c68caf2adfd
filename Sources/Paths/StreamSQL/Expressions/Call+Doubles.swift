internal import Columns
internal import SQLFront

extension Call {
    /// Arithmetic on approximate numbers as IEEE 754 has it: no errors.
    ///
    /// A FLOAT result is computed in double precision and rounded once: exact for these operations, since 53
    /// bits are at least twice 24 plus 2 (Figueroa 1995).
    func doubleArithmetic(_ function: ScalarFunction) -> Column {
        switch function {
        case .add: combine(DoubleAddition.self)
        case .subtract: combine(DoubleSubtraction.self)
        case .multiply: combine(DoubleMultiplication.self)
        case .divide: combine(DoubleDivision.self)
        case .modulo: combineDoubles { $0.truncatingRemainder(dividingBy: $1) }
        case .negate: mapDoubles { -$0 }
        default: preconditionFailure("\(function) is no arithmetic")
        }
    }

    private func combine<Operation: DoubleOperation>(_ operation: Operation.Type) -> Column {
        let (left, right) = (inputs[0].doubles, inputs[1].doubles)
        guard type == .float else {
            var plain = Unrounded<Operation>()
            return doubles(map(left, right, count: count, &plain))
        }
        var rounded = RoundedToFloat<Operation>()
        return doubles(map(left, right, count: count, &rounded))
    }

    @inline(__always)
    func combineDoubles(_ body: (Double, Double) -> Double) -> Column {
        let (left, right) = (inputs[0].doubles, inputs[1].doubles)
        if type == .float {
            return doubles(map(left, right, count: count) { Double(Float(body($0, $1))) })
        }
        return doubles(map(left, right, count: count, body))
    }

    @inline(__always)
    func mapDoubles(_ body: (Double) -> Double) -> Column {
        if type == .float {
            return doubles(map(inputs[0].doubles, count: count) { Double(Float(body($0))) })
        }
        return doubles(map(inputs[0].doubles, count: count, body))
    }
}
