internal import Columns
internal import Failures

/// Binds one SELECT: from its sources up to its items, their order and their limit.
///
/// Expressions are bound first over the FROM clause, with aggregates and OVER calls as columns to come
/// (``SelectSpace``); then operators are put on each other and the expressions follow.
struct SelectBinder {
    let queries: QueryBinder
    let select: SelectSyntax
    private let calls = CallCollector()
    var context: BindingContext { queries.context }

    init(queries: QueryBinder, select: SelectSyntax) {
        self.queries = queries
        self.select = select
    }

    /// One output column.
    struct Item {
        var name: String
        var expression: Expression
    }

    func bind(_ query: QuerySyntax?) throws(Failure) -> Plan {
        var relation = try RelationBinder(queries: queries).bind(select.from, at: select.position)
        if let filter = select.filter {
            try WhereBinder(queries: queries).apply(filter, to: &relation)
        }
        let window = try selectWindow(over: relation)
        var binder = ExpressionBinder(
            clause: "SELECT",
            scope: Scope(columns: relation.columns),
            context: context,
            calls: calls,
            window: window
        )
        var items = try bindItems(&binder, relation)
        let groups = try bindGroups(binder, items, window)
        var having = try bindCondition(select.having, "HAVING", binder)
        var qualify = try bindCondition(select.qualify, "QUALIFY", binder)
        var order = try bindOrder(query?.order ?? [], binder, items)

        var stage = SelectStage(relation: relation, calls: calls, position: select.position)
        if groups != nil || having != nil || window != nil || !calls.aggregates.isEmpty {
            try stage.aggregate(groups ?? [], window: window, hasGroups: groups != nil)
        } else {
            stage.assignWindow()
        }
        try stage.rewriteOvers()
        if let condition = having {
            having = try stage.rewritten(condition)
            if let having { stage.plan = .filter(stage.plan, having) }
        }
        for index in items.indices {
            items[index].expression = try stage.rewritten(items[index].expression)
        }
        if let condition = qualify { qualify = try stage.rewritten(condition) }
        for index in order.indices {
            order[index].expression = try stage.rewritten(order[index].expression)
        }
        stage.addOvers(items: &items, qualify: &qualify, order: &order)
        if let qualify { stage.plan = .filter(stage.plan, qualify) }
        return try finish(stage.plan, items, order, query)
    }

    /// Items, DISTINCT, ORDER BY and LIMIT over the rows of the SELECT.
    private func finish(
        _ input: Plan,
        _ items: [Item],
        _ order: [OrderTerm],
        _ query: QuerySyntax?
    ) throws(Failure) -> Plan {
        let names = items.map(\.name)
        var columns = items.map(\.expression)
        var keys: [SortKey] = []
        for term in order {
            let column = columns.indexAppending(term.expression)
            guard column < items.count || !select.isDistinct else {
                throw .request(
                    "BIND_GROUP",
                    "SELECT DISTINCT is ordered by something that it does not select",
                    remedy: "add it to the items, or order by one of them",
                    at: term.expression.position
                )
            }
            keys.append(SortKey(column: column, isDescending: term.isDescending))
        }
        let hidden = (items.count..<columns.count).map { "order_\($0)" }
        var plan = Plan.project(input, columns, names: names + hidden, at: select.position)
        if select.isDistinct { plan = plan.distinct(at: select.position) }
        let isLimited = query?.limit != nil || (query?.offset ?? 0) > 0
        guard !keys.isEmpty || isLimited else { return plan }
        let sort = Sort(keys: keys, offset: query?.offset ?? 0, limit: query?.limit)
        let position = query?.limitPosition ?? query?.order.first?.expression.position
        plan = .sort(plan, sort, at: position ?? select.position)
        guard !hidden.isEmpty else { return plan }
        let visible = Array(plan.outputColumns()[..<items.count])
        return .project(plan, visible, names: names, at: select.position)
    }

    // MARK: Items

    private func bindItems(
        _ binder: inout ExpressionBinder,
        _ relation: Relation
    ) throws(Failure) -> [Item] {
        var items: [Item] = []
        for item in select.items {
            if case .star(let qualifier) = item.expression.kind {
                items += try expand(qualifier, relation, at: item.expression.position)
                continue
            }
            let bound = try binder.bind(item.expression)
            let name = item.alias?.text ?? Self.name(of: item.expression) ?? "EXPR$\(items.count)"
            items.append(Item(name: name, expression: bound))
            if let alias = item.alias {
                Reserved.note(alias, context)
                // Later items may use the alias, unless it would not say which one it means.
                binder.aliases[alias.text] = bound
                binder.aliasNotice = (
                    "PORT_LATERAL_ALIAS", "Flink does not see the alias of another item here"
                )
            }
        }
        guard items.count <= ScriptLimits.columns else {
            throw .request(
                "PARSE_LIMIT",
                "the query has \(items.count) columns",
                remedy: "queries have at most \(ScriptLimits.columns) columns",
                at: select.position
            )
        }
        return items
    }

