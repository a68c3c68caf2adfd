internal import Columns
internal import Failures
internal import SQLFront
internal import TextFormats

/// What a sink's declared columns demand of every row: no NULL where the column is NOT NULL, and no text that is
/// longer than CHAR(n) or VARCHAR(n) allows.
///
/// Text is never cut to fit. Columns without a demand cost nothing, NOT NULL costs a look at a batch.
package struct SinkCheck: Sendable {
    private let table: String
    private let position: SourcePosition
    private let demands: [Demand]
    private let writer: @Sendable (Batch) -> [UInt8]

    private struct Demand: Sendable {
        let column: Int
        let field: Field
        /// Most characters of a text.
        let length: Int?
    }

    /// - Returns: nil where the table takes every row of its types.
    init?(_ table: TableDefinition) {
        var demands: [Demand] = []
        for (column, field) in table.physicalFields.enumerated() {
            let length: Int? =
                switch field.type {
                case .char(let length), .varchar(let length): length
                default: nil
                }
            if length == nil, field.isNullable { continue }
            demands.append(Demand(column: column, field: field, length: length))
        }
        guard !demands.isEmpty else { return nil }
        self.table = table.name
        position = table.position
        self.demands = demands
        let schema = Schema(table.physicalFields)
        writer = { batch in
            var bytes: [UInt8] = []
            JSONLinesWriter(schema: schema, options: JSONLinesOptions()).append(batch, to: &bytes)
            if bytes.last == 0x0A { bytes.removeLast() }
            return bytes
        }
    }

    /// The rows that the sink takes; the others are reported, each once.
    func apply(_ rows: SequencedBatch, report: inout StepReport) -> SequencedBatch {
        var refused: [Int: RowFailure] = [:]
        for demand in demands {
            let column = rows.batch.columns[demand.column]
            if !demand.field.isNullable { refuseNulls(rows, column, demand, &refused) }
            if let length = demand.length { refuseLong(rows, column, demand, length, &refused) }
        }
        guard !refused.isEmpty else { return rows }
        report.failed += refused.sorted { $0.key < $1.key }.map(\.value)
        let kept = (0..<rows.batch.rowCount).filter { refused[$0] == nil }
        return rows.gather(by: Selection(kept))
    }

    private func refuseNulls(
        _ rows: SequencedBatch,
        _ column: Column,
        _ demand: Demand,
        _ refused: inout [Int: RowFailure]
    ) {
        guard column.type == .null || column.nullCount > 0 else { return }
        for row in 0..<rows.batch.rowCount
        where refused[row] == nil && (column.type == .null || column.isNull(row)) {
            let problem = "\(table).\(demand.field.name) is NOT NULL and the row has no value"
            refused[row] = failure("SINK_REJECTED", problem, rows, row)
        }
    }

    private func refuseLong(
        _ rows: SequencedBatch,
        _ column: Column,
        _ demand: Demand,
        _ length: Int,
        _ refused: inout [Int: RowFailure]
    ) {
        guard column.type.isText else { return }
        let reader = TextReader(column)
        let buffer = reader.bytes
        let bytes = buffer.span
        for row in 0..<rows.batch.rowCount where !column.isNull(row) {
            let range = reader.range(row)
            // A character has at least one byte, so most texts need no count.
            guard range.count > length, refused[row] == nil else { continue }
            var count = 0
            for index in range where bytes[index] & 0xC0 != 0x80 { count += 1 }
            guard count > length else { continue }
            let name = "\(table).\(demand.field.name)"
            let problem =
                "\(name) is \(demand.field.type) and the text \(excerpt(column, row)) has "
                + "\(count) characters"
            refused[row] = failure("EVAL_STRING_LENGTH", problem, rows, row)
        }
    }

    private func excerpt(_ column: Column, _ row: Int) -> String {
        guard case .text(let text) = column.value(row) else { return "" }
        let shown = text.unicodeScalars.prefix(40)
        return "'\(String(shown))\(shown.count < text.unicodeScalars.count ? "…" : "")'"
    }

    private func failure(
        _ code: String,
        _ problem: String,
        _ rows: SequencedBatch,
        _ row: Int
    ) -> RowFailure {
        var failure = RowFailure(
            row: RowReference(rows, row: row),
            code: code,
            message: problem,
            position: position
        )
        failure.remedy =
            "let the query give what the column takes, or declare the column wider, or choose "
            + "`--failure log` or `--failure dlq`"
        failure.output = writer(rows.batch.slice(row..<row + 1))
        return failure
    }
}
