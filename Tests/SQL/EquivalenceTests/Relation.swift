/// The rows of both tables, in their files' order.
typealias Tables = [[Row]]

/// A query: its SQL, and its rows by the most obvious means.
struct Relation: Sendable {
    var sql: String
    var columns: [ColumnOf]
    /// The relations that it was made of, for making a failing query simpler.
    var parts: [Relation] = []
    /// Whether the rows' order is part of the answer.
    var isOrdered = false
    /// Whether the rows come in the file's order.
    var isSequenced = false
    var rows: @Sendable (Tables) -> [Row]

    /// The relation behind FROM.
    func from(_ alias: String) -> String {
        sql.contains(" ") ? "(\(sql)) AS \(alias)" : "\(sql) AS \(alias)"
    }

    /// How many tables are read, one that is read twice counted twice.
    var scanCount: Int { parts.isEmpty ? 1 : parts.reduce(0) { $0 + $1.scanCount } }

    /// The relation as a whole statement.
    var statement: String { sql.contains(" ") ? sql : "SELECT * FROM \(sql)" }
}

/// What one case's queries are about.
struct World: Sendable {
    /// Columns of each table; the last is `ts`, the event time.
    var tables: [[ColumnOf]]
    /// Milliseconds that the watermark stays behind.
    var delay: Int
    var isBatch: Bool
}

/// Makes random relations.
struct RelationMaker {
    let world: World

    func make(_ dice: inout Dice, depth: Int, joins: Bool = true) -> Relation {
        guard depth > 0 else {
            return dice.chance(1, in: 2) ? base(&dice) : select(base(&dice), &dice)
        }
        func child(_ dice: inout Dice) -> Relation { make(&dice, depth: depth - 1, joins: joins) }
        func simple(_ dice: inout Dice) -> Relation { make(&dice, depth: depth - 1, joins: false) }
        switch dice.below(joins ? 12 : 9) {
        case 0: return select(child(&dice), &dice)
        case 1, 2: return group(child(&dice), &dice)
        case 3, 4: return window(&dice)
        case 5: return distinct(child(&dice), &dice)
        case 6: return top(child(&dice), &dice)
        case 7: return limited(child(&dice), &dice)
        case 8: return over(child(&dice), &dice)
        case 9: return combined(simple(&dice), simple(&dice), &dice)
        case 10: return member(simple(&dice), simple(&dice), &dice)
        default: return join(simple(&dice), simple(&dice), &dice)
        }
    }

    func base(_ dice: inout Dice) -> Relation {
        let index = dice.below(world.tables.count)
        return Relation(
            sql: "t\(index)",
            columns: world.tables[index],
            isSequenced: true
        ) { $0[index] }
    }

    static func named(_ kinds: [Kind]) -> [ColumnOf] {
        kinds.enumerated().map { ColumnOf(name: "c\($0)", kind: $1) }
    }

    private func list(_ formulas: [Formula]) -> String {
        formulas.enumerated().map { "\($1.sql) AS c\($0)" }.joined(separator: ", ")
    }

    func select(_ input: Relation, _ dice: inout Dice) -> Relation {
        let maker = FormulaMaker(columns: input.columns)
        let kinds = (0...dice.below(3)).map { _ in maker.kind(&dice) }
        return select(input, kinds, &dice)
    }

    /// Expressions of these kinds, over the rows that a condition keeps.
    func select(_ input: Relation, _ kinds: [Kind], _ dice: inout Dice) -> Relation {
        let maker = FormulaMaker(columns: input.columns)
        let items = kinds.map { maker.make($0, &dice, depth: 2) }
        let filter = dice.chance(1, in: 2) ? maker.condition(&dice, 2) : nil
        let condition = filter.map { " WHERE \($0.sql)" } ?? ""
        return Relation(
            sql: "SELECT \(list(items)) FROM \(input.from("x"))\(condition)",
            columns: Self.named(kinds),
            parts: [input],
            isSequenced: input.isSequenced
        ) { tables in
            input.rows(tables).filter { filter?.value($0).isTrue ?? true }
                .map { row in items.map { $0.value(row) } }
        }
    }

