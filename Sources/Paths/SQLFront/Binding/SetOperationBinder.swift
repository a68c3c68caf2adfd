internal import Columns
internal import Failures

/// UNION, EXCEPT and INTERSECT.
struct SetOperationBinder {
    let queries: QueryBinder

    func bind(
        _ operation: QuerySyntax.SetOperator,
        _ left: Plan,
        _ right: Plan,
        at position: SourcePosition
    ) throws(Failure) -> Plan {
        let (first, second) = try aligned(left, right, operation, at: position)
        switch operation {
        case .unionAll: return Self.unionAll(first, second, at: position)
        case .union:
            return Self.unionAll(first, second, at: position).distinct(at: position)
        case .except, .intersect:
            return counted(first, second, isExcept: operation == .except, at: position)
        }
    }

    /// UNION ALL of several queries is one operator.
    private static func unionAll(_ left: Plan, _ right: Plan, at position: SourcePosition) -> Plan {
        if case .union(let inputs) = left.operation {
            return .union(inputs + [right], at: position)
        }
        return .union([left, right], at: position)
    }

    /// Both sides with the same types; names are the left side's.
    private func aligned(
        _ left: Plan,
        _ right: Plan,
        _ operation: QuerySyntax.SetOperator,
        at position: SourcePosition
    ) throws(Failure) -> (Plan, Plan) {
        guard left.schema.count == right.schema.count else {
            throw .request(
                "TYPE_MISMATCH",
                "one side has \(left.schema.count) columns, the other \(right.schema.count)",
                remedy: "select the same number of columns on both sides",
                at: position
            )
        }
        var types: [DataType] = []
        for (first, second) in zip(left.schema.fields, right.schema.fields) {
            guard let type = TypeRules.common(first.type, second.type) else {
                throw .request(
                    "TYPE_MISMATCH",
                    "the column \(first.name) is \(first.type) on one side and \(second.type) on the other",
                    remedy: "CAST one to the type of the other",
                    at: position
                )
            }
            types.append(type)
        }
        let names = left.schema.fields.map(\.name)
        return (left.cast(to: types, names: names), right.cast(to: types, names: names))
    }

    /// Groups by all columns and counts the rows of each side: NULLs are equal, as SQL says.
    private func counted(
        _ left: Plan,
        _ right: Plan,
        isExcept: Bool,
        at position: SourcePosition
    ) -> Plan {
        let width = left.schema.count
        let names = left.schema.fields.map(\.name)
        func marked(_ plan: Plan, isLeft: Bool) -> Plan {
            let sides = [isLeft, !isLeft].map {
                Expression.literal(.boolean($0), .boolean, at: position)
            }
            return .project(
                plan,
                plan.outputColumns() + sides,
                names: names + ["is_left", "is_right"],
                at: position
            )
        }
        let both = Plan.union(
            [marked(left, isLeft: true), marked(right, isLeft: false)],
            at: position
        )
        let counts = [width, width + 1].map {
            AggregateCall(.count, filter: $0, type: .bigint, at: position)
        }
        let grouped = Plan.aggregate(
            both,
            Aggregate(keys: Array(0..<width), aggregates: counts),
            at: position
        )
        let zero = Expression.literal(.integer(0), .bigint, at: position)
        let conditions = [0, 1].map { side in
            Expression.call(
                side == 1 && isExcept ? .equal : .greater,
                [.column(width + side, .bigint, isNullable: false, at: position), zero],
                .boolean,
                at: position
            )
        }
        let kept = Plan.filter(
            grouped,
            .call(.and, conditions, .boolean, isNullable: false, at: position)
        )
        return .project(
            kept,
            Array(kept.outputColumns()[..<width]),
            names: names,
            at: position
        )
    }
}

extension Plan {
    /// Each different row once; closes with the window where rows carry one.
    func distinct(at position: SourcePosition) -> Plan {
        guard let window = windowColumns else {
            let keys = Aggregate(keys: Array(0..<schema.count), aggregates: [])
            return .aggregate(self, keys, at: position)
        }
        // The window's columns come back behind the keys: a projection restores the order.
        let keys = (0..<schema.count).filter {
            $0 != window.start && $0 != window.end && $0 != timeColumn
        }
        let grouped = Plan.aggregate(
            self,
            Aggregate(keys: keys, aggregates: [], window: window.attached),
            at: position
        )
        let columns = grouped.outputColumns()
        let restored = (0..<schema.count).map { index in
            if index == window.start { return columns[keys.count] }
            if index == window.end { return columns[keys.count + 1] }
            if let key = keys.firstIndex(of: index) { return columns[key] }
            return columns[keys.count + 2]
        }
        return .project(grouped, restored, names: schema.fields.map(\.name), at: position)
    }

    /// The same columns under other types and names; itself where nothing changes.
    func cast(to types: [DataType], names: [String]) -> Plan {
        let columns = outputColumns()
        let converted = zip(columns, types).map { $0.converted(to: $1) }
        if converted == columns, names == schema.fields.map(\.name) { return self }
        return .project(self, converted, names: names, at: position)
    }
}
