internal import Columns
internal import Failures

/// Rows that are in memory already: VALUES, or a benchmark's table.
final class BatchSplit: SplitReader {
    private var batches: ArraySlice<Batch>

    init(_ batches: [Batch]) { self.batches = batches[...] }

    func claim() throws(Failure) -> (any SplitPiece)? { batches.popFirst().map(BatchPiece.init) }
}

struct BatchPiece: SplitPiece {
    let batch: Batch

    func open() throws(Failure) -> any PieceDecoder { BatchDecoder(batch) }
}

private final class BatchDecoder: PieceDecoder {
    private var batch: Batch?

    init(_ batch: Batch) { self.batch = batch }

    func next() throws(Failure) -> DecodedRows? {
        defer { batch = nil }
        return batch.map { DecodedRows(batch: $0) }
    }
}
