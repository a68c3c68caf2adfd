internal import Columns
internal import Failures

extension Plan {
    static func filter(_ input: Plan, _ condition: Expression) -> Plan {
        Plan(
            .filter(input, condition),
            schema: input.schema,
            timeColumn: input.timeColumn,
            uniqueKey: input.uniqueKey,
            at: condition.position
        )
    }

    /// A projection; the time attribute and the unique key survive where their columns do.
    static func project(
        _ input: Plan,
        _ expressions: [Expression],
        names: [String],
        at position: SourcePosition
    ) -> Plan {
        let fields = zip(names, expressions).map { name, expression in
            Field(name, expression.type, isNullable: expression.isNullable)
        }
        func output(of column: Int) -> Int? { expressions.firstIndex { $0.columnIndex == column } }
        let key = input.uniqueKey?.map(output)
        return Plan(
            .project(input, expressions),
            schema: Schema(fields),
            timeColumn: input.timeColumn.flatMap(output),
            uniqueKey: key?.contains(nil) == true ? nil : key?.compactMap(\.self),
            at: position
        )
    }

    static func assignWindows(
        _ input: Plan,
        _ window: WindowSpecification,
        at position: SourcePosition
    ) -> Plan {
        let fields = window.outputFields(over: input.schema)
        return Plan(
            .assignWindows(input, window),
            schema: Schema(input.schema.fields + fields),
            timeColumn: input.schema.count + 2,
            at: position
        )
    }

    /// Keys, aggregates and, with a window, its three columns.
    static func aggregate(
        _ input: Plan,
        _ aggregate: Aggregate,
        at position: SourcePosition
    ) -> Plan {
        var fields = aggregate.keys.map { input.schema[$0] }
        for (index, call) in aggregate.aggregates.enumerated() {
            fields.append(
                Field("\(call.function.rawValue)_\(index)", call.type, isNullable: call.isNullable)
            )
        }
        let keyCount = aggregate.keys.count
        var key = Array(0..<keyCount)
        var timeColumn: Int?
        if let window = aggregate.window {
            let start = fields.count
            fields += window.outputFields(over: input.schema)
            key += [start, start + 1]
            timeColumn = start + 2
        }
        return Plan(
            .aggregate(input, aggregate),
            schema: Schema(fields),
            timeColumn: timeColumn,
            uniqueKey: key,
            at: position
        )
    }

    static func over(_ input: Plan, _ over: Over, at position: SourcePosition) -> Plan {
        let fields = over.calls.enumerated().map { index, call in
            Field("over_\(index)", call.type, isNullable: call.isNullable)
        }
        return Plan(
            .over(input, over),
            schema: Schema(input.schema.fields + fields),
            uniqueKey: input.uniqueKey,
            at: position
        )
    }

    static func sort(_ input: Plan, _ sort: Sort, at position: SourcePosition) -> Plan {
        Plan(
            .sort(input, sort),
            schema: input.schema,
            uniqueKey: input.uniqueKey,
            at: position
        )
    }

    static func join(_ left: Plan, _ right: Plan, _ join: Join, at position: SourcePosition)
        -> Plan
    {
        let leftFields = left.schema.fields.map { field in
            join.kind == .right || join.kind == .full ? field.nullable : field
        }
        guard join.kind.keepsRightColumns else {
            return Plan(
                .join(left, right, join),
                schema: left.schema,
                timeColumn: join.window == nil ? nil : left.timeColumn,
                uniqueKey: left.uniqueKey,
                at: position
            )
        }
        let rightFields = right.schema.fields.map { field in
            join.kind == .left || join.kind == .full ? field.nullable : field
        }
        return Plan(
            .join(left, right, join),
            schema: Schema(leftFields + rightFields),
            uniqueKey: joinedKey(left, right, join),
            at: position
        )
    }

    /// Both keys together; an outer join may pad one with NULLs, which stays unique with the other.
    private static func joinedKey(_ left: Plan, _ right: Plan, _ join: Join) -> [Int]? {
        guard let first = left.uniqueKey, let second = right.uniqueKey else { return nil }
        return first + second.map { $0 + left.schema.count }
    }

    static func union(_ inputs: [Plan], at position: SourcePosition) -> Plan {
        var fields = inputs[0].schema.fields
        for index in fields.indices {
            fields[index].isNullable = inputs.contains { $0.schema[index].isNullable }
        }
        // Rows keep a time attribute only where all inputs have it in the same column.
        let time = inputs[0].timeColumn
        return Plan(
            .union(inputs),
            schema: Schema(fields),
            timeColumn: inputs.allSatisfy { $0.timeColumn == time } ? time : nil,
            at: position
        )
    }

