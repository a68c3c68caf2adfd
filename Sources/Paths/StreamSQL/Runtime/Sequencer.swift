internal import Columns
package import Failures

/// Puts the rows of all splits of all sources into one sequence, and knows the watermark before each row.
///
/// A pure machine: whoever reads feeds it pieces as they are decoded, in each split's order, and takes
/// steps. Which split comes next depends on the data only, so V1 and V2 see one sequence however their
/// threads are timed.
///
/// Invariants:
/// 1. Splits of sources without a watermark come first, one whole split after the other.
/// 2. Otherwise the split with the lowest watermark is read next, ties by its number; it keeps its turn for
///    `turnRows` rows, whatever the size of the pieces that carry them.
/// 3. A source's watermark is the minimum over its splits that have not ended; it never decreases, and is
///    `Int64.max` once all have ended.
package struct Sequencer {
    /// One piece of work for the job: some rows of one source, or only a risen watermark.
    package struct Step: Sendable {
        /// Index of the source.
        package var source: Int
        /// Index of the split.
        package var split: Int
        /// Nil where only the watermark rose.
        package var rows: SequencedBatch?
        /// The source's watermark after the step (µs).
        package var watermark: Int64
        /// Refused rows that stood among or before these; their lines are numbered within the split.
        package var rejections: [Rejection]
        package var recordCount: Int
        package var nulledFieldCount: Int
        package var skippedRowCount: Int
        /// Number of the piece that the rows came from, as their origin names it.
        package var piece: Int
        /// Finds rows of that piece; lines before it in the split are `linesBefore`.
        package var locator: (any RowLocator)?
        package var linesBefore: Int
        /// Bytes of the rows, where a piece is handed out in parts its share of the piece's.
        package var byteCount = 0
    }

    package enum Action {
        /// More of this split has to be fed before the sequence can go on.
        case needs(split: Int)
        case step(Step)
        /// Reading the split failed at this place of the sequence.
        case failed(Failure)
        /// All splits have ended.
        case finished
    }

    private struct Split {
        let source: Int
        var pieces: [Piece] = []
        /// Rows of the first piece that have been handed out.
        var rowsTaken = 0
        var bytesTaken = 0
        /// Behind the last piece that was handed out whole.
        var place = SplitPlace()
        var watermark = Int64.min
        var linesBefore = 0
        var hasEnded = false
        /// The end has been turned into a step.
        var isClosed = false
    }

    private enum Piece {
        case rows(DecodedRows)
        case failure(Failure)
    }

    private var splits: [Split]
    private let hasWatermark: [Bool]
    private var sourceWatermarks: [Int64]
    private let turnRows: Int
    private var turn: (split: Int, rowsLeft: Int)?
    private var nextNumber: Int64 = 0
    private var pieceNumber = 0

    /// A sequencer for splits in script order and, within a source, in order of their paths' bytes.
    ///
    /// - Parameters:
    ///   - sources: for each split the index of its source.
    ///   - hasWatermark: for each source whether its rows carry watermarks.
    ///   - turnRows: rows that a split may give before the watermarks are compared again; at least 1.
    package init(sources: [Int], hasWatermark: [Bool], turnRows: Int) {
        precondition(turnRows > 0, "a turn is at least one row")
        splits = sources.map { Split(source: $0) }
        self.hasWatermark = hasWatermark
        self.turnRows = turnRows
        sourceWatermarks = hasWatermark.map { _ in Int64.min }
    }

    /// Adds the next piece of a split.
    package mutating func feed(_ rows: DecodedRows, split: Int) {
        splits[split].pieces.append(.rows(rows))
    }

    /// Says that the split's next piece could not be read; the job fails when the sequence gets there.
    package mutating func feed(_ failure: Failure, split: Int) {
        splits[split].pieces.append(.failure(failure))
    }

    /// Says that nothing will follow the pieces fed so far.
    package mutating func end(split: Int) { splits[split].hasEnded = true }

    /// Number of pieces fed and not yet sequenced.
    package func pendingCount(split: Int) -> Int { splits[split].pieces.count }

    /// The next part of the sequence, or what is missing for it.
    package mutating func next() -> Action {
        guard let split = currentSplit() else { return .finished }
        guard let piece = splits[split].pieces.first else {
            return splits[split].hasEnded ? .step(close(split)) : .needs(split: split)
        }
        switch piece {
        case .failure(let failure):
            return .failed(failure.behind(lines: splits[split].linesBefore))
        case .rows(let rows):
            guard rows.batch.rowCount >= splits[split].rowsTaken else {
                return .failed(StateReader.corrupt("the place in an input"))
            }
            return .step(take(from: rows, split: split))
        }
    }

    /// The split whose turn it is.
    private mutating func currentSplit() -> Int? {
        if let turn, !splits[turn.split].isClosed, turn.rowsLeft > 0 { return turn.split }
        var best: Int?
        for index in splits.indices where !splits[index].isClosed {
            guard hasWatermark[splits[index].source] else {
                best = index
                break
            }
            if let known = best, splits[known].watermark <= splits[index].watermark { continue }
            best = index
        }
        turn = best.map { ($0, isAlone($0) || !hasWatermark[splits[$0].source] ? .max : turnRows) }
        return best
    }

    private func isAlone(_ split: Int) -> Bool {
        splits.indices.allSatisfy { $0 == split || splits[$0].isClosed }
    }

    private mutating func close(_ split: Int) -> Step {
        splits[split].isClosed = true
        turn = nil
        let source = splits[split].source
        sourceWatermarks[source] = max(sourceWatermarks[source], openMinimum(source, except: nil))
        return Step(
            source: source,
            split: split,
            rows: nil,
            watermark: sourceWatermarks[source],
            rejections: [],
            recordCount: 0,
            nulledFieldCount: 0,
            skippedRowCount: 0,
            piece: pieceNumber,
            locator: nil,
            linesBefore: splits[split].linesBefore
        )
    }

    /// Lowest watermark of the source's open splits; `Int64.max` where there is none.
    private func openMinimum(_ source: Int, except excluded: Int?) -> Int64 {
        var minimum = Int64.max
        for index in splits.indices
        where splits[index].source == source && !splits[index].isClosed && index != excluded {
            minimum = min(minimum, splits[index].watermark)
        }
        return minimum
    }

    /// Hands out as many rows of the first piece as the turn allows.
    private mutating func take(from piece: DecodedRows, split: Int) -> Step {
        if let placement = piece.placement { return pass(piece, placement, split: split) }
        let first = splits[split].rowsTaken
        let available = piece.batch.rowCount - first
        let count = min(available, turn?.rowsLeft ?? available)
        let isLast = count == available
        let isWhole = first == 0 && isLast
        if let current = turn, current.rowsLeft != .max {
            turn = (split, current.rowsLeft - count)
        }

        let before = watermarksBefore(piece, first: first, count: count, split: split)
        let rejections = takeRejections(piece, rows: first..<first + count, isLast: isLast, split)
        let rows = SequencedBatch(
            batch: isWhole ? piece.batch : piece.batch.slice(first..<first + count),
            sequence: .consecutive(first: nextNumber),
            watermarks: before,
            origin: RowOrigin(
                chunk: pieceNumber,
                records: piece.records.slice(first..<first + count)
            )
        )
        let piecesBefore = pieceNumber
        let linesBefore = splits[split].linesBefore
        nextNumber += Int64(count)
        let bytes = takeBytes(piece.batch, count: count, isLast: isLast, split)
        if isLast {
            splits[split].pieces.removeFirst()
            splits[split].rowsTaken = 0
            splits[split].place = piece.place
            splits[split].place.part += 1
            splits[split].linesBefore += piece.lineCount
            pieceNumber += 1
        } else {
            splits[split].rowsTaken = first + count
        }
        return Step(
            source: splits[split].source,
            split: split,
            rows: count > 0 ? rows : nil,
            watermark: sourceWatermarks[splits[split].source],
            rejections: rejections,
            recordCount: isLast ? piece.recordCount : 0,
            nulledFieldCount: isLast ? piece.nulledFieldCount : 0,
            skippedRowCount: isLast ? piece.skippedRowCount : 0,
            piece: piecesBefore,
            locator: piece.locator,
            linesBefore: linesBefore,
            byteCount: bytes
        )
    }

    /// Hands out a whole piece that has its place in a sequence already.
    private mutating func pass(
        _ piece: DecodedRows,
        _ placement: Placement,
        split: Int
    ) -> Step {
        defer {
            splits[split].pieces.removeFirst()
            pieceNumber += 1
        }
        let source = splits[split].source
        sourceWatermarks[source] = max(sourceWatermarks[source], placement.watermark)
        let rows = SequencedBatch(
            batch: piece.batch,
            sequence: placement.sequence,
            watermarks: placement.watermarks,
            origin: RowOrigin(chunk: pieceNumber, records: piece.records)
        )
        return Step(
            source: source,
            split: split,
            rows: piece.batch.rowCount > 0 ? rows : nil,
            watermark: sourceWatermarks[source],
            rejections: [],
            recordCount: piece.recordCount,
            nulledFieldCount: 0,
            skippedRowCount: 0,
            piece: pieceNumber,
            locator: piece.locator,
            linesBefore: placement.linesBefore,
            byteCount: piece.batch.byteCount
        )
    }

    /// The part of a piece's bytes that `count` of its rows stand for; all parts add up to the whole.
    private mutating func takeBytes(
        _ batch: Batch,
        count: Int,
        isLast: Bool,
        _ split: Int
    ) -> Int {
        let all = batch.byteCount
        guard !isLast else {
            defer { splits[split].bytesTaken = 0 }
            return all - splits[split].bytesTaken
        }
        let share = all / max(batch.rowCount, 1) * count
        splits[split].bytesTaken += share
        return share
    }

    /// The source watermark just before each row, and moves split and source past the rows.
    private mutating func watermarksBefore(
        _ piece: DecodedRows,
        first: Int,
        count: Int,
        split: Int
    ) -> RowNumbers {
        let source = splits[split].source
        guard let running = piece.runningWatermarks, count > 0 else {
            return .constant(sourceWatermarks[source])
        }
        let others = openMinimum(source, except: split)
        let sourceBefore = sourceWatermarks[source]
        let splitBefore = splits[split].watermark
        let before = RowNumbers.before(
            first: sourceBefore,
            running.slice(first..<first + count),
            bounds: max(sourceBefore, min(others, splitBefore))...max(sourceBefore, others)
        )
        // A later part of the piece starts from this maximum, so the running one needs no restart.
        let splitAfter = max(splitBefore, running[first + count - 1])
        splits[split].watermark = splitAfter
        sourceWatermarks[source] = max(sourceBefore, min(others, splitAfter))
        return before
    }

    /// The piece's rejections that stand among `rows`, with lines counted from the split's beginning.
    private func takeRejections(
        _ piece: DecodedRows,
        rows: Range<Int>,
        isLast: Bool,
        _ split: Int
    ) -> [Rejection] {
        guard !piece.rejections.isEmpty else { return [] }
        return piece.rejections.compactMap { rejection in
            guard rejection.rowBefore >= rows.lowerBound else { return nil }
            guard rejection.rowBefore < rows.upperBound || isLast else { return nil }
            var numbered = rejection
            numbered.position.line = rejection.position.line.map { $0 + splits[split].linesBefore }
            return numbered
        }
    }
}

