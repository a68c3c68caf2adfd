internal import Columns
internal import Failures

/// Binds a WHERE clause: its conditions filter the relation, its `IN (SELECT …)` join it.
struct WhereBinder {
    let queries: QueryBinder

    func apply(_ syntax: ExpressionSyntax, to relation: inout Relation) throws(Failure) {
        var conditions: [ExpressionSyntax] = []
        var memberships: [Membership] = []
        Self.collect(syntax, into: &conditions, &memberships)
        let binder = ExpressionBinder(
            clause: "WHERE",
            scope: Scope(columns: relation.columns),
            context: queries.context
        )
        var bound: [Expression] = []
        for condition in conditions { bound.append(try binder.bindCondition(condition)) }
        if let condition = Expression.joined(.and, bound) {
            filter(&relation, by: condition)
        }
        for membership in memberships { try join(&relation, with: membership) }
    }

    /// `operand [NOT] IN (query)`.
    private struct Membership {
        var operand: ExpressionSyntax
        var query: QuerySyntax
        var isNegated: Bool
        var position: SourcePosition
    }

    /// Takes apart the ANDs; the height of the syntax bounds the recursion.
    private static func collect(
        _ syntax: ExpressionSyntax,
        into conditions: inout [ExpressionSyntax],
        _ memberships: inout [Membership]
    ) {
        switch syntax.kind {
        case .logical(isAnd: true, let terms):
            for term in terms { collect(term, into: &conditions, &memberships) }
        case .inQuery(let operand, let query, let isNegated):
            memberships.append(
                Membership(
                    operand: operand,
                    query: query,
                    isNegated: isNegated,
                    position: syntax.position
                )
            )
        case .unary(.not, let inner):
            guard case .inQuery(let operand, let query, let isNegated) = inner.kind else {
                conditions.append(syntax)
                return
            }
            memberships.append(
                Membership(
                    operand: operand,
                    query: query,
                    isNegated: !isNegated,
                    position: syntax.position
                )
            )
        default: conditions.append(syntax)
        }
    }

    private func filter(_ relation: inout Relation, by condition: Expression) {
        guard relation.pendingWindow != nil else {
            relation.plan = .filter(relation.plan, condition)
            return
        }
        // What does not read the window can be decided before rows are cut into windows.
        let isAbove = { (term: Expression) in
            term.columns.contains { $0 >= SelectSpace.window }
        }
        let terms = condition.conjuncts
        if let below = Expression.joined(.and, terms.filter { !isAbove($0) }) {
            relation.plan = .filter(relation.plan, below)
        }
        guard let above = Expression.joined(.and, terms.filter(isAbove)) else { return }
        let base = relation.plan.schema.count
        relation.assignWindow(at: condition.position)
        relation.plan = .filter(relation.plan, above.assigningWindow(base: base))
    }

    private func join(_ relation: inout Relation, with membership: Membership) throws(Failure) {
        relation.assignWindow(at: membership.position)
        let binder = ExpressionBinder(
            clause: "WHERE",
            scope: Scope(columns: relation.columns),
            context: queries.context
        )
        let operand = try binder.bind(membership.operand)
        let query = try queries.bind(membership.query)
        guard query.schema.count == 1 else {
            throw .request(
                "TYPE_MISMATCH",
                "the subquery of IN has \(query.schema.count) columns",
                remedy: "select one column",
                at: membership.query.position
            )
        }
        let value = query.outputColumns()[0]
        let equal = try binder.comparison(.equal, operand, value, at: membership.position)
        _ = equal
        guard let type = TypeRules.common(operand.type, value.type) else {
            throw binder.mismatch("IN", operand, value, at: membership.position)
        }
        let right = query.cast(to: [type], names: [query.schema[0].name])
        let width = relation.plan.schema.count
        var input = InputColumns(plan: relation.plan)
        let key = input.index(of: operand.converted(to: type))
        let joined = Plan.join(
            input.built(at: membership.position),
            right,
            Join(membership.isNegated ? .antiNullAware : .semi, leftKeys: [key], rightKeys: [0]),
            at: membership.position
        )
        relation.plan = key < width ? joined : joined.prefix(width)
    }
}

extension Plan {
    /// The first columns only.
    func prefix(_ count: Int) -> Plan {
        .project(
            self,
            Array(outputColumns()[..<count]),
            names: schema.fields[..<count].map(\.name),
            at: position
        )
    }
}
