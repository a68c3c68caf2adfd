package import Columns

/// Rows with their place in the sequence and the watermark that was in force just before each.
///
/// Both travel with a row through filters and exchanges, so that lateness and every tie are decided the
/// same way whatever the number of threads or the size of batches.
package struct SequencedBatch: Sendable {
    package var batch: Batch
    package var sequence: RowNumbers
    /// The source watermark just before each row (µs), never decreasing.
    package var watermarks: RowNumbers
    /// Where each row's bytes lie, if a dead-letter queue may want them.
    package var origin: RowOrigin?

    package init(
        batch: Batch,
        sequence: RowNumbers,
        watermarks: RowNumbers,
        origin: RowOrigin? = nil
    ) {
        self.batch = batch
        self.sequence = sequence
        self.watermarks = watermarks
        self.origin = origin
    }
}

extension SequencedBatch {
    /// The rows in `selection`, in its order, with their numbers and watermarks.
    package func gather(by selection: Selection) -> SequencedBatch {
        let rows = selection.rows.span
        return SequencedBatch(
            batch: batch.gather(by: selection),
            sequence: sequence.gather(rows),
            watermarks: watermarks.gather(rows),
            origin: origin.map { RowOrigin(chunk: $0.chunk, records: $0.records.gather(rows)) }
        )
    }
}

/// One `Int64` per row, stored only where rows do not follow from the first.
package enum RowNumbers: Sendable {
    /// Row `i` has `first + i`.
    case consecutive(first: Int64)
    /// Every row has the same number.
    case constant(Int64)
    case each(Buffer<Int64>)

    @inlinable
    package subscript(row: Int) -> Int64 {
        switch self {
        case .consecutive(let first): first + Int64(row)
        case .constant(let number): number
        case .each(let numbers): numbers[row]
        }
    }

    /// The numbers of the rows in `selection`, in its order.
    package func gather(_ selection: Span<Int32>) -> RowNumbers {
        switch self {
        case .constant: return self
        case .consecutive(let first):
            return .each(
                Buffer(capacity: selection.count) { output in
                    for index in selection.indices {
                        output.append(first + Int64(selection[index]))
                    }
                }
            )
        case .each(let numbers):
            let source = numbers.span
            return .each(
                Buffer(capacity: selection.count) { output in
                    for index in selection.indices { output.append(source[Int(selection[index])]) }
                }
            )
        }
    }

    /// The numbers of the rows in `range`.
    package func slice(_ range: Range<Int>) -> RowNumbers {
        switch self {
        case .constant: self
        case .consecutive(let first): .consecutive(first: first + Int64(range.lowerBound))
        case .each(let numbers): .each(numbers.slice(range))
        }
    }
}

/// The bytes that rows were decoded from: a chunk of one split, and where in it each row begins.
package struct RowOrigin: Sendable {
    /// Identifies source, split and chunk for whoever made the batch.
    package var chunk: Int
    /// Index of each row among the chunk's records.
    package var records: RowNumbers

    package init(chunk: Int, records: RowNumbers) {
        self.chunk = chunk
        self.records = records
    }
}
