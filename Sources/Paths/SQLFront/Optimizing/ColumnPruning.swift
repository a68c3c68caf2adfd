internal import Columns

/// Removes columns that nothing above reads, down to the scans.
struct ColumnPruning {
    /// The plan with the same output and nothing superfluous below it.
    static func apply(_ plan: Plan) -> Plan {
        let all = Set(0..<plan.schema.count)
        return exact(prune(plan, all), all, like: plan)
    }

    /// A plan, and for each column of the plan that it replaces its new place; nil for those that are gone.
    fileprivate struct Pruned {
        var plan: Plan
        var places: [Int?]

        func place(_ column: Int) -> Int {
            guard let place = places[column] else {
                preconditionFailure("the column \(column) was asked for")
            }
            return place
        }

        func mapped(_ columns: [Int]) -> [Int] { columns.map(place) }

        func mapped(_ expression: Expression) -> Expression {
            expression.mappingColumns { column, original in
                var result = original
                result.kind = .column(place(column))
                return result
            }
        }
    }

    /// A plan whose output has at least the columns in `needed`.
    private static func prune(_ plan: Plan, _ needed: Set<Int>) -> Pruned {
        switch plan.operation {
        case .scan(let scan): return pruneScan(plan, scan, needed)
        case .values(let rows): return pruneValues(plan, rows, needed)
        case .filter(let input, let condition):
            let inner = prune(input, needed.union(condition.columns))
            return passing(plan, inner, .filter(inner.plan, inner.mapped(condition)))
        case .project(let input, let expressions):
            return pruneProject(plan, input, expressions, needed)
        case .sort(let input, let sort):
            let inner = prune(input, needed.union(sort.keys.map(\.column)))
            var result = sort
            result.keys = inner.mapped(sort.keys)
            return passing(plan, inner, .sort(inner.plan, result))
        case .union(let inputs):
            let kept = needed.sorted()
            let pruned = inputs.map { exact(prune($0, needed), needed, like: $0) }
            return rebuilt(plan, .union(pruned), kept: kept)
        case .assignWindows(let input, let window):
            return pruneWindows(plan, input, window, needed)
        case .aggregate(let input, let aggregate):
            return pruneAggregate(plan, input, aggregate, needed)
        case .topN(let input, let topN): return pruneTopN(plan, input, topN, needed)
        case .over(let input, let over): return pruneOver(plan, input, over, needed)
        case .join(let left, let right, let join):
            return pruneJoin(plan, left, right, join, needed)
        }
    }

    // MARK: Shapes

    /// An operator that passes its input's columns on.
    private static func passing(_ plan: Plan, _ inner: Pruned, _ operation: Plan.Operation)
        -> Pruned
    {
        let kept = inner.places.indices.filter { inner.places[$0] != nil }
        let ordered = kept.sorted { inner.place($0) < inner.place($1) }
        return rebuilt(plan, operation, kept: ordered)
    }

    /// The operator with only the columns in `kept`, in that order.
    private static func rebuilt(_ plan: Plan, _ operation: Plan.Operation, kept: [Int]) -> Pruned {
        var places = [Int?](repeating: nil, count: plan.schema.count)
        for (place, column) in kept.enumerated() { places[column] = place }
        var result = plan
        result.operation = operation
        result.schema = Schema(kept.map { plan.schema[$0] })
        result.timeColumn = plan.timeColumn.flatMap { places[$0] }
        let key = plan.uniqueKey?.map { places[$0] }
        result.uniqueKey = key?.contains(nil) == true ? nil : key?.compactMap(\.self)
        return Pruned(plan: result, places: places)
    }

    /// Exactly the needed columns in their old order.
    private static func exact(_ pruned: Pruned, _ needed: Set<Int>, like plan: Plan) -> Plan {
        let kept = needed.sorted()
        if pruned.plan.schema.count == kept.count { return pruned.plan }
        let columns = pruned.plan.outputColumns()
        return .project(
            pruned.plan,
            kept.map { columns[pruned.place($0)] },
            names: kept.map { plan.schema[$0].name },
            at: plan.position
        )
    }

    // MARK: Sources and projections

