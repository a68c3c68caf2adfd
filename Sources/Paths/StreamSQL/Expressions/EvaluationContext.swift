package import Failures

/// What expressions and joins depend on besides their operands; fixed for a job.
package struct EvaluationContext: Hashable, Sendable {
    /// The result of dividing an integer or a DECIMAL by zero (`cutover.stream.division.by.zero`).
    package enum DivisionByZero: String, Hashable, Sendable {
        case error
        case null
    }

    /// Offset of the session's zone from UTC in microseconds.
    package var zoneOffset: Int64
    package var divisionByZero: DivisionByZero
    /// Bytes of the smaller side of a join without an equality.
    package var joinByteLimit: Int

    package init(
        zoneOffset: Int64 = 0,
        divisionByZero: DivisionByZero = .error,
        joinByteLimit: Int = .max
    ) {
        self.zoneOffset = zoneOffset
        self.divisionByZero = divisionByZero
        self.joinByteLimit = joinByteLimit
    }
}

/// A row of a batch whose expressions could not be evaluated.
package struct RowError: Hashable, Sendable {
    /// Index in the batch.
    package var row: Int
    /// `EVAL_OVERFLOW`, `EVAL_DIV_ZERO`, `EVAL_CAST`, `EVAL_REGEX` or `EVAL_STRING_LENGTH`.
    package var code: String
    /// What happened, with the offending values.
    package var message: String
    /// The expression in the script.
    package var position: SourcePosition

    package init(row: Int, code: String, message: String, position: SourcePosition) {
        self.row = row
        self.code = code
        self.message = message
        self.position = position
    }

    /// The same error as a scheduler reports it.
    package func failure(in rows: SequencedBatch) -> RowFailure {
        RowFailure(
            row: RowReference(rows, row: row),
            code: code,
            message: message,
            position: position
        )
    }
}
