internal import Columns
internal import Failures

/// The columns that an operator reads: the input's own where they are columns already, else a projection that
/// computes each different expression once.
struct InputColumns {
    private let plan: Plan
    private var expressions: [Expression] = []
    private var index: [Expression: Int] = [:]
    private var names: [String] = []
    /// Whether anything must be computed; until then the input is enough.
    private var isComputed = false

    init(plan: Plan) {
        self.plan = plan
        for (index, column) in plan.outputColumns().enumerated() {
            expressions.append(column)
            self.index[column] = index
            names.append(plan.schema[index].name)
        }
    }

    /// The column that holds the expression's value.
    mutating func index(of expression: Expression) -> Int {
        if let column = expression.columnIndex { return column }
        if let known = index[expression] { return known }
        expressions.append(expression)
        index[expression] = expressions.count - 1
        names.append("expr_\(expressions.count - 1)")
        isComputed = true
        return expressions.count - 1
    }

    /// The window over the operator's input; a clause's session belongs to the GROUP BY keys.
    func window(_ window: WindowSpecification, keys: [Int]?) -> WindowSpecification {
        guard case .session(let gap, _) = window.kind, let keys else { return window }
        var result = window
        result.kind = .session(gap: gap, partition: keys)
        return result
    }

    /// The input with the computed columns behind its own; pruning removes what nobody reads.
    func built(at position: SourcePosition) -> Plan {
        guard isComputed else { return plan }
        return .project(plan, expressions, names: names, at: position)
    }
}
