internal import Columns
internal import Failures

extension ExpressionBinder {
    /// An aggregate over the SELECT's rows: becomes the column that will hold its result.
    func bindAggregate(
        _ call: CallSyntax,
        _ name: String,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        guard let calls, !isInsideAggregate else {
            let inside = isInsideAggregate ? "another aggregate" : clause
            throw .request(
                "BIND_AGGREGATE_NESTED",
                "\(name) stands inside \(inside)",
                remedy: isInsideAggregate
                    ? "compute the inner one in a subquery"
                    : "aggregates belong to SELECT, HAVING, QUALIFY and ORDER BY",
                at: position
            )
        }
        var inner = self
        inner.isInsideAggregate = true
        inner.clause = name
        return calls.add(try inner.aggregate(call, name, at: position))
    }

    /// The aggregate with its operands bound by this binder.
    private func aggregate(
        _ call: CallSyntax,
        _ name: String,
        at position: SourcePosition
    ) throws(Failure) -> CallCollector.BoundAggregate {
        guard let function = AggregateCatalog.functions[name] else {
            preconditionFailure("\(name) is no aggregate")
        }
        let (arguments, separator) = try aggregateArguments(call, function, name, at: position)
        var filter: Expression?
        if let syntax = call.filter {
            var inside = self
            inside.clause = "FILTER"
            filter = try inside.bindCondition(syntax)
        }
        let type = try aggregateType(function, name, arguments, at: position)
        if function == .average, type.isInteger {
            context.notice(
                "WARN_INT_AVG",
                "AVG of \(type) is \(type), truncated: CAST the argument to DOUBLE for a fraction",
                at: position
            )
        }
        return CallCollector.BoundAggregate(
            function: function,
            arguments: arguments,
            separator: separator,
            // The least and the greatest of distinct values are those of all values.
            isDistinct: call.isDistinct && function != .minimum && function != .maximum,
            filter: filter,
            type: type,
            position: position
        )
    }

    private func aggregateType(
        _ function: AggregateFunction,
        _ name: String,
        _ arguments: [Expression],
        at position: SourcePosition
    ) throws(Failure) -> DataType {
        guard let first = arguments.first else { return .bigint }
        guard let type = AggregateCatalog.result(of: function, first.type) else {
            throw wrongArguments(
                name,
                [first.type.description],
                signatures: [AggregateCatalog.signatures(name)],
                at: position
            )
        }
        return type
    }

    /// Arguments of an aggregate, without those that have no meaning for it, and LISTAGG's separator.
    private func aggregateArguments(
        _ call: CallSyntax,
        _ function: AggregateFunction,
        _ name: String,
        at position: SourcePosition
    ) throws(Failure) -> ([Expression], String?) {
        if name == "STRING_AGG" {
            context.notice("PORT_FUNCTION", "Flink spells STRING_AGG as LISTAGG", at: position)
        }
        if function == .count {
            if call.arguments.count == 1, case .star(nil) = call.arguments[0].kind,
                !call.isDistinct
            {
                return ([], nil)
            }
            if call.arguments.count > 1 {
                throw .notYet(
                    "COUNT of several columns",
                    remedy: "count the columns one by one",
                    at: position
                )
            }
        }
        var bound: [Expression] = []
        for syntax in call.arguments { bound.append(try bind(syntax)) }
        let limit = function == .listAggregate ? 2 : 1
        guard (1...limit).contains(bound.count) else {
            throw wrongArguments(
                name,
                bound.map(\.type.description),
                signatures: [AggregateCatalog.signatures(name)],
                at: position
            )
        }
        // COUNT of something never NULL counts rows.
        if function == .count, !call.isDistinct, !bound[0].isNullable, bound[0].columns.isEmpty {
            return ([], nil)
        }
        guard function == .listAggregate else { return (bound, nil) }
        var separator = ","
        if bound.count == 2 {
            guard case .text(let text)? = bound[1].literalValue else {
                throw .request(
                    "TYPE_ARGUMENT",
                    "\(name)'s separator is not a literal",
                    remedy: "write it in quotes",
                    at: bound[1].position
                )
            }
            separator = text
        }
        return ([bound[0]], separator)
    }

    // MARK: OVER

    func bindOver(
        _ call: CallSyntax,
        _ name: String,
        _ over: OverSyntax,
        at position: SourcePosition
    ) throws(Failure) -> Expression {
        guard let calls, !isInsideAggregate, !isInsideOver else {
            throw .request(
                "BIND_AGGREGATE_NESTED",
                "\(name) OVER stands inside \(clause)",
                remedy: "compute it in a subquery and use its result",
                at: position
            )
        }
        var inner = self
        inner.isInsideOver = true
        var partition: [Expression] = []
        for syntax in over.partition { partition.append(try inner.bind(syntax)) }
        var order: [CallCollector.BoundOver.Key] = []
        for term in over.order {
            let expression = try inner.bind(term.expression)
            order += OrderTerm.keys(of: expression, term)
                .map { .init(expression: $0.expression, isDescending: $0.isDescending) }
        }
        var bound = try inner.overFunction(call, name, order, over, at: position)
        bound.partition = partition
        return calls.add(bound)
    }