    func distinct(_ input: Relation, _ dice: inout Dice) -> Relation {
        let picked = input.columns.indices.filter { _ in dice.chance(1, in: 2) } + [0]
        let items = picked.map { Formula.column($0, input.columns[$0]) }
        return Relation(
            sql: "SELECT DISTINCT \(list(items)) FROM \(input.from("x"))",
            columns: Self.named(items.map(\.kind)),
            parts: [input]
        ) { tables in
            Self.unique(input.rows(tables).map { row in picked.map { row[$0] } })
        }
    }

    /// One row of each set of equal ones.
    static func unique(_ rows: [Row]) -> [Row] {
        var seen: Set<[String]> = []
        return rows.filter { seen.insert($0.map(\.canonical)).inserted }
    }

    func combined(_ left: Relation, _ right: Relation, _ dice: inout Dice) -> Relation {
        let kinds = (0...dice.below(2)).map { _ in dice.pick(Kind.plain) }
        let a = select(left, kinds, &dice)
        let b = select(right, kinds, &dice)
        let word = dice.pick(["UNION ALL", "UNION", "EXCEPT", "INTERSECT"])
        return Relation(
            sql: "\(a.sql) \(word) \(b.sql)",
            columns: Self.named(kinds),
            parts: [a, b]
        ) { tables in
            let (first, second) = (a.rows(tables), b.rows(tables))
            if word == "UNION ALL" { return first + second }
            if word == "UNION" { return Self.unique(first + second) }
            let others = Set(second.map { $0.map(\.canonical) })
            return Self.unique(first).filter {
                others.contains($0.map(\.canonical)) == (word == "INTERSECT")
            }
        }
    }

    // MARK: Order

    /// All columns in random order, each up or down: a total order but for equal rows.
    private func order(_ input: Relation, _ dice: inout Dice) -> [(column: Int, isDown: Bool)] {
        input.columns.indices.shuffled(using: &dice.generator).map { ($0, dice.chance(1, in: 2)) }
    }

    private func text(_ order: [(column: Int, isDown: Bool)], _ input: Relation) -> String {
        order.map { input.columns[$0.column].name + ($0.isDown ? " DESC" : "") }
            .joined(separator: ", ")
    }

    /// Sorts so that rows which are equal in `order` stay as they were.
    private static func sorted(_ rows: [Row], _ order: [(column: Int, isDown: Bool)]) -> [Row] {
        rows.enumerated().sorted { left, right in
            for (column, isDown) in order {
                let (a, b) = (left.element[column], right.element[column])
                if Cell.precedes(a, b) { return !isDown }
                if Cell.precedes(b, a) { return isDown }
            }
            return left.offset < right.offset
        }.map(\.element)
    }

    func limited(_ input: Relation, _ dice: inout Dice) -> Relation {
        let order = order(input, &dice)
        let limit = dice.below(12)
        let offset = dice.chance(1, in: 3) ? dice.below(5) : 0
        let items = input.columns.indices.map { Formula.column($0, input.columns[$0]) }
        let end = " LIMIT \(limit)" + (offset > 0 ? " OFFSET \(offset)" : "")
        let inner = "SELECT * FROM \(input.from("x")) ORDER BY \(text(order, input))\(end)"
        return Relation(
            sql: "SELECT \(list(items)) FROM (\(inner)) AS y",
            columns: Self.named(items.map(\.kind)),
            parts: [input]
        ) { tables in
            Array(Self.sorted(input.rows(tables), order).dropFirst(offset).prefix(limit))
        }
    }

    /// The whole result in order.
    func ordered(_ input: Relation, _ dice: inout Dice) -> Relation {
        let order = order(input, &dice)
        return Relation(
            sql: "SELECT * FROM \(input.from("x")) ORDER BY \(text(order, input))",
            columns: input.columns,
            parts: [input],
            isOrdered: true
        ) { Self.sorted(input.rows($0), order) }
    }

