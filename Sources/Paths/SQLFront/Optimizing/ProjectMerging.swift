internal import Columns

/// Makes one projection of two, where no expression would be computed twice, and drops those that change
/// nothing.
enum ProjectMerging {
    static func apply(_ plan: Plan) -> Plan {
        let inner = plan.replacingInputs(apply)
        guard case .project(let input, let expressions) = inner.operation else { return inner }
        let merged = merge(inner, input, expressions)
        return isIdentity(merged) ? identityInput(merged) : merged
    }

    private static func merge(_ plan: Plan, _ input: Plan, _ expressions: [Expression]) -> Plan {
        guard case .project(let source, let inner) = input.operation else { return plan }
        var uses = [Int](repeating: 0, count: inner.count)
        for expression in expressions { count(expression, into: &uses) }
        for (column, expression) in inner.enumerated() where uses[column] > 1 {
            guard expression.columnIndex != nil || expression.literalValue != nil else {
                return plan
            }
        }
        var result = plan
        result.operation = .project(
            source,
            expressions.map { $0.mappingColumns { column, _ in inner[column] } }
        )
        // The projection below may have been the last of several.
        return result
    }

    private static func count(_ expression: Expression, into uses: inout [Int]) {
        if case .column(let column) = expression.kind { uses[column] += 1 }
        for child in expression.children { count(child, into: &uses) }
    }

    private static func isIdentity(_ plan: Plan) -> Bool {
        guard case .project(let input, let expressions) = plan.operation,
            expressions.count == input.schema.count
        else { return false }
        return expressions.enumerated().allSatisfy { index, expression in
            expression.columnIndex == index && plan.schema[index] == input.schema[index]
        }
    }

    private static func identityInput(_ plan: Plan) -> Plan { plan.inputs[0] }
}

/// Makes a window aggregate of an aggregate over a window table function: rows need not be copied into each of
/// their windows first.
enum WindowFusing {
    static func apply(_ plan: Plan) -> Plan {
        let inner = plan.replacingInputs(apply)
        guard case .aggregate(let input, let aggregate) = inner.operation,
            case .attached(let start, let end)? = aggregate.window?.kind,
            let fused = fuse(inner, input, aggregate, start: start, end: end),
            fused.schema == inner.schema
        else { return inner }
        return fused
    }

    private static func fuse(
        _ plan: Plan,
        _ input: Plan,
        _ aggregate: Aggregate,
        start: Int,
        end: Int
    ) -> Plan? {
        let expressions: [Expression]
        let assigned: Plan
        if case .project(let below, let projected) = input.operation {
            expressions = projected
            assigned = below
        } else {
            expressions = input.outputColumns()
            assigned = input
        }
        guard case .assignWindows(let source, var window) = assigned.operation else { return nil }
        let width = source.schema.count
        guard expressions[start].columnIndex == width, expressions[end].columnIndex == width + 1
        else { return nil }
        let read = Set(aggregate.keys + aggregate.aggregates.flatMap(\.columns))
        guard read.allSatisfy({ expressions[$0].columns.allSatisfy { $0 < width } }) else {
            return nil
        }
        // Columns of the window are read by nobody: the event time takes their places.
        let time = source.outputColumns()[window.timeColumn]
        let kept = expressions.map { $0.columns.contains { $0 >= width } ? time : $0 }
        if case .session(let gap, let partition) = window.kind {
            var places: [Int] = []
            for column in partition {
                guard let place = kept.firstIndex(where: { $0.columnIndex == column }) else {
                    return nil
                }
                places.append(place)
            }
            window.kind = .session(gap: gap, partition: places)
        }
        window.timeColumn = start
        var result = aggregate
        result.window = window
        let names = input.schema.fields.map(\.name)
        return .aggregate(
            .project(source, kept, names: names, at: input.position),
            result,
            at: plan.position
        )
    }
}

extension AggregateCall {
    /// Input columns that the call reads.
    var columns: [Int] { arguments + (filter.map { [$0] } ?? []) }
}

/// Tells scans which rows their readers will refuse anyway.
enum ScanPruning {
    static func apply(_ plan: Plan) -> Plan {
        let inner = plan.replacingInputs(apply)
        guard case .filter(let input, let condition) = inner.operation,
            case .scan(var scan) = input.operation
        else { return inner }
        scan.pruning = condition.conjuncts.compactMap(hint)
        var source = input
        source.operation = .scan(scan)
        var result = inner
        result.operation = .filter(source, condition)
        return result
    }

    /// `column op literal`, with the column first; nil for any other condition.
    private static func hint(_ condition: Expression) -> Expression? {
        guard case .call(let function, let sides) = condition.kind, sides.count == 2,
            let mirrored = function.mirrored
        else { return nil }
        if sides[0].columnIndex != nil, sides[1].literalValue?.isNull == false { return condition }
        guard sides[1].columnIndex != nil, sides[0].literalValue?.isNull == false else {
            return nil
        }
        return .call(mirrored, [sides[1], sides[0]], .boolean, at: condition.position)
    }
}
