internal import Columns
internal import Failures

extension ExpressionBinder {
    func bindBinary(
        _ operation: BinaryOperator,
        _ left: ExpressionSyntax,
        _ right: ExpressionSyntax,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        let first = try bind(left)
        let second = try bind(right)
        switch operation {
        case .add: return try sum(first, second, .add, at: position)
        case .subtract: return try sum(first, second, .subtract, at: position)
        case .multiply: return try product(first, second, at: position)
        case .divide: return try arithmetic(.divide, .divide, first, second, "/", at: position)
        case .modulo: return try arithmetic(.modulo, .modulo, first, second, "%", at: position)
        case .concat: return try concatenation(first, second, at: position)
        case .bangEqual:
            context.notice("PORT_BANG_EQUAL", "Flink spells != as <>", at: position)
            return try comparison(.notEqual, first, second, at: position)
        case .equal: return try comparison(.equal, first, second, at: position)
        case .notEqual: return try comparison(.notEqual, first, second, at: position)
        case .less: return try comparison(.less, first, second, at: position)
        case .lessOrEqual: return try comparison(.lessOrEqual, first, second, at: position)
        case .greater: return try comparison(.greater, first, second, at: position)
        case .greaterOrEqual: return try comparison(.greaterOrEqual, first, second, at: position)
        }
    }

    // MARK: Arithmetic

    /// Numbers brought to one of the three shapes that evaluators know.
    func arithmetic(
        _ rule: TypeRules.Arithmetic,
        _ function: ScalarFunction,
        _ left: Expression,
        _ right: Expression,
        _ symbol: String,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        // NULL takes the other side's type.
        let first = left.type == .null ? left.converted(to: right.type) : left
        let second = right.type == .null ? right.converted(to: first.type) : right
        if first.type == .null { return .literal(.null, .int, at: position) }
        guard let type = TypeRules.arithmetic(rule, first.type, second.type) else {
            throw mismatch(symbol, left, right, at: position)
        }
        let operands = [first, second].map { $0.arithmeticOperand(of: type) }
        return .call(function, operands, type, at: position)
    }

    private func sum(
        _ left: Expression,
        _ right: Expression,
        _ rule: TypeRules.Arithmetic,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        let isSum = rule == .add
        switch (left.type.isTemporal, right.type.isTemporal) {
        case (false, false) where !left.type.isInterval && !right.type.isInterval:
            let function: ScalarFunction = isSum ? .add : .subtract
            return try arithmetic(rule, function, left, right, isSum ? "+" : "-", at: position)
        case (true, false) where right.type.isInterval:
            return try shifted(left, by: right, isSum: isSum, at: position)
        case (false, true) where left.type.isInterval && isSum:
            return try shifted(right, by: left, isSum: true, at: position)
        case (true, true) where !isSum:
            return try difference(left, right, at: position)
        case (false, false) where left.type == right.type:
            return .call(
                isSum ? .addIntervals : .subtractIntervals,
                [left, right],
                left.type,
                at: position
            )
        default: throw mismatch(isSum ? "+" : "-", left, right, at: position)
        }
    }

    /// A point in time moved by an interval.
    func shifted(
        _ point: Expression,
        by interval: Expression,
        isSum: Bool,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        var base = point
        if TypeRules.isTime(point.type), interval.type == .intervalYearToMonth {
            throw mismatch(isSum ? "+" : "-", point, interval, at: position)
        }
        // A date stays one only if whole days or months are added.
        if point.type == .date, interval.type == .intervalDayToSecond {
            let isWholeDays: Bool =
                if case .integer(let micros)? = interval.literalValue {
                    micros % TemporalText.dayMicroseconds == 0
                } else {
                    false
                }
            if !isWholeDays { base = point.converted(to: .timestamp(precision: 3)) }
        }
        return .call(
            isSum ? .addInterval : .subtractInterval,
            [base, interval],
            base.type,
            at: position
        )
    }

    private func difference(
        _ left: Expression,
        _ right: Expression,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        guard let type = TypeRules.common(left.type, right.type), !TypeRules.isTime(type) else {
            throw mismatch("-", left, right, at: position)
        }
        context.notice(
            "PORT_INTERVAL_MINUS",
            "Flink has no difference of two timestamps: use TIMESTAMPDIFF",
            at: position
        )
        return .call(
            .timeDifference,
            [left.converted(to: type), right.converted(to: type)],
            .intervalDayToSecond,
            at: position
        )
    }

