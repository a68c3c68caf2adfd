package import Columns
package import Failures
package import SQLFront

/// Makes one instance of the stateful operator at the root of `plan`; the plan's inputs are not looked at.
///
/// - Parameters:
///   - plan: an aggregate.
///   - inputSchemas: schema of each input's rows.
/// - Returns: an operator without state yet.
/// - Throws: `PLAN_WINDOW_MULTIPLE` for a window that has too many panes.
package func makeOperator(
    for plan: Plan,
    inputSchemas: [Schema]
) throws(Failure) -> any StatefulOperator {
    switch plan.operation {
    case .aggregate(_, let aggregate):
        return try makeAggregate(aggregate, plan, inputSchemas[0])
    default:
        throw notYet("this operation", plan)
    }
}

private func notYet(_ construct: String, _ plan: Plan) -> Failure {
    Failure(
        "PLAN_NOT_YET",
        blame: .request,
        "\(construct) has no operator yet",
        remedy: "Write the query without it",
        at: .text(plan.position)
    )
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
            remedy: "Choose a longer slide or step, or a shorter window",
            at: .text(plan.position)
        )
    }
}
