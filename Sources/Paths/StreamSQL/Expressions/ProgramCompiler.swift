internal import Columns
internal import Failures
internal import SQLFront

/// Turns expressions into a ``Program``: shares equal ones, folds constants, prepares patterns.
struct ProgramCompiler {
    private(set) var program = Program()
    private let inputSchema: Schema
    private let context: EvaluationContext
    private var known: [NodeKey: Int] = [:]

    init(inputSchema: Schema, context: EvaluationContext) {
        self.inputSchema = inputSchema
        self.context = context
    }

    mutating func addOutput(_ expression: Expression) throws(Failure) {
        program.outputs.append(try add(expression))
    }

    /// The node that computes `expression`.
    private mutating func add(_ expression: Expression) throws(Failure) -> Int {
        let operands = try expression.operands.map { operand throws(Failure) in try add(operand) }
        let key = NodeKey(expression, operands)
        if let node = known[key] { return node }
        program.nodes.append(folded(try compiled(expression, operands)))
        known[key] = program.nodes.count - 1
        return program.nodes.count - 1
    }

    private func compiled(
        _ expression: Expression,
        _ operands: [Int]
    ) throws(Failure) -> Node {
        let operation: Node.Operation
        switch expression.kind {
        case .column(let index):
            precondition(index >= 0 && index < inputSchema.count, "a column outside the input")
            operation = .column(index)
        case .literal(let value): operation = .literal(value)
        case .call(let function, _):
            let preparation = try prepare(function, operands, at: expression.position)
            operation = .call(function, preparation)
        case .cast(_, let isTry): operation = .cast(isTry: isTry)
        case .choice(_, let otherwise): operation = .choice(hasOtherwise: otherwise != nil)
        case .membership(let operand, let values, let isNegated):
            operation = .membership(MemberSet(values, type: operand.type), isNegated: isNegated)
        }
        return Node(
            operation: operation,
            operands: operands,
            type: expression.type,
            position: expression.position,
            memory: operation.worksByEntries && !operands.isEmpty ? DictionaryMemory() : nil
        )
    }

    /// A literal where the operands are literals, the clock plays no part and nothing fails.
    private func folded(_ node: Node) -> Node {
        if case .literal = node.operation { return node }
        if case .column = node.operation { return node }
        if case .call(let function, _) = node.operation, function.readsClock(node.operands.count) {
            return node
        }
        let isConstant = node.operands.allSatisfy { operand in
            if case .literal = program.nodes[operand].operation { true } else { false }
        }
        guard isConstant else { return node }
        var alone = program
        alone.nodes.append(node)
        let nothing = Batch(schema: Schema([]), columns: [], rowCount: 1)
        var run = ProgramRun(program: alone, batch: nothing, context: context, clock: 0)
        run.evaluate(constantNode: alone.nodes.count - 1)
        guard let cell = run.cells.last, cell.faults.isEmpty, case .scalar(let value) = cell.content
        else { return node }
        var literal = node
        literal.operation = .literal(value)
        literal.operands = []
        return literal
    }
}

extension ScalarFunction {
    /// Whether the result depends on the job's clock.
    func readsClock(_ operandCount: Int) -> Bool {
        switch self {
        case .currentTimestamp, .localTimestamp: true
        case .unixTimestamp: operandCount == 0
        default: false
        }
    }

    /// Whether the result is NULL wherever an operand is, and nothing but the operands decide it.
    var isStrict: Bool {
        switch self {
        case .isNull, .isNotNull, .isTrue, .isNotTrue, .isFalse, .isNotFalse, .and, .or,
            .isDistinctFrom, .isNotDistinctFrom, .coalesce, .nullIf, .concatWithSeparator,
            .currentTimestamp, .localTimestamp:
            false
        default: true
        }
    }
}

extension Node.Operation {
    /// Whether a row's result follows from its operands alone and is NULL where one of them is.
    fileprivate var worksByEntries: Bool {
        switch self {
        case .call(let function, _): function.isStrict
        case .cast, .membership: true
        case .column, .literal, .choice: false
        }
    }
}

/// What makes two nodes the same; zeros of both signs are different, as 1 / 0 shows.
private struct NodeKey: Hashable {
    private enum Kind: Hashable {
        case column(Int)
        case literal(Value)
        case double(UInt64)
        case call(ScalarFunction)
        case cast(isTry: Bool)
        case choice
        case membership([Value], isNegated: Bool)
    }

    private let kind: Kind
    private let operands: [Int]
    private let type: DataType

    init(_ expression: Expression, _ operands: [Int]) {
        self.operands = operands
        type = expression.type
        kind =
            switch expression.kind {
            case .column(let index): .column(index)
            case .literal(.double(let double)): .double(double.bitPattern)
            case .literal(let value): .literal(value.byBytes)
            case .call(let function, _): .call(function)
            case .cast(_, let isTry): .cast(isTry: isTry)
            // The number of operands tells whether there is an ELSE.
            case .choice: .choice
            case .membership(_, let values, let isNegated):
                .membership(values.map(\.byBytes), isNegated: isNegated)
            }
    }
}

extension Expression {
    /// The expressions under this one, in the order in which a node has them.
    fileprivate var operands: [Expression] {
        switch kind {
        case .column, .literal: []
        case .call(_, let operands): operands
        case .cast(let operand, _), .membership(let operand, _, _): [operand]
        case .choice(let branches, let otherwise):
            branches.flatMap { [$0.condition, $0.result] } + (otherwise.map { [$0] } ?? [])
        }
    }
}

extension Value {
    /// The same value with a text as its bytes: `String` finds canonically equivalent texts equal, SQL does not.
    var byBytes: Value {
        if case .text(let text) = self { .bytes(Array(text.utf8)) } else { self }
    }
}
