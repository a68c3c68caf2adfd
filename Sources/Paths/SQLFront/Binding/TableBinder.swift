internal import Columns
internal import Failures

/// Binds CREATE TABLE.
struct TableBinder {
    let context: BindingContext
    let syntax: CreateTableSyntax

    func bind() throws(Failure) -> TableDefinition {
        let names = syntax.columns.map(\.name)
        try Names.checkUnique(names, of: syntax.name.text)
        guard let last = names.last else {
            throw .request(
                "PARSE_EXPECTED",
                "the table \(syntax.name.text) has no columns",
                remedy: "declare them in parentheses before WITH",
                at: syntax.position
            )
        }
        guard names.count <= ScriptLimits.columns else {
            throw .request(
                "PARSE_LIMIT",
                "the table \(syntax.name.text) has \(names.count) columns",
                remedy: "tables have at most \(ScriptLimits.columns) columns",
                at: last.position
            )
        }
        for name in names { Reserved.note(name, context) }
        let fields = physicalFields()
        var columns = try boundColumns(fields)
        try bindWatermark(&columns)
        try checkKeys(columns)
        let connector = try ConnectorOptions(context: context, table: syntax, fields: fields)
            .decode()
        if case .filesystem = connector, let first = syntax.partitionedBy.first {
            throw .notYet(
                "PARTITIONED BY on files",
                remedy: "remove it: directories named key=value are not read",
                at: first.position
            )
        }
        return TableDefinition(
            name: syntax.name.text,
            physicalFields: fields,
            columns: columns,
            primaryKey: syntax.primaryKey.map(\.text),
            partitionedBy: syntax.partitionedBy.map(\.text),
            connector: connector,
            at: syntax.name.position
        )
    }

    private func physicalFields() -> [Field] {
        let keys = Set(syntax.primaryKey.map(\.text))
        return syntax.columns.compactMap { column in
            guard case .physical(let name, let type) = column else { return nil }
            // A primary key is NOT NULL.
            return Field(
                name.text,
                type.type,
                isNullable: type.isNullable && !keys.contains(name.text)
            )
        }
    }

    private func boundColumns(_ fields: [Field]) throws(Failure) -> [ColumnDefinition] {
        let physical = fields.enumerated().map { index, field in
            ScopeColumn(
                relation: nil,
                name: field.name,
                expression: .column(
                    index,
                    field.type,
                    isNullable: field.isNullable,
                    at: syntax.position
                )
            )
        }
        let binder = ExpressionBinder(
            clause: "a computed column",
            scope: Scope(columns: physical),
            context: context
        )
        var columns: [ColumnDefinition] = []
        var index = 0
        for column in syntax.columns {
            switch column {
            case .physical:
                columns.append(ColumnDefinition(field: fields[index], origin: .physical(index)))
                index += 1
            case .computed(let name, let expression):
                let bound = try binder.bind(expression)
                columns.append(
                    ColumnDefinition(
                        field: Field(name.text, bound.type, isNullable: bound.isNullable),
                        origin: .computed(bound)
                    )
                )
            }
        }
        return columns
    }

    // MARK: Time

    private func bindWatermark(_ columns: inout [ColumnDefinition]) throws(Failure) {
        guard let watermark = syntax.watermark else { return }
        let scope = Scope(
            columns: columns.map { column in
                ScopeColumn(relation: nil, name: column.field.name, expression: column.value)
            }
        )
        guard let index = columns.firstIndex(where: { $0.field.name == watermark.column.text })
        else { throw scope.unknownColumn([watermark.column]) }
        let field = columns[index].field
        guard field.type.isTimestamp else {
            throw .request(
                "TYPE_MISMATCH",
                "the time column \"\(field.name)\" is \(field.type)",
                remedy: "compute a TIMESTAMP, as in ts AS TO_TIMESTAMP_LTZ(millis, 3)",
                at: watermark.column.position
            )
        }
        let binder = ExpressionBinder(clause: "WATERMARK", scope: scope, context: context)
        let bound = try binder.bind(watermark.expression)
        guard bound.type.sameClock(as: field.type) else {
            throw .request(
                "TYPE_MISMATCH",
                "the WATERMARK is \(bound.type), the time column \(field.type)",
                remedy: "write \(field.name) - INTERVAL '5' SECOND",
                at: bound.position
            )
        }
        notePrecision(of: field, at: watermark.column.position)
        columns[index].watermark = bound
    }

    private func notePrecision(of field: Field, at position: SourcePosition) {
        switch field.type {
        case .timestamp(let precision) where precision > 3,
            .timestampLTZ(let precision) where precision > 3:
            context.notice(
                "PORT_ROWTIME_PRECISION",
                "Flink's time attributes have at most 3 digits: declare TIMESTAMP(3)",
                at: position
            )
        default: break
        }
    }

    private func checkKeys(_ columns: [ColumnDefinition]) throws(Failure) {
        let scope = Scope(
            columns: columns.map { column in
                ScopeColumn(relation: nil, name: column.field.name, expression: column.value)
            }
        )
        try Names.checkUnique(syntax.primaryKey, of: "the PRIMARY KEY")
        for name in syntax.primaryKey + syntax.partitionedBy where try scope.find([name]) == nil {
            throw scope.unknownColumn([name])
        }
    }
}

extension ColumnDefinition {
    /// The column over the physical fields.
    var value: Expression {
        switch origin {
        case .computed(let expression): expression
        case .physical(let index):
            .column(
                index,
                field.type,
                isNullable: field.isNullable,
                at: SourcePosition(line: 1, column: 1)
            )
        }
    }
}
