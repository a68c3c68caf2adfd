internal import Columns
internal import Failures

extension Plan {
    /// All declared columns of a table, with its watermark.
    static func scan(_ table: TableDefinition, at position: SourcePosition) throws(Failure) -> Plan
    {
        guard table.connector.isReadable else {
            throw .request(
                "BIND_TABLE",
                "the table \"\(table.name)\" can only be written",
                remedy: "read from a table of another connector",
                at: position
            )
        }
        let timeColumn = table.columns.firstIndex { $0.watermark != nil }
        let scan = Plan(
            .scan(
                Scan(
                    table: table,
                    columns: Array(table.physicalFields.indices),
                    watermark: timeColumn.flatMap { table.watermark(of: $0) }
                )
            ),
            schema: Schema(table.physicalFields),
            timeColumn: timeColumn.flatMap { column in
                if case .physical(let index) = table.columns[column].origin { index } else { nil }
            },
            at: position
        )
        let isPlain = table.columns.enumerated().allSatisfy { index, column in
            column.origin == .physical(index)
        }
        if isPlain { return scan }
        let expressions = table.columns.map { column -> Expression in
            switch column.origin {
            case .physical(let index): scan.outputColumns()[index]
            case .computed(let expression): expression
            }
        }
        var plan = Plan.project(
            scan,
            expressions,
            names: table.columns.map(\.field.name),
            at: position
        )
        plan.timeColumn = timeColumn
        return plan
    }
}

extension TableDefinition {
    /// Event time and watermark over the physical fields.
    func watermark(of column: Int) -> Scan.Watermark? {
        guard let expression = columns[column].watermark else { return nil }
        let field = columns[column].field
        let time: Expression =
            switch columns[column].origin {
            case .physical(let index):
                .column(
                    index,
                    field.type,
                    isNullable: field.isNullable,
                    at: expression.position
                )
            case .computed(let computed): computed
            }
        return Scan.Watermark(
            time: time,
            expression: expression,
            delay: Self.delay(of: expression, behind: time)
        )
    }

    /// The fixed distance of `time − INTERVAL`; nil for any other expression.
    private static func delay(of expression: Expression, behind time: Expression) -> Int64? {
        if expression == time { return 0 }
        guard case .call(.subtractInterval, let operands) = expression.kind, operands[0] == time,
            operands[1].type == .intervalDayToSecond,
            case .integer(let delay)? = operands[1].literalValue
        else { return nil }
        return delay
    }
}

extension Connector {
    /// Whether rows can come from it.
    var isReadable: Bool {
        switch self {
        case .filesystem, .datagen, .standardInput: true
        case .print, .blackhole, .standardOutput: false
        }
    }

    /// Whether rows can go to it.
    var isWritable: Bool {
        switch self {
        case .filesystem, .print, .blackhole, .standardOutput: true
        case .datagen, .standardInput: false
        }
    }
}
