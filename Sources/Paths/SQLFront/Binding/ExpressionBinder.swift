internal import Columns
internal import Failures

/// Resolves names, types and overloads of one expression.
struct ExpressionBinder {
    /// The clause, for messages: `WHERE`, `SELECT`.
    var clause: String
    var scope: Scope
    let context: BindingContext
    /// Nil where aggregates and OVER are not allowed.
    var calls: CallCollector?
    /// Whether the expression is inside an aggregate's or OVER's arguments.
    var isInsideAggregate = false
    var isInsideOver = false
    /// Earlier items of the SELECT by alias, an extension; base columns win.
    var aliases: [String: Expression] = [:]
    /// The notice that a use of an alias gives.
    var aliasNotice: (code: String, message: String)?
    /// The window of a group window or of a WINDOW clause, for `window_start` and `TUMBLE_START(…)`.
    var window: SelectWindow?

    func bind(_ syntax: ExpressionSyntax) throws(Failure) -> Expression {
        let position = syntax.position
        switch syntax.kind {
        case .name(let parts): return try bindName(parts)
        case .number(let text): return try Literals.number(text, at: position)
        case .string(let text): return Literals.text(text, at: position)
        case .bytes(let digits):
            return .literal(.bytes(Literals.bytes(digits)), .bytes, at: position)
        case .boolean(let value): return .literal(.boolean(value), .boolean, at: position)
        case .null: return .literal(.null, .null, at: position)
        case .temporal(let kind, let text):
            return try Literals.temporal(kind, text, at: position)
        case .interval(let interval):
            interval.notePortability(in: context, at: position)
            return try Literals.interval(interval, at: position)
        case .duration(let microseconds):
            return .literal(.integer(microseconds), .intervalDayToSecond, at: position)
        case .unary(let operation, let operand):
            return try bindUnary(operation, operand, at: position)
        case .binary(let operation, let left, let right):
            return try bindBinary(operation, left, right, at: position)
        case .logical(let isAnd, let terms):
            return try bindLogical(isAnd ? .and : .or, terms)
        default: return try bindCompound(syntax)
        }
    }

    private func bindCompound(_ syntax: ExpressionSyntax) throws(Failure) -> Expression {
        let position = syntax.position
        switch syntax.kind {
        case .isTest(let operand, let test, let isNegated):
            return try bindIsTest(operand, test, isNegated: isNegated, at: position)
        case .isDistinct(let left, let right, let isNegated):
            return try comparison(
                isNegated ? .isNotDistinctFrom : .isDistinctFrom,
                try bind(left),
                try bind(right),
                at: position
            )
        case .like(let operand, let pattern, let escape, let isNegated):
            return try bindLike(operand, pattern, escape, isNegated: isNegated, at: position)
        case .between(let operand, let lower, let upper, let isNegated, let isSymmetric):
            let range = (try bind(operand), try bind(lower), try bind(upper))
            let inside = try between(range, isSymmetric: isSymmetric, at: position)
            return isNegated ? .call(.not, [inside], .boolean, at: position) : inside
        case .inList(let operand, let values, let isNegated):
            return try bindMembership(operand, values, isNegated: isNegated, at: position)
        case .choice(let operand, let branches, let otherwise):
            return try bindChoice(operand, branches, otherwise, at: position)
        case .cast(let operand, let type, let isTry):
            return try bindCast(operand, type, isTry: isTry, at: position)
        case .call(let call): return try bindCall(call, at: position)
        case .inQuery:
            throw .notYet(
                "IN (SELECT …) here",
                remedy: "use it as a condition of WHERE, joined to others by AND",
                at: position
            )
        case .star:
            throw .request(
                "PARSE_EXPECTED",
                "found \"*\" where a value is needed",
                remedy: "name a column; * stands alone in SELECT and in COUNT(*)",
                at: position
            )
        default:
            throw .request(
                "PARSE_EXPECTED",
                "found a unit of time where a value is needed",
                remedy: "use it in EXTRACT, FLOOR … TO, TIMESTAMPADD or TIMESTAMPDIFF",
                at: position
            )
        }
    }

    /// A condition: BOOLEAN or NULL.
    func bindCondition(_ syntax: ExpressionSyntax) throws(Failure) -> Expression {
        let bound = try bind(syntax)
        guard bound.type == .boolean || bound.type == .null else {
            throw .request(
                "TYPE_MISMATCH",
                "\(clause) needs a BOOLEAN and got \(bound.type)",
                remedy: "compare it with something",
                at: bound.position
            )
        }
        return bound.converted(to: .boolean)
    }

    // MARK: Names

    private func bindName(_ parts: [Identifier]) throws(Failure) -> Expression {
        if let column = try scope.find(parts) { return column }
        if parts.count == 1, !parts[0].isQuoted,
            let clockFunction = try bindBareFunction(parts[0])
        {
            return clockFunction
        }
        if parts.count == 1, let window, let column = window.column(parts[0].text) {
            return column.at(parts[0].position)
        }
        if parts.count == 1, let aliased = aliases[parts[0].text] {
            if let aliasNotice {
                context.notice(aliasNotice.code, aliasNotice.message, at: parts[0].position)
            }
            return aliased.at(parts[0].position)
        }
        throw scope.unknownColumn(parts, others: aliases.keys.sorted())
    }

    /// CURRENT_TIMESTAMP and its kind, which are called without parentheses.
    private func bindBareFunction(_ name: Identifier) throws(Failure) -> Expression? {
        let upper = name.text.uppercased()
        guard FunctionCatalog.bareNames.contains(upper) else { return nil }
        return try bindScalarCall(
            CallSyntax(name: name, arguments: []),
            upper,
            at: name.position
        )
    }

