internal import Columns
internal import Failures
internal import SQLFront

/// Joins of bounded inputs, at the end of input, and of windows, when a window closes.
///
/// Output order: (left sequence, right sequence), rows that are padded by their own; for windows behind
/// (window end, window start). `antiNullAware` needs the whole right side in every instance.
final class JoinOperator: StatefulOperator {
    let kind: Join.Kind
    private let schema: Schema
    private let residual: JoinResidual?
    var left: JoinSide
    var right: JoinSide
    var watermark = Int64.min
    /// Bytes of the smaller side of a join without an equality, which compares every pair of rows.
    private let byteLimit: Int
    private let position: SourcePosition

    /// Pairs that are decided at once.
    private static let pairLimit = 16_384
    /// Most pairs of one join: half a gibibyte of row numbers.
    private static let joinedLimit = 1 << 26

    /// - Throws: what compiling the residual throws.
    init(
        _ join: Join,
        _ plan: Plan,
        inputs: [Schema],
        context: EvaluationContext,
        clock: Int64
    ) throws(Failure) {
        kind = join.kind
        schema = plan.schema
        position = plan.position
        byteLimit = join.leftKeys.isEmpty && join.window == nil ? context.joinByteLimit : .max
        if let condition = join.residual {
            residual = try JoinResidual(condition, inputs: inputs, context: context, clock: clock)
        } else {
            residual = nil
        }
        left = JoinSide(
            keys: join.leftKeys,
            schema: inputs[0],
            window: join.window.flatMap { AttachedWindow($0.left) }
        )
        right = JoinSide(
            keys: join.rightKeys,
            schema: inputs[1],
            window: join.window.flatMap { AttachedWindow($0.right) }
        )
    }

    func process(
        _ rows: SequencedBatch,
        input: Int,
        report: inout StepReport
    ) throws(Failure) {
        if input == 0 {
            left.add(rows, watermark: watermark, &report)
        } else {
            right.add(rows, watermark: watermark, &report)
        }
        let smaller = min(left.rows.byteCount, right.rows.byteCount)
        guard smaller <= byteLimit else { throw unbounded(smaller) }
    }

    private func unbounded(_ byteCount: Int) -> Failure {
        Failure(
            "PLAN_JOIN_UNBOUNDED",
            blame: .request,
            "both sides of a join without an equality have grown beyond join.broadcast.bytes"
                + " (\(byteLimit)); the smaller one has \(byteCount) bytes",
            remedy: "join on an equality, filter one side, or raise join.broadcast.bytes",
            at: .text(position)
        )
    }

    func advance(
        to watermark: Int64,
        into emissions: inout [Emission],
        report: inout StepReport
    ) throws(Failure) {
        self.watermark = max(self.watermark, watermark)
        let closesLeft = left.window?.closes(at: self.watermark) ?? false
        let closesRight = right.window?.closes(at: self.watermark) ?? false
        guard closesLeft || closesRight else { return }
        let leftRows = left.takeClosed(at: self.watermark)
        let rightRows = right.takeClosed(at: self.watermark)
        try join(leftRows, rightRows, &emissions, &report)
    }

    func finish(into emissions: inout [Emission], report: inout StepReport) throws(Failure) {
        watermark = .max
        let leftRows = left.takeAll()
        let rightRows = right.takeAll()
        try join(leftRows, rightRows, &emissions, &report)
    }

    var stateByteCount: Int { left.rows.byteCount + right.rows.byteCount }
    var stateKeyCount: Int { left.rows.count + right.rows.count }
}

// MARK: - Matching

extension JoinOperator {
    private func join(
        _ left: JoinRows,
        _ right: JoinRows,
        _ emissions: inout [Emission],
        _ report: inout StepReport
    ) throws(Failure) {
        guard left.count > 0 || right.count > 0 else { return }
        if kind == .antiNullAware {
            let kept = AntiJoin(left: left, right: right, residual: residual).keptRows(&report)
            emit(JoinedRows(left: kept, right: kept.map { _ in -1 }), left, right, &emissions)
            return
        }
        let matcher = JoinMatcher(
            left: left.keyColumns,
            leftCount: left.count,
            right: right.keyColumns,
            rightCount: right.count
        )
        var pairing = Pairing(kind: kind, left: left.count, right: right.count)
        var candidates = JoinedRows()
        for row in 0..<left.count {
            for place in matcher.matches(row) {
                // One match decides about a left row of a semi join.
                if !pairing.needsPairs, pairing.isLeftMatched(row) { break }
                candidates.append(row, Int(matcher.rightRow(place)))
                if candidates.count == Self.pairLimit || !pairing.needsPairs && residual == nil {
                    try decide(&candidates, left, right, &pairing, &report)
                }
            }
        }
        try decide(&candidates, left, right, &pairing, &report)
        emit(pairing.finish(), left, right, &emissions)
    }

