internal import Columns
internal import Failures
internal import Patterns

extension ExpressionBinder {
    func bindCall(_ call: CallSyntax, at position: SourcePosition) throws(Failure) -> Expression {
        let name = call.name.text.uppercased()
        if let over = call.over { return try bindOver(call, name, over, at: position) }
        if AggregateCatalog.functions[name] != nil {
            return try bindAggregate(call, name, at: position)
        }
        if AggregateCatalog.rankings.contains(name) {
            throw .request(
                "BIND_FUNCTION",
                "\(name) has no OVER",
                remedy: "write \(name)(…) OVER (PARTITION BY … ORDER BY …)",
                at: position
            )
        }
        if let window = try bindGroupWindowProperty(call, name, at: position) { return window }
        guard !call.isDistinct, call.filter == nil else {
            throw .request(
                "TYPE_ARGUMENT",
                "\(name) is not an aggregate and takes no \(call.isDistinct ? "DISTINCT" : "FILTER")",
                remedy: "remove it",
                at: position
            )
        }
        return try bindScalarCall(call, name, at: position)
    }

    func bindScalarCall(
        _ call: CallSyntax,
        _ name: String,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        switch name {
        case "MOD": return try bindModulo(call, at: position)
        case "IF": return try bindIf(call, at: position)
        case "NULLIF": return try bindNullIf(call, at: position)
        case "CURRENT_DATE": return clock(castTo: .date, at: position)
        case "CURRENT_TIME", "LOCALTIME":
            return clock(castTo: .time(precision: 0), at: position)
        default: break
        }
        guard let overloads = FunctionCatalog.overloads[name] else {
            throw unknownFunction(call.name, name)
        }
        var arguments: [Argument] = []
        for syntax in call.arguments {
            if case .unit(let unit) = syntax.kind {
                arguments.append(.unit(unit, syntax.position))
            } else {
                arguments.append(.value(try bind(syntax)))
            }
        }
        for overload in overloads where overload.accepts(arguments) {
            return try apply(overload, name, arguments, at: position)
        }
        throw wrongArguments(
            name,
            arguments.map(\.typeName),
            signatures: overloads.map { $0.signature(name) },
            at: position
        )
    }

    // MARK: Overloads

    /// A bound argument of a call.
    enum Argument {
        case value(Expression)
        case unit(TimeUnit, SourcePosition)

        var typeName: String {
            switch self {
            case .value(let expression): expression.type.description
            case .unit(let unit, _): unit.rawValue
            }
        }
    }

    private func apply(
        _ overload: Overload,
        _ name: String,
        _ arguments: [Argument],
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        noteUse(of: overload, name, at: position)
        var operands = arguments.enumerated().map { index, argument in
            argument.operand(for: overload.parameter(index) ?? .any)
        }
        if case .common = overload.result { operands = try unify(operands, in: name).expressions }
        operands = try completed(operands, overload, name, at: position)
        if let order = overload.order { operands = order.map { operands[$0] } }
        try checkPattern(of: overload.function, operands)
        let type = overload.resultType(operands)
        let isNullable: Bool? =
            switch overload.nullability {
            case .operands: nil
            case .always: true
            case .never: false
            case .first: operands[0].isNullable
            case .all: operands.allSatisfy(\.isNullable)
            }
        return .call(overload.function, operands, type, isNullable: isNullable, at: position)
    }

    private func noteUse(of overload: Overload, _ name: String, at position: SourcePosition) {
        if overload.isExtension {
            context.notice("PORT_FUNCTION", "Flink has no function \(name)", at: position)
        }
        switch overload.function {
        case .unixTimestamp where !overload.parameters.isEmpty: break
        case .currentTimestamp, .localTimestamp, .unixTimestamp:
            context.notice(
                "WARN_NONDETERMINISTIC",
                "\(name) gives another value in each run: results cannot be compared",
                at: position
            )
        default: break
        }
    }