    private func product(
        _ left: Expression,
        _ right: Expression,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        if left.type.isInterval, right.type.isInteger {
            let factor = right.converted(to: .bigint)
            return .call(.multiplyInterval, [left, factor], left.type, at: position)
        }
        if right.type.isInterval, left.type.isInteger {
            let factor = left.converted(to: .bigint)
            return .call(.multiplyInterval, [right, factor], right.type, at: position)
        }
        return try arithmetic(.multiply, .multiply, left, right, "*", at: position)
    }

    private func concatenation(
        _ left: Expression,
        _ right: Expression,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        guard left.type.isText || left.type == .null, right.type.isText || right.type == .null
        else { throw mismatch("||", left, right, at: position) }
        var type = DataType.string
        if let first = TypeRules.textLength(left.type),
            let second = TypeRules.textLength(right.type)
        {
            let length = min(first + second, Int(Int32.max))
            if case .char = left.type, case .char = right.type {
                type = .char(length: length)
            } else {
                type = .varchar(length: length)
            }
        }
        var operands: [Expression] = []
        for operand in [left, right] {
            if case .call(.concat, let inner) = operand.kind {
                operands += inner
            } else {
                operands.append(operand.type == .null ? operand.converted(to: .string) : operand)
            }
        }
        return .call(.concat, operands, type, at: position)
    }

    // MARK: Comparisons

    /// A comparison with both sides of one layout.
    func comparison(
        _ function: ScalarFunction,
        _ left: Expression,
        _ right: Expression,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        let isTotal = function == .isDistinctFrom || function == .isNotDistinctFrom
        let (first, second) = try comparable(left, right, function, at: position)
        return .call(
            function,
            [first, second],
            .boolean,
            isNullable: isTotal ? false : nil,
            at: position
        )
    }

    func comparable(
        _ left: Expression,
        _ right: Expression,
        _ function: ScalarFunction,
        at position: SourcePosition
    ) throws(Failure) -> (Expression, Expression) {
        if left.type == .null || right.type == .null {
            return (left.converted(to: right.type), right.converted(to: left.type))
        }
        let zone = context.settings.zoneOffset
        if left.type.isTemporal,
            let value = try Literals.temporal(right, as: left.type, zoneOffset: zone)
        {
            return (left, value)
        }
        if right.type.isTemporal,
            let value = try Literals.temporal(left, as: right.type, zoneOffset: zone)
        {
            return (value, right)
        }
        guard let common = TypeRules.common(left.type, right.type) else {
            throw mismatch(function.sqlName, left, right, at: position)
        }
        return (
            left.comparisonOperand(with: right, common), right.comparisonOperand(with: left, common)
        )
    }

    /// `operand BETWEEN lower AND upper`.
    func between(
        _ range: (operand: Expression, lower: Expression, upper: Expression),
        isSymmetric: Bool,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        let (operand, lower, upper) = range
        func inside(_ low: Expression, _ high: Expression) throws(Failure) -> Expression {
            let above = try comparison(.greaterOrEqual, operand, low, at: position)
            let below = try comparison(.lessOrEqual, operand, high, at: position)
            return .call(.and, [above, below], .boolean, at: position)
        }
        let straight = try inside(lower, upper)
        guard isSymmetric else { return straight }
        return .call(.or, [straight, try inside(upper, lower)], .boolean, at: position)
    }

    func bindLike(
        _ operand: ExpressionSyntax,
        _ pattern: ExpressionSyntax,
        _ escape: ExpressionSyntax?,
        isNegated: Bool,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        var operands = [try bind(operand), try bind(pattern)]
        if let escape {
            let bound = try bind(escape)
            if case .text(let text)? = bound.literalValue, text.unicodeScalars.count != 1 {
                throw .request(
                    "TYPE_ARGUMENT",
                    "ESCAPE '\(text.prefix(20))' is not one character",
                    remedy: "write ESCAPE '!'",
                    at: bound.position
                )
            }
            operands.append(bound)
        }
        for index in operands.indices {
            guard operands[index].type.isText || operands[index].type == .null else {
                throw .request(
                    "TYPE_MISMATCH",
                    "LIKE needs text and got \(operands[index].type)",
                    remedy: "CAST the value to STRING",
                    at: operands[index].position
                )
            }
            if operands[index].type == .null {
                operands[index] = operands[index].converted(to: .string)
            }
        }
        let like = Expression.call(.like, operands, .boolean, at: position)
        return isNegated ? .call(.not, [like], .boolean, at: position) : like
    }