    /// One reference to each output column.
    func outputColumns() -> [Expression] {
        schema.fields.enumerated().map { index, field in
            .column(index, field.type, isNullable: field.isNullable, at: position)
        }
    }

    // MARK: Structure

    package var inputs: [Plan] {
        switch operation {
        case .scan, .values: []
        case .filter(let input, _), .project(let input, _), .assignWindows(let input, _),
            .aggregate(let input, _), .topN(let input, _), .over(let input, _),
            .sort(let input, _):
            [input]
        case .join(let left, let right, _): [left, right]
        case .union(let inputs): inputs
        }
    }

    /// The same operator over other inputs of the same number and layout.
    func replacingInputs(_ transform: (Plan) -> Plan) -> Plan {
        var result = self
        switch operation {
        case .scan, .values: break
        case .filter(let input, let condition):
            result.operation = .filter(transform(input), condition)
        case .project(let input, let expressions):
            result.operation = .project(transform(input), expressions)
        case .assignWindows(let input, let window):
            result.operation = .assignWindows(transform(input), window)
        case .aggregate(let input, let aggregate):
            result.operation = .aggregate(transform(input), aggregate)
        case .topN(let input, let topN): result.operation = .topN(transform(input), topN)
        case .over(let input, let over): result.operation = .over(transform(input), over)
        case .sort(let input, let sort): result.operation = .sort(transform(input), sort)
        case .join(let left, let right, let join):
            result.operation = .join(transform(left), transform(right), join)
        case .union(let inputs): result.operation = .union(inputs.map(transform))
        }
        return result
    }

    /// Whether all sources end by themselves.
    var isBounded: Bool {
        if case .scan(let scan) = operation { return scan.table.connector.isBounded }
        return inputs.allSatisfy(\.isBounded)
    }

    /// The columns with the start and end of the window that each row belongs to, where an operator below
    /// gave rows windows that close with the watermark.
    var windowColumns: WindowColumns? {
        switch operation {
        case .scan, .values, .union: return nil
        case .filter(let input, _), .topN(let input, _): return input.windowColumns
        case .over, .sort: return nil
        case .assignWindows(let input, let window):
            return WindowColumns(start: input.schema.count, tick: window.tick)
        case .aggregate(_, let aggregate):
            guard let window = aggregate.window else { return nil }
            return WindowColumns(
                start: aggregate.keys.count + aggregate.aggregates.count,
                tick: window.tick
            )
        case .project(let input, let expressions):
            guard let columns = input.windowColumns,
                let start = expressions.firstIndex(where: { $0.columnIndex == columns.start }),
                let end = expressions.firstIndex(where: { $0.columnIndex == columns.end })
            else { return nil }
            return WindowColumns(start: start, end: end, tick: columns.tick)
        case .join(let left, _, let join): return join.window == nil ? nil : left.windowColumns
        }
    }
}

/// Where rows carry the window they belong to.
struct WindowColumns: Hashable {
    var start: Int
    var end: Int
    var tick: Int64

    init(start: Int, end: Int? = nil, tick: Int64) {
        self.start = start
        self.end = end ?? start + 1
        self.tick = tick
    }

    var attached: WindowSpecification {
        WindowSpecification(.attached(start: start, end: end), timeColumn: start, tick: tick)
    }
}

extension WindowSpecification {
    /// `window_start`, `window_end` (without zone) and `window_time` (of the time column's kind).
    func outputFields(over input: Schema) -> [Field] {
        let (bounds, time) = outputTypes(over: input)
        return [
            Field("window_start", bounds, isNullable: false),
            Field("window_end", bounds, isNullable: false),
            Field("window_time", time, isNullable: false),
        ]
    }

    private func outputTypes(over input: Schema) -> (bounds: DataType, time: DataType) {
        if case .attached(let start, _) = kind {
            let bounds = input[start].type
            return (bounds, bounds)
        }
        switch input[timeColumn].type {
        case .timestampLTZ(let precision):
            return (.timestamp(precision: max(precision, 3)), .timestampLTZ(precision: 3))
        case .timestamp(let precision):
            return (.timestamp(precision: max(precision, 3)), .timestamp(precision: 3))
        default:
            return (.timestamp(precision: 3), .timestamp(precision: 3))
        }
    }
}

extension Field {
    var nullable: Field { Field(name, type, isNullable: true) }
}

extension AggregateCall {
    /// COUNT is never NULL.
    var isNullable: Bool { function != .count }
}

extension Over.Call {
    var isNullable: Bool {
        switch function {
        case .rowNumber, .rank, .denseRank, .aggregate(.count): false
        default: true
        }
    }
}

extension Join.Kind {
    /// Whether the output has the right columns.
    var keepsRightColumns: Bool {
        switch self {
        case .inner, .left, .right, .full: true
        case .semi, .anti, .antiNullAware: false
        }
    }
}
