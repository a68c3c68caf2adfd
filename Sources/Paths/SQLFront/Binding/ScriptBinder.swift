internal import Columns
internal import Failures

/// Binds the statements of a script in order.
struct ScriptBinder {
    private let context: BindingContext
    private let options: StreamScript.Options
    private let source: String
    private var jobs: [Job] = []
    private var failures: [Failure] = []
    /// Notices of what was bound in the same context before.
    private let earlierNotices: Int

    init(source: String, options: StreamScript.Options) {
        self.init(BindingContext(source: source), options: options)
    }

    /// Binds on in the context of what was bound before.
    init(_ context: BindingContext, options: StreamScript.Options) {
        self.context = context
        self.options = options
        source = context.source
        earlierNotices = context.notices.count
    }

    mutating func check(_ text: String) -> StreamScript.Report {
        let (statements, syntaxFailures) = Parser.parse(text, source: source)
        failures = syntaxFailures
        noteBroken(syntaxFailures, in: text)
        applyOptions()
        for statement in statements where failures.count < ScriptLimits.errors {
            do throws(Failure) {
                try bind(statement)
            } catch {
                record(error)
            }
        }
        checkUnusedViews()
        nameJobs()
        // A text or comment without an end hides what follows it, so it comes before what was made of the rest.
        failures.sort {
            ($0.isUnterminated ? 0 : 1, $0.place) < ($1.isUnterminated ? 0 : 1, $1.place)
        }
        let notices = context.notices.dropFirst(earlierNotices)
        let warnings = notices.filter { $0.code.hasPrefix("WARN_") }
        return StreamScript.Report(
            failures: Array(failures.prefix(ScriptLimits.errors)),
            warnings: Array(warnings),
            portability: notices.filter { $0.code.hasPrefix("PORT_") },
            script: BoundScript(jobs: jobs, warnings: Array(warnings))
        )
    }

    private mutating func record(_ failure: Failure) {
        if failure.code != "BIND_BROKEN" { failures.append(failure) }
    }

    /// Declarations that could not be parsed: what uses them is not an error of its own.
    private func noteBroken(_ failures: [Failure], in text: String) {
        guard !failures.isEmpty else { return }
        let tokens = Lexer.tokens(of: text, source: source).tokens
        for (index, token) in tokens.enumerated()
        where token.upper == "TABLE" || token.upper == "VIEW" {
            guard index > 0, ["CREATE", "TEMPORARY"].contains(tokens[index - 1].upper) else {
                continue
            }
            let name = tokens[min(index + 1, tokens.count - 1)]
            if name.kind == .word || name.kind == .quoted { context.broken.insert(name.text) }
        }
    }

    private mutating func applyOptions() {
        for (key, value) in options.settings {
            let position = SourcePosition(source: "--set \(key)", line: 1, column: 1)
            let option = OptionSyntax(
                key: key,
                value: value,
                keyPosition: position,
                valuePosition: position
            )
            do throws(Failure) {
                try SettingReader(context: context).set(option)
            } catch {
                record(error)
            }
        }
    }

    // MARK: Statements

    private mutating func bind(_ statement: StatementSyntax) throws(Failure) {
        switch statement {
        case .createTable(let syntax): try declare(syntax)
        case .createView(let syntax): try declare(syntax)
        case .set(let option): try SettingReader(context: context).set(option)
        case .reset(let key, let position):
            try SettingReader(context: context).reset(key, at: position)
        case .drop(let syntax): try drop(syntax)
        case .select(let query):
            try addJob(try selected(query), .result, at: statement.position)
        case .insert(let insert):
            let (plan, table) = try InsertBinder(context: context).bind(insert)
            try addJob(plan, .table(table), at: insert.position)
        case .explain(let inner, let position):
            switch inner {
            case .insert(let insert):
                try addJob(
                    try InsertBinder(context: context).bind(insert).plan,
                    .explain,
                    at: position
                )
            case .select(let query):
                try addJob(try selected(query), .explain, at: position)
            default:
                throw .notYet(
                    "EXPLAIN of this statement",
                    remedy: "explain a SELECT or an INSERT",
                    at: position
                )
            }
        }
    }

    private func selected(_ query: QuerySyntax) throws(Failure) -> Plan {
        try QueryBinder(context: context).bind(query)
    }

    private mutating func addJob(
        _ plan: Plan,
        _ sink: Job.Sink,
        at position: SourcePosition
    ) throws(Failure) {
        let finished = try PlanFinisher(settings: context.settings).finish(plan)
        try checkIdleTimeout(finished)
        jobs.append(
            Job(
                name: options.name,
                plan: finished,
                sink: sink,
                settings: context.settings,
                at: position
            )
        )
    }