    /// Operands with defaults put in and special shapes made.
    private func completed(
        _ operands: [Expression],
        _ overload: Overload,
        _ name: String,
        at position: SourcePosition
    ) throws(Failure) -> [Expression] {
        switch overload.function {
        case .round, .truncate:
            return operands.count == 2
                ? operands : operands + [.literal(.integer(0), .int, at: position)]
        case .trim, .trimLeading, .trimTrailing:
            return operands.count == 2
                ? operands : operands + [.literal(.text(" "), .char(length: 1), at: position)]
        case .extract:
            if let unit = FunctionCatalog.extractors[name] {
                return [.unit(unit, at: position)] + operands
            }
            return operands
        case .timestampAdd:
            guard operands[2].type == .date, case .text(let text)? = operands[0].literalValue,
                let unit = TimeUnit(rawValue: text), let size = TemporalText.size(of: unit),
                size < TemporalText.dayMicroseconds
            else { return operands }
            return [operands[0], operands[1], operands[2].converted(to: .timestamp(precision: 3))]
        case .timestampDiff:
            let (points, _) = try unify(Array(operands[1...]), in: name)
            return [operands[0]] + points
        case .dateFormat where operands[0].type.isText:
            let timestamp = Expression(
                .cast(operands[0], isTry: false),
                type: .timestamp(precision: 3),
                isNullable: operands[0].isNullable,
                at: operands[0].position
            )
            return [timestamp, operands[1]]
        default: return operands
        }
    }

    /// A literal pattern is compiled here, so that its mistakes are found with the others.
    private func checkPattern(
        of function: ScalarFunction,
        _ operands: [Expression]
    ) throws(Failure) {
        guard [.regexp, .regexpExtract, .regexpReplace].contains(function),
            case .text(let pattern)? = operands[1].literalValue
        else { return }
        do throws(PatternError) {
            _ = try Pattern(pattern)
        } catch {
            throw .request(
                "EVAL_REGEX",
                "the pattern '\(pattern.prefix(60))' has \(error)",
                remedy:
                    "write it without look-around, back-references and possessive repetitions",
                at: operands[1].position
            )
        }
    }

    func wrongArguments(
        _ name: String,
        _ types: [String],
        signatures: [String],
        at position: SourcePosition
    ) -> Failure {
        .request(
            "TYPE_ARGUMENT",
            "\(name)(\(types.joined(separator: ", "))) does not exist",
            remedy: "signatures are \(signatures.joined(separator: "; "))",
            at: position
        )
    }

    private func unknownFunction(_ identifier: Identifier, _ name: String) -> Failure {
        if FunctionCatalog.later.contains(name) {
            return .notYet("\(name)()", remedy: "use another function", at: identifier.position)
        }
        if ["TUMBLE", "HOP", "SESSION", "CUMULATE"].contains(name) {
            return .request(
                "BIND_FUNCTION",
                "\(name) stands outside GROUP BY and FROM",
                remedy: "write FROM TABLE(\(name)(…)), or GROUP BY \(name)(…)",
                at: identifier.position
            )
        }
        let near = nearestName(to: name, among: FunctionCatalog.names)
        let signatures = near.flatMap { FunctionCatalog.overloads[$0] }?
            .map { $0.signature(near ?? "") }
        return .request(
            "BIND_FUNCTION",
            "there is no function \(identifier.text)",
            remedy: near.map { "nearest is \(signatures?.joined(separator: "; ") ?? $0)" }
                ?? "the reference lists all functions",
            at: identifier.position
        )
    }

    // MARK: Special forms

    private func bindModulo(_ call: CallSyntax, at position: SourcePosition) throws(Failure)
        -> Expression
    {
        let operands = try bindArguments(call, "MOD", ["MOD(number, number)"], at: position)
        return try arithmetic(.modulo, .modulo, operands[0], operands[1], "%", at: position)
    }

    private func bindNullIf(_ call: CallSyntax, at position: SourcePosition) throws(Failure)
        -> Expression
    {
        let operands = try bindArguments(call, "NULLIF", ["NULLIF(any, any)"], at: position)
        let (left, right) = try comparable(operands[0], operands[1], .equal, at: position)
        if left == operands[0] {
            return .call(.nullIf, [left, right], left.type, isNullable: true, at: position)
        }
        // The comparison needs another type than the result has.
        let equal = try comparison(.equal, operands[0], operands[1], at: position)
        let null = Expression.literal(.null, operands[0].type, at: position)
        return Expression(
            .choice([.init(condition: equal, result: null)], otherwise: operands[0]),
            type: operands[0].type,
            at: position
        )
    }

    /// Binds two arguments, or says how the function is called.
    private func bindArguments(
        _ call: CallSyntax,
        _ name: String,
        _ signatures: [String],
        at position: SourcePosition
    ) throws(Failure) -> [Expression] {
        var operands: [Expression] = []
        for syntax in call.arguments { operands.append(try bind(syntax)) }
        guard operands.count == 2 else {
            let types = operands.map(\.type.description)
            throw wrongArguments(name, types, signatures: signatures, at: position)
        }
        return operands
    }