    // MARK: Logic

    private func bindLogical(
        _ function: ScalarFunction,
        _ terms: [ExpressionSyntax]
    ) throws(Failure) -> Expression {
        var bound: [Expression] = []
        for term in terms { bound.append(try logicalOperand(bind(term), of: function)) }
        guard let joined = Expression.joined(function, bound) else {
            preconditionFailure("a chain of AND or OR has two terms")
        }
        return joined
    }

    private func logicalOperand(
        _ operand: Expression,
        of function: ScalarFunction
    ) throws(Failure) -> Expression {
        guard operand.type == .boolean || operand.type == .null else {
            throw .request(
                "TYPE_MISMATCH",
                "\(function.sqlName) needs BOOLEAN and got \(operand.type)",
                remedy: "compare the value with something",
                at: operand.position
            )
        }
        return operand.converted(to: .boolean)
    }

    private func bindUnary(
        _ operation: ExpressionSyntax.UnaryOperator,
        _ operand: ExpressionSyntax,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        if operation == .not {
            let bound = try logicalOperand(bind(operand), of: .not)
            return .call(.not, [bound], .boolean, at: position)
        }
        if operation == .minus, case .number(let text) = operand.kind {
            return try Literals.number("-" + text, at: position)
        }
        let bound = try bind(operand)
        guard bound.type.isNumeric || bound.type.isInterval || bound.type == .null else {
            throw .request(
                "TYPE_MISMATCH",
                "a sign needs a number and got \(bound.type)",
                remedy: "CAST the value to a number",
                at: position
            )
        }
        if operation == .plus || bound.type == .null { return bound }
        if bound.type.isInterval {
            if case .integer(let value)? = bound.literalValue, value != .min {
                return .literal(.integer(-value), bound.type, at: position)
            }
            let factor = Expression.literal(.integer(-1), .bigint, at: position)
            return .call(.multiplyInterval, [bound, factor], bound.type, at: position)
        }
        return .call(.negate, [bound], bound.type, at: position)
    }

    private func bindIsTest(
        _ operand: ExpressionSyntax,
        _ test: ExpressionSyntax.IsTest,
        isNegated: Bool,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        let bound = try bind(operand)
        let function: ScalarFunction =
            switch (test, isNegated) {
            case (.null, false): .isNull
            case (.null, true): .isNotNull
            case (.isTrue, false): .isTrue
            case (.isTrue, true): .isNotTrue
            case (.isFalse, false): .isFalse
            case (.isFalse, true): .isNotFalse
            }
        if test == .null {
            return .call(function, [bound], .boolean, isNullable: false, at: position)
        }
        let boolean = try logicalOperand(bound, of: function)
        return .call(function, [boolean], .boolean, isNullable: false, at: position)
    }

    // MARK: CASE and CAST

    private func bindChoice(
        _ operand: ExpressionSyntax?,
        _ branches: [BranchSyntax],
        _ otherwise: ExpressionSyntax?,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        let value: Expression?
        if let operand { value = try bind(operand) } else { value = nil }
        var conditions: [Expression] = []
        var results: [Expression] = []
        for branch in branches {
            let condition = try bind(branch.condition)
            if let value {
                conditions.append(try comparison(.equal, value, condition, at: condition.position))
            } else {
                conditions.append(try logicalOperand(condition, of: .isTrue))
            }
            results.append(try bind(branch.result))
        }
        if let otherwise { results.append(try bind(otherwise)) }
        let (unified, type) = try unify(results, in: "CASE")
        let last = otherwise == nil ? nil : unified.last
        let isNullable = otherwise == nil || unified.contains { $0.isNullable }
        let bound = zip(conditions, unified).map { condition, result in
            Expression.Branch(condition: condition, result: result)
        }
        return Expression(
            .choice(bound, otherwise: last),
            type: type,
            isNullable: isNullable,
            at: position
        )
    }

    /// The expressions cast to one type.
    func unify(
        _ expressions: [Expression],
        in construct: String
    ) throws(Failure) -> (expressions: [Expression], type: DataType) {
        var type = DataType.null
        for expression in expressions {
            guard let common = TypeRules.common(type, expression.type) else {
                throw .request(
                    "TYPE_MISMATCH",
                    "\(construct) has both \(type) and \(expression.type)",
                    remedy: "CAST one to the type of the other",
                    at: expression.position
                )
            }
            type = common
        }
        return (expressions.map { $0.converted(to: type) }, type)
    }

    private func bindCast(
        _ operand: ExpressionSyntax,
        _ type: TypeSyntax,
        isTry: Bool,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        let bound = try bind(operand)
        guard TypeRules.canCast(bound.type, to: type.type) else {
            throw .request(
                "TYPE_CAST",
                "there is no CAST from \(bound.type) to \(type.type)",
                remedy: bound.type.isInterval
                    ? "use TIMESTAMPDIFF to get a number of units" : "CAST to STRING first",
                at: position
            )
        }
        if bound.type == type.type { return bound.at(position) }
        if bound.type == .null { return .literal(.null, type.type, at: position) }
        return Expression(
            .cast(bound, isTry: isTry),
            type: type.type,
            isNullable: bound.isNullable || isTry,
            at: position
        )
    }
}

extension Expression {
    func at(_ position: SourcePosition) -> Expression {
        var moved = self
        moved.position = position
        return moved
    }
}