    private static func pruneScan(_ plan: Plan, _ scan: Scan, _ needed: Set<Int>) -> Pruned {
        var read = needed
        if let watermark = scan.watermark {
            read.formUnion(watermark.time.columns)
            read.formUnion(watermark.expression.columns)
        }
        let kept = read.sorted()
        var result = scan
        result.columns = kept.map { scan.columns[$0] }
        var pruned = rebuilt(plan, .scan(result), kept: kept)
        if let watermark = scan.watermark {
            result.watermark = Scan.Watermark(
                time: pruned.mapped(watermark.time),
                expression: pruned.mapped(watermark.expression),
                delay: watermark.delay
            )
            pruned.plan.operation = .scan(result)
        }
        return pruned
    }

    private static func pruneValues(
        _ plan: Plan,
        _ rows: [[Value]],
        _ needed: Set<Int>
    ) -> Pruned {
        let kept = needed.sorted()
        return rebuilt(plan, .values(rows.map { row in kept.map { row[$0] } }), kept: kept)
    }

    private static func pruneProject(
        _ plan: Plan,
        _ input: Plan,
        _ expressions: [Expression],
        _ needed: Set<Int>
    ) -> Pruned {
        let kept = needed.sorted()
        let read = kept.reduce(into: Set<Int>()) { $0.formUnion(expressions[$1].columns) }
        let inner = prune(input, read)
        // Only the number of rows is wanted: nothing is left to do, unless a watermark keeps columns.
        if kept.isEmpty, inner.plan.schema.count == 0 {
            return Pruned(
                plan: inner.plan,
                places: [Int?](repeating: nil, count: expressions.count)
            )
        }
        let mapped = kept.map { inner.mapped(expressions[$0]) }
        return rebuilt(plan, .project(inner.plan, mapped), kept: kept)
    }

    // MARK: Windows and aggregates

    private static func columns(of window: WindowSpecification?) -> [Int] {
        guard let window else { return [] }
        switch window.kind {
        case .session(_, let partition): return partition + [window.timeColumn]
        case .attached(let start, let end): return [start, end]
        default: return [window.timeColumn]
        }
    }

    private static func pruneWindows(
        _ plan: Plan,
        _ input: Plan,
        _ window: WindowSpecification,
        _ needed: Set<Int>
    ) -> Pruned {
        let width = input.schema.count
        let read = needed.filter { $0 < width }.union(columns(of: window))
        let inner = prune(input, read)
        let kept = (0..<width).filter { inner.places[$0] != nil }
            .sorted { inner.place($0) < inner.place($1) }
        return rebuilt(
            plan,
            .assignWindows(inner.plan, inner.mapped(window)),
            kept: kept + [width, width + 1, width + 2]
        )
    }

    private static func pruneAggregate(
        _ plan: Plan,
        _ input: Plan,
        _ aggregate: Aggregate,
        _ needed: Set<Int>
    ) -> Pruned {
        let keyCount = aggregate.keys.count
        let calls = aggregate.aggregates.indices.filter { needed.contains(keyCount + $0) }
        var read = Set(aggregate.keys).union(columns(of: aggregate.window))
        for call in calls { read.formUnion(aggregate.aggregates[call].columns) }
        let inner = prune(input, read)
        var result = aggregate
        result.keys = inner.mapped(aggregate.keys)
        result.window = aggregate.window.map(inner.mapped)
        result.aggregates = calls.map { index in
            var call = aggregate.aggregates[index]
            call.arguments = inner.mapped(call.arguments)
            call.filter = call.filter.map(inner.place)
            return call
        }
        let windowBase = keyCount + aggregate.aggregates.count
        let windowColumns = Array(windowBase..<plan.schema.count)
        return rebuilt(
            plan,
            .aggregate(inner.plan, result),
            kept: Array(0..<keyCount) + calls.map { keyCount + $0 } + windowColumns
        )
    }

