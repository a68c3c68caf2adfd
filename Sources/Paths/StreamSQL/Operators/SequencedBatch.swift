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
        gather(by: selection, columns: batch.gather(by: selection))
    }

    /// The same, for rows whose columns have been gathered before.
    func gather(by selection: Selection, columns: Batch) -> SequencedBatch {
        SequencedBatch(
            batch: columns,
            sequence: sequence.gather(selection),
            watermarks: watermarks.gather(selection),
            origin: origin.map {
                RowOrigin(chunk: $0.chunk, records: $0.records.gather(selection))
            }
        )
    }
}

/// One `Int64` per row, worked out when it is asked for.
///
/// Most numbers are never read: a watermark decides something only where a row is late, a sequence number only
/// where rows tie or fail. So picking rows keeps the numbers that they were picked from, and which they are.
package struct RowNumbers: Sendable {
    private let source: Source
    /// The place in the source of each row; nil where it is the row's own, counted from `first`.
    private let places: Buffer<Int32>?
    private let first: Int

    private enum Source {
        case consecutive(first: Int64)
        case constant(Int64)
        case each(Buffer<Int64>)
        case before(Int64, Buffer<Int64>, ClosedRange<Int64>)
    }

    private init(_ source: Source, places: Buffer<Int32>? = nil, first: Int = 0) {
        self.source = source
        self.places = places
        self.first = first
    }

    /// Row `i` has `first + i`.
    package static func consecutive(first: Int64) -> RowNumbers {
        RowNumbers(.consecutive(first: first))
    }

    /// Every row has the same number.
    package static func constant(_ number: Int64) -> RowNumbers { RowNumbers(.constant(number)) }

    /// Row `i` has the element `i`.
    package static func each(_ numbers: Buffer<Int64>) -> RowNumbers { RowNumbers(.each(numbers)) }

    /// Row 0 has `first`, each further row the element before its own, moved to the nearest bound.
    package static func before(
        first: Int64,
        _ numbers: Buffer<Int64>,
        bounds: ClosedRange<Int64>
    ) -> RowNumbers {
        RowNumbers(.before(first, numbers, bounds))
    }

    package subscript(row: Int) -> Int64 {
        let place = if let places { Int(places[row]) } else { first + row }
        switch source {
        case .consecutive(let first): return first + Int64(place)
        case .constant(let number): return number
        case .each(let numbers): return numbers[place]
        case .before(let first, let numbers, let bounds):
            guard place > 0 else { return first }
            return min(max(numbers[place - 1], bounds.lowerBound), bounds.upperBound)
        }
    }

    /// The numbers of the rows in `selection`, in its order.
    ///
    /// - Complexity: O(1), for rows that have not been picked or cut before; else O(selection).
    package func gather(_ selection: Selection) -> RowNumbers {
        if case .constant = source { return self }
        guard places != nil || first > 0 else { return RowNumbers(source, places: selection.rows) }
        guard let places else {
            let rows = selection.rows.span
            let moved = Buffer<Int32>(capacity: rows.count) { output in
                for index in rows.indices { output.append(Int32(first) + rows[index]) }
            }
            return RowNumbers(source, places: moved)
        }
        return RowNumbers(source, places: places.gathered(by: selection))
    }

    /// The numbers of the rows in `range`.
    package func slice(_ range: Range<Int>) -> RowNumbers {
        guard let places else { return RowNumbers(source, first: first + range.lowerBound) }
        return RowNumbers(source, places: places.slice(range))
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
