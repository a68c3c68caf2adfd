package import Columns
package import Failures
package import SQLFront

/// What expressions came to for a batch.
package struct Evaluated: Sendable {
    /// One column per expression, as long as the batch; the values of rows with an error are unspecified.
    package var columns: [Column]
    /// Ascending by row, at most one per row: the first that evaluation from left to right meets.
    package var errors: [RowError]
}

/// Evaluates bound expressions over whole batches.
///
/// Patterns are compiled, constants folded and equal subexpressions found once, when it is made. It is a
/// constant value: any number of threads may use one.
package struct ExpressionEvaluator: Sendable {
    private let program: Program
    private let context: EvaluationContext

    /// - Parameters:
    ///   - expressions: bound over `inputSchema`.
    ///   - inputSchema: of the batches that will be evaluated.
    ///   - context: the job's zone and settings.
    /// - Throws: `EVAL_REGEX` for a constant pattern that cannot be compiled, `TYPE_ARGUMENT` for another
    ///   constant operand that no row could be evaluated with.
    package init(
        _ expressions: [Expression],
        inputSchema: Schema,
        context: EvaluationContext
    ) throws(Failure) {
        var compiler = ProgramCompiler(inputSchema: inputSchema, context: context)
        for expression in expressions { try compiler.addOutput(expression) }
        program = compiler.program
        self.context = context
    }

    /// Evaluates every expression for every row.
    ///
    /// `clock` is what CURRENT_TIMESTAMP gives, in microseconds since 1970-01-01 00:00:00 UTC.
    package func evaluate(_ batch: Batch, clock: Int64) -> Evaluated {
        var run = ProgramRun(program: program, batch: batch, context: context, clock: clock)
        run.evaluateAll()
        var faults: [Fault] = []
        var columns: [Column] = []
        columns.reserveCapacity(program.outputs.count)
        for output in program.outputs {
            let cell = run.cells[output]
            let type = program.nodes[output].type
            columns.append(Input(type, cell.content).column(count: batch.rowCount))
            faults = faults.merging(cell.faults)
        }
        return Evaluated(columns: columns, errors: run.errors(faults))
    }
}