// MARK: - Checkpoints

extension Sequencer {
    /// Whether the end of a split has become a step.
    func isClosed(split: Int) -> Bool { splits[split].isClosed }

    /// What a new sequencer needs to go on behind the last step.
    var progress: SequencerProgress {
        SequencerProgress(
            splits: splits.map { split in
                var place = split.place
                if split.rowsTaken > 0, case .rows(let piece)? = split.pieces.first {
                    place = piece.place
                    place.rows = split.rowsTaken
                }
                return SequencerProgress.Split(
                    place: place,
                    watermark: split.watermark,
                    linesBefore: split.linesBefore,
                    isClosed: split.isClosed
                )
            },
            sourceWatermarks: sourceWatermarks,
            turn: turn,
            nextNumber: nextNumber,
            pieceNumber: pieceNumber
        )
    }

    /// Goes on where another sequencer of the same splits stood; nothing has been fed yet.
    mutating func restore(_ progress: SequencerProgress) {
        precondition(progress.splits.count == splits.count, "another number of splits")
        for (index, split) in progress.splits.enumerated() {
            splits[index].place = split.place
            splits[index].rowsTaken = split.place.rows
            splits[index].watermark = split.watermark
            splits[index].linesBefore = split.linesBefore
            splits[index].isClosed = split.isClosed
            splits[index].hasEnded = split.isClosed
        }
        sourceWatermarks = progress.sourceWatermarks
        turn = progress.turn
        nextNumber = progress.nextNumber
        pieceNumber = progress.pieceNumber
    }
}
