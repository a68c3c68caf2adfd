internal import Columns
internal import SQLFront

extension Call {
    /// Kleene's AND and OR: NULL unless one operand decides or both are known.
    func logic(_ function: ScalarFunction) -> Column {
        let (left, right) = (inputs[0], inputs[1])
        let hasNulls = left.validity(count: count) != nil || right.validity(count: count) != nil
        let isAnd = function == .and
        guard hasNulls else {
            let (first, second) = (left.booleans(count: count), right.booleans(count: count))
            return Column(type, .booleans(isAnd ? first & second : first | second))
        }
        let (leftTrue, leftFalse) = (left.trues(count: count), left.falses(count: count))
        let (rightTrue, rightFalse) = (right.trues(count: count), right.falses(count: count))
        let isTrue = isAnd ? leftTrue & rightTrue : leftTrue | rightTrue
        let isFalse = isAnd ? leftFalse | rightFalse : leftFalse & rightFalse
        return Column(type, .booleans(isTrue), validity: (isTrue | isFalse).asValidity)
    }

    /// NOT, which keeps NULL.
    func negation() -> Column {
        Column(type, .booleans(~inputs[0].booleans(count: count)), validity: validity)
    }

    /// IS [NOT] NULL, TRUE, FALSE: never NULL.
    func test(_ function: ScalarFunction) -> Column {
        let input = inputs[0]
        let result: Bitmap =
            switch function {
            case .isNull:
                input.validity(count: count).map { ~$0 } ?? Bitmap(repeating: false, count: count)
            case .isNotNull:
                input.validity(count: count) ?? Bitmap(repeating: true, count: count)
            case .isTrue: input.trues(count: count)
            case .isNotTrue: ~input.trues(count: count)
            case .isFalse: input.falses(count: count)
            case .isNotFalse: ~input.falses(count: count)
            default: preconditionFailure("\(function) is no test")
            }
        return Column(type, .booleans(result))
    }
}
