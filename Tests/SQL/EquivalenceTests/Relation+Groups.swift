/// An aggregate: its SQL, and its value for the rows of a group in their order.
struct Aggregate: Sendable {
    var sql: String
    var kind: Kind
    var value: @Sendable ([Row]) -> Cell
}

/// Groups, unwindowed and windowed.
extension RelationMaker {
    func group(_ input: Relation, _ dice: inout Dice) -> Relation {
        let maker = FormulaMaker(columns: input.columns)
        let keys = (0..<dice.below(3)).map { _ in
            maker.make(maker.kind(&dice), &dice, depth: dice.chance(1, in: 4) ? 1 : 0)
        }.filter { !$0.sql.hasPrefix("'") && $0.sql.contains("c") }
        let aggregates = (0...dice.below(3)).map { _ in
            aggregate(input, &dice, isOrdered: input.isSequenced)
        }
        let having = having(input, &dice)
        let items = (keys.map(\.sql) + aggregates.map(\.sql)).enumerated().map { "\($1) AS c\($0)" }
        let clause =
            keys.isEmpty ? "" : " GROUP BY \(keys.map(\.sql).joined(separator: ", "))"
        return Relation(
            sql: "SELECT \(items.joined(separator: ", ")) FROM \(input.from("x"))\(clause)"
                + (having.map { " HAVING \($0.sql)" } ?? ""),
            columns: Self.named(keys.map(\.kind) + aggregates.map(\.kind)),
            parts: [input]
        ) { tables in
            let rows = input.rows(tables)
            let groups =
                keys.isEmpty ? [rows] : Self.groups(rows) { row in keys.map { $0.value(row) } }
            return groups.filter { having?.value($0).isTrue ?? true }.map { rows in
                keys.map { $0.value(rows[0]) } + aggregates.map { $0.value(rows) }
            }
        }
    }

    private func having(_ input: Relation, _ dice: inout Dice) -> Aggregate? {
        guard dice.chance(1, in: 4) else { return nil }
        let least = dice.below(4)
        if dice.chance(1, in: 2) {
            return Aggregate(sql: "COUNT(*) > \(least)", kind: .bool) { .bool($0.count > least) }
        }
        let number = FormulaMaker(columns: input.columns).make(.int, &dice, depth: 1)
        return Aggregate(sql: "MAX(\(number.sql)) >= \(least)", kind: .bool) { rows in
            let values = rows.map(number.value).filter { !$0.isNull }
            guard let most = values.max(by: Cell.precedes) else { return .null }
            return .bool(most.number >= Double(least))
        }
    }

    func aggregate(_ input: Relation, _ dice: inout Dice, isOrdered: Bool) -> Aggregate {
        let maker = FormulaMaker(columns: input.columns)
        let kind = maker.kind(&dice)
        let value = maker.make(kind, &dice, depth: 1)
        let filter = dice.chance(1, in: 4) ? maker.condition(&dice, 1) : nil
        let call = call(value, &dice, isOrdered: isOrdered)
        let clause = filter.map { " FILTER (WHERE \($0.sql))" } ?? ""
        return Aggregate(sql: call.sql + clause, kind: call.kind) { rows in
            call.value(rows.filter { filter?.value($0).isTrue ?? true })
        }
    }

    private func call(_ input: Formula, _ dice: inout Dice, isOrdered: Bool) -> Aggregate {
        let sql = input.sql
        func over(
            _ name: String,
            _ kind: Kind,
            _ body: @escaping @Sendable ([Cell]) -> Cell
        ) -> Aggregate {
            Aggregate(sql: "\(name)(\(sql))", kind: kind) { rows in
                body(rows.map(input.value).filter { !$0.isNull })
            }
        }
        let kind = input.kind
        switch dice.below(isOrdered ? 10 : 7) {
        case 0: return Aggregate(sql: "COUNT(*)", kind: .int) { .int($0.count) }
        case 1: return over("COUNT", .int) { .int($0.count) }
        case 2 where kind != .bool: return over("MIN", kind) { $0.min(by: Cell.precedes) ?? .null }
        case 3 where kind != .bool: return over("MAX", kind) { $0.max(by: Cell.precedes) ?? .null }
        case 4 where kind.isNumber: return over("AVG", kind, Self.average)
        case 5 where kind.isNumber: return over("SUM", kind, Self.sum)
        case 7: return over("FIRST_VALUE", kind) { $0.first ?? .null }
        case 8: return over("LAST_VALUE", kind) { $0.last ?? .null }
        case 9 where kind == .text:
            return over("LISTAGG", .text) { cells in
                cells.isEmpty ? .null : .text(cells.map(RandomCells.text).joined(separator: ","))
            }
        default:
            return Aggregate(sql: "COUNT(DISTINCT \(sql))", kind: .int) { rows in
                .int(Set(rows.map(input.value).filter { !$0.isNull }.map(\.canonical)).count)
            }
        }
    }

    @Sendable private static func sum(_ cells: [Cell]) -> Cell {
        guard let first = cells.first else { return .null }
        switch first {
        case .int: return .int(cells.reduce(0) { $0 + Int($1.number) })
        case .double: return .double(cells.reduce(0) { $0 + $1.number })
        default: return .decimal(unscaled: hundredths(cells), scale: 2)
        }
    }

    private static func hundredths(_ cells: [Cell]) -> Int {
        cells.reduce(0) { sum, cell in
            guard case .decimal(let unscaled, let scale) = cell else { return sum }
            return sum + unscaled * power10(2 - scale)
        }
    }

    @Sendable private static func average(_ cells: [Cell]) -> Cell {
        guard let first = cells.first else { return .null }
        let total = sum(cells)
        switch first {
        case .int: return .int(Int(total.number) / cells.count)
        case .double: return .double(total.number / Double(cells.count))
        default:
            let scaled = hundredths(cells) * power10(4)
            return .decimal(unscaled: roundedQuotient(scaled, cells.count), scale: 6)
        }
    }
}
