internal import Columns

/// Moves conditions towards the sources, and turns a filter on ROW_NUMBER into Top-N.
///
/// A condition crosses an operator only where every row gets the same verdict below it. It never crosses a
/// computed column, so that nothing is computed twice.
enum FilterPushing {
    static func apply(_ plan: Plan) -> Plan { push([], into: plan) }

    /// The plan with `conditions`, over its output, applied as far down as they can be.
    private static func push(_ conditions: [Expression], into plan: Plan) -> Plan {
        switch plan.operation {
        case .filter(let input, let condition):
            return push(condition.conjuncts + conditions, into: input)
        case .project(let input, let expressions):
            return pushThroughProject(conditions, plan, input, expressions)
        case .union(let inputs):
            var result = plan
            result.operation = .union(inputs.map { push(conditions, into: $0) })
            return result
        case .join(let left, let right, let join):
            return pushIntoJoin(conditions, plan, left, right, join)
        case .over(let input, let over):
            if let topN = TopNPattern(plan, input, over, conditions) {
                return push(topN.rest, into: topN.plan)
            }
            return pushBelow(conditions, plan) { isOver($0, over.partition) }
        case .topN(_, let topN):
            return pushBelow(conditions, plan) { isOver($0, topN.partition) }
        case .assignWindows(let input, let window):
            if case .session = window.kind { return keep(conditions, above: plan) }
            return pushBelow(conditions, plan) { $0.columns.allSatisfy { $0 < input.schema.count } }
        case .aggregate(_, let aggregate):
            return pushBelowAggregate(conditions, plan, aggregate)
        case .sort(_, let sort):
            if sort.limit != nil || sort.offset > 0 { return keep(conditions, above: plan) }
            return pushBelow(conditions, plan) { _ in true }
        case .scan, .values:
            return filtered(plan, conditions)
        }
    }

    private static func filtered(_ plan: Plan, _ conditions: [Expression]) -> Plan {
        Expression.joined(.and, conditions).map { .filter(plan, $0) } ?? plan
    }

    /// Leaves the conditions above the operator, and goes on below it.
    private static func keep(_ conditions: [Expression], above plan: Plan) -> Plan {
        filtered(plan.replacingInputs { push([], into: $0) }, conditions)
    }

    /// Moves the conditions that `canPass` below an operator whose output begins with its input's columns.
    private static func pushBelow(
        _ conditions: [Expression],
        _ plan: Plan,
        canPass: (Expression) -> Bool
    ) -> Plan {
        let below = conditions.filter(canPass)
        let above = conditions.filter { !canPass($0) }
        return filtered(plan.replacingInputs { push(below, into: $0) }, above)
    }

    private static func isOver(_ condition: Expression, _ columns: [Int]) -> Bool {
        let read = condition.columns
        return !read.isEmpty && read.isSubset(of: columns)
    }

    private static func pushThroughProject(
        _ conditions: [Expression],
        _ plan: Plan,
        _ input: Plan,
        _ expressions: [Expression]
    ) -> Plan {
        func isSimple(_ column: Int) -> Bool {
            expressions[column].columnIndex != nil || expressions[column].literalValue != nil
        }
        let below = conditions.filter { $0.columns.allSatisfy(isSimple) }
            .map { $0.mappingColumns { column, _ in expressions[column] } }
        let above = conditions.filter { !$0.columns.allSatisfy(isSimple) }
        var result = plan
        result.operation = .project(push(below, into: input), expressions)
        return filtered(result, above)
    }

    /// Conditions on the keys hold for whole groups; a session is made only of rows with its partition's
    /// values.
    private static func pushBelowAggregate(
        _ conditions: [Expression],
        _ plan: Plan,
        _ aggregate: Aggregate
    ) -> Plan {
        func canPass(_ condition: Expression) -> Bool {
            let columns = condition.columns
            guard !columns.isEmpty, columns.allSatisfy({ $0 < aggregate.keys.count }) else {
                return false
            }
            guard case .session(_, let partition)? = aggregate.window?.kind else { return true }
            return columns.allSatisfy { partition.contains(aggregate.keys[$0]) }
        }
        let below = conditions.filter(canPass).map { condition in
            condition.mappingColumns { column, expression in
                var mapped = expression
                mapped.kind = .column(aggregate.keys[column])
                return mapped
            }
        }
        let above = conditions.filter { !canPass($0) }
        return filtered(plan.replacingInputs { push(below, into: $0) }, above)
    }

    // MARK: Joins

