package import Columns
package import Failures
internal import SQLFront

/// The stateless steps of one edge, compiled; safe to run on any thread, on any batch.
package struct TransformChain: Sendable {
    private enum Step: Sendable {
        case pick([Int], Schema)
        case filter(Predicate)
        case project(ExpressionEvaluator, Schema)
        case assignWindows(WindowAssigner)
    }

    private let steps: [Step]

    /// - Throws: what compiling an expression throws.
    package init(
        _ transforms: [StreamGraph.Transform],
        input: Schema,
        context: EvaluationContext
    ) throws(Failure) {
        var steps: [Step] = []
        var schema = input
        for transform in transforms {
            switch transform {
            case .pick(let columns, let picked):
                steps.append(.pick(columns, picked))
                schema = picked
            case .filter(let expression):
                steps.append(
                    .filter(
                        try Predicate(expression, inputSchema: schema, context: context)
                    )
                )
            case .project(let expressions, let projected):
                let evaluator = try ExpressionEvaluator(
                    expressions,
                    inputSchema: schema,
                    context: context
                )
                steps.append(.project(evaluator, projected))
                schema = projected
            case .assignWindows(let window, let assigned):
                steps.append(.assignWindows(WindowAssigner(window, schema: assigned)))
                schema = assigned
            }
        }
        self.steps = steps
    }

    /// Runs the steps; rows whose expressions fail are left out and reported.
    package func apply(
        _ rows: SequencedBatch,
        clock: Int64,
        report: inout StepReport
    ) -> SequencedBatch {
        var rows = rows
        for step in steps where rows.batch.rowCount > 0 {
            switch step {
            case .pick(let columns, let schema):
                rows.batch = Batch(
                    schema: schema,
                    columns: columns.map { rows.batch.columns[$0] },
                    rowCount: rows.batch.rowCount
                )
            case .filter(let predicate):
                let outcome = predicate.select(from: rows.batch, clock: clock)
                report.failed.append(contentsOf: outcome.errors.map { $0.failure(in: rows) })
                if outcome.selection.count < rows.batch.rowCount {
                    rows = rows.gather(by: outcome.selection)
                }
            case .project(let evaluator, let schema):
                rows = project(rows, evaluator, schema, clock, &report)
            case .assignWindows(let assigner):
                rows = assigner.assign(rows, report: &report)
            }
        }
        return rows
    }

    private func project(
        _ rows: SequencedBatch,
        _ evaluator: ExpressionEvaluator,
        _ schema: Schema,
        _ clock: Int64,
        _ report: inout StepReport
    ) -> SequencedBatch {
        let evaluated = evaluator.evaluate(rows.batch, clock: clock)
        var projected = rows
        projected.batch = Batch(
            schema: schema,
            columns: evaluated.columns,
            rowCount: rows.batch.rowCount
        )
        guard !evaluated.errors.isEmpty else { return projected }
        report.failed.append(contentsOf: evaluated.errors.map { $0.failure(in: rows) })
        let failed = Set(evaluated.errors.map(\.row))
        return projected.gather(
            by: Selection((0..<rows.batch.rowCount).filter { !failed.contains($0) })
        )
    }
}

/// Adds `window_start`, `window_end` and `window_time` to rows, one row per window.
struct WindowAssigner: Sendable {
    private let window: WindowSpecification
    private let schema: Schema

    init(_ window: WindowSpecification, schema: Schema) {
        self.window = window
        self.schema = schema
    }

    /// Rows with a NULL time are in no window: they are reported as `TIME_NULL`.
    func assign(_ rows: SequencedBatch, report: inout StepReport) -> SequencedBatch {
        let column = rows.batch.columns[window.timeColumn]
        guard case .integers(let times) = column.values else {
            preconditionFailure("an event time is stored as integers")
        }
        var source: [Int] = []
        var starts: [Int64] = []
        var ends: [Int64] = []
        for row in 0..<rows.batch.rowCount {
            guard !column.isNull(row) else {
                report.failed.append(
                    RowFailure(
                        row: RowReference(rows, row: row),
                        code: "TIME_NULL",
                        message: "the time of a window is NULL",
                        position: nil
                    )
                )
                continue
            }
            window.forEachWindow(of: times[row]) { start, end in
                source.append(row)
                starts.append(start)
                ends.append(end)
            }
        }
        var assigned = rows.gather(by: Selection(source))
        let millisecond: Int64 = 1000
        let type = schema[schema.count - 1].type
        assigned.batch = Batch(
            schema: schema,
            columns: assigned.batch.columns + [
                Column(schema[schema.count - 3].type, .integers(Buffer(starts))),
                Column(schema[schema.count - 2].type, .integers(Buffer(ends))),
                Column(type, .integers(Buffer(ends.map { $0 - millisecond }))),
            ],
            rowCount: source.count
        )
        return assigned
    }
}

extension WindowSpecification {
    /// Calls `body` with start and end (µs) of each window that contains `time`, by ascending end.
    ///
    /// Sessions and attached windows do not follow from the time alone and have none here.
    func forEachWindow(of time: Int64, _ body: (_ start: Int64, _ end: Int64) -> Void) {
        switch kind {
        case .tumble(let size, let offset):
            let start = time.alignedDown(to: size, offset: offset)
            body(start, start + size)
        case .hop(let slide, let size, let offset):
            let last = time.alignedDown(to: slide, offset: offset)
            // Every start ≡ offset (mod slide) with start <= time < start + size.
            var start = last - (size - 1 - (time - last)) / slide * slide
            while start <= last {
                body(start, start + size)
                start += slide
            }
        case .cumulate(let step, let maximum, let offset):
            let start = time.alignedDown(to: maximum, offset: offset)
            var end = start + (time - start) / step * step + step
            while end <= start + maximum {
                body(start, end)
                end += step
            }
        case .session, .attached: break
        }
    }
}

extension Int64 {
    /// The highest value ≡ `offset` (mod `size`) that is not above this one; floors toward −∞.
    package func alignedDown(to size: Int64, offset: Int64) -> Int64 {
        let remainder = (self - offset) % size
        return self - (remainder < 0 ? remainder + size : remainder)
    }
}
