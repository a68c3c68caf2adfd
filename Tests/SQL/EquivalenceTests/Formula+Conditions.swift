/// Conditions, in three-valued logic.
extension FormulaMaker {
    func condition(_ dice: inout Dice, _ depth: Int) -> Formula {
        guard depth > 0 else { return comparison(&dice, 0) }
        switch dice.below(10) {
        case 0, 1: return junction(&dice, depth - 1)
        case 2:
            let inner = condition(&dice, depth - 1)
            return Formula(sql: "NOT (\(inner.sql))", kind: .bool) { row in
                guard case .bool(let flag) = inner.value(row) else { return .null }
                return .bool(!flag)
            }
        case 3:
            let value = make(kind(&dice), &dice, depth: depth - 1)
            let isNegated = dice.chance(1, in: 2)
            return Formula(
                sql: "(\(value.sql)) IS \(isNegated ? "NOT " : "")NULL",
                kind: .bool
            ) { row in .bool(value.value(row).isNull != isNegated) }
        case 4:
            let inner = condition(&dice, depth - 1)
            let (word, wanted, isNegated) = dice.pick(
                [("TRUE", true, false), ("FALSE", false, false), ("NOT TRUE", true, true)]
            )
            return Formula(sql: "(\(inner.sql)) IS \(word)", kind: .bool) { row in
                .bool((inner.value(row) == .bool(wanted)) != isNegated)
            }
        case 5: return membership(&dice, depth - 1)
        case 6: return between(&dice, depth - 1)
        case 7: return pattern(&dice, depth - 1)
        default: return comparison(&dice, depth - 1)
        }
    }

    private func comparison(_ dice: inout Dice, _ depth: Int) -> Formula {
        let kind = self.kind(&dice)
        let left = make(kind, &dice, depth: depth)
        let right = make(kind, &dice, depth: depth)
        if dice.chance(1, in: 6) {
            let isSame = dice.chance(1, in: 2)
            let word = isSame ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM"
            return Formula(sql: "(\(left.sql)) \(word) (\(right.sql))", kind: .bool) { row in
                let (a, b) = (left.value(row), right.value(row))
                let agree = a.isNull || b.isNull ? a == b : Cell.compare(a, b) == 0
                return .bool(agree == isSame)
            }
        }
        let sign = dice.pick(kind == .bool ? ["=", "<>"] : ["=", "<>", "<", "<=", ">", ">="])
        return both(left, right, sign, .bool) { .bool(Self.holds(Cell.compare($0, $1), sign)) }
    }

    private static func holds(_ order: Int, _ sign: String) -> Bool {
        switch sign {
        case "=": order == 0
        case "<>": order != 0
        case "<": order < 0
        case "<=": order <= 0
        case ">": order > 0
        default: order >= 0
        }
    }

    private func junction(_ dice: inout Dice, _ depth: Int) -> Formula {
        let left = condition(&dice, depth)
        let right = condition(&dice, depth)
        // AND is decided by one FALSE, OR by one TRUE.
        let decisive = dice.chance(1, in: 2)
        let word = decisive ? "OR" : "AND"
        return Formula(sql: "((\(left.sql)) \(word) (\(right.sql)))", kind: .bool) { row in
            let values = [left.value(row), right.value(row)]
            if values.contains(.bool(decisive)) { return .bool(decisive) }
            return values.contains(.null) ? .null : .bool(!decisive)
        }
    }

    private func membership(_ dice: inout Dice, _ depth: Int) -> Formula {
        let kind = dice.pick(Kind.plain.filter { $0 != .bool })
        let value = make(kind, &dice, depth: depth)
        var members = (0...dice.below(4)).map { _ in literal(kind, &dice) }
        if dice.chance(1, in: 4) {
            members.append(Formula(sql: "NULL", kind: kind) { _ in .null })
        }
        let cells = members.map { $0.value([]) }
        let isNegated = dice.chance(1, in: 2)
        let list = members.map(\.sql).joined(separator: ", ")
        return map(value, "(\(value.sql)) \(isNegated ? "NOT " : "")IN (\(list))") { cell in
            if cells.contains(where: { !$0.isNull && Cell.compare($0, cell) == 0 }) {
                return .bool(!isNegated)
            }
            return cells.contains(.null) ? .null : .bool(isNegated)
        }.retyped(.bool)
    }

    private func between(_ dice: inout Dice, _ depth: Int) -> Formula {
        let kind = dice.pick([Kind.int, .decimal, .double, .text])
        let value = make(kind, &dice, depth: depth)
        let low = make(kind, &dice, depth: depth)
        let high = make(kind, &dice, depth: depth)
        return Formula(
            sql: "((\(value.sql)) BETWEEN (\(low.sql)) AND (\(high.sql)))",
            kind: .bool
        ) { row in
            let (cell, least, most) = (value.value(row), low.value(row), high.value(row))
            if cell.isNull { return .null }
            let above = least.isNull ? nil : Cell.compare(cell, least) >= 0
            let below = most.isNull ? nil : Cell.compare(cell, most) <= 0
            if above == false || below == false { return .bool(false) }
            return above == nil || below == nil ? .null : .bool(true)
        }
    }

    private func pattern(_ dice: inout Dice, _ depth: Int) -> Formula {
        let value = make(.text, &dice, depth: depth)
        let pattern = dice.pick(["a%", "%b%", "_", "%", "", "%é", "a_%"])
        let isNegated = dice.chance(1, in: 3)
        let sql = "(\(value.sql)) \(isNegated ? "NOT " : "")LIKE '\(pattern)'"
        return map(value, sql) { cell in
            guard case .text(let text) = cell else { return .null }
            let matches = Self.matches(
                Array(text.unicodeScalars)[...],
                Array(pattern.unicodeScalars)[...]
            )
            return .bool(matches != isNegated)
        }.retyped(.bool)
    }

    private static func matches(
        _ text: ArraySlice<Unicode.Scalar>,
        _ pattern: ArraySlice<Unicode.Scalar>
    ) -> Bool {
        guard let sign = pattern.first else { return text.isEmpty }
        if sign == "%" {
            return matches(text, pattern.dropFirst())
                || (!text.isEmpty && matches(text.dropFirst(), pattern))
        }
        guard let first = text.first, sign == "_" || sign == first else { return false }
        return matches(text.dropFirst(), pattern.dropFirst())
    }
}

extension Formula {
    func retyped(_ kind: Kind) -> Formula {
        var copy = self
        copy.kind = kind
        return copy
    }
}