    private static func pushIntoJoin(
        _ conditions: [Expression],
        _ plan: Plan,
        _ left: Plan,
        _ right: Plan,
        _ join: Join
    ) -> Plan {
        if join.kind == .inner { return rebuilt(conditions, plan, left, right, join) }
        let width = left.schema.count
        let takesLeft = join.kind == .left || !join.kind.keepsRightColumns
        let takesRight = join.kind == .right
        var leftConditions: [Expression] = []
        var rightConditions: [Expression] = []
        var above: [Expression] = []
        for condition in conditions {
            let columns = condition.columns
            if takesLeft, !columns.isEmpty, columns.allSatisfy({ $0 < width }) {
                leftConditions.append(condition)
            } else if takesRight, !columns.isEmpty, columns.allSatisfy({ $0 >= width }) {
                rightConditions.append(condition.shifted(by: -width))
            } else {
                above.append(condition)
            }
        }
        var result = plan
        result.operation = .join(
            push(leftConditions, into: left),
            push(rightConditions, into: right),
            join
        )
        return filtered(result, above)
    }

    /// An inner join of all conditions: equalities of WHERE become its keys.
    private static func rebuilt(
        _ conditions: [Expression],
        _ plan: Plan,
        _ left: Plan,
        _ right: Plan,
        _ join: Join
    ) -> Plan {
        if let better = JoinOrdering.reordered(plan, conditions) {
            let joined = push(better.conditions, into: better.joins)
            let names = plan.schema.fields.map(\.name)
            return .project(joined, better.columns, names: names, at: plan.position)
        }
        guard !conditions.isEmpty else { return plan.replacingInputs { push([], into: $0) } }
        let width = left.schema.count
        let leftColumns = left.outputColumns()
        let rightColumns = right.outputColumns()
        let equalities = zip(join.leftKeys, join.rightKeys).map { first, second in
            Expression.call(
                .equal,
                [leftColumns[first], rightColumns[second].shifted(by: width)],
                .boolean,
                at: plan.position
            )
        }
        let all = equalities + (join.residual?.conjuncts ?? []) + conditions
        let rebuilt = JoinBuilder(left: left, right: right, kind: .inner, position: plan.position)
            .build(all)
        // The builder leaves filters on the sides, perhaps under projections of key expressions.
        if case .project(let inner, let expressions) = rebuilt.operation {
            var result = rebuilt
            result.operation = .project(inner.replacingInputs { push([], into: $0) }, expressions)
            return result
        }
        return rebuilt.replacingInputs { push([], into: $0) }
    }
}

/// `ROW_NUMBER() OVER (…) <= n` above its operator.
struct TopNPattern {
    let plan: Plan
    /// Conditions that the ranks do not decide.
    let rest: [Expression]

    /// Nil where the operator is more than one ROW_NUMBER, or nothing bounds it from above.
    init?(_ plan: Plan, _ input: Plan, _ over: Over, _ conditions: [Expression]) {
        guard over.calls.count == 1, over.calls[0].function == .rowNumber else { return nil }
        let rank = input.schema.count
        var lower: Int64 = 1
        var upper: Int64?
        var rest: [Expression] = []
        for condition in conditions {
            guard let (low, high) = Self.bounds(of: condition, on: rank) else {
                rest.append(condition)
                continue
            }
            if let low { lower = max(lower, low) }
            if let high { upper = min(upper ?? .max, high) }
        }
        guard let upper, lower <= upper else { return nil }
        let topN = TopN(
            partition: over.partition,
            order: over.order,
            ranks: lower...upper,
            emitsRank: true,
            window: Self.window(input, over.partition)
        )
        var result = plan
        result.operation = .topN(input, topN)
        result.uniqueKey = over.partition + [rank]
        if topN.window != nil { result.timeColumn = input.timeColumn }
        self.plan = result
        self.rest = rest
    }

    /// The window that rows carry, if each partition lies in one.
    private static func window(_ input: Plan, _ partition: [Int]) -> WindowSpecification? {
        guard let columns = input.windowColumns, partition.contains(columns.start),
            partition.contains(columns.end)
        else { return nil }
        return columns.attached
    }

    /// The least and the greatest rank that a comparison of the rank with a literal lets through.
    private static func bounds(of condition: Expression, on rank: Int) -> (Int64?, Int64?)? {
        guard case .call(let function, let sides) = condition.kind, sides.count == 2 else {
            return nil
        }
        if sides[0].columnIndex == rank, case .integer(let value)? = sides[1].literalValue {
            return bounds(function, value)
        }
        if sides[1].columnIndex == rank, case .integer(let value)? = sides[0].literalValue,
            let mirrored = function.mirrored
        {
            return bounds(mirrored, value)
        }
        return nil
    }

    private static func bounds(_ function: ScalarFunction, _ value: Int64) -> (Int64?, Int64?)? {
        switch function {
        case .equal: (value, value)
        case .lessOrEqual: (nil, value)
        case .less: value > .min ? (nil, value - 1) : nil
        case .greaterOrEqual: (value, nil)
        case .greater: value < .max ? (value + 1, nil) : nil
        default: nil
        }
    }
}

extension ScalarFunction {
    /// The comparison with its sides swapped.
    var mirrored: ScalarFunction? {
        switch self {
        case .equal: .equal
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: nil
        }
    }
}
