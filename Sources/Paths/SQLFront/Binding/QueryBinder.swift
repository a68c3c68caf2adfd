internal import Columns
internal import Failures

/// Binds queries to plans; common tables are visible inside the query that declares them.
struct QueryBinder {
    let context: BindingContext
    var common: [String: Plan] = [:]

    func bind(_ query: QuerySyntax) throws(Failure) -> Plan {
        var inner = self
        for table in query.common {
            let plan = try inner.bind(table.query)
            inner.common[table.name.text] = try plan.renamed(
                table.columns,
                of: table.name.text
            )
        }
        try noteEmit(query)
        let plan: Plan
        if case .select(let select) = query.body {
            plan = try SelectBinder(queries: inner, select: select).bind(query)
        } else {
            let body = try inner.bind(query.body)
            plan = try sorted(body, query)
        }
        try checkSize(of: plan)
        return plan
    }

    private func noteEmit(_ query: QuerySyntax) throws(Failure) {
        guard let emit = query.emit, let position = query.emitPosition else { return }
        if emit == .changes {
            throw .notYet(
                "EMIT CHANGES",
                remedy: "leave it out: results are emitted once, when they are final",
                at: position
            )
        }
        context.notice("PORT_EMIT", "Flink has no EMIT clause: leave EMIT FINAL out", at: position)
    }

    private func checkSize(of plan: Plan) throws(Failure) {
        let (count, depth) = plan.measured(limit: ScriptLimits.operators)
        guard count <= ScriptLimits.operators, depth <= ScriptLimits.planDepth else {
            throw .request(
                "PLAN_LIMIT",
                "the query has more than \(ScriptLimits.operators) operators, or more than "
                    + "\(ScriptLimits.planDepth) one on another, when its views are put in",
                remedy: "write the result of a part to a table, and read that",
                at: plan.position
            )
        }
    }

    private func bind(_ body: QuerySyntax.Body) throws(Failure) -> Plan {
        switch body {
        case .select(let select):
            return try SelectBinder(queries: self, select: select).bind(nil)
        case .values(let rows, let position): return try bindValues(rows, at: position)
        case .nested(let query): return try bind(query)
        case .operation(let operation, let left, let right, let position):
            return try SetOperationBinder(queries: self)
                .bind(operation, try bind(left), try bind(right), at: position)
        }
    }

    /// ORDER BY and LIMIT over a set operation or VALUES: by output columns only.
    private func sorted(_ plan: Plan, _ query: QuerySyntax) throws(Failure) -> Plan {
        guard !query.order.isEmpty || query.limitPosition != nil else { return plan }
        let relation = Relation(plan, named: nil, at: plan.position)
        let binder = ExpressionBinder(
            clause: "ORDER BY",
            scope: Scope(columns: relation.columns),
            context: context
        )
        var columns = plan.outputColumns()
        var keys: [SortKey] = []
        for term in query.order {
            let expression: Expression
            if let ordinal = try SelectBinder.ordinal(term.expression, count: plan.schema.count) {
                expression = columns[ordinal]
            } else {
                expression = try binder.bind(term.expression)
            }
            for key in OrderTerm.keys(of: expression, term) {
                let column = columns.indexAppending(key.expression)
                keys.append(SortKey(column: column, isDescending: key.isDescending))
            }
        }
        return plan.sorted(
            by: keys,
            over: columns,
            limit: query.limit,
            offset: query.offset,
            at: query.limitPosition ?? plan.position
        )
    }

    // MARK: VALUES

    func bindValues(
        _ rows: [[ExpressionSyntax]],
        at position: SourcePosition
    ) throws(Failure) -> Plan {
        let width = rows[0].count
        let binder = ExpressionBinder(
            clause: "VALUES",
            scope: Scope(columns: []),
            context: context
        )
        var bound: [[Expression]] = []
        for row in rows {
            guard row.count == width else {
                throw .request(
                    "TYPE_MISMATCH",
                    "a row of VALUES has \(row.count) values, the first has \(width)",
                    remedy: "give every row the same number of values",
                    at: row[0].position
                )
            }
            var values: [Expression] = []
            for value in row { values.append(try binder.bind(value)) }
            bound.append(values)
        }
        for column in 0..<width {
            let unified = try binder.unify(bound.map { $0[column] }, in: "a column of VALUES")
            for row in bound.indices { bound[row][column] = unified.expressions[row] }
        }
        return Plan.values(bound, at: position)
    }
}

extension Plan {
    /// Rows of constants; those that are not plain literals are computed by projections.
    static func values(_ rows: [[Expression]], at position: SourcePosition) -> Plan {
        let names = rows[0].indices.map { "EXPR$\($0)" }
        let literals = rows.map { row in row.compactMap(\.literalValue) }
        guard zip(rows, literals).allSatisfy({ $0.count == $1.count }) else {
            let empty = Plan(.values([[]]), schema: Schema([]), at: position)
            let plans = rows.map { Plan.project(empty, $0, names: names, at: position) }
            return plans.count == 1 ? plans[0] : .union(plans, at: position)
        }
        let fields = rows[0].indices.map { column in
            Field(
                names[column],
                rows[0][column].type,
                isNullable: rows.contains { $0[column].isNullable }
            )
        }
        return Plan(.values(literals), schema: Schema(fields), at: position)
    }

    /// The same rows under the names of a column list; none keeps the names.
    func renamed(_ names: [Identifier], of relation: String) throws(Failure) -> Plan {
        guard let first = names.first else { return self }
        guard names.count == schema.count else {
            throw .request(
                "BIND_COLUMN",
                "\(relation) has \(schema.count) columns and \(names.count) names",
                remedy: "name every column",
                at: first.position
            )
        }
        try Names.checkUnique(names, of: relation)
        return .project(self, outputColumns(), names: names.map(\.text), at: position)
    }

    /// Sorted and cut by keys over `columns`, which begin with the plan's own; the rest is hidden.
    func sorted(
        by keys: [SortKey],
        over columns: [Expression],
        limit: Int64?,
        offset: Int64,
        at position: SourcePosition
    ) -> Plan {
        let sort = Sort(keys: keys, offset: offset, limit: limit)
        guard columns.count > schema.count else { return .sort(self, sort, at: position) }
        let names = schema.fields.map(\.name)
        let hidden = (schema.count..<columns.count).map { "order_\($0)" }
        let wide = Plan.project(self, columns, names: names + hidden, at: self.position)
        let ordered = Plan.sort(wide, sort, at: position)
        return .project(ordered, outputColumns(), names: names, at: self.position)
    }

    /// Operators, and the longest way down; counting stops beyond the limit.
    func measured(limit: Int) -> (count: Int, depth: Int) {
        var count = 1
        var depth = 0
        for input in inputs {
            guard count <= limit else { break }
            let inner = input.measured(limit: limit - count)
            count += inner.count
            depth = max(depth, inner.depth)
        }
        return (count, depth + 1)
    }
}

extension [Expression] {
    /// The place of the expression, which is added if it is not there.
    mutating func indexAppending(_ expression: Expression) -> Int {
        if let index = firstIndex(of: expression) { return index }
        append(expression)
        return count - 1
    }
}

/// Checks on lists of names.
enum Names {
    static func checkUnique(_ names: [Identifier], of relation: String) throws(Failure) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name.text).inserted {
            throw .request(
                "BIND_DUPLICATE",
                "\(relation) has the column \"\(name.text)\" twice",
                remedy: "rename one of them",
                at: name.position
            )
        }
    }
}
