import TestKit

/// An expression: its SQL, and its value for a row.
struct Formula: Sendable {
    var sql: String
    var kind: Kind
    var value: @Sendable (Row) -> Cell

    /// A column by its place.
    static func column(_ index: Int, _ column: ColumnOf) -> Formula {
        Formula(sql: column.name, kind: column.kind) { $0[index] }
    }
}

/// A column of a relation.
struct ColumnOf: Sendable {
    var name: String
    var kind: Kind
    /// The SQL type of a base table's column.
    var type = ""
}

/// Random choices, by one seed.
struct Dice {
    var generator: SeededGenerator

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
    mutating func chance(_ one: Int, in all: Int) -> Bool { below(all) < one }
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }
    mutating func integer(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &generator)
    }
}

/// Makes random expressions over the columns of one relation.
struct FormulaMaker {
    let columns: [ColumnOf]

    /// A kind, most often one that a column has.
    func kind(_ dice: inout Dice) -> Kind {
        let present = columns.map(\.kind).filter { $0 != .time }
        return present.isEmpty || dice.chance(1, in: 4) ? dice.pick(Kind.plain) : dice.pick(present)
    }

    func make(_ kind: Kind, _ dice: inout Dice, depth: Int) -> Formula {
        let candidates = columns.indices.filter { columns[$0].kind == kind }
        if !candidates.isEmpty, depth == 0 || dice.chance(2, in: 5) {
            let index = dice.pick(candidates)
            return .column(index, columns[index])
        }
        if depth == 0 || kind == .time { return literal(kind, &dice) }
        switch dice.below(6) {
        case 0: return choice(kind, &dice, depth - 1)
        case 1: return coalesce(kind, &dice, depth - 1)
        default: break
        }
        switch kind {
        case .int: return integer(&dice, depth - 1)
        case .decimal: return decimal(&dice, depth - 1)
        case .double: return double(&dice, depth - 1)
        case .text: return text(&dice, depth - 1)
        default: return condition(&dice, depth - 1)
        }
    }

    func literal(_ kind: Kind, _ dice: inout Dice) -> Formula {
        let value = RandomCells.value(kind, &dice)
        return Formula(sql: Self.sql(value), kind: kind) { _ in value }
    }

    static func sql(_ cell: Cell) -> String {
        switch cell {
        case .null: "NULL"
        case .int(let value): value < 0 ? "(\(value))" : "\(value)"
        case .decimal:
            "CAST('\(RandomCells.text(cell))' AS DECIMAL(8, 2))"
        case .double(let value): "CAST(\(value) AS DOUBLE)"
        case .text(let text):
            "'" + text.flatMap { $0 == "'" ? [$0, $0] : [$0] } + "'"
        case .bool(let flag): flag ? "TRUE" : "FALSE"
        case .time: "TIMESTAMP '\(RandomCells.text(cell))'"
        }
    }

    // MARK: Any kind

    private func choice(_ kind: Kind, _ dice: inout Dice, _ depth: Int) -> Formula {
        let test = condition(&dice, depth)
        let yes = make(kind, &dice, depth: depth)
        let no = dice.chance(1, in: 3) ? nil : make(kind, &dice, depth: depth)
        return Formula(
            sql: "CASE WHEN \(test.sql) THEN \(yes.sql)\(no.map { " ELSE \($0.sql)" } ?? "") END",
            kind: kind
        ) { row in
            test.value(row).isTrue ? yes.value(row) : no?.value(row) ?? .null
        }
    }

    private func coalesce(_ kind: Kind, _ dice: inout Dice, _ depth: Int) -> Formula {
        let first = make(kind, &dice, depth: depth)
        let second = make(kind, &dice, depth: depth)
        if dice.chance(1, in: 3) {
            return Formula(sql: "NULLIF(\(first.sql), \(second.sql))", kind: kind) { row in
                let (a, b) = (first.value(row), second.value(row))
                return a.isNull || b.isNull || Cell.compare(a, b) != 0 ? a : .null
            }
        }
        return Formula(sql: "COALESCE(\(first.sql), \(second.sql))", kind: kind) { row in
            let value = first.value(row)
            return value.isNull ? second.value(row) : value
        }
    }

    // MARK: Numbers and texts

