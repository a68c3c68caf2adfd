package import Columns
package import Failures
package import SQLFront

/// Works out event times and watermarks of decoded rows, before they are sequenced.
package struct EventTimeReader: Sendable {
    private let evaluator: ExpressionEvaluator
    private let clock: JobClock
    /// The watermark is this many microseconds behind the event time; nil where it is an expression of its own.
    private let delay: Int64?

    /// - Throws: what compiling the expressions throws.
    package init(
        _ watermark: Scan.Watermark,
        schema: Schema,
        context: EvaluationContext,
        clock: JobClock
    ) throws(Failure) {
        delay = watermark.delay
        self.clock = clock
        evaluator = try ExpressionEvaluator(
            delay == nil ? [watermark.time, watermark.expression] : [watermark.time],
            inputSchema: schema,
            context: context
        )
    }

    /// Removes rows without a usable event time, as rejections, and adds the running watermark of the others.
    package func read(_ rows: DecodedRows) -> DecodedRows {
        let evaluated = evaluator.evaluate(rows.batch, clock: clock.moment())
        var usable = rows
        let time = evaluated.columns[0]
        if time.validity != nil || !evaluated.errors.isEmpty {
            let kept = dropUnusable(&usable, time, evaluated.errors)
            let columns = evaluated.columns.map { $0.gather(by: kept) }
            usable.runningWatermarks = runningMaximum(of: columns)
        } else {
            usable.runningWatermarks = runningMaximum(of: evaluated.columns)
        }
        return usable
    }

    /// Moves rows with a NULL time or an evaluation error to the rejections.
    ///
    /// - Returns: the rows that stay.
    private func dropUnusable(
        _ rows: inout DecodedRows,
        _ time: Column,
        _ errors: [RowError]
    ) -> Selection {
        let failures = Dictionary(errors.map { ($0.row, $0) }) { first, _ in first }
        var kept: [Int] = []
        var refused: [Rejection] = []
        for row in 0..<rows.batch.rowCount {
            if let failure = failures[row] {
                refused.append(
                    rejection(failure.code, failure.message, rows, row: row, before: kept.count)
                )
            } else if time.isNull(row) {
                let message = "the event time is NULL"
                refused.append(rejection("TIME_NULL", message, rows, row: row, before: kept.count))
            } else {
                kept.append(row)
            }
        }
        // The rows that were refused earlier keep their place among those that are left.
        var keptBefore = 0
        rows.rejections = rows.rejections.map { earlier in
            while keptBefore < kept.count, kept[keptBefore] < earlier.rowBefore { keptBefore += 1 }
            var moved = earlier
            moved.rowBefore = keptBefore
            return moved
        }
        rows.rejections.append(contentsOf: refused)
        rows.rejections.sort { $0.position.byteOffset < $1.position.byteOffset }
        let selection = Selection(kept)
        rows.batch = rows.batch.gather(by: selection)
        rows.records = rows.records.gather(selection)
        return selection
    }

    private func rejection(
        _ code: String,
        _ message: String,
        _ rows: DecodedRows,
        row: Int,
        before: Int
    ) -> Rejection {
        Rejection(
            stage: .eventTime,
            code: code,
            message: message,
            remedy:
                "correct the row, or choose `--failure log` or `--failure dlq` to go on without it",
            position: rows.locator?.position(of: Int(rows.records[row]))
                ?? FilePosition(path: "", byteOffset: 0),
            bytes: rows.locator?.bytes(of: Int(rows.records[row])),
            rowBefore: before
        )
    }

    /// For each row the highest watermark up to and including it.
    private func runningMaximum(of columns: [Column]) -> Buffer<Int64> {
        let column = columns.last ?? columns[0]
        guard case .integers(let buffer) = column.values else {
            preconditionFailure("an event time is stored as integers")
        }
        let values = buffer.span
        let delay = delay ?? 0
        return Buffer(capacity: values.count) { output in
            var highest = Int64.min
            for row in values.indices {
                // A NULL watermark raises nothing.
                if column.validity == nil || !column.isNull(row) {
                    highest = max(highest, values[row].subtractingSaturated(delay))
                }
                output.append(highest)
            }
        }
    }
}

extension Int64 {
    /// The difference, or the nearest value that fits.
    fileprivate func subtractingSaturated(_ other: Int64) -> Int64 {
        let (difference, overflows) = subtractingReportingOverflow(other)
        return overflows ? (other > 0 ? .min : .max) : difference
    }
}
