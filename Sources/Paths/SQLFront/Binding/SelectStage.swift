internal import Columns
internal import Failures

/// The operators of a SELECT while they are put on each other, and what its expressions become on the way.
struct SelectStage {
    var plan: Plan
    private var relation: Relation
    private let calls: CallCollector
    private let position: SourcePosition
    /// OVER calls over the current plan.
    private var overs: [CallCollector.BoundOver] = []
    /// Set once the rows are groups.
    private var grouping: Grouping?

    /// What an expression over the input becomes over the groups.
    private struct Grouping {
        var keys: [Expression: Int]
        var keyCount: Int
        var aggregateCount: Int
        var schema: Schema
        /// Input column to the window's start, end and time behind the aggregates.
        var windowColumns: [Int: Int]

        var windowBase: Int { keyCount + aggregateCount }
    }

    init(relation: Relation, calls: CallCollector, position: SourcePosition) {
        self.relation = relation
        self.plan = relation.plan
        self.calls = calls
        self.position = position
    }

    /// Makes a window table function an operator: its rows are wanted, not its groups.
    mutating func assignWindow() {
        guard relation.pendingWindow != nil else { return }
        assignedBase = plan.schema.count
        relation.assignWindow(at: position)
        plan = relation.plan
    }

    /// Where the window's columns came to be; they are still placeholders in bound expressions.
    private var assignedBase: Int?

    private func assigned(_ expression: Expression) -> Expression {
        assignedBase.map { expression.assigningWindow(base: $0) } ?? expression
    }

    // MARK: Aggregation

    /// Puts the aggregate on the input; `groups` are its keys, with a window's columns among them.
    mutating func aggregate(
        _ groups: [Expression],
        window: SelectWindow?,
        hasGroups: Bool
    ) throws(Failure) {
        var groups = groups
        var arguments = calls.aggregates
        var specification = window?.specification
        var windowColumns: [Int: Int] = [:]
        if specification == nil, let pending = relation.pendingWindow {
            if isTaken(pending, by: groups) { specification = pending } else { assignWindow() }
        }
        if specification != nil {
            windowColumns = Dictionary(
                uniqueKeysWithValues: (0..<3).map { (SelectSpace.window + $0, $0) }
            )
        } else {
            groups = groups.map(assigned)
            arguments = arguments.map { $0.mapping(assigned) }
            if let columns = attachedColumns(groups) {
                specification = columns.attached
                windowColumns = [columns.start: 0, columns.end: 1]
                if let time = plan.timeColumn { windowColumns[time] = 2 }
            }
        }
        let keys = groups.filter { group in
            group.columnIndex.map { windowColumns[$0] == nil } ?? true
        }
        try build(keys, arguments, specification, windowColumns, isClause: window != nil)
    }

    /// Whether the aggregate can do the window table function's work: both bounds are keys, and nothing below
    /// reads the window's columns.
    private func isTaken(_ window: WindowSpecification, by groups: [Expression]) -> Bool {
        let bounds = groups.filter { ($0.columnIndex ?? 0) >= SelectSpace.window }
            .compactMap(\.columnIndex)
        guard bounds.contains(SelectSpace.window), bounds.contains(SelectSpace.window + 1) else {
            return false
        }
        let computed = groups.filter { $0.columnIndex == nil }
        let below =
            computed + calls.aggregates.flatMap { $0.arguments + ($0.filter.map { [$0] } ?? []) }
        return below.allSatisfy { $0.columns.allSatisfy { $0 < SelectSpace.window } }
    }

    /// The window that the input's rows carry, if both of its columns are keys.
    private func attachedColumns(_ groups: [Expression]) -> WindowColumns? {
        let keys = Set(groups.compactMap(\.columnIndex))
        guard let columns = plan.windowColumns, keys.contains(columns.start),
            keys.contains(columns.end)
        else { return nil }
        return columns
    }

    private mutating func build(
        _ keys: [Expression],
        _ arguments: [CallCollector.BoundAggregate],
        _ window: WindowSpecification?,
        _ windowColumns: [Int: Int],
        isClause: Bool
    ) throws(Failure) {
        var input = InputColumns(plan: plan)
        let keyColumns = keys.map { input.index(of: $0) }
        let aggregates = arguments.map { bound in
            AggregateCall(
                bound.function,
                arguments: bound.arguments.map { input.index(of: $0) },
                separator: bound.separator,
                isDistinct: bound.isDistinct,
                filter: bound.filter.map { input.index(of: $0) },
                type: bound.type,
                at: bound.position
            )
        }
        let specification = window.map { input.window($0, keys: isClause ? keyColumns : nil) }
        plan = .aggregate(
            input.built(at: position),
            Aggregate(keys: keyColumns, aggregates: aggregates, window: specification),
            at: position
        )
        var keyIndex: [Expression: Int] = [:]
        for (index, key) in keys.enumerated() where keyIndex[key] == nil { keyIndex[key] = index }
        grouping = Grouping(
            keys: keyIndex,
            keyCount: keys.count,
            aggregateCount: aggregates.count,
            schema: plan.schema,
            windowColumns: windowColumns
        )
    }

