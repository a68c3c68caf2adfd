package import Columns
package import Failures
package import SQLFront

/// Makes one instance of the stateful operator at the root of `plan`; the plan's inputs are not looked at.
///
/// - Parameters:
///   - plan: an aggregate, a Top-N, an OVER, a join or a sort.
///   - inputSchemas: schema of each input's rows.
///   - context: what a join's residual condition depends on.
///   - clock: what CURRENT_TIMESTAMP gives there, in microseconds since 1970-01-01 00:00:00 UTC.
/// - Returns: an operator without state yet.
/// - Throws: `PLAN_WINDOW_MULTIPLE` for a window that has too many panes, and what compiling a residual
///   condition throws.
package func makeOperator(
    for plan: Plan,
    inputSchemas: [Schema],
    context: EvaluationContext,
    clock: Int64
) throws(Failure) -> any StatefulOperator {
    let input = inputSchemas[0]
    switch plan.operation {
    case .aggregate(_, let aggregate): return try makeAggregate(aggregate, plan, input)
    case .topN(_, let topN):
        return TopNOperator(
            topN,
            window: topN.window.flatMap { AttachedWindow($0) },
            input: input,
            output: plan.schema
        )
    case .over(_, let over): return OverOperator(over, input: input, output: plan.schema)
    case .sort(_, let sort):
        if sort.keys.isEmpty { return LimitOperator(sort, output: plan.schema) }
        return TopNOperator(sort, input: input, output: plan.schema)
    case .join(_, _, let join):
        return try JoinOperator(
            join,
            plan,
            inputs: inputSchemas,
            context: context,
            clock: clock
        )
    case .scan, .values, .filter, .project, .assignWindows, .union:
        preconditionFailure("scans and steps that look at one row at a time keep no state")
    }
}

private func makeAggregate(
    _ aggregate: Aggregate,
    _ plan: Plan,
    _ input: Schema
) throws(Failure) -> any StatefulOperator {
    guard let window = aggregate.window else {
        return GroupAggregate(aggregate, input: input, output: plan.schema)
    }
    if case .session(let gap, let partition) = window.kind {
        return SessionAggregate(
            aggregate,
            window: window,
            gap: gap,
            partition: partition,
            input: input,
            output: plan.schema
        )
    }
    guard let layout = WindowLayout(window) else {
        preconditionFailure("only sessions have no panes")
    }
    try checkPanes(layout, plan)
    return WindowAggregate(aggregate, layout: layout, input: input, output: plan.schema)
}

private func checkPanes(_ layout: WindowLayout, _ plan: Plan) throws(Failure) {
    guard layout.windowsPerRow <= WindowLayout.paneLimit else {
        throw Failure(
            "PLAN_WINDOW_MULTIPLE",
            blame: .request,
            "a row would be in \(layout.windowsPerRow) windows; the limit is 10,000",
            remedy: "choose a longer slide or step, or a shorter window",
            at: .text(plan.position)
        )
    }
}