    /// IN over a list: literals of the operand's type become a set, anything else a chain of comparisons.
    func bindMembership(
        _ operand: ExpressionSyntax,
        _ values: [ExpressionSyntax],
        isNegated: Bool,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        let value = try bind(operand)
        var literals: [Value] = []
        var comparisons: [Expression] = []
        for syntax in values {
            let candidate = try bind(syntax)
            let equal = try comparison(.equal, value, candidate, at: candidate.position)
            comparisons.append(equal)
            if let literal = Self.member(candidate, of: equal, as: value.type) {
                literals.append(literal)
            }
        }
        if literals.count == values.count {
            return Expression(
                .membership(value, literals, isNegated: isNegated),
                type: .boolean,
                isNullable: value.isNullable || literals.contains(.null),
                at: position
            )
        }
        guard let any = Expression.joined(.or, comparisons) else {
            preconditionFailure("an IN list has a value")
        }
        return isNegated ? .call(.not, [any], .boolean, at: position) : any.at(position)
    }

    /// The literal of `candidate = value` as a value of `type`; nil if it is not one exactly.
    private static func member(
        _ candidate: Expression,
        of equal: Expression,
        as type: DataType
    ) -> Value? {
        let converted = candidate.converted(to: type)
        if let literal = converted.literalValue { return literal }
        guard case .call(_, let sides) = equal.kind, sides[1].hasValues(of: type) else {
            return nil
        }
        return sides[1].literalValue
    }

    func mismatch(
        _ symbol: String,
        _ left: Expression,
        _ right: Expression,
        at position: SourcePosition
    ) -> Failure {
        let isTextAndNumber =
            (left.type.isText && right.type.isNumeric) || (left.type.isNumeric && right.type.isText)
        return .request(
            "TYPE_MISMATCH",
            "\(left.type) \(symbol) \(right.type) has no meaning",
            remedy: isTextAndNumber
                ? "text and numbers are not converted silently: CAST one of them"
                : "CAST one side to the type of the other",
            at: position
        )
    }
}

extension Expression {
    /// As an operand of arithmetic with the given result: integers beside DECIMAL become DECIMAL, everything
    /// beside a DOUBLE or FLOAT becomes approximate.
    func arithmeticOperand(of result: DataType) -> Expression {
        if result.isApproximate { return type.isApproximate ? self : converted(to: result) }
        if result.isDecimal, type.isInteger, let (precision, _) = TypeRules.decimalForm(of: type) {
            return converted(to: .decimal(precision: precision, scale: 0))
        }
        return self
    }

    /// As one side of a comparison with `other`, where `common` holds both.
    func comparisonOperand(with other: Expression, _ common: DataType) -> Expression {
        if type.isInteger {
            guard other.type.isDecimal, let (precision, _) = TypeRules.decimalForm(of: type) else {
                return self
            }
            return converted(to: .decimal(precision: precision, scale: 0))
        }
        if type.isDecimal { return other.type.isApproximate ? converted(to: .double) : self }
        if type.isApproximate || type.isText { return self }
        // Points in time of one kind differ only in the digits they show.
        let isSameKind = type.sameClock(as: common) || TypeRules.isTime(common)
        return isSameKind ? self : converted(to: common)
    }

    /// Whether a literal's value means the same under `other`.
    func hasValues(of other: DataType) -> Bool {
        if type == other || literalValue?.isNull == true { return true }
        if type.isInteger, other.isInteger { return true }
        if type.isText, other.isText { return true }
        if TypeRules.isTime(type), TypeRules.isTime(other) { return true }
        return type.sameClock(as: other)
    }
}

extension DataType {
    /// DATE, TIME, TIMESTAMP or TIMESTAMP_LTZ.
    var isTemporal: Bool { self == .date || isTimestamp || TypeRules.isTime(self) }
}
