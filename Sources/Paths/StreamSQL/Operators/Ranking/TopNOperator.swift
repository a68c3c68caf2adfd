internal import Columns
internal import Failures
internal import SQLFront

/// Top-N by ROW_NUMBER, at the end of input or per window, and ORDER BY with or without LIMIT.
///
/// Rows are kept in the order in which they came, so that a stable sort decides ties by sequence. When rows
/// that cannot be in the result are likely to be many, they are dropped.
final class TopNOperator: StatefulOperator {
    let ranking: RowRanking
    private let ranks: ClosedRange<Int64>
    private let emitsRank: Bool
    private let schema: Schema
    var window: AttachedWindow?
    var rows: StoredRows
    /// Rows that were left when rows were last dropped.
    var survivorCount = 0
    var watermark = Int64.min

    /// Rows that come between two droppings at least.
    private static let slack = 8192

    init(_ topN: TopN, window: AttachedWindow?, input: Schema, output: Schema) {
        ranking = RowRanking(partition: topN.partition, order: topN.order)
        ranks = topN.ranks
        emitsRank = topN.emitsRank
        schema = output
        self.window = window
        rows = StoredRows(input)
    }

    /// An ORDER BY: the rows behind the offset, as many as the limit says.
    init(_ sort: Sort, input: Schema, output: Schema) {
        let (first, isBeyond) = sort.offset.addingReportingOverflow(1)
        let (last, overflow) = sort.offset.addingReportingOverflow(sort.limit ?? .max)
        ranking = RowRanking(partition: [], order: sort.keys)
        // Rank 0 is nobody's.
        ranks = sort.limit == 0 || isBeyond ? 0...0 : first...(overflow ? .max : last)
        emitsRank = false
        schema = output
        rows = StoredRows(input)
    }

    func process(
        _ rows: SequencedBatch,
        input: Int,
        report: inout StepReport
    ) throws(Failure) {
        self.rows.append(window?.accept(rows, watermark: watermark, &report) ?? rows)
        guard ranks.upperBound < .max else { return }
        if self.rows.count >= 2 * survivorCount + Self.slack { dropRows() }
    }

    /// Keeps the rows whose rank can still be in the result.
    private func dropRows() {
        let batch = rows.joined()
        let best = ranking.rank(batch, ranks: 1...max(ranks.upperBound, 1)).rows.sorted()
        rows.keep(Selection(rows: Buffer(best)))
        survivorCount = best.count
    }

    func advance(
        to watermark: Int64,
        into emissions: inout [Emission],
        report: inout StepReport
    ) throws(Failure) {
        self.watermark = max(self.watermark, watermark)
        guard var window, window.closes(at: self.watermark) else { return }
        let batch = rows.joined()
        let (closed, open) = window.split(batch, at: self.watermark)
        self.window = window
        emit(batch.gather(by: closed), into: &emissions)
        rows.keep(open)
        survivorCount = open.count
    }

    func finish(into emissions: inout [Emission], report: inout StepReport) throws(Failure) {
        watermark = .max
        emit(rows.joined(), into: &emissions)
        rows.removeAll()
    }

    private func emit(_ batch: Batch, into emissions: inout [Emission]) {
        let leading = window.map { [$0.end, $0.start] } ?? []
        let ranked = ranking.rank(batch, leading: leading, ranks: ranks)
        var start = 0
        while start < ranked.rows.count {
            let end = min(start + GroupOutput.rowLimit, ranked.rows.count)
            let part = Selection(rows: Buffer(Array(ranked.rows[start..<end])))
            let rows = batch.gather(by: part)
            let rank = Column(.bigint, .integers(Buffer(Array(ranked.ranks[start..<end]))))
            let order = (leading + ranking.partition).map { rows.columns[$0] } + [rank]
            let output = rows.output(schema, adding: emitsRank ? [rank] : [])
            emissions.append(Emission(batch: output, order: order))
            start = end
        }
    }

    var stateByteCount: Int { rows.byteCount }
    var stateKeyCount: Int { rows.count }
}
