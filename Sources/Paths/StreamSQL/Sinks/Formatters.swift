internal import Columns
internal import Failures
internal import Hashing
internal import SQLFront
internal import TextFormats

/// The salt of every digest that the product prints: runs of one script compare by it.
package let outputDigestSalt = "cutover"

/// Rows as lines of CSV or JSON.
struct TextFormatter: OutputFormatter {
    private let format: TextFormat
    private let schema: Schema

    init(_ format: TextFormat, schema: Schema) {
        self.format = format
        self.schema = schema
    }

    /// What a part begins with.
    func header() throws(Failure) -> [UInt8] {
        guard case .csv(let csv) = format, csv.hasHeader else { return [] }
        var bytes: [UInt8] = []
        try CSVWriter(schema: schema, options: CSVOptions(csv)).appendHeader(to: &bytes)
        return bytes
    }

    func text(of batch: Batch) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        switch format {
        case .csv(let csv):
            try CSVWriter(schema: schema, options: CSVOptions(csv)).append(batch, to: &bytes)
        case .json(let json):
            JSONLinesWriter(schema: schema, options: JSONLinesOptions(json))
                .append(batch, to: &bytes)
        }
        return bytes
    }

    func prepare(_ batch: Batch) throws(Failure) -> PreparedOutput {
        PreparedOutput(
            batch: batch,
            bytes: try text(of: batch),
            digest: SegmentDigest(of: batch, salt: outputDigestSalt)
        )
    }
}

/// Rows as Flink's print connector shows them: `ID> +I[a, b]`.
struct PrintFormatter: OutputFormatter {
    let identifier: String

    func prepare(_ batch: Batch) -> PreparedOutput {
        let prefix = Array((identifier.isEmpty ? "+I[" : "\(identifier)> +I[").utf8)
        var bytes: [UInt8] = []
        for row in 0..<batch.rowCount {
            bytes += prefix
            for (index, column) in batch.columns.enumerated() {
                if index > 0 { bytes += [0x2C, 0x20] }
                PlainText.append(column, row: row, to: &bytes)
            }
            bytes += [0x5D, 0x0A]
        }
        return PreparedOutput(
            batch: batch,
            bytes: bytes,
            digest: SegmentDigest(of: batch, salt: outputDigestSalt)
        )
    }
}

/// Rows that stay in columns: only their digest is worked out.
struct ColumnFormatter: OutputFormatter {
    func prepare(_ batch: Batch) -> PreparedOutput {
        PreparedOutput(
            batch: batch,
            bytes: [],
            digest: SegmentDigest(of: batch, salt: outputDigestSalt)
        )
    }
}
