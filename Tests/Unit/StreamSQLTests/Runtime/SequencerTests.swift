import Columns
import Failures
import Hashing
import StreamSQL
import TestKit
import Testing

@Suite("Sequencer")
struct SequencerTests {
    /// One row as the sequence gives it.
    private struct Row: Equatable {
        var split: Int
        var value: Int64
        var number: Int64
        var watermarkBefore: Int64
    }

    /// Rows whose single column and watermark are both the given value.
    func piece(_ watermarks: [Int64]) -> DecodedRows {
        var highest = Int64.min
        let running = watermarks.map { value in
            highest = max(highest, value)
            return highest
        }
        return DecodedRows(
            batch: Batch(
                schema: Schema([Field("v", .bigint)]),
                columns: [Column(.bigint, .integers(Buffer(watermarks)))],
                rowCount: watermarks.count
            ),
            runningWatermarks: Buffer(running),
            lineCount: watermarks.count
        )
    }

    /// Feeds each split's rows in pieces of `pieceRows` whenever the sequencer asks for them.
    private func sequence(
        _ splits: [[Int64]],
        sources: [Int],
        turnRows: Int,
        pieceRows: Int
    ) -> (rows: [Row], watermarks: [Int64]) {
        var sequencer = Sequencer(
            sources: sources,
            hasWatermark: Set(sources).map { _ in true },
            turnRows: turnRows
        )
        var taken = splits.map { _ in 0 }
        var rows: [Row] = []
        var watermarks: [Int64] = []
        while true {
            switch sequencer.next() {
            case .needs(let split):
                let rest = splits[split].dropFirst(taken[split]).prefix(pieceRows)
                taken[split] += rest.count
                if rest.isEmpty {
                    sequencer.end(split: split)
                } else {
                    sequencer.feed(piece(Array(rest)), split: split)
                }
            case .step(let step):
                watermarks.append(step.watermark)
                guard let batch = step.rows else { continue }
                for row in 0..<batch.batch.rowCount {
                    guard case .integer(let value) = batch.batch.columns[0].value(row) else {
                        continue
                    }
                    rows.append(
                        Row(
                            split: step.split,
                            value: value,
                            number: batch.sequence[row],
                            watermarkBefore: batch.watermarks[row]
                        )
                    )
                }
            case .failed(let failure): Issue.record(failure)
            case .finished: return (rows, watermarks)
            }
        }
    }

    @Test("a single split keeps its order, and each row sees the maximum of those before it")
    func singleSplit() {
        let (rows, watermarks) = sequence([[5, 3, 9, 1]], sources: [0], turnRows: 2, pieceRows: 3)
        #expect(rows.map(\.value) == [5, 3, 9, 1])
        #expect(rows.map(\.number) == [0, 1, 2, 3])
        #expect(rows.map(\.watermarkBefore) == [.min, 5, 5, 9])
        #expect(watermarks.last == .max)
    }

    @Test("the split with the lowest watermark is read next, for a turn")
    func lowestFirst() {
        let (rows, _) = sequence(
            [[10, 20, 30, 40], [1, 2, 25, 26]],
            sources: [0, 0],
            turnRows: 2,
            pieceRows: 1
        )
        #expect(rows.map(\.split) == [0, 0, 1, 1, 1, 1, 0, 0])
        // The source's watermark is the lower one of both splits.
        #expect(rows.map(\.watermarkBefore) == [.min, .min, .min, 1, 2, 20, 20, 26])
    }

    @Test("splits of sources without a watermark come first, one after the other")
    func withoutWatermark() {
        var sequencer = Sequencer(sources: [0, 1, 1], hasWatermark: [true, false], turnRows: 1)
        var order: [Int] = []
        var fed = [0, 0, 0]
        loop: while true {
            switch sequencer.next() {
            case .needs(let split):
                fed[split] += 1
                if fed[split] > 2 {
                    sequencer.end(split: split)
                } else {
                    sequencer.feed(piece([Int64(fed[split])]), split: split)
                }
            case .step(let step): if step.rows != nil { order.append(step.split) }
            case .failed, .finished: break loop
            }
        }
        #expect(order == [1, 1, 2, 2, 0, 0])
    }

    @Test("the size of decoded pieces never changes the sequence")
    func independentOfPieces() {
        checkProperty("pieces do not matter", Gen<UInt64>.integer(), rounds: 60) { seed in
            var generator = SeededGenerator(seed: seed)
            let splits = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                    Int64.random(in: 0...30, using: &generator)
                }
            }
            let sources = splits.indices.map { $0 % 2 }
            let turn = Int.random(in: 1...9, using: &generator)
            let reference = sequence(splits, sources: sources, turnRows: turn, pieceRows: 1)
            let isSame = [2, 7, 100].allSatisfy { pieceRows in
                sequence(splits, sources: sources, turnRows: turn, pieceRows: pieceRows).rows
                    == reference.rows
            }
            let isDense =
                reference.rows.map(\.number) == (0..<Int64(reference.rows.count)).map { $0 }
            let isInOrder = splits.indices.allSatisfy { split in
                reference.rows.filter { $0.split == split }.map(\.value) == splits[split]
            }
            return isSame && isDense && isInOrder
        }
    }

    @Test("lines of rejected rows count on from piece to piece")
    func lineNumbers() {
        var sequencer = Sequencer(sources: [0], hasWatermark: [false], turnRows: 8)
        for _ in 0..<2 {
            var rows = piece([1, 2])
            rows.rejections = [
                Rejection(
                    stage: .decode,
                    code: "DECODE_NUMBER",
                    message: "x",
                    remedy: "y",
                    position: FilePosition(path: "f", byteOffset: 4, line: 2),
                    rowBefore: 1
                )
            ]
            rows.lineCount = 3
            sequencer.feed(rows, split: 0)
        }
        var lines: [Int?] = []
        for _ in 0..<2 {
            if case .step(let step) = sequencer.next() {
                lines += step.rejections.map(\.position.line)
            }
        }
        #expect(lines == [2, 5])
    }
}