    private func overFunction(
        _ call: CallSyntax,
        _ name: String,
        _ order: [CallCollector.BoundOver.Key],
        _ over: OverSyntax,
        at position: SourcePosition
    ) throws(Failure) -> CallCollector.BoundOver {
        if call.filter != nil || call.isDistinct {
            throw .notYet(
                "\(call.isDistinct ? "DISTINCT" : "FILTER") with OVER",
                remedy: "aggregate in a subquery",
                at: position
            )
        }
        if AggregateCatalog.rankings.contains(name) {
            return try ranking(call, name, order, over, at: position)
        }
        guard let function = AggregateCatalog.functions[name] else {
            if FunctionCatalog.later.contains(name) {
                throw .notYet("\(name)() OVER", remedy: "use another function", at: position)
            }
            let known = Array(AggregateCatalog.functions.keys) + AggregateCatalog.rankings
            throw .request(
                "BIND_FUNCTION",
                "there is no function \(call.name.text) for OVER",
                remedy: nearestName(to: name, among: known.sorted()).map { "nearest is \($0)" }
                    ?? "aggregates, ROW_NUMBER, RANK, DENSE_RANK, LAG and LEAD take OVER",
                at: position
            )
        }
        let (arguments, separator) = try aggregateArguments(call, function, name, at: position)
        return CallCollector.BoundOver(
            function: .aggregate(function),
            arguments: arguments,
            separator: separator,
            partition: [],
            order: order,
            frame: try frame(over.frame, order),
            type: try aggregateType(function, name, arguments, at: position),
            position: position
        )
    }

    private func ranking(
        _ call: CallSyntax,
        _ name: String,
        _ order: [CallCollector.BoundOver.Key],
        _ over: OverSyntax,
        at position: SourcePosition
    ) throws(Failure) -> CallCollector.BoundOver {
        if let frame = over.frame {
            throw .request(
                "TYPE_ARGUMENT",
                "\(name) takes no frame",
                remedy: "remove ROWS or RANGE",
                at: frame.position
            )
        }
        guard !order.isEmpty else {
            throw .request(
                "TYPE_ARGUMENT",
                "\(name) OVER has no ORDER BY",
                remedy: "say what decides the rank: OVER (… ORDER BY column)",
                at: position
            )
        }
        var bound = CallCollector.BoundOver(
            function: .rowNumber,
            arguments: [],
            separator: nil,
            partition: [],
            order: order,
            frame: Over.Frame(isRange: false, lower: .unboundedPreceding, upper: .currentRow),
            type: .bigint,
            position: position
        )
        switch name {
        case "LAG", "LEAD": try fillShift(&bound, call, isLag: name == "LAG", at: position)
        default:
            guard call.arguments.isEmpty else {
                throw wrongArguments(
                    name,
                    call.arguments.map { _ in "…" },
                    signatures: ["\(name)()"],
                    at: position
                )
            }
            bound.function =
                name == "RANK" ? .rank : name == "DENSE_RANK" ? .denseRank : .rowNumber
        }
        return bound
    }

    /// LAG and LEAD: (value[, distance[, default]]).
    private func fillShift(
        _ bound: inout CallCollector.BoundOver,
        _ call: CallSyntax,
        isLag: Bool,
        at position: SourcePosition
    ) throws(Failure) {
        let name = isLag ? "LAG" : "LEAD"
        var arguments: [Expression] = []
        for syntax in call.arguments { arguments.append(try bind(syntax)) }
        var distance: Int64 = 1
        if arguments.count > 1 {
            if case .integer(let value)? = arguments[1].literalValue, arguments[1].type.isInteger,
                value >= 0
            {
                distance = value
            } else {
                arguments.removeAll()
            }
        }
        guard (1...3).contains(arguments.count) else {
            throw wrongArguments(
                name,
                call.arguments.map { _ in "…" },
                signatures: ["\(name)(any[, distance literal[, default]])"],
                at: position
            )
        }
        bound.arguments = [arguments[0]]
        if arguments.count == 3 {
            bound.arguments.append(arguments[2].converted(to: arguments[0].type))
            guard TypeRules.common(arguments[0].type, arguments[2].type) == arguments[0].type else {
                throw wrongArguments(
                    name,
                    arguments.map(\.type.description),
                    signatures: ["\(name)(any[, distance literal[, default of the same type]])"],
                    at: position
                )
            }
        }
        bound.type = arguments[0].type
        bound.function = isLag ? .lag(offset: distance) : .lead(offset: distance)
    }

    /// The frame as written, or SQL's default: to the current row and its peers with an ORDER BY, else all.
    private func frame(
        _ syntax: FrameSyntax?,
        _ order: [CallCollector.BoundOver.Key]
    ) throws(Failure) -> Over.Frame {
        guard let syntax else {
            return Over.Frame(
                isRange: true,
                lower: .unboundedPreceding,
                upper: order.isEmpty ? .unboundedFollowing : .currentRow
            )
        }
        let lower = try bound(syntax.lower, syntax, order)
        let upper = try bound(syntax.upper, syntax, order)
        guard lower.isBefore(upper) else {
            throw .request(
                "TYPE_ARGUMENT",
                "the frame ends before it begins",
                remedy: "write the earlier bound first",
                at: syntax.position
            )
        }
        return Over.Frame(isRange: syntax.isRange, lower: lower, upper: upper)
    }