    /// Refuses a timeout that would have to change something.
    ///
    /// Files are never idle, but a live source beside others is waited for.
    private func checkIdleTimeout(_ plan: Plan) throws(Failure) {
        guard let timeout = context.settings.idleTimeout, timeout > 0,
            let position = context.settings.idlePosition
        else { return }
        let connectors = plan.scannedConnectors
        guard connectors.contains(where: \.isLive), connectors.count > 1 else {
            context.notice(
                "WARN_SET_NO_EFFECT",
                "'table.exec.source.idle-timeout' has no effect: no source waits for another one here",
                at: position
            )
            return
        }
        throw .notYet(
            "'table.exec.source.idle-timeout' for several sources of which one is live",
            remedy: "leave it at 0: a source that gives nothing is waited for",
            at: position
        )
    }

    private mutating func nameJobs() {
        guard jobs.count > 1 else { return }
        for index in jobs.indices { jobs[index].name = "\(options.name)-\(index + 1)" }
    }

    // MARK: Declarations

    private func declare(_ syntax: CreateTableSyntax) throws(Failure) {
        let name = syntax.name.text
        guard try isFree(syntax.name, ifNotExists: syntax.ifNotExists) else { return }
        do throws(Failure) {
            context.tables[name] = try TableBinder(context: context, syntax: syntax).bind()
            context.broken.remove(name)
        } catch {
            context.broken.insert(name)
            throw error
        }
    }

    private func declare(_ syntax: CreateViewSyntax) throws(Failure) {
        guard try isFree(syntax.name, ifNotExists: syntax.ifNotExists) else { return }
        context.views[syntax.name.text] = BindingContext.View(syntax: syntax)
        context.broken.remove(syntax.name.text)
    }

    private func isFree(_ name: Identifier, ifNotExists: Bool) throws(Failure) -> Bool {
        guard context.tables[name.text] != nil || context.views[name.text] != nil else {
            return true
        }
        if ifNotExists { return false }
        throw .request(
            "BIND_DUPLICATE",
            "there already is a table or view \"\(name.text)\"",
            remedy: "choose another name, or DROP it first",
            at: name.position
        )
    }

    private mutating func drop(_ syntax: DropSyntax) throws(Failure) {
        let name = syntax.name.text
        if syntax.isView, let view = context.views[name] {
            checkUnused(view)
            context.views[name] = nil
            return
        }
        if !syntax.isView, context.tables.removeValue(forKey: name) != nil { return }
        if syntax.ifExists || context.broken.contains(name) { return }
        let names = syntax.isView ? context.views.keys.sorted() : context.tables.keys.sorted()
        throw .request(
            "BIND_TABLE",
            "no \(syntax.isView ? "view" : "table") \"\(name)\"",
            remedy: nearestName(to: name, among: names).map { "nearest is \($0)" }
                ?? "write IF EXISTS if it may be missing",
            at: syntax.name.position
        )
    }

    /// Views that no query used are bound too, so that their errors are found.
    private mutating func checkUnusedViews() {
        for (_, view) in context.views.sorted(by: {
            $0.value.syntax.position < $1.value.syntax.position
        }) {
            checkUnused(view)
        }
    }

    private mutating func checkUnused(_ view: BindingContext.View) {
        let name = view.syntax.name
        guard context.views[name.text]?.bound.isEmpty == true, !view.isBroken else { return }
        do throws(Failure) {
            _ = try ViewBinder(context: context).bind(name)
        } catch {
            record(error)
        }
    }
}

/// Binds INSERT: the query's columns become the table's, in its order and types.
struct InsertBinder {
    let context: BindingContext

    func bind(_ insert: InsertSyntax) throws(Failure) -> (plan: Plan, table: TableDefinition) {
        let table = try target(insert.table)
        let plan = try QueryBinder(context: context).bind(insert.query)
        let fields = table.physicalFields
        let named = insert.columns.isEmpty ? Array(fields.indices) : try columns(insert, table)
        guard plan.schema.count == named.count else {
            throw .request(
                "TYPE_SINK",
                "the query gives \(plan.schema.count) columns, \(table.name) takes \(named.count)",
                remedy:
                    "columns are \(named.map { "\(fields[$0].name) \(fields[$0].type)" }.joined(separator: ", "))",
                at: insert.query.position
            )
        }
        var source = plan.outputColumns()
        if case .project(_, let items) = plan.operation {
            for index in items.indices { source[index].position = items[index].position }
        }
        let constants = Self.constants(of: plan)
        var values: [Expression] = []
        for (index, field) in fields.enumerated() {
            guard let place = named.firstIndex(of: index) else {
                guard field.isNullable else { throw missing(field, table, insert) }
                values.append(.literal(.null, field.type, at: insert.position))
                continue
            }
            values.append(
                try fitted(source[place], constants?[place], to: field, table, insert)
            )
        }
        if let rows = Self.literalRows(of: plan, named, fields) {
            return (rows, table)
        }
        let isPlain = values.enumerated().allSatisfy { $1.columnIndex == $0 }
        let names = fields.map(\.name)
        if isPlain, values.count == plan.schema.count, plan.schema.fields.map(\.name) == names {
            return (plan, table)
        }
        return (.project(plan, values, names: names, at: insert.position), table)
    }

