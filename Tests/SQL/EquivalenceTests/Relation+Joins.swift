/// Joins and memberships, by nested loops.
extension RelationMaker {
    private static func qualified(_ relation: Relation, _ alias: String) -> [ColumnOf] {
        relation.columns.map { ColumnOf(name: "\(alias).\($0.name)", kind: $0.kind) }
    }

    func join(_ left: Relation, _ right: Relation, _ dice: inout Dice) -> Relation {
        let columns = Self.qualified(left, "l") + Self.qualified(right, "r")
        let condition = condition(left, right, columns, &dice)
        let word = condition == nil ? "CROSS" : dice.pick(["INNER", "LEFT", "RIGHT", "FULL"])
        let on = condition.map { " ON \($0.sql)" } ?? ""
        let items = columns.enumerated().map { "\($1.name) AS c\($0)" }.joined(separator: ", ")
        let padding = (left.columns.map { _ in Cell.null }, right.columns.map { _ in Cell.null })
        return Relation(
            sql: "SELECT \(items) FROM \(left.from("l")) \(word) JOIN \(right.from("r"))\(on)",
            columns: Self.named(columns.map(\.kind)),
            parts: [left, right]
        ) { tables in
            let (ours, theirs) = (left.rows(tables), right.rows(tables))
            var result: [Row] = []
            var isMatched = theirs.map { _ in false }
            for row in ours {
                var found = false
                for (index, other) in theirs.enumerated() {
                    guard condition?.value(row + other).isTrue ?? true else { continue }
                    result.append(row + other)
                    found = true
                    isMatched[index] = true
                }
                if !found, word == "LEFT" || word == "FULL" { result.append(row + padding.1) }
            }
            if word == "RIGHT" || word == "FULL" {
                for (row, matched) in zip(theirs, isMatched) where !matched {
                    result.append(padding.0 + row)
                }
            }
            return result
        }
    }

    /// Up to two equalities between the sides, and perhaps any condition; nil for none of them.
    private func condition(
        _ left: Relation,
        _ right: Relation,
        _ columns: [ColumnOf],
        _ dice: inout Dice
    ) -> Formula? {
        let maker = FormulaMaker(columns: columns)
        let pairs = left.columns.indices.flatMap { l in
            right.columns.indices.filter { right.columns[$0].kind == left.columns[l].kind }
                .map { (l, $0 + left.columns.count) }
        }
        var conditions: [Formula] = []
        if !pairs.isEmpty {
            for _ in 0..<dice.below(3) {
                let (l, r) = dice.pick(pairs)
                conditions.append(
                    maker.both(.column(l, columns[l]), .column(r, columns[r]), "=", .bool) {
                        .bool(Cell.compare($0, $1) == 0)
                    }
                )
            }
        }
        if dice.chance(1, in: 3) { conditions.append(maker.condition(&dice, 1)) }
        guard !conditions.isEmpty else { return nil }
        let parts = conditions
        return Formula(
            sql: parts.map { "(\($0.sql))" }.joined(separator: " AND "),
            kind: .bool
        ) { row in .bool(parts.allSatisfy { $0.value(row).isTrue }) }
    }

    /// Rows whose value is, or is not, among those of another relation.
    func member(_ input: Relation, _ other: Relation, _ dice: inout Dice) -> Relation {
        let kind = dice.pick(Kind.plain.filter { $0 != .bool })
        let values = select(other, [kind], &dice)
        let value = FormulaMaker(columns: input.columns).make(kind, &dice, depth: 1)
        let isNegated = dice.chance(1, in: 2)
        let word = isNegated ? "NOT IN" : "IN"
        let items = input.columns.enumerated().map { "\($1.name) AS c\($0)" }
        return Relation(
            sql: "SELECT \(items.joined(separator: ", ")) FROM \(input.from("x")) "
                + "WHERE \(value.sql) \(word) (\(values.sql))",
            columns: Self.named(input.columns.map(\.kind)),
            parts: [input, other]
        ) { tables in
            let members = values.rows(tables).map { $0[0] }
            return input.rows(tables).filter { row in
                if members.isEmpty { return isNegated }
                let cell = value.value(row)
                if cell.isNull { return false }
                if members.contains(where: { !$0.isNull && Cell.compare($0, cell) == 0 }) {
                    return !isNegated
                }
                return isNegated && !members.contains(.null)
            }
        }
    }
}
