internal import Columns
internal import Failures

/// Places outside a query's input that an expression may point to until its operator is built.
///
/// Columns below ``window`` are the input's.
enum SelectSpace {
    /// `window_start`, `window_end`, `window_time` of a window that is not yet assigned.
    static let window = 1 << 23
    static let aggregates = 1 << 24
    static let overs = 1 << 25
}

/// One visible column of a FROM clause.
struct ScopeColumn {
    /// Alias or name of its table.
    var relation: String?
    var name: String
    /// What the name stands for, over the relation's output.
    var expression: Expression
    /// Merged by USING: only `t.name` finds it, and `*` leaves it out.
    var isQualifiedOnly = false
}

/// A bound source of rows with the names it offers.
struct Relation {
    var plan: Plan
    var columns: [ScopeColumn]
    /// A window table function that is not yet an operator: a window aggregate may take it over.
    var pendingWindow: WindowSpecification?

    init(plan: Plan, columns: [ScopeColumn], pendingWindow: WindowSpecification? = nil) {
        self.plan = plan
        self.columns = columns
        self.pendingWindow = pendingWindow
    }

    /// Every output column under its own name.
    init(_ plan: Plan, named relation: String?, at position: SourcePosition) {
        self.plan = plan
        columns = plan.schema.fields.enumerated().map { index, field in
            ScopeColumn(
                relation: relation,
                name: field.name,
                expression: .column(
                    index,
                    field.type,
                    isNullable: field.isNullable,
                    at: position
                )
            )
        }
    }

    /// Makes the pending window an operator, so that its columns are real.
    mutating func assignWindow(at position: SourcePosition) {
        guard let window = pendingWindow else { return }
        let base = plan.schema.count
        plan = .assignWindows(plan, window, at: position)
        for index in columns.indices {
            columns[index].expression = columns[index].expression.assigningWindow(base: base)
        }
        pendingWindow = nil
    }
}

extension Expression {
    /// With the window's columns at `base` of the input.
    func assigningWindow(base: Int) -> Expression {
        mappingColumns { index, column in
            guard (SelectSpace.window..<SelectSpace.aggregates).contains(index) else {
                return column
            }
            var assigned = column
            assigned.kind = .column(index - SelectSpace.window + base)
            return assigned
        }
    }
}

/// The names that an expression may use.
struct Scope {
    var columns: [ScopeColumn]

    /// The column that a name of one or two parts stands for; nil if there is none.
    func find(_ parts: [Identifier]) throws(Failure) -> Expression? {
        guard let last = parts.last else { return nil }
        let qualifier = parts.count == 2 ? parts[0].text : nil
        let matches = columns.filter { column in
            column.name == last.text
                && (qualifier == nil ? !column.isQualifiedOnly : column.relation == qualifier)
        }
        guard matches.count <= 1 else {
            let owners = matches.map { $0.relation ?? "a subquery" }.joined(separator: " and ")
            throw .request(
                "BIND_AMBIGUOUS",
                "the column \"\(last.text)\" is in \(owners)",
                remedy:
                    "write the table before it, as in \(matches[0].relation ?? "t").\(last.text)",
                at: parts[0].position
            )
        }
        guard var found = matches.first?.expression else { return nil }
        found.position = parts[0].position
        return found
    }

    /// The failure for a name that is not there, with the nearest one.
    func unknownColumn(_ parts: [Identifier], others: [String] = []) -> Failure {
        let name = parts.map(\.text).joined(separator: ".")
        let position = parts[0].position
        if parts.count > 2 {
            return .notYet(
                "a name of \(parts.count) parts",
                remedy: "write table.column",
                at: position
            )
        }
        let relations = orderedRelations
        if parts.count == 2, !relations.contains(parts[0].text) {
            let near = nearestName(to: parts[0].text, among: relations)
            return .request(
                "BIND_TABLE",
                "no table \"\(parts[0].text)\" in this FROM",
                remedy: near.map { "nearest is \($0)" }
                    ?? "tables here are \(relations.joined(separator: ", "))",
                at: position
            )
        }
        let visible =
            parts.count == 2 ? columns.filter { $0.relation == parts[0].text } : columns
        let near = nearestName(
            to: parts[parts.count - 1].text,
            among: visible.map(\.name) + (parts.count == 1 ? others : [])
        )
        let place = relations.isEmpty ? "here" : "in \(relations.joined(separator: ", "))"
        return .request(
            "BIND_COLUMN",
            "no column \"\(name)\" \(place)",
            remedy: near.map { "nearest is \($0)" } ?? remedyListing(visible.map(\.name)),
            at: position
        )
    }

    private func remedyListing(_ names: [String]) -> String {
        if names.isEmpty { return "there is no FROM whose columns could be named" }
        let shown = names.prefix(12).joined(separator: ", ")
        return "columns are \(shown)\(names.count > 12 ? " …" : "")"
    }

    /// Names of the tables in the order of the FROM clause.
    var orderedRelations: [String] {
        var names: [String] = []
        for column in columns {
            if let name = column.relation, !names.contains(name) { names.append(name) }
        }
        return names
    }
}
