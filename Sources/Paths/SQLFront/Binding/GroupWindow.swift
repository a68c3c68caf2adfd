internal import Columns
internal import Failures

/// Windows that a SELECT names in GROUP BY or in a WINDOW clause.
struct GroupWindow {
    let context: BindingContext
    let relation: Relation

    /// Whether a term of GROUP BY is `TUMBLE(…)`, `HOP(…)` or `SESSION(…)`.
    static func isGroupWindow(_ syntax: ExpressionSyntax) -> Bool {
        guard case .call(let call) = syntax.kind else { return false }
        return ["TUMBLE", "HOP", "SESSION"].contains(call.name.text.uppercased())
    }

    func window(of syntax: ExpressionSyntax) throws(Failure) -> SelectWindow {
        guard case .call(let call) = syntax.kind,
            let kind = TableFunctionSyntax.Kind(rawValue: call.name.text.uppercased())
        else { preconditionFailure("not a group window") }
        let (time, durations) = try binder("GROUP BY")
            .groupWindowArguments(call, kind, at: syntax.position)
        return try window(
            kind,
            time: time,
            durations: durations,
            function: kind.rawValue,
            at: syntax.position
        )
    }

    func window(of clause: WindowClauseSyntax) throws(Failure) -> SelectWindow {
        context.notice(
            "PORT_WINDOW_CLAUSE",
            "Flink has no WINDOW \(clause.kind.rawValue) clause: use FROM TABLE(\(clause.kind.rawValue)(…))",
            at: clause.position
        )
        let binder = binder("WINDOW")
        var durations: [Expression] = []
        for syntax in clause.durations { durations.append(try binder.bind(syntax)) }
        let expected = clause.kind == .hop || clause.kind == .cumulate ? 2 : 1
        guard durations.count == expected else {
            throw .request(
                "TYPE_ARGUMENT",
                "the WINDOW clause has \(durations.count) durations",
                remedy: "write TUMBLING([time,] size), SLIDING([time,] size, advance), "
                    + "SESSION([time,] gap) or CUMULATE([time,] step, max)",
                at: clause.position
            )
        }
        // The clause has size before advance, the window slide before size.
        if clause.kind == .hop { durations.swapAt(0, 1) }
        return try window(
            clause.kind,
            time: try timeColumn(of: clause, binder),
            durations: durations,
            function: nil,
            at: clause.position
        )
    }

    private func binder(_ clause: String) -> ExpressionBinder {
        ExpressionBinder(
            clause: clause,
            scope: Scope(columns: relation.columns),
            context: context
        )
    }

    private func timeColumn(
        of clause: WindowClauseSyntax,
        _ binder: ExpressionBinder
    ) throws(Failure) -> Expression {
        if let parts = clause.timeColumn {
            if let column = try binder.scope.find(parts) { return column }
            throw binder.scope.unknownColumn(parts)
        }
        guard let column = relation.plan.timeColumn else {
            throw .request(
                "PLAN_WINDOW_TIME",
                "the sources of this query have no event-time attribute",
                remedy: "declare WATERMARK FOR a column, or name the time column in the window",
                at: clause.position
            )
        }
        return .column(column, relation.plan.schema[column].type, at: clause.position)
    }

    private func window(
        _ kind: TableFunctionSyntax.Kind,
        time: Expression,
        durations: [Expression],
        function: String?,
        at position: SourcePosition
    ) throws(Failure) -> SelectWindow {
        let specification = try WindowBuilder(context: context, plan: relation.plan)
            .specification(
                kind,
                time: time,
                durations: durations,
                offset: nil,
                partition: [],
                at: position
            )
        if kind == .session { context.noteSession(at: position) }
        return SelectWindow(
            specification: specification,
            fields: specification.outputFields(over: relation.plan.schema),
            function: function,
            hasColumns: function == nil
        )
    }
}

extension BindingContext {
    func noteSession(at position: SourcePosition) {
        if settings.isBatch {
            notice("PORT_SESSION_BATCH", "Flink has no session windows in batch mode", at: position)
        }
    }
}