    private func partition(_ input: Relation, _ dice: inout Dice) -> [Int] {
        input.columns.indices.filter { _ in dice.chance(1, in: 3) }
    }

    private func clause(_ partition: [Int], _ input: Relation) -> String {
        guard !partition.isEmpty else { return "" }
        let names = partition.map { input.columns[$0].name }.joined(separator: ", ")
        return "PARTITION BY \(names) "
    }

    /// Groups of rows by columns, in order of first appearance.
    static func groups(_ rows: [Row], by key: (Row) -> Row) -> [[Row]] {
        var places: [[String]: Int] = [:]
        var groups: [[Row]] = []
        for row in rows {
            let name = key(row).map(\.canonical)
            if let place = places[name] {
                groups[place].append(row)
            } else {
                places[name] = groups.count
                groups.append([row])
            }
        }
        return groups
    }

    func top(_ input: Relation, _ dice: inout Dice) -> Relation {
        let partition = partition(input, &dice)
        var order = order(input, &dice)
        // In file order ties are decided by the earlier row.
        if input.isSequenced { order = Array(order.prefix(1 + dice.below(order.count))) }
        let chosen = order
        let count = 1 + dice.below(3)
        let names = input.columns.map(\.name).joined(separator: ", ")
        let rank = "ROW_NUMBER() OVER (\(clause(partition, input))ORDER BY \(text(chosen, input)))"
        let items = input.columns.enumerated().map { "\($1.name) AS c\($0)" }
        let shown = items.joined(separator: ", ")
        return Relation(
            sql: "SELECT \(shown), rn AS c\(items.count) FROM (SELECT \(names), \(rank) AS rn "
                + "FROM \(input.from("x"))) AS y WHERE rn <= \(count)",
            columns: Self.named(input.columns.map(\.kind) + [.int]),
            parts: [input]
        ) { tables in
            Self.groups(input.rows(tables)) { row in partition.map { row[$0] } }.flatMap { rows in
                Self.sorted(rows, chosen).prefix(count).enumerated()
                    .map { $1 + [.int($0 + 1)] }
            }
        }
    }

    /// One more column, of the rows around each row.
    func over(_ input: Relation, _ dice: inout Dice) -> Relation {
        let partition = partition(input, &dice)
        let order = order(input, &dice)
        let column = dice.below(input.columns.count)
        let name = input.columns[column].name
        let before = 1 + dice.below(3)
        let shape = dice.below(3)
        let call = ["LAG(\(name), \(before))", "COUNT(\(name))", "RANK()"][shape]
        let frame = shape == 1 ? " ROWS BETWEEN \(before) PRECEDING AND CURRENT ROW" : ""
        let window = "\(clause(partition, input))ORDER BY \(text(order, input))\(frame)"
        let items = input.columns.indices.map { Formula.column($0, input.columns[$0]) }
        return Relation(
            sql: "SELECT \(list(items)), \(call) OVER (\(window)) AS c\(items.count) "
                + "FROM \(input.from("x"))",
            columns: Self.named(
                items.map(\.kind) + [shape == 0 ? input.columns[column].kind : .int]
            ),
            parts: [input]
        ) { tables in
            Self.groups(input.rows(tables)) { row in partition.map { row[$0] } }.flatMap { rows in
                let rows = Self.sorted(rows, order)
                return rows.indices.map { index -> Row in
                    let row = rows[index]
                    switch shape {
                    case 0: return row + [index >= before ? rows[index - before][column] : .null]
                    case 1:
                        let frame = rows[max(0, index - before)...index]
                        return row + [.int(frame.count { !$0[column].isNull })]
                    default:
                        let name = row.map(\.canonical)
                        let first = rows.firstIndex { $0.map(\.canonical) == name } ?? index
                        return row + [.int(first + 1)]
                    }
                }
            }
        }
    }
}