    private static func pruneTopN(
        _ plan: Plan,
        _ input: Plan,
        _ topN: TopN,
        _ needed: Set<Int>
    ) -> Pruned {
        let width = input.schema.count
        var read = needed.filter { $0 < width }
        read.formUnion(topN.partition + topN.order.map(\.column) + columns(of: topN.window))
        let inner = prune(input, read)
        var result = topN
        result.partition = inner.mapped(topN.partition)
        result.order = inner.mapped(topN.order)
        result.window = topN.window.map(inner.mapped)
        result.emitsRank = topN.emitsRank && needed.contains(width)
        let kept = (0..<width).filter { inner.places[$0] != nil }
            .sorted { inner.place($0) < inner.place($1) }
        return rebuilt(
            plan,
            .topN(inner.plan, result),
            kept: kept + (result.emitsRank ? [width] : [])
        )
    }

    private static func pruneOver(
        _ plan: Plan,
        _ input: Plan,
        _ over: Over,
        _ needed: Set<Int>
    ) -> Pruned {
        let width = input.schema.count
        let calls = over.calls.indices.filter { needed.contains(width + $0) }
        var read = needed.filter { $0 < width }
        guard !calls.isEmpty else {
            let inner = prune(input, read)
            let gone = [Int?](repeating: nil, count: over.calls.count)
            return Pruned(plan: inner.plan, places: inner.places + gone)
        }
        read.formUnion(over.partition + over.order.map(\.column))
        for call in calls { read.formUnion(over.calls[call].arguments) }
        let inner = prune(input, read)
        var result = over
        result.partition = inner.mapped(over.partition)
        result.order = inner.mapped(over.order)
        result.calls = calls.map { index in
            var call = over.calls[index]
            call.arguments = inner.mapped(call.arguments)
            return call
        }
        let kept = (0..<width).filter { inner.places[$0] != nil }
            .sorted { inner.place($0) < inner.place($1) }
        return rebuilt(plan, .over(inner.plan, result), kept: kept + calls.map { width + $0 })
    }

    // MARK: Joins

    private static func pruneJoin(
        _ plan: Plan,
        _ left: Plan,
        _ right: Plan,
        _ join: Join,
        _ needed: Set<Int>
    ) -> Pruned {
        let width = left.schema.count
        let residual = join.residual?.columns ?? []
        let read = join.kind.keepsRightColumns ? needed.union(residual) : needed
        var leftRead = Set(join.leftKeys).union(residual.filter { $0 < width })
        var rightRead = Set(join.rightKeys)
        rightRead.formUnion(residual.filter { $0 >= width }.map { $0 - width })
        for column in read {
            if column < width { leftRead.insert(column) } else { rightRead.insert(column - width) }
        }
        let first = prune(left, leftRead)
        let second = prune(right, rightRead)
        let newWidth = first.plan.schema.count
        var result = join
        result.leftKeys = first.mapped(join.leftKeys)
        result.rightKeys = second.mapped(join.rightKeys)
        result.residual = join.residual?.mappingColumns { column, original in
            var mapped = original
            mapped.kind = .column(
                column < width ? first.place(column) : second.place(column - width) + newWidth
            )
            return mapped
        }
        if let window = join.window {
            result.window = Join.Window(
                left: first.mapped(window.left),
                right: second.mapped(window.right)
            )
        }
        func kept(_ side: Pruned) -> [Int] {
            side.places.indices.filter { side.places[$0] != nil }
                .sorted { side.place($0) < side.place($1) }
        }
        let rightKept = join.kind.keepsRightColumns ? kept(second).map { $0 + width } : []
        return rebuilt(
            plan,
            .join(first.plan, second.plan, result),
            kept: kept(first) + rightKept
        )
    }
}

extension ColumnPruning.Pruned {
    fileprivate func mapped(_ keys: [SortKey]) -> [SortKey] {
        keys.map { SortKey(column: place($0.column), isDescending: $0.isDescending) }
    }

    fileprivate func mapped(_ window: WindowSpecification) -> WindowSpecification {
        var result = window
        switch window.kind {
        case .attached(let start, let end):
            result.kind = .attached(start: place(start), end: place(end))
            result.timeColumn = place(start)
        case .session(let gap, let partition):
            result.kind = .session(gap: gap, partition: mapped(partition))
            result.timeColumn = place(window.timeColumn)
        default: result.timeColumn = place(window.timeColumn)
        }
        return result
    }
}