    private func bindIf(_ call: CallSyntax, at position: SourcePosition) throws(Failure)
        -> Expression
    {
        var operands: [Expression] = []
        for syntax in call.arguments { operands.append(try bind(syntax)) }
        guard operands.count == 3, operands[0].type == .boolean || operands[0].type == .null else {
            throw wrongArguments(
                "IF",
                operands.map(\.type.description),
                signatures: ["IF(BOOLEAN, any, any)"],
                at: position
            )
        }
        let (results, type) = try unify(Array(operands[1...]), in: "IF")
        let condition = operands[0].converted(to: .boolean)
        return Expression(
            .choice([.init(condition: condition, result: results[0])], otherwise: results[1]),
            type: type,
            isNullable: results.contains { $0.isNullable },
            at: position
        )
    }

    private func clock(castTo type: DataType, at position: SourcePosition) -> Expression {
        context.notice(
            "WARN_NONDETERMINISTIC",
            "the current time is another in each run: results cannot be compared",
            at: position
        )
        let now = Expression.call(
            .localTimestamp,
            [],
            .timestamp(precision: 3),
            isNullable: false,
            at: position
        )
        return Expression(.cast(now, isTry: false), type: type, isNullable: false, at: position)
    }
}

extension ExpressionBinder.Argument {
    func matches(_ parameter: Overload.Parameter) -> Bool {
        switch self {
        case .unit: if case .unit = parameter { true } else { false }
        case .value(let expression): Self.accepts(expression, parameter)
        }
    }

    private static func accepts(_ expression: Expression, _ parameter: Overload.Parameter) -> Bool {
        let type = expression.type
        if case .unit = parameter { return false }
        if type == .null { return true }
        switch parameter {
        case .text: return type.isText
        case .literalText:
            return type.isText && expression.literalValue != nil
        case .boolean: return type == .boolean
        case .int, .bigint: return type.isInteger
        case .number, .double: return type.isNumeric
        case .temporal: return type.isTemporal
        case .day: return type == .date || type.isTimestamp
        case .extractable: return type.isTemporal || type.isInterval
        case .any: return true
        case .unit: return false
        }
    }

    /// The argument as the function gets it.
    func operand(for parameter: Overload.Parameter) -> Expression {
        switch self {
        case .unit(let unit, let position): .unit(unit, at: position)
        case .value(let expression):
            switch parameter {
            case .int: expression.converted(to: .int)
            case .bigint: expression.converted(to: .bigint)
            case .double: expression.converted(to: .double)
            case .text, .literalText:
                expression.type == .null ? expression.converted(to: .string) : expression
            case .boolean: expression.converted(to: .boolean)
            case .number:
                expression.type == .null ? expression.converted(to: .int) : expression
            case .temporal, .day, .extractable:
                expression.type == .null
                    ? expression.converted(to: .timestamp(precision: 3)) : expression
            case .unit, .any: expression
            }
        }
    }
}

extension Expression {
    /// A unit of time as the text literal that calls carry.
    static func unit(_ unit: TimeUnit, at position: SourcePosition) -> Expression {
        .literal(
            .text(unit.rawValue),
            .char(length: unit.rawValue.unicodeScalars.count),
            at: position
        )
    }
}

extension Overload {
    func parameter(_ index: Int) -> Parameter? {
        index < parameters.count ? parameters[index] : rest
    }

    func accepts(_ arguments: [ExpressionBinder.Argument]) -> Bool {
        guard arguments.count >= parameters.count - optional,
            arguments.count <= parameters.count || rest != nil
        else { return false }
        return arguments.enumerated().allSatisfy { index, argument in
            parameter(index).map(argument.matches) ?? false
        }
    }

    /// The result's type for operands that fit.
    func resultType(_ operands: [Expression]) -> DataType {
        switch result {
        case .type(let type): return type
        case .argument(let index): return operands[index].type
        case .varying(let index):
            if case .char(let length) = operands[index].type { return .varchar(length: length) }
            return operands[index].type
        case .common: return operands[0].type
        case .whole:
            if case .decimal(let precision, _) = operands[0].type {
                return .decimal(precision: precision, scale: 0)
            }
            return operands[0].type
        case .rounded: return roundedType(operands)
        }
    }

    /// Rounding may add a digit before the point; an unknown number of digits keeps the type.
    ///
    /// Source: Flink's `LogicalTypeMerging.findRoundDecimalType`.
    private func roundedType(_ operands: [Expression]) -> DataType {
        guard case .decimal(let precision, let scale) = operands[0].type,
            case .integer(let digits)? = operands[1].literalValue, digits < Int64(scale)
        else { return operands[0].type }
        let kept = max(0, Int(digits))
        return .decimal(precision: min(38, 1 + precision - scale + kept), scale: kept)
    }
}