    /// Keeps the candidates that the residual does not refuse.
    private func decide(
        _ candidates: inout JoinedRows,
        _ left: JoinRows,
        _ right: JoinRows,
        _ pairing: inout Pairing,
        _ report: inout StepReport
    ) throws(Failure) {
        guard candidates.count > 0 else { return }
        let truths = residual?.decide(candidates, left, right, &report)
        for pair in 0..<candidates.count where truths.map({ $0[pair] == .isTrue }) ?? true {
            pairing.add(candidates.left[pair], candidates.right[pair])
        }
        candidates = JoinedRows()
        guard pairing.pairCount <= Self.joinedLimit else { throw tooManyRows() }
    }

    private func tooManyRows() -> Failure {
        Failure(
            "STATE_BUDGET",
            blame: .request,
            "a join makes more than \(Self.joinedLimit) rows at once",
            remedy: "join on more columns, or filter its inputs"
        )
    }
}

/// The pairs of a join and what its kind makes of rows without a partner.
private struct Pairing {
    private let kind: Join.Kind
    private var joined = JoinedRows()
    private var leftMatched: [Bool]
    private var rightMatched: [Bool]

    init(kind: Join.Kind, left: Int, right: Int) {
        self.kind = kind
        leftMatched = [Bool](repeating: false, count: left)
        rightMatched = [Bool](repeating: false, count: right)
    }

    /// Whether pairs themselves are in the output, not only whether there are any.
    var needsPairs: Bool { kind != .semi && kind != .anti }

    var pairCount: Int { joined.count }

    func isLeftMatched(_ row: Int) -> Bool { leftMatched[row] }

    mutating func add(_ left: Int32, _ right: Int32) {
        leftMatched[Int(left)] = true
        rightMatched[Int(right)] = true
        if needsPairs { joined.append(Int(left), Int(right)) }
    }

    /// The output's rows, in no order.
    consuming func finish() -> JoinedRows {
        switch kind {
        case .semi:
            for row in leftMatched.indices where leftMatched[row] { joined.append(row, -1) }
        case .left, .full, .anti:
            for row in leftMatched.indices where !leftMatched[row] { joined.append(row, -1) }
        case .inner, .right, .antiNullAware: break
        }
        if kind == .right || kind == .full {
            for row in rightMatched.indices where !rightMatched[row] { joined.append(-1, row) }
        }
        return joined
    }
}

// MARK: - Emitting

extension JoinOperator {
    private func emit(
        _ joined: JoinedRows,
        _ left: JoinRows,
        _ right: JoinRows,
        _ emissions: inout [Emission]
    ) {
        guard joined.count > 0 else { return }
        let order = orderColumns(joined, left, right)
        let sorted = Selection(
            sorting: order,
            orders: order.map { _ in .ascending },
            rows: joined.count
        ).rows
        var start = 0
        while start < sorted.count {
            let end = min(start + GroupOutput.rowLimit, sorted.count)
            let part = sorted.slice(start..<end)
            emissions.append(
                Emission(
                    batch: output(joined, part, left, right),
                    order: order.map { $0.gather(by: Selection(rows: part)) }
                )
            )
            start = end
        }
    }

    private func output(
        _ joined: JoinedRows,
        _ part: Buffer<Int32>,
        _ left: JoinRows,
        _ right: JoinRows
    ) -> Batch {
        let leftRows = (0..<part.count).map { joined.left[Int(part[$0])] }
        let rightRows = (0..<part.count).map { joined.right[Int(part[$0])] }
        var columns = left.batch.columns.map { $0.gatherPadded(by: leftRows.span) }
        if schema.count > columns.count {
            columns += right.batch.columns.map { $0.gatherPadded(by: rightRows.span) }
        }
        return Batch(schema: schema, columns: columns, rowCount: part.count)
    }

    /// Window end and start where there are windows, the row's own sequence number, the right row's.
    private func orderColumns(
        _ joined: JoinedRows,
        _ left: JoinRows,
        _ right: JoinRows
    ) -> [Column] {
        let own = (0..<joined.count).map { row in
            joined.left[row] >= 0
                ? left.sequences[Int(joined.left[row])] : right.sequences[Int(joined.right[row])]
        }
        let sequences = Column(.bigint, .integers(Buffer(right.sequences)))
        var columns = [
            Column(.bigint, .integers(Buffer(own))),
            sequences.gatherPadded(by: joined.right.span),
        ]
        if let leftWindow = self.left.window, let rightWindow = self.right.window {
            let pairs = [(leftWindow.end, rightWindow.end), (leftWindow.start, rightWindow.start)]
            let bounds = pairs.map { leftColumn, rightColumn in
                Self.bound(
                    joined,
                    left.batch.columns[leftColumn],
                    right.batch.columns[rightColumn]
                )
            }
            columns = bounds + columns
        }
        return columns
    }

    /// A window bound of each row, from the side that is not padded.
    private static func bound(_ joined: JoinedRows, _ left: Column, _ right: Column) -> Column {
        let both = Column.concatenate([left, right.retyped(left.type)], type: left.type)
        let shift = Int32(truncatingIfNeeded: left.count)
        let rows = (0..<joined.count).map { row in
            joined.left[row] >= 0 ? joined.left[row] : joined.right[row] + shift
        }
        return both.gather(by: Selection(rows: Buffer(rows)))
    }
}
