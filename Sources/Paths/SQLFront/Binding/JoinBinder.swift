internal import Columns
internal import Failures

/// Binds joins.
struct JoinBinder {
    let context: BindingContext

    func bind(_ left: Relation, _ syntax: JoinSyntax, _ right: Relation) throws(Failure) -> Relation
    {
        let kind: Join.Kind =
            switch syntax.kind {
            case .inner, .cross: .inner
            case .left: .left
            case .right: .right
            case .full: .full
            }
        switch syntax.condition {
        case .none: return try join(left, right, kind, on: nil, at: syntax.position)
        case .on(let condition):
            return try join(left, right, kind, on: condition, at: syntax.position)
        case .using(let names):
            return try join(left, right, kind, using: names, at: syntax.position)
        }
    }

    func join(
        _ left: Relation,
        _ right: Relation,
        _ kind: Join.Kind,
        on syntax: ExpressionSyntax?,
        at position: SourcePosition
    ) throws(Failure) -> Relation {
        let (first, second) = try sides(left, right, kind, at: position)
        var conditions: [Expression] = []
        if let syntax {
            let binder = ExpressionBinder(
                clause: "ON",
                scope: Scope(columns: first.columns + second.columns),
                context: context
            )
            conditions = try binder.bindCondition(syntax).conjuncts
        }
        let plan = JoinBuilder(left: first.plan, right: second.plan, kind: kind, position: position)
            .build(conditions)
        return Relation(
            plan: plan,
            columns: (first.columns + second.columns).map { $0.over(plan.schema) }
        )
    }

    private func join(
        _ left: Relation,
        _ right: Relation,
        _ kind: Join.Kind,
        using names: [Identifier],
        at position: SourcePosition
    ) throws(Failure) -> Relation {
        let (first, second) = try sides(left, right, kind, at: position)
        let binder = ExpressionBinder(clause: "USING", scope: Scope(columns: []), context: context)
        var conditions: [Expression] = []
        var pairs: [(Expression, Expression)] = []
        for name in names {
            let scopes = (Scope(columns: first.columns), Scope(columns: second.columns))
            guard let a = try scopes.0.find([name]) else { throw scopes.0.unknownColumn([name]) }
            guard let b = try scopes.1.find([name]) else { throw scopes.1.unknownColumn([name]) }
            conditions.append(try binder.comparison(.equal, a, b, at: name.position))
            pairs.append((a, b))
        }
        let plan = JoinBuilder(left: first.plan, right: second.plan, kind: kind, position: position)
            .build(conditions)
        var merged: [ScopeColumn] = []
        for (name, pair) in zip(names, pairs) {
            let sides = [pair.0.over(plan.schema), pair.1.over(plan.schema)]
            var expression = kind == .right ? sides[1] : sides[0]
            if kind == .full {
                let (unified, type) = try binder.unify(sides, in: "USING")
                expression = .call(.coalesce, unified, type, at: name.position)
            }
            merged.append(ScopeColumn(relation: nil, name: name.text, expression: expression))
        }
        let used = Set(names.map(\.text))
        let others = (first.columns + second.columns).map { column in
            var column = column.over(plan.schema)
            if used.contains(column.name) { column.isQualifiedOnly = true }
            return column
        }
        return Relation(plan: plan, columns: merged + others)
    }

    /// Both sides with real window columns, the right one's behind the left one's.
    private func sides(
        _ left: Relation,
        _ right: Relation,
        _ kind: Join.Kind,
        at position: SourcePosition
    ) throws(Failure) -> (Relation, Relation) {
        var first = left
        var second = right
        first.assignWindow(at: position)
        second.assignWindow(at: position)
        let names = Set(first.columns.compactMap(\.relation))
        if let twice = second.columns.compactMap(\.relation).first(where: names.contains) {
            throw .request(
                "BIND_DUPLICATE",
                "the FROM clause has two sources called \"\(twice)\"",
                remedy: "give one of them an alias",
                at: position
            )
        }
        let width = first.plan.schema.count
        for index in second.columns.indices {
            second.columns[index].expression = second.columns[index].expression.shifted(by: width)
        }
        return (first, second)
    }
}

extension Expression {
    /// The expression with the nullability of a join's output.
    fileprivate func over(_ schema: Schema) -> Expression {
        var result = mappingColumns { index, column in
            var column = column
            column.isNullable = schema[index].isNullable
            return column
        }
        if columnIndex == nil {
            result.isNullable = isNullable || result.columns.contains { schema[$0].isNullable }
        }
        return result
    }
}

extension ScopeColumn {
    fileprivate func over(_ schema: Schema) -> ScopeColumn {
        var column = self
        column.expression = expression.over(schema)
        return column
    }
}

/// Makes a join of conditions: pairs of equal expressions become keys, conditions of one side filter it where
/// that is the same, and the rest is decided pair by pair.
struct JoinBuilder {
    let left: Plan
    let right: Plan
    let kind: Join.Kind
    let position: SourcePosition

