import Columns
import SQLFront
import StreamSQL
import TestKit
import Testing

/// Evaluates one expression for one row by walking the tree: the obvious evaluator that batches must equal.
///
/// Knows BIGINT and INT arithmetic, DOUBLE arithmetic, comparisons, logic, CASE, COALESCE and IN.
enum RowOracle {
    static func evaluate(_ expression: Expression, _ row: [Value]) -> Answer {
        switch expression.kind {
        case .column(let index): return .value(row[index])
        case .literal(let value): return .value(value)
        case .call(.and, let operands), .call(.or, let operands):
            var isAnd = false
            if case .call(.and, _) = expression.kind { isAnd = true }
            return logic(operands, row, decisive: !isAnd)
        case .call(.coalesce, let operands):
            for operand in operands {
                let answer = evaluate(operand, row)
                if answer != .null { return answer }
            }
            return .null
        case .call(let function, let operands):
            var values: [Value] = []
            for operand in operands {
                guard case .value(let value) = evaluate(operand, row) else {
                    return evaluate(operand, row)
                }
                values.append(value)
            }
            return apply(function, values, expression.type)
        case .choice(let branches, let otherwise):
            for branch in branches {
                let condition = evaluate(branch.condition, row)
                if case .error = condition { return condition }
                if condition == .boolean(true) { return evaluate(branch.result, row) }
            }
            return otherwise.map { evaluate($0, row) } ?? .null
        case .membership(let operand, let list, let isNegated):
            guard case .value(let value) = evaluate(operand, row) else {
                return evaluate(operand, row)
            }
            if value.isNull { return .null }
            if list.contains(value) { return .boolean(!isNegated) }
            return list.contains(.null) ? .null : .boolean(isNegated)
        case .cast: return .error("not in this oracle")
        }
    }

    /// AND is decided by FALSE, OR by TRUE; the right side is looked at only if the left decides nothing.
    private static func logic(_ operands: [Expression], _ row: [Value], decisive: Bool) -> Answer {
        let left = evaluate(operands[0], row)
        if case .error = left { return left }
        if left == .boolean(decisive) { return left }
        let right = evaluate(operands[1], row)
        if case .error = right { return right }
        if right == .boolean(decisive) { return right }
        return left == .null || right == .null ? .null : .boolean(!decisive)
    }

    private static func apply(_ function: ScalarFunction, _ values: [Value], _ type: DataType)
        -> Answer
    {
        switch function {
        case .isNull: return .boolean(values[0].isNull)
        case .isNotTrue: return .boolean(values[0] != .boolean(true))
        case .isDistinctFrom where values.contains(.null): return .boolean(values[0] != values[1])
        default: break
        }
        if values.contains(.null) { return .null }
        switch (values[0], values.count > 1 ? values[1] : .null) {
        case (.boolean(let value), _) where function == .not: return .boolean(!value)
        case (.integer(let left), .integer(let right)): return integers(function, left, right, type)
        case (.integer(let value), _) where function == .negate:
            return checked(Int64(0).subtractingReportingOverflow(value), type)
        case (.double(let left), .double(let right)): return doubles(function, left, right)
        default: return .error("not in this oracle")
        }
    }

    private static func integers(
        _ function: ScalarFunction,
        _ left: Int64,
        _ right: Int64,
        _ type: DataType
    ) -> Answer {
        switch function {
        case .add: checked(left.addingReportingOverflow(right), type)
        case .subtract: checked(left.subtractingReportingOverflow(right), type)
        case .multiply: checked(left.multipliedReportingOverflow(by: right), type)
        case .divide:
            right == 0
                ? .error("EVAL_DIV_ZERO") : checked(left.dividedReportingOverflow(by: right), type)
        case .modulo:
            right == 0 ? .error("EVAL_DIV_ZERO") : .integer(right == -1 ? 0 : left % right)
        case .equal: .boolean(left == right)
        case .notEqual, .isDistinctFrom: .boolean(left != right)
        case .less: .boolean(left < right)
        case .lessOrEqual: .boolean(left <= right)
        case .greater: .boolean(left > right)
        case .greaterOrEqual: .boolean(left >= right)
        default: .error("not in this oracle")
        }
    }

    private static func checked(_ result: (partialValue: Int64, overflow: Bool), _ type: DataType)
        -> Answer
    {
        guard !result.overflow, type.integerRange?.contains(result.partialValue) ?? false else {
            return .error("EVAL_OVERFLOW")
        }
        return .integer(result.partialValue)
    }

    private static func doubles(_ function: ScalarFunction, _ left: Double, _ right: Double)
        -> Answer
    {
        switch function {
        case .add: .double(left + right)
        case .subtract: .double(left - right)
        case .multiply: .double(left * right)
        case .divide: .double(left / right)
        case .equal: .boolean(left == right)
        case .notEqual, .isDistinctFrom: .boolean(left != right)
        case .less: .boolean(left < right)
        case .lessOrEqual: .boolean(left <= right)
        case .greater: .boolean(left > right)
        case .greaterOrEqual: .boolean(left >= right)
        default: .error("not in this oracle")
        }
    }
}

