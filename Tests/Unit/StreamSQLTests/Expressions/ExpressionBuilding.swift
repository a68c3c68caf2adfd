import Columns
import Failures
import SQLFront
import StreamSQL
import Testing

/// Where test expressions say they stand.
let somewhere = SourcePosition(source: "test.sql", line: 1, column: 8)

/// Input column `index`.
func column(_ index: Int, _ type: DataType) -> Expression {
    Expression(.column(index), type: type, at: somewhere)
}

func literal(_ value: Value, _ type: DataType) -> Expression {
    Expression(.literal(value), type: type, isNullable: value.isNull, at: somewhere)
}

func int(_ value: Int64) -> Expression { literal(.integer(value), .int) }

func bigint(_ value: Int64) -> Expression { literal(.integer(value), .bigint) }

func double(_ value: Double) -> Expression { literal(.double(value), .double) }

func text(_ value: String) -> Expression { literal(.text(value), .string) }

func bool(_ value: Bool?) -> Expression {
    literal(value.map(Value.boolean) ?? .null, .boolean)
}

func null(_ type: DataType) -> Expression { literal(.null, type) }

func call(_ function: ScalarFunction, _ type: DataType, _ operands: Expression...) -> Expression {
    Expression(.call(function, operands), type: type, at: somewhere)
}

func cast(_ operand: Expression, _ type: DataType, isTry: Bool = false) -> Expression {
    Expression(.cast(operand, isTry: isTry), type: type, at: somewhere)
}

func choice(
    _ branches: [(Expression, Expression)],
    otherwise: Expression?,
    _ type: DataType
) -> Expression {
    Expression(
        .choice(
            branches.map { Expression.Branch(condition: $0, result: $1) },
            otherwise: otherwise
        ),
        type: type,
        at: somewhere
    )
}

/// Rows of single values as a batch; text columns are coded where `isCoded`.
func batch(_ columns: [(DataType, [Value])], isCoded: Bool = false) -> Batch {
    let built = columns.map { type, values in
        let column = Column(type, values: values)
        return isCoded && type.physical == .text ? coded(column) : column
    }
    return Batch(
        schema: Schema(columns.enumerated().map { Field("c\($0.offset)", $0.element.0) }),
        columns: built,
        rowCount: columns.first?.1.count ?? 1
    )
}

/// The same texts behind a dictionary; NULL rows get a code outside it, which nobody may follow.
func coded(_ column: Column) -> Column {
    var codes: [Int32] = []
    var entries: [Value] = []
    for row in 0..<column.count {
        let value = column.value(row)
        if value.isNull {
            codes.append(-7)
        } else if let known = entries.firstIndex(of: value) {
            codes.append(Int32(known))
        } else {
            codes.append(Int32(entries.count))
            entries.append(value)
        }
    }
    guard case .texts(let texts) = Column(column.type, values: entries).values else {
        return column
    }
    return Column(
        column.type,
        .coded(codes: Buffer(codes), dictionary: TextDictionary(texts)),
        validity: column.validity
    )
}

/// The values of one expression over a batch, and its errors.
func evaluate(
    _ expression: Expression,
    over batch: Batch = batch([(.int, [.integer(0)])]),
    context: EvaluationContext = EvaluationContext(),
    clock: Int64 = 0
) throws -> (values: [Value], errors: [RowError]) {
    let evaluator = try ExpressionEvaluator(
        [expression],
        inputSchema: batch.schema,
        context: context
    )
    let result = evaluator.evaluate(batch, clock: clock)
    #expect(result.columns[0].type == expression.type)
    #expect(result.columns[0].count == batch.rowCount)
    return (result.columns[0].valueArray, result.errors)
}

/// A value, or the code of the error instead of it.
enum Answer: Equatable, CustomStringConvertible {
    case value(Value)
    case error(String)

    static func text(_ text: String) -> Answer { .value(.text(text)) }
    static func integer(_ integer: Int64) -> Answer { .value(.integer(integer)) }
    static func double(_ double: Double) -> Answer { .value(.double(double)) }
    static func decimal(_ decimal: Int128) -> Answer { .value(.decimal(decimal)) }
    static func boolean(_ boolean: Bool) -> Answer { .value(.boolean(boolean)) }
    static let null = Answer.value(.null)

    var description: String {
        switch self {
        case .value(let value): "\(value)"
        case .error(let code): code
        }
    }

    /// Equal as rows are compared: NaN is NaN, and zeros differ in their sign.
    static func == (left: Answer, right: Answer) -> Bool {
        switch (left, right) {
        case (.value(.double(let first)), .value(.double(let second))):
            first.isNaN ? second.isNaN : first.bitPattern == second.bitPattern
        case (.value(let first), .value(let second)): first == second
        case (.error(let first), .error(let second)): first == second
        default: false
        }
    }
}

/// What an expression over no columns comes to, with its operands constant and as columns of one row.
///
/// Both must agree; so must a column of two rows of which the first is NULL.
func answer(
    _ expression: Expression,
    context: EvaluationContext = EvaluationContext(),
    clock: Int64 = 0
) throws -> Answer {
    let constant = try answers(expression, context: context, clock: clock)[0]
    if case .call(let function, let operands) = expression.kind,
        operands.contains(where: { if case .literal = $0.kind { true } else { false } })
    {
        var moved: [Expression] = []
        var columns: [(DataType, [Value])] = []
        for operand in operands {
            // Units and paths are literals by contract.
            guard case .literal(let value) = operand.kind, !isConstantOperand(function, moved.count)
            else {
                moved.append(operand)
                continue
            }
            moved.append(column(columns.count, operand.type))
            columns.append((operand.type, [.null, value, value]))
        }
        var variant = expression
        variant.kind = .call(function, moved)
        for isCoded in [false, true] where !columns.isEmpty {
            let input = batch(columns, isCoded: isCoded)
            let rows = try answers(variant, over: input, context: context, clock: clock)
            #expect(rows[1] == constant, "\(function) over columns, coded: \(isCoded)")
            #expect(rows[2] == constant, "\(function) over columns, coded: \(isCoded)")
        }
    }
    return constant
}

/// Whether an operand of a function is always a literal.
private func isConstantOperand(_ function: ScalarFunction, _ index: Int) -> Bool {
    switch function {
    case .extract, .timestampAdd, .timestampDiff: index == 0
    case .floorTo, .ceilTo, .jsonValue: index == 1
    default: false
    }
}

/// One answer per row.
func answers(
    _ expression: Expression,
    over batch: Batch = batch([(.int, [.integer(0)])]),
    context: EvaluationContext = EvaluationContext(),
    clock: Int64 = 0
) throws -> [Answer] {
    let (values, errors) = try evaluate(expression, over: batch, context: context, clock: clock)
    var answers = values.map(Answer.value)
    for error in errors { answers[error.row] = .error(error.code) }
    return answers
}

/// An expression with the answer that it must give.
struct Vector: Sendable, CustomTestStringConvertible {
    var name: String
    var expression: Expression
    var expected: @Sendable () -> Answer

    init(
        _ name: String,
        _ expression: Expression,
        _ expected: @autoclosure @escaping @Sendable () -> Answer
    ) {
        self.name = name
        self.expression = expression
        self.expected = expected
    }

    var testDescription: String { name }
}