    private func target(_ name: Identifier) throws(Failure) -> TableDefinition {
        guard let table = context.tables[name.text] else {
            if context.broken.contains(name.text) { throw .alreadyReported(at: name.position) }
            if context.views[name.text] != nil {
                throw .request(
                    "BIND_TABLE",
                    "\"\(name.text)\" is a view",
                    remedy: "INSERT INTO a table",
                    at: name.position
                )
            }
            let near = nearestName(to: name.text, among: context.tables.keys.sorted())
            throw .request(
                "BIND_TABLE",
                "no table \"\(name.text)\"",
                remedy: near.map { "nearest is \($0)" } ?? "declare it with CREATE TABLE",
                at: name.position
            )
        }
        guard table.connector.isWritable else {
            throw .request(
                "BIND_TABLE",
                "the table \"\(name.text)\" can only be read",
                remedy: "insert into a table of filesystem, print, blackhole or stdout",
                at: name.position
            )
        }
        return table
    }

    /// Places in the table of the INSERT's columns.
    private func columns(_ insert: InsertSyntax, _ table: TableDefinition) throws(Failure) -> [Int]
    {
        try Names.checkUnique(insert.columns, of: "the INSERT")
        var places: [Int] = []
        for name in insert.columns {
            guard let place = table.physicalFields.firstIndex(where: { $0.name == name.text })
            else {
                let names = table.physicalFields.map(\.name)
                throw .request(
                    "BIND_COLUMN",
                    "no column \"\(name.text)\" to write in \(table.name)",
                    remedy: nearestName(to: name.text, among: names).map { "nearest is \($0)" }
                        ?? "columns are \(names.joined(separator: ", "))",
                    at: name.position
                )
            }
            places.append(place)
        }
        return places
    }

    /// The value under the field's type; literals may also narrow, if they fit.
    private func fitted(
        _ value: Expression,
        _ constants: [Expression]?,
        to field: Field,
        _ table: TableDefinition,
        _ insert: InsertSyntax
    ) throws(Failure) -> Expression {
        if value.type == field.type { return value }
        let folds = constants?.allSatisfy { $0.converted(to: field.type).literalValue != nil }
        guard folds == true || TypeRules.widensExactly(value.type, to: field.type) else {
            throw .request(
                "TYPE_SINK",
                "\(table.name).\(field.name) is \(field.type) and the query gives \(value.type)",
                remedy: "write CAST(… AS \(field.type)) in the query",
                at: value.position
            )
        }
        // Text that is too long is refused when it is written, not cut here.
        if value.type.isText, field.type.isText { return value }
        return value.converted(to: field.type)
    }

    private func missing(
        _ field: Field,
        _ table: TableDefinition,
        _ insert: InsertSyntax
    ) -> Failure {
        .request(
            "TYPE_SINK",
            "\(table.name).\(field.name) is NOT NULL and the INSERT leaves it out",
            remedy: "name it in the column list and give it a value",
            at: insert.position
        )
    }

    /// The literals of each column, where the query is VALUES or one row of literals.
    private static func constants(of plan: Plan) -> [[Expression]]? {
        switch plan.operation {
        case .values(let rows):
            return plan.schema.fields.enumerated().map { column, field in
                rows.map { .literal($0[column], field.type, at: plan.position) }
            }
        case .project(_, let expressions):
            return expressions.map { [$0] }
        default: return nil
        }
    }

    /// VALUES with every literal under its field's type.
    private static func literalRows(
        of plan: Plan,
        _ named: [Int],
        _ fields: [Field]
    ) -> Plan? {
        guard case .values(let rows) = plan.operation else { return nil }
        var converted: [[Value]] = []
        for row in rows {
            var values: [Value] = []
            for (index, field) in fields.enumerated() {
                guard let place = named.firstIndex(of: index) else {
                    values.append(.null)
                    continue
                }
                let literal = Expression.literal(
                    row[place],
                    plan.schema[place].type,
                    at: plan.position
                )
                guard let value = literal.converted(to: field.type).literalValue else {
                    return nil
                }
                values.append(value)
            }
            converted.append(values)
        }
        return Plan(.values(converted), schema: Schema(fields), at: plan.position)
    }
}
