internal import Columns
internal import Failures
internal import SQLFront

/// The condition of a join beyond equal keys, decided for candidate pairs.
struct JoinResidual {
    private let evaluator: ExpressionEvaluator
    private let schema: Schema
    private let clock: Int64

    /// - Throws: what compiling the expression throws.
    init(
        _ condition: Expression,
        inputs: [Schema],
        context: EvaluationContext,
        clock: Int64
    ) throws(Failure) {
        schema = Schema(inputs[0].fields + inputs[1].fields)
        evaluator = try ExpressionEvaluator([condition], inputSchema: schema, context: context)
        self.clock = clock
    }

    /// What a condition is for a pair; an error counts as FALSE and is reported.
    enum Truth {
        case isFalse, isUnknown, isTrue
    }

    func decide(
        _ pairs: JoinedRows,
        _ left: JoinRows,
        _ right: JoinRows,
        _ report: inout StepReport
    ) -> [Truth] {
        let leftRows = Selection(rows: Buffer(pairs.left))
        let rightRows = Selection(rows: Buffer(pairs.right))
        let batch = Batch(
            schema: schema,
            columns: left.batch.columns.map { $0.gather(by: leftRows) }
                + right.batch.columns.map { $0.gather(by: rightRows) },
            rowCount: pairs.count
        )
        let evaluated = evaluator.evaluate(batch, clock: clock)
        let column = evaluated.columns[0]
        var truths = (0..<pairs.count).map { pair -> Truth in
            guard case .booleans(let bits) = column.values, !column.isNull(pair) else {
                return .isUnknown
            }
            return bits[pair] ? .isTrue : .isFalse
        }
        for error in evaluated.errors {
            truths[error.row] = .isFalse
            report.failed.append(
                RowFailure(
                    row: RowReference(sequence: left.sequences[Int(pairs.left[error.row])]),
                    code: error.code,
                    message: error.message,
                    position: error.position
                )
            )
        }
        return truths
    }
}