    private func integer(_ dice: inout Dice, _ depth: Int) -> Formula {
        let left = make(.int, &dice, depth: depth)
        let factor = dice.pick([-3, -2, 2, 3, 7])
        switch dice.below(6) {
        case 0: return map(left, "(\(left.sql)) / (\(factor))") { .int(Self.whole($0) / factor) }
        case 1: return map(left, "(\(left.sql)) % (\(factor))") { .int(Self.whole($0) % factor) }
        case 2: return map(left, "ABS(\(left.sql))") { .int(abs(Self.whole($0))) }
        case 3:
            let text = make(.text, &dice, depth: depth)
            var length = map(text, "CHAR_LENGTH(\(text.sql))") { cell in
                guard case .text(let text) = cell else { return .null }
                return .int(text.unicodeScalars.count)
            }
            length.kind = .int
            return length
        default:
            let right = make(.int, &dice, depth: depth)
            let isSum = dice.chance(1, in: 2)
            return both(left, right, isSum ? "+" : "-", .int) { a, b in
                .int(isSum ? Self.whole(a) + Self.whole(b) : Self.whole(a) - Self.whole(b))
            }
        }
    }

    private func decimal(_ dice: inout Dice, _ depth: Int) -> Formula {
        let left = make(.decimal, &dice, depth: depth)
        switch dice.below(4) {
        case 0:
            return map(left, "CAST(\(left.sql) AS DECIMAL(20, 1))") { cell in
                guard case .decimal(let unscaled, let scale) = cell, scale > 1 else { return cell }
                return .decimal(unscaled: roundedQuotient(unscaled, power10(scale - 1)), scale: 1)
            }
        case 1:
            let number = make(.int, &dice, depth: depth)
            var cast = map(number, "CAST(\(number.sql) AS DECIMAL(12, 2))") {
                .decimal(unscaled: Self.whole($0) * 100, scale: 2)
            }
            cast.kind = .decimal
            return cast
        default:
            let right = make(.decimal, &dice, depth: depth)
            let sign = dice.chance(1, in: 2) ? 1 : -1
            return both(left, right, sign > 0 ? "+" : "-", .decimal) { a, b in
                guard case .decimal(let x, let s) = a, case .decimal(let y, let t) = b else {
                    return .null
                }
                let scale = max(s, t)
                let sum = x * power10(scale - s) + sign * y * power10(scale - t)
                return .decimal(unscaled: sum, scale: scale)
            }
        }
    }

    private func double(_ dice: inout Dice, _ depth: Int) -> Formula {
        let left = make(.double, &dice, depth: depth)
        switch dice.below(4) {
        case 0:
            let number = make(.int, &dice, depth: depth)
            var cast = map(number, "CAST(\(number.sql) AS DOUBLE)") { .double($0.number) }
            cast.kind = .double
            return cast
        case 1: return map(left, "FLOOR(\(left.sql))") { .double($0.number.rounded(.down)) }
        default:
            let right = make(.double, &dice, depth: depth)
            let sign = dice.chance(1, in: 2) ? 1.0 : -1.0
            return both(left, right, sign > 0 ? "+" : "-", .double) {
                .double($0.number + sign * $1.number)
            }
        }
    }

    private func text(_ dice: inout Dice, _ depth: Int) -> Formula {
        switch dice.below(3) {
        case 0:
            let number = make(.int, &dice, depth: depth)
            var cast = map(number, "CAST(\(number.sql) AS STRING)") { .text("\(Self.whole($0))") }
            cast.kind = .text
            return cast
        case 1:
            let left = make(.text, &dice, depth: depth)
            return map(left, "SUBSTRING(\(left.sql), 1, 2)") { cell in
                guard case .text(let text) = cell else { return .null }
                var start = String.UnicodeScalarView()
                start.append(contentsOf: text.unicodeScalars.prefix(2))
                return .text(String(start))
            }
        default:
            let left = make(.text, &dice, depth: depth)
            let right = make(.text, &dice, depth: depth)
            return both(left, right, "||", .text) { a, b in
                guard case .text(let x) = a, case .text(let y) = b else { return .null }
                return .text(x + y)
            }
        }
    }

    private static func whole(_ cell: Cell) -> Int {
        guard case .int(let value) = cell else { preconditionFailure("\(cell) is no integer") }
        return value
    }

    func map(
        _ input: Formula,
        _ sql: String,
        _ body: @escaping @Sendable (Cell) -> Cell
    ) -> Formula {
        Formula(sql: sql, kind: input.kind) { row in
            let value = input.value(row)
            return value.isNull ? .null : body(value)
        }
    }

    func both(
        _ left: Formula,
        _ right: Formula,
        _ sign: String,
        _ kind: Kind,
        _ body: @escaping @Sendable (Cell, Cell) -> Cell
    ) -> Formula {
        Formula(sql: "(\(left.sql) \(sign) \(right.sql))", kind: kind) { row in
            let (a, b) = (left.value(row), right.value(row))
            return a.isNull || b.isNull ? .null : body(a, b)
        }
    }
}
