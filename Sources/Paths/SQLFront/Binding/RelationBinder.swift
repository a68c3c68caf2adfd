internal import Columns
internal import Failures

/// Binds the sources of a FROM clause.
struct RelationBinder {
    let queries: QueryBinder
    private var context: BindingContext { queries.context }

    init(queries: QueryBinder) {
        self.queries = queries
    }

    /// All sources of a FROM as one relation; a list is a chain of cross joins, whose conditions stand in
    /// WHERE.
    func bind(_ from: [RelationSyntax], at position: SourcePosition) throws(Failure) -> Relation {
        guard let first = from.first else {
            return Relation(
                plan: Plan(.values([[]]), schema: Schema([]), at: position),
                columns: []
            )
        }
        guard from.count <= ScriptLimits.nesting else {
            throw .request(
                "PARSE_DEPTH",
                "the FROM clause has \(from.count) sources",
                remedy: "at most \(ScriptLimits.nesting) can be joined",
                at: from[ScriptLimits.nesting].position
            )
        }
        var relation = try bind(first)
        for next in from.dropFirst() {
            let right = try bind(next)
            relation = try JoinBinder(context: context)
                .join(relation, right, .inner, on: nil, at: next.position)
        }
        return relation
    }

    func bind(_ syntax: RelationSyntax) throws(Failure) -> Relation {
        switch syntax.kind {
        case .join(let left, let join, let right):
            return try JoinBinder(context: context)
                .bind(try bind(left), join, try bind(right))
        case .windows(let function):
            let relation = try WindowFunctionBinder(relations: self).bind(function)
            return try aliased(relation, syntax, name: nil)
        case .query(let query):
            let plan = try queries.bind(query)
            return try aliased(Relation(plan, named: nil, at: syntax.position), syntax, name: nil)
        case .name(let parts):
            let plan = try bindName(parts[0])
            let relation = Relation(plan, named: parts[0].text, at: syntax.position)
            return try aliased(relation, syntax, name: parts[0].text)
        }
    }

    /// The relation under its alias and its column aliases.
    private func aliased(
        _ relation: Relation,
        _ syntax: RelationSyntax,
        name: String?
    ) throws(Failure) -> Relation {
        var relation = relation
        if let alias = syntax.alias { Reserved.note(alias, context) }
        for index in relation.columns.indices {
            relation.columns[index].relation = syntax.alias?.text ?? name
        }
        guard let first = syntax.columnAliases.first else { return relation }
        guard syntax.columnAliases.count == relation.columns.count else {
            throw .request(
                "BIND_COLUMN",
                "the source has \(relation.columns.count) columns and \(syntax.columnAliases.count) names",
                remedy: "name every column",
                at: first.position
            )
        }
        try Names.checkUnique(syntax.columnAliases, of: syntax.alias?.text ?? "the source")
        for (index, alias) in syntax.columnAliases.enumerated() {
            relation.columns[index].name = alias.text
        }
        return relation
    }

    // MARK: Names

    private func bindName(_ name: Identifier) throws(Failure) -> Plan {
        if let plan = queries.common[name.text] { return plan }
        if let table = context.tables[name.text] { return try .scan(table, at: name.position) }
        if context.views[name.text] != nil {
            return try ViewBinder(context: context).bind(name)
        }
        if context.broken.contains(name.text) { throw .alreadyReported(at: name.position) }
        let known = context.relationNames + queries.common.keys
        let near = nearestName(to: name.text, among: known.sorted())
        throw .request(
            "BIND_TABLE",
            "no table or view \"\(name.text)\"",
            remedy: near.map { "nearest is \($0)" }
                ?? (known.isEmpty
                    ? "declare it with CREATE TABLE"
                    : "known are \(known.sorted().joined(separator: ", "))"),
            at: name.position
        )
    }
}

extension Failure {
    /// Marks a statement that uses a declaration which failed: it is left out of the report.
    static func alreadyReported(at position: SourcePosition) -> Failure {
        .request("BIND_BROKEN", "its declaration failed", remedy: "", at: position)
    }
}

/// Binds views where they are used.
struct ViewBinder {
    let context: BindingContext

    func bind(_ name: Identifier) throws(Failure) -> Plan {
        guard let view = context.views[name.text] else {
            preconditionFailure("the view \(name.text) is declared")
        }
        if view.isBroken { throw .alreadyReported(at: name.position) }
        if let plan = view.bound[context.viewKey] { return plan }
        guard !context.viewsInProgress.contains(name.text) else { throw readsItself(name) }
        guard context.viewsInProgress.count < ScriptLimits.viewNesting else {
            throw .request(
                "PLAN_LIMIT",
                "views stand on views more than \(ScriptLimits.viewNesting) levels deep",
                remedy: "write the result of one to a table",
                at: name.position
            )
        }
        context.viewsInProgress.append(name.text)
        defer { context.viewsInProgress.removeLast() }
        do throws(Failure) {
            let plan = try QueryBinder(context: context).bind(view.syntax.query)
                .renamed(view.syntax.columns, of: name.text)
            context.views[name.text]?.bound[context.viewKey] = plan
            return plan
        } catch {
            context.views[name.text]?.isBroken = true
            throw error
        }
    }

    private func readsItself(_ name: Identifier) -> Failure {
        let start = context.viewsInProgress.lastIndex(of: name.text) ?? 0
        let others = context.viewsInProgress[(start + 1)...].joined(separator: ", ")
        return .request(
            "BIND_TABLE",
            others.isEmpty
                ? "the view \"\(name.text)\" reads itself"
                : "the view \"\(name.text)\" reads itself by way of \(others)",
            remedy: "let it read tables, or views that do not need it",
            at: name.position
        )
    }
}

/// Binds `TUMBLE(TABLE t, …)` and its siblings in FROM.
struct WindowFunctionBinder {
    let relations: RelationBinder

    func bind(_ function: TableFunctionSyntax) throws(Failure) -> Relation {
        var relation = try relations.bind(function.input)
        let context = relations.queries.context
        relation.assignWindow(at: function.position)
        let scope = Scope(columns: relation.columns)
        let binder = ExpressionBinder(
            clause: function.kind.rawValue,
            scope: Scope(columns: []),
            context: context
        )
        guard let time = try scope.find([function.timeColumn]) else {
            throw scope.unknownColumn([function.timeColumn])
        }
        var durations: [Expression] = []
        for syntax in function.durations { durations.append(try binder.bind(syntax)) }
        var offset: Expression?
        if let syntax = function.offset { offset = try binder.bind(syntax) }
        var partition: [Int] = []
        for name in function.partition {
            guard let column = try scope.find([name])?.columnIndex else {
                throw scope.unknownColumn([name])
            }
            partition.append(column)
        }
        let specification = try WindowBuilder(context: context, plan: relation.plan)
            .specification(
                function.kind,
                time: time,
                durations: durations,
                offset: offset,
                partition: partition,
                at: function.position
            )
        if function.kind == .session { context.noteSession(at: function.position) }
        let fields = specification.outputFields(over: relation.plan.schema)
        for (index, field) in fields.enumerated() {
            relation.columns.append(
                ScopeColumn(
                    relation: nil,
                    name: field.name,
                    expression: .column(
                        SelectSpace.window + index,
                        field.type,
                        isNullable: false,
                        at: function.position
                    )
                )
            )
        }
        relation.pendingWindow = specification
        return relation
    }
}
