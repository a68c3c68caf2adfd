internal import Columns
internal import Failures
internal import SQLFront

/// Turns expressions into a ``Program``: shares equal ones, folds constants, prepares patterns.
struct ProgramCompiler {
    private(set) var program = Program()
    private let inputSchema: Schema
    private let context: EvaluationContext
    private var known: [Expression: Int] = [:]

    init(inputSchema: Schema, context: EvaluationContext) {
        self.inputSchema = inputSchema
        self.context = context
    }

    mutating func addOutput(_ expression: Expression) throws(Failure) {
        program.outputs.append(try add(expression))
    }

    /// The node that computes `expression`.
    private mutating func add(_ expression: Expression) throws(Failure) -> Int {
        if let node = known[expression] { return node }
        let node = try compiled(expression)
        program.nodes.append(folded(node))
        known[expression] = program.nodes.count - 1
        return program.nodes.count - 1
    }

    private mutating func compiled(_ expression: Expression) throws(Failure) -> Node {
        var operands: [Int] = []
        let operation: Node.Operation
        switch expression.kind {
        case .column(let index):
            precondition(index >= 0 && index < inputSchema.count, "a column outside the input")
            operation = .column(index)
        case .literal(let value): operation = .literal(value)
        case .call(let function, let arguments):
            for argument in arguments { operands.append(try add(argument)) }
            let preparation = try prepare(function, operands, at: expression.position)
            operation = .call(function, preparation)
        case .cast(let operand, let isTry):
            operands = [try add(operand)]
            operation = .cast(isTry: isTry)
        case .choice(let branches, let otherwise):
            for branch in branches {
                operands.append(try add(branch.condition))
                operands.append(try add(branch.result))
            }
            if let otherwise { operands.append(try add(otherwise)) }
            operation = .choice(hasOtherwise: otherwise != nil)
        case .membership(let operand, let values, let isNegated):
            operands = [try add(operand)]
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