    /// The join; its output is the left columns, then the right ones.
    func build(_ conditions: [Expression]) -> Plan {
        let width = left.schema.count
        var leftFilters: [Expression] = []
        var rightFilters: [Expression] = []
        var pairs: [(Expression, Expression)] = []
        var residual: [Expression] = []
        for condition in conditions {
            let columns = condition.columns
            let isLeft = columns.allSatisfy { $0 < width }
            let isRight = columns.allSatisfy { $0 >= width }
            if isLeft, !columns.isEmpty, kind == .inner || kind == .right {
                leftFilters.append(condition)
            } else if isRight, !columns.isEmpty, kind == .inner || kind == .left {
                rightFilters.append(condition.shifted(by: -width))
            } else if let pair = equality(condition) {
                pairs.append(pair)
            } else {
                residual.append(condition)
            }
        }
        return join(
            Self.filtered(left, leftFilters),
            Self.filtered(right, rightFilters),
            pairs,
            residual
        )
    }

    private static func filtered(_ plan: Plan, _ conditions: [Expression]) -> Plan {
        Expression.joined(.and, conditions).map { .filter(plan, $0) } ?? plan
    }

    /// Left and right expression of an equality that a hash can decide.
    private func equality(_ condition: Expression) -> (Expression, Expression)? {
        guard case .call(.equal, let sides) = condition.kind else { return nil }
        let width = left.schema.count
        let first = sides[0].columns
        let second = sides[1].columns
        guard !first.isEmpty, !second.isEmpty else { return nil }
        let isStraight =
            first.allSatisfy { $0 < width } && second.allSatisfy { $0 >= width }
        let isCrossed = first.allSatisfy { $0 >= width } && second.allSatisfy { $0 < width }
        guard isStraight || isCrossed else { return nil }
        let (a, b) = isStraight ? (sides[0], sides[1]) : (sides[1], sides[0])
        guard let type = Self.keyType(a.type, b.type) else { return nil }
        let left = a.hasKeyLayout(of: type) ? a : a.converted(to: type)
        let right = b.hasKeyLayout(of: type) ? b : b.converted(to: type)
        return (left, right.shifted(by: -width))
    }

    /// The type under which equal values have equal encodings; nil for an integer beside an approximate
    /// number, whose comparison is exact.
    private static func keyType(_ left: DataType, _ right: DataType) -> DataType? {
        if left.isApproximate != right.isApproximate { return nil }
        return TypeRules.common(left, right)
    }

    private func join(
        _ left: Plan,
        _ right: Plan,
        _ pairs: [(Expression, Expression)],
        _ residual: [Expression]
    ) -> Plan {
        let leftWidth = left.schema.count
        let rightWidth = right.schema.count
        var leftInput = InputColumns(plan: left)
        var rightInput = InputColumns(plan: right)
        let leftKeys = pairs.map { leftInput.index(of: $0.0) }
        let rightKeys = pairs.map { rightInput.index(of: $0.1) }
        let builtLeft = leftInput.built(at: position)
        let builtRight = rightInput.built(at: position)
        let added = builtLeft.schema.count - leftWidth
        let conditions = residual.map { condition in
            condition.mappingColumns { index, column in
                index < leftWidth ? column : column.shifted(by: added)
            }
        }
        let join = Join(
            kind,
            leftKeys: leftKeys,
            rightKeys: rightKeys,
            residual: Expression.joined(.and, conditions),
            window: window(builtLeft, builtRight, leftKeys, rightKeys)
        )
        let plan = Plan.join(builtLeft, builtRight, join, at: position)
        guard kind.keepsRightColumns else { return added == 0 ? plan : plan.prefix(leftWidth) }
        guard plan.schema.count > leftWidth + rightWidth else { return plan }
        let columns = plan.outputColumns()
        let kept = Array(0..<leftWidth) + (0..<rightWidth).map { leftWidth + added + $0 }
        return .project(
            plan,
            kept.map { columns[$0] },
            names: kept.map { plan.schema[$0].name },
            at: position
        )
    }

    /// The windows of both sides, where the keys pair their bounds.
    private func window(
        _ left: Plan,
        _ right: Plan,
        _ leftKeys: [Int],
        _ rightKeys: [Int]
    ) -> Join.Window? {
        guard let first = left.windowColumns, let second = right.windowColumns else { return nil }
        let pairs = zip(leftKeys, rightKeys)
        guard pairs.contains(where: { $0 == first.start && $1 == second.start }),
            pairs.contains(where: { $0 == first.end && $1 == second.end })
        else { return nil }
        return Join.Window(left: first.attached, right: second.attached)
    }
}

extension Expression {
    /// Whether equal values under both types have equal encodings.
    fileprivate func hasKeyLayout(of other: DataType) -> Bool {
        if type == other { return true }
        if type.isInteger, other.isInteger { return true }
        if type.isApproximate, other.isApproximate { return true }
        if type.isText, other.isText { return true }
        if TypeRules.isTime(type), TypeRules.isTime(other) { return true }
        return type.sameClock(as: other)
    }
}
