internal import Columns
internal import Failures

extension StoredRows {
    /// The numbers of the rows in each key slot that has any.
    mutating func cut(by keys: [Int]) -> [Int: [Int]] {
        let batch = joined()
        return OperatorState.cut(keys: keys.map { batch.columns[$0] }, count: batch.rowCount)
    }

    /// Writes some rows, each with its place among all of them.
    mutating func write(_ rows: [Int], to output: inout StateWriter) {
        output.write(rows.map { Int64($0) })
        output.write(rows.map { sequences[$0] })
        output.write(joined().gather(by: Selection(rows)))
    }
}

/// Puts rows that were written by key slots back into one order.
struct StoredRowsReader {
    private let schema: Schema
    private var batches: [Batch] = []
    private var places: [Int64] = []
    private var sequences: [Int64] = []

    init(_ schema: Schema) { self.schema = schema }

    mutating func read(_ input: inout StateReader) throws(Failure) {
        let places = try input.numbers()
        let sequences = try input.numbers()
        let batch = try input.batch(schema)
        guard places.count == batch.rowCount, sequences.count == batch.rowCount else {
            throw StateReader.corrupt("a set of rows")
        }
        self.places += places
        self.sequences += sequences
        if batch.rowCount > 0 { batches.append(batch) }
    }

    /// All rows that were read, in the order in which they were stored.
    func rows() -> StoredRows {
        var rows = StoredRows(schema)
        guard !batches.isEmpty else { return rows }
        let order = places.indices.sorted { places[$0] < places[$1] }
        rows.append(
            SequencedBatch(
                batch: Batch.concatenate(batches).gather(by: Selection(order)),
                sequence: .each(Buffer(order.map { sequences[$0] })),
                watermarks: .constant(.min)
            )
        )
        return rows
    }
}

extension AttachedWindow {
    /// Takes notice of rows that are kept for their windows.
    mutating func keep(_ rows: inout StoredRows) { _ = split(rows.joined(), at: .min) }
}