    private static func name(of expression: ExpressionSyntax) -> String? {
        if case .name(let parts) = expression.kind { parts.last?.text } else { nil }
    }

    /// The columns of `*` or `t.*`.
    private func expand(
        _ qualifier: Identifier?,
        _ relation: Relation,
        at position: SourcePosition
    ) throws(Failure) -> [Item] {
        let columns = relation.columns.filter { column in
            qualifier == nil ? !column.isQualifiedOnly : column.relation == qualifier?.text
        }
        guard !columns.isEmpty else {
            if let qualifier {
                let star = Identifier(text: "*", position: position)
                throw Scope(columns: relation.columns).unknownColumn([qualifier, star])
            }
            throw .request(
                "BIND_COLUMN",
                "* has no FROM whose columns it could mean",
                remedy: "add FROM, or write values",
                at: position
            )
        }
        return columns.map { Item(name: $0.name, expression: $0.expression.at(position)) }
    }

    // MARK: Clauses

    private func bindCondition(
        _ syntax: ExpressionSyntax?,
        _ clause: String,
        _ binder: ExpressionBinder
    ) throws(Failure) -> Expression? {
        guard let syntax else { return nil }
        var inner = binder
        inner.clause = clause
        if clause == "HAVING" {
            inner.aliasNotice = ("PORT_GROUP_ALIAS", "Flink does not see aliases in HAVING")
        } else {
            inner.aliasNotice = nil
        }
        return try inner.bindCondition(syntax)
    }

    /// GROUP BY without its group window; nil where there is no clause.
    private func bindGroups(
        _ binder: ExpressionBinder,
        _ items: [Item],
        _ window: SelectWindow?
    ) throws(Failure) -> [Expression]? {
        guard let syntax = select.groups else { return nil }
        var inner = binder
        inner.clause = "GROUP BY"
        inner.calls = nil
        inner.aliasNotice = ("PORT_GROUP_ALIAS", "Flink does not see aliases in GROUP BY")
        var groups: [Expression] = []
        for group in syntax {
            if case .number(let text) = group.kind {
                throw .request(
                    "BIND_GROUP_ORDINAL",
                    "GROUP BY \(text) is a constant, not a column",
                    remedy: "repeat the item's expression, or its alias",
                    at: group.position
                )
            }
            if GroupWindow.isGroupWindow(group) { continue }
            let bound = try inner.bind(group)
            guard bound.columns.allSatisfy({ $0 < SelectSpace.aggregates }) else {
                throw .request(
                    "BIND_AGGREGATE_NESTED",
                    "GROUP BY names an aggregate",
                    remedy: "group by columns of the input",
                    at: group.position
                )
            }
            if !groups.contains(bound) { groups.append(bound) }
        }
        return groups
    }

    private func bindOrder(
        _ order: [OrderSyntax],
        _ binder: ExpressionBinder,
        _ items: [Item]
    ) throws(Failure) -> [OrderTerm] {
        var inner = binder
        inner.clause = "ORDER BY"
        inner.aliasNotice = nil
        var terms: [OrderTerm] = []
        for term in order {
            let expression: Expression
            if let ordinal = try Self.ordinal(term.expression, count: items.count) {
                expression = items[ordinal].expression
            } else if case .name(let parts) = term.expression.kind, parts.count == 1,
                let item = items.first(where: { $0.name == parts[0].text })
            {
                expression = item.expression
            } else {
                expression = try inner.bind(term.expression)
            }
            terms += OrderTerm.keys(of: expression.at(term.expression.position), term)
        }
        return terms
    }

    /// The item that `ORDER BY 2` means, from 0; nil where the term is not a number.
    static func ordinal(_ syntax: ExpressionSyntax, count: Int) throws(Failure) -> Int? {
        guard case .number(let text) = syntax.kind else { return nil }
        guard let number = Int(text), (1...max(count, 1)).contains(number) else {
            throw .request(
                "BIND_COLUMN",
                "ORDER BY \(text) means no item",
                remedy: "there are items 1 to \(count)",
                at: syntax.position
            )
        }
        return number - 1
    }

    /// The window of a WINDOW clause or of a group window in GROUP BY.
    private func selectWindow(over relation: Relation) throws(Failure) -> SelectWindow? {
        let groupWindow = (select.groups ?? []).filter(GroupWindow.isGroupWindow)
        guard select.window != nil || !groupWindow.isEmpty else { return nil }
        let builder = GroupWindow(context: context, relation: relation)
        guard relation.pendingWindow == nil, groupWindow.count + (select.window == nil ? 0 : 1) == 1
        else {
            throw .request(
                "BIND_GROUP",
                "the query has two windows",
                remedy: "keep one: FROM TABLE(TUMBLE(…)), GROUP BY TUMBLE(…) or WINDOW TUMBLING(…)",
                at: groupWindow.first?.position ?? select.window?.position ?? select.position
            )
        }
        if let clause = select.window { return try builder.window(of: clause) }
        return try builder.window(of: groupWindow[0])
    }
}
