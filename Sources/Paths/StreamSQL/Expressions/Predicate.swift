package import Columns
package import Failures
package import SQLFront

/// Decides which rows of batches a BOOLEAN expression keeps: those where it is TRUE.
///
/// A constant value that any number of threads may use.
package struct Predicate: Sendable {
    /// The rows that a predicate keeps, and those it failed for.
    package struct Outcome: Sendable {
        /// Ascending; without rows that have an error.
        package var selection: Selection
        /// Ascending by row, at most one per row.
        package var errors: [RowError]
    }

    private let program: Program
    private let context: EvaluationContext

    /// - Parameters:
    ///   - condition: a BOOLEAN, bound over `inputSchema`.
    ///   - inputSchema: of the batches that will be filtered.
    ///   - context: the job's zone and settings.
    /// - Throws: as ``ExpressionEvaluator``.
    package init(
        _ condition: Expression,
        inputSchema: Schema,
        context: EvaluationContext
    ) throws(Failure) {
        precondition(
            condition.type == .boolean || condition.type == .null,
            "a predicate is a BOOLEAN, not \(condition.type)"
        )
        var compiler = ProgramCompiler(inputSchema: inputSchema, context: context)
        try compiler.addOutput(condition)
        program = compiler.program
        self.context = context
    }

    /// The rows of `batch` that are kept.
    ///
    /// `clock` is what CURRENT_TIMESTAMP gives, in microseconds since 1970-01-01 00:00:00 UTC.
    package func select(from batch: Batch, clock: Int64) -> Outcome {
        var run = ProgramRun(program: program, batch: batch, context: context, clock: clock)
        run.evaluateAll()
        let cell = run.cells[program.outputs[0]]
        var rows = Input(.boolean, cell.content).trues(count: batch.rowCount)
        if !cell.faults.isEmpty {
            rows = rows & ~Bitmap(rowsOf: cell.faults, count: batch.rowCount)
        }
        return Outcome(selection: Selection(setBitsOf: rows), errors: run.errors(cell.faults))
    }
}

extension Bitmap {
    /// A set bit for each row that has a fault.
    init(rowsOf faults: [Fault], count: Int) {
        var words = [UInt64](repeating: 0, count: (count + 63) >> 6)
        for fault in faults { words[Int(fault.row) >> 6] |= 1 << UInt64(fault.row & 63) }
        self.init(words: Buffer(words), count: count)
    }
}