    // MARK: Expressions

    /// An expression over the FROM clause as one over the current rows.
    func rewritten(_ expression: Expression) throws(Failure) -> Expression {
        guard let grouping else { return assigned(expression) }
        var missing: Expression?
        let result = Self.rewrite(assigned(expression), grouping, &missing)
        if let missing { throw ungrouped(missing) }
        return result
    }

    private static func rewrite(
        _ expression: Expression,
        _ grouping: Grouping,
        _ missing: inout Expression?
    ) -> Expression {
        func output(_ index: Int) -> Expression {
            let field = grouping.schema[index]
            return .column(
                index,
                field.type,
                isNullable: field.isNullable,
                at: expression.position
            )
        }
        if let key = grouping.keys[expression] { return output(key) }
        guard let column = expression.columnIndex else {
            var found = missing
            let result = expression.mappingChildren { rewrite($0, grouping, &found) }
            missing = found
            return result
        }
        if column >= SelectSpace.overs { return expression }
        if column >= SelectSpace.aggregates {
            return output(grouping.keyCount + column - SelectSpace.aggregates)
        }
        if let part = grouping.windowColumns[column] { return output(grouping.windowBase + part) }
        missing = missing ?? expression
        return expression
    }

    private func ungrouped(_ expression: Expression) -> Failure {
        let name = expression.columnIndex.flatMap { index in
            relation.columns.first { $0.expression.columnIndex == index }?.name
        }
        return .request(
            "BIND_GROUP",
            "\(name.map { "the column \"\($0)\"" } ?? "a column") is neither a GROUP BY key nor in an aggregate",
            remedy: "add it to GROUP BY, or wrap it in an aggregate such as MAX",
            at: expression.position
        )
    }

    // MARK: OVER

    /// Brings the operands of OVER calls over the current rows.
    mutating func rewriteOvers() throws(Failure) {
        for over in calls.overs {
            var rewritten = over
            for index in over.arguments.indices {
                rewritten.arguments[index] = try self.rewritten(over.arguments[index])
            }
            for index in over.partition.indices {
                rewritten.partition[index] = try self.rewritten(over.partition[index])
            }
            for index in over.order.indices {
                rewritten.order[index].expression = try self.rewritten(over.order[index].expression)
            }
            overs.append(rewritten)
        }
    }

    /// Puts an operator on the rows for each different OVER, and their results into the expressions.
    mutating func addOvers(
        items: inout [SelectBinder.Item],
        qualify: inout Expression?,
        order: inout [OrderTerm]
    ) {
        guard !overs.isEmpty else { return }
        var input = InputColumns(plan: plan)
        var layouts: [(partition: [Int], order: [SortKey], calls: [(Int, Over.Call)])] = []
        for (index, over) in overs.enumerated() {
            let partition = over.partition.map { input.index(of: $0) }
            let keys = over.order.map {
                SortKey(column: input.index(of: $0.expression), isDescending: $0.isDescending)
            }
            let call = Over.Call(
                over.function,
                arguments: over.arguments.map { input.index(of: $0) },
                separator: over.separator,
                frame: over.frame,
                type: over.type,
                at: over.position
            )
            if let layout = layouts.firstIndex(where: {
                $0.partition == partition && $0.order == keys
            }) {
                layouts[layout].calls.append((index, call))
            } else {
                layouts.append((partition, keys, [(index, call)]))
            }
        }
        plan = input.built(at: position)
        var columns: [Int: Expression] = [:]
        for layout in layouts {
            let base = plan.schema.count
            let operation = Over(
                partition: layout.partition,
                order: layout.order,
                calls: layout.calls.map(\.1)
            )
            plan = .over(plan, operation, at: layout.calls[0].1.position)
            for (offset, call) in layout.calls.enumerated() {
                columns[SelectSpace.overs + call.0] = plan.outputColumns()[base + offset]
            }
        }
        func resolved(_ expression: Expression) -> Expression {
            expression.mappingColumns { index, column in
                columns[index]?.at(column.position) ?? column
            }
        }
        for index in items.indices { items[index].expression = resolved(items[index].expression) }
        qualify = qualify.map(resolved)
        for index in order.indices { order[index].expression = resolved(order[index].expression) }
    }
}

extension CallCollector.BoundAggregate {
    func mapping(_ transform: (Expression) -> Expression) -> Self {
        var result = self
        result.arguments = arguments.map(transform)
        result.filter = filter.map(transform)
        return result
    }
}
