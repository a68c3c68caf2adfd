internal import Columns
internal import SQLFront

/// Rows that an operator keeps whole, in the order in which they came.
struct StoredRows {
    let schema: Schema
    private var batches: [Batch] = []
    /// Sequence number of every row.
    private(set) var sequences: [Int64] = []
    /// Bytes of the rows; memory shared with others counts in full.
    private(set) var byteCount = 0

    init(_ schema: Schema) { self.schema = schema }

    var count: Int { sequences.count }

    mutating func append(_ rows: SequencedBatch) {
        append(rows.batch)
        for row in 0..<rows.batch.rowCount { sequences.append(rows.sequence[row]) }
    }

    private mutating func append(_ batch: Batch) {
        guard batch.rowCount > 0 else { return }
        batches.append(batch)
        byteCount += batch.byteCount + batch.rowCount * 8
    }

    /// All rows as one batch, which then is what is stored.
    mutating func joined() -> Batch {
        guard !batches.isEmpty else { return Batch.empty(schema) }
        if batches.count > 1 { batches = [Batch.concatenate(batches)] }
        return batches[0]
    }

    /// Keeps the rows in `selection` only, in its order.
    mutating func keep(_ selection: Selection) {
        let kept = joined().gather(by: selection)
        let rows = selection.rows.span
        var numbers: [Int64] = []
        numbers.reserveCapacity(rows.count)
        for index in rows.indices { numbers.append(sequences[Int(rows[index])]) }
        removeAll()
        append(kept)
        sequences = numbers
    }

    mutating func removeAll() {
        batches.removeAll()
        sequences.removeAll()
        byteCount = 0
    }
}

extension Batch {
    static func empty(_ schema: Schema) -> Batch {
        Batch(
            schema: schema,
            columns: schema.fields.map { Column.nulls($0.type, count: 0) },
            rowCount: 0
        )
    }

    /// Bytes of the rows' values, dictionaries not counted.
    var byteCount: Int { columns.reduce(0) { $0 + $1.byteCount } }

    /// The selected rows under the schema of an operator's output, with more columns behind them.
    func output(_ schema: Schema, adding columns: [Column]) -> Batch {
        Batch(schema: schema, columns: self.columns + columns, rowCount: rowCount)
    }
}

extension Column {
    fileprivate var byteCount: Int {
        let validity = validity == nil ? 0 : count / 8
        switch values {
        case .integers, .doubles: return validity + count * 8
        case .booleans: return validity + count / 8
        case .decimals: return validity + count * 16
        case .texts(let texts):
            return validity + count * 4 + Int(texts.offsets[texts.count] - texts.offsets[0])
        case .coded: return validity + count * 4
        }
    }

    /// The rows at the given positions, NULL for −1.
    func gatherPadded(by rows: Span<Int32>) -> Column {
        guard count > 0 else { return Column.nulls(type, count: rows.count) }
        var words = [UInt64](repeating: 0, count: (rows.count + 63) >> 6)
        var isPadded = false
        let known = Buffer<Int32>(capacity: rows.count) { output in
            for index in rows.indices {
                let row = rows[index]
                if row >= 0 { words[index >> 6] |= 1 &<< UInt64(index & 63) }
                isPadded = isPadded || row < 0
                output.append(max(row, 0))
            }
        }
        let gathered = gather(by: Selection(rows: known))
        guard isPadded else { return gathered }
        let present = Bitmap(words: Buffer(words), count: rows.count)
        return Column(
            type,
            gathered.values,
            validity: gathered.validity.map { $0 & present } ?? present
        )
    }
}

extension SortKey {
    var order: SortOrder { isDescending ? .descending : .ascending }
}
