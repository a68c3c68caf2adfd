internal import Columns
internal import Failures

extension Expression {
    static func column(
        _ index: Int,
        _ type: DataType,
        isNullable: Bool = true,
        at position: SourcePosition
    ) -> Expression {
        Expression(.column(index), type: type, isNullable: isNullable, at: position)
    }

    static func literal(
        _ value: Value,
        _ type: DataType,
        at position: SourcePosition
    ) -> Expression {
        Expression(.literal(value), type: type, isNullable: value.isNull, at: position)
    }

    /// A call that is nullable where an operand is, unless said otherwise.
    static func call(
        _ function: ScalarFunction,
        _ operands: [Expression],
        _ type: DataType,
        isNullable: Bool? = nil,
        at position: SourcePosition
    ) -> Expression {
        let nullable = isNullable ?? operands.contains { $0.isNullable }
        return Expression(.call(function, operands), type: type, isNullable: nullable, at: position)
    }

    var literalValue: Value? {
        if case .literal(let value) = kind { value } else { nil }
    }

    var columnIndex: Int? {
        if case .column(let index) = kind { index } else { nil }
    }

    /// The value under another type; literals are converted here, where that is exact.
    func converted(to target: DataType) -> Expression {
        if type == target { return self }
        if let value = literalValue, let folded = Self.fold(value, type, to: target) {
            return .literal(folded, target, at: position)
        }
        return Expression(
            .cast(self, isTry: false),
            type: target,
            isNullable: isNullable,
            at: position
        )
    }

    private static func fold(_ value: Value, _ source: DataType, to target: DataType) -> Value? {
        switch value {
        case .null: return .null
        case .integer(let number) where source.isInteger: return fold(number, to: target)
        case .integer where source.isTimestamp && target.isTimestamp:
            let isSameClock = source.sameClock(as: target)
            return isSameClock && TypeRules.widensExactly(source, to: target) ? value : nil
        case .decimal(let unscaled):
            guard case .decimal(_, let scale) = source else { return nil }
            return fold(unscaled, scale: scale, to: target)
        case .text(let text) where target.isText && source.isText:
            let length = text.unicodeScalars.count
            return length <= TypeRules.textLength(target) ?? .max ? value : nil
        default: return nil
        }
    }

    private static func fold(_ number: Int64, to target: DataType) -> Value? {
        if let range = target.integerRange {
            return range.contains(number) ? .integer(number) : nil
        }
        switch target {
        case .double:
            return Int64(exactly: Double(number)) == number ? .double(Double(number)) : nil
        case .float:
            return Int64(exactly: Float(number)) == number ? .double(Double(number)) : nil
        case .decimal:
            return fold(Int128(number), scale: 0, to: target)
        default: return nil
        }
    }

    private static func fold(_ unscaled: Int128, scale: Int, to target: DataType) -> Value? {
        switch target {
        case .decimal(let precision, let wanted):
            guard wanted >= scale, wanted - scale <= 38 else { return nil }
            let factor = Int128.powerOfTen(wanted - scale)
            let (result, overflow) = unscaled.multipliedReportingOverflow(by: factor)
            return !overflow && result.magnitude < Int128.powerOfTen(precision).magnitude
                ? .decimal(result) : nil
        case .double:
            return Double("\(unscaled)e-\(scale)").map { .double($0) }
        case .float:
            return Float("\(unscaled)e-\(scale)").map { .double(Double($0)) }
        default: return nil
        }
    }

    /// The expression with every column replaced.
    func mappingColumns(_ replacement: (Int, Expression) -> Expression) -> Expression {
        if case .column(let index) = kind { return replacement(index, self) }
        return mappingChildren { $0.mappingColumns(replacement) }
    }

    /// The expression with its direct operands replaced.
    func mappingChildren(_ transform: (Expression) -> Expression) -> Expression {
        var result = self
        switch kind {
        case .column, .literal: return self
        case .call(let function, let operands):
            result.kind = .call(function, operands.map(transform))
        case .cast(let operand, let isTry):
            result.kind = .cast(transform(operand), isTry: isTry)
        case .choice(let branches, let otherwise):
            result.kind = .choice(
                branches.map { branch in
                    Branch(
                        condition: transform(branch.condition),
                        result: transform(branch.result)
                    )
                },
                otherwise: otherwise.map(transform)
            )
        case .membership(let operand, let values, let isNegated):
            result.kind = .membership(transform(operand), values, isNegated: isNegated)
        }
        return result
    }

    var children: [Expression] {
        switch kind {
        case .column, .literal: []
        case .call(_, let operands): operands
        case .cast(let operand, _), .membership(let operand, _, _): [operand]
        case .choice(let branches, let otherwise):
            branches.flatMap { [$0.condition, $0.result] } + (otherwise.map { [$0] } ?? [])
        }
    }

    /// Indices of the columns that the expression reads.
    var columns: Set<Int> {
        var found: Set<Int> = []
        collectColumns(into: &found)
        return found
    }

    private func collectColumns(into found: inout Set<Int>) {
        if case .column(let index) = kind { found.insert(index) }
        for child in children { child.collectColumns(into: &found) }
    }

    /// With `offset` added to every column.
    func shifted(by offset: Int) -> Expression {
        mappingColumns { index, column in
            var shifted = column
            shifted.kind = .column(index + offset)
            return shifted
        }
    }

    /// The terms of a conjunction, outermost ANDs taken apart.
    var conjuncts: [Expression] {
        guard case .call(.and, let operands) = kind else { return [self] }
        return operands.flatMap(\.conjuncts)
    }

    /// AND or OR over terms as a balanced tree; nil of none.
    static func joined(_ function: ScalarFunction, _ terms: [Expression]) -> Expression? {
        guard let first = terms.first else { return nil }
        if terms.count == 1 { return first }
        let middle = terms.count / 2
        guard let left = joined(function, Array(terms[..<middle])),
            let right = joined(function, Array(terms[middle...]))
        else { return nil }
        return .call(function, [left, right], .boolean, at: first.position)
    }
}

extension DataType {
    /// Whether both are TIMESTAMP, or both are TIMESTAMP_LTZ.
    func sameClock(as other: DataType) -> Bool {
        switch (self, other) {
        case (.timestamp, .timestamp), (.timestampLTZ, .timestampLTZ): true
        default: false
        }
    }
}

extension Int128 {
    /// 10^exponent for 0...38.
    static func powerOfTen(_ exponent: Int) -> Int128 {
        precondition((0...38).contains(exponent), "10^\(exponent) does not fit")
        var result: Int128 = 1
        for _ in 0..<exponent { result *= 10 }
        return result
    }
}