    private func bound(
        _ syntax: FrameSyntax.Bound,
        _ frame: FrameSyntax,
        _ order: [CallCollector.BoundOver.Key]
    ) throws(Failure) -> Over.Bound {
        switch syntax {
        case .unboundedPreceding: return .unboundedPreceding
        case .currentRow: return .currentRow
        case .unboundedFollowing: return .unboundedFollowing
        case .preceding(let distance): return .preceding(try length(distance, frame, order))
        case .following(let distance): return .following(try length(distance, frame, order))
        }
    }

    /// Rows, or for RANGE a distance in the unit of the only sort key.
    private func length(
        _ syntax: ExpressionSyntax,
        _ frame: FrameSyntax,
        _ order: [CallCollector.BoundOver.Key]
    ) throws(Failure) -> Int64 {
        let distance = try bind(syntax)
        let key = order.first?.expression.type
        let fits: Bool
        if !frame.isRange {
            fits = distance.type.isInteger
        } else if order.count == 1, let key {
            fits =
                key.isInteger && distance.type.isInteger
                || key.isTimestamp && distance.type == .intervalDayToSecond
        } else {
            fits = false
        }
        guard fits, case .integer(let value)? = distance.literalValue, value >= 0 else {
            throw .request(
                "TYPE_ARGUMENT",
                "the frame's distance is \(distance.type)",
                remedy: frame.isRange
                    ? "RANGE needs one ORDER BY column: an interval for a timestamp, a number for an integer"
                    : "ROWS needs a whole number",
                at: distance.position
            )
        }
        return value
    }

    // MARK: Group windows

    /// `TUMBLE_START(ts, size)` and its siblings: a property of the GROUP BY's window.
    func bindGroupWindowProperty(
        _ call: CallSyntax,
        _ name: String,
        at position: SourcePosition
    ) throws(Failure) -> Expression? {
        let suffixes = ["_START": 0, "_END": 1, "_ROWTIME": 2]
        guard let suffix = suffixes.first(where: { name.hasSuffix($0.key) }),
            ["TUMBLE", "HOP", "SESSION"].contains(String(name.dropLast(suffix.key.count)))
        else { return nil }
        let function = String(name.dropLast(suffix.key.count))
        guard let window, window.function == function || window.function == nil else {
            throw .request(
                "BIND_GROUP",
                "\(name) has no \(function) in GROUP BY to belong to",
                remedy: "write GROUP BY \(function)(…) with the same arguments",
                at: position
            )
        }
        guard let kind = TableFunctionSyntax.Kind(rawValue: function) else { return nil }
        let (time, durations) = try groupWindowArguments(call, kind, at: position)
        let column = window.specification.timeColumn
        let lengths = durations.map { $0.literalValue ?? .null }
        guard time.columnIndex == column,
            lengths == window.specification.lengths.map({ .integer($0) })
        else {
            throw .request(
                "BIND_GROUP",
                "the arguments of \(name) differ from those of \(function) in GROUP BY",
                remedy: "repeat them exactly",
                at: position
            )
        }
        return window.property(suffix.value).at(position)
    }

    /// (time, size), (time, slide, size) or (time, gap).
    func groupWindowArguments(
        _ call: CallSyntax,
        _ kind: TableFunctionSyntax.Kind,
        at position: SourcePosition
    ) throws(Failure) -> (time: Expression, durations: [Expression]) {
        var bound: [Expression] = []
        for syntax in call.arguments { bound.append(try bind(syntax)) }
        let expected = kind == .hop ? 3 : 2
        guard bound.count == expected else {
            throw wrongArguments(
                call.name.text.uppercased(),
                bound.map(\.type.description),
                signatures: [
                    kind == .hop
                        ? "HOP(time, slide, size)"
                        : "\(kind.rawValue)(time, \(kind == .session ? "gap" : "size"))"
                ],
                at: position
            )
        }
        return (bound[0], Array(bound[1...]))
    }
}

extension Over.Bound {
    fileprivate func isBefore(_ other: Over.Bound) -> Bool {
        rank <= other.rank && self != .unboundedFollowing && other != .unboundedPreceding
    }

    private var rank: Int64 {
        switch self {
        case .unboundedPreceding: .min
        case .preceding(let distance): -distance
        case .currentRow: 0
        case .following(let distance): distance
        case .unboundedFollowing: .max
        }
    }
}

extension WindowSpecification {
    /// The durations as a group window writes them.
    var lengths: [Int64] {
        switch kind {
        case .tumble(let size, _): [size]
        case .hop(let slide, let size, _): [slide, size]
        case .cumulate(let step, let maximum, _): [step, maximum]
        case .session(let gap, _): [gap]
        case .attached: []
        }
    }
}