/// An expression and rows of two INT, two BIGINT, two DOUBLE and two BOOLEAN columns.
private struct Test: Sendable, CustomStringConvertible {
    var expression: Expression
    var rows: [[Value]]

    static let types: [DataType] = [
        .int, .int, .bigint, .bigint, .double, .double, .boolean, .boolean,
    ]

    var description: String { "\(expression.kind) over \(rows)" }
}

private func value(_ type: DataType, _ generator: inout SeededGenerator) -> Value {
    if Int.random(in: 0..<6, using: &generator) == 0 { return .null }
    switch type {
    case .int:
        let edges: [Int64] = [0, 1, -1, 2, 7, Int64(Int32.max), Int64(Int32.min)]
        return .integer(edges[Int.random(in: edges.indices, using: &generator)])
    case .bigint:
        let edges: [Int64] = [0, 1, -1, 3, .max, .min, 1 << 40]
        return .integer(edges[Int.random(in: edges.indices, using: &generator)])
    case .double:
        let edges: [Double] = [0, -0.0, 1, -1.5, .nan, .infinity, 1e308]
        return .double(edges[Int.random(in: edges.indices, using: &generator)])
    default: return .boolean(Bool.random(using: &generator))
    }
}

private func expression(
    _ type: DataType,
    depth: Int,
    _ generator: inout SeededGenerator
) -> Expression {
    func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &generator)]
    }
    func make(_ type: DataType) -> Expression {
        expression(type, depth: depth - 1, &generator)
    }
    let kind = Int.random(in: 0..<(depth > 0 ? 9 : 3), using: &generator)
    if kind == 0 { return literal(value(type, &generator), type) }
    if kind < 3 {
        let columns = Test.types.indices.filter { Test.types[$0] == type }
        return column(pick(columns), type)
    }
    if kind == 3 {
        let first = (make(.boolean), make(type))
        return choice([first, (make(.boolean), make(type))], otherwise: make(type), type)
    }
    if kind == 4 { return call(.coalesce, type, make(type), make(type)) }
    guard type == .boolean else {
        if type != .double, kind == 5 { return call(.negate, type, make(type)) }
        let operators: [ScalarFunction] =
            type == .double
            ? [.add, .subtract, .multiply, .divide]
            : [.add, .subtract, .multiply, .divide, .modulo]
        return call(pick(operators), type, make(type), make(type))
    }
    switch kind {
    case 5: return call(pick([.and, .or]), .boolean, make(.boolean), make(.boolean))
    case 6: return call(pick([.not, .isNull, .isNotTrue]), .boolean, make(.boolean))
    case 7:
        let list = (0..<3).map { _ in value(.int, &generator) }
        return Expression(
            .membership(make(.int), list, isNegated: Bool.random(using: &generator)),
            type: .boolean,
            at: somewhere
        )
    default:
        let operands: DataType = pick([.int, .bigint, .double])
        let function: ScalarFunction = pick([
            .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isDistinctFrom,
        ])
        return call(function, .boolean, make(operands), make(operands))
    }
}

private let tests = Gen<Test>(
    shrink: { test in
        guard test.rows.count > 1 else { return [] }
        let half = test.rows.count / 2
        return [Array(test.rows[..<half]), Array(test.rows[half...])]
            .map { Test(expression: test.expression, rows: $0) }
    },
    make: { generator, size in
        let count = Int.random(in: 1...max(size * 2, 3), using: &generator)
        let rows = (0..<count).map { _ in Test.types.map { value($0, &generator) } }
        let type = Test.types[Int.random(in: Test.types.indices, using: &generator)]
        return Test(expression: expression(type, depth: 4, &generator), rows: rows)
    }
)

@Suite("Batches against single rows")
struct RowOracleTests {
    @Test("a batch gives what its rows give one by one")
    func batchEqualsRows() {
        checkProperty("batch = rows", tests, rounds: 500) { test in
            let input = batch(
                Test.types.enumerated().map { index, type in (type, test.rows.map { $0[index] }) }
            )
            let actual = try answers(test.expression, over: input)
            let expected = test.rows.map { RowOracle.evaluate(test.expression, $0) }
            guard actual == expected else { return false }
            // A slice that begins inside a bitmap's word must give the same.
            let start = min(3, input.rowCount)
            let sliced = input.slice(start..<input.rowCount)
            guard try answers(test.expression, over: sliced) == Array(expected[start...]) else {
                return false
            }
            guard test.expression.type == .boolean else { return true }
            let predicate = try Predicate(
                test.expression,
                inputSchema: input.schema,
                context: EvaluationContext()
            )
            let outcome = predicate.select(from: input, clock: 0)
            let kept = expected.indices.filter { expected[$0] == .boolean(true) }
            let failed = expected.indices.filter {
                if case .error = expected[$0] { true } else { false }
            }
            return (0..<outcome.selection.count).map { Int(outcome.selection.rows[$0]) } == kept
                && outcome.errors.map(\.row) == failed
        }
    }
}
