internal import Failures

/// How far a job has come between two steps, beside what its ledger and its sink know.
struct JobProgress: Sendable {
    /// One stateful operator.
    struct Operator: Sendable {
        var watermark: Int64
        var emissions: EmissionSequence
        var state: OperatorState
    }

    var sequencer: SequencerProgress
    /// The watermark of each source, as the last step left it.
    var sourceWatermarks: [Int64]
    /// Steps so far.
    var stepNumber: Int
    var operators: [Operator]
}

extension JobProgress {
    /// Writes everything but the operators' states, which have files of their own.
    func write(to output: inout StateWriter) {
        sequencer.write(to: &output)
        output.write(sourceWatermarks)
        output.write(stepNumber)
        output.write(operators.count)
        for node in operators {
            output.write(node.watermark)
            node.emissions.write(to: &output)
        }
    }

    init(from input: inout StateReader, states: [OperatorState]) throws(Failure) {
        sequencer = try SequencerProgress(from: &input)
        sourceWatermarks = try input.numbers()
        stepNumber = try input.number()
        guard try input.count() == states.count else {
            throw StateReader.corrupt("the job's state")
        }
        operators = []
        for state in states {
            operators.append(
                Operator(
                    watermark: try input.number(),
                    emissions: try EmissionSequence(from: &input),
                    state: state
                )
            )
        }
    }
}

/// Where a sequencer stands, with the place in each split behind the last row that it handed out.
struct SequencerProgress: Sendable {
    struct Split: Sendable {
        var place: SplitPlace
        var watermark: Int64
        var linesBefore: Int
        var isClosed: Bool
    }

    var splits: [Split]
    var sourceWatermarks: [Int64]
    var turn: (split: Int, rowsLeft: Int)?
    var nextNumber: Int64
    var pieceNumber: Int

    init(
        splits: [Split],
        sourceWatermarks: [Int64],
        turn: (split: Int, rowsLeft: Int)?,
        nextNumber: Int64,
        pieceNumber: Int
    ) {
        self.splits = splits
        self.sourceWatermarks = sourceWatermarks
        self.turn = turn
        self.nextNumber = nextNumber
        self.pieceNumber = pieceNumber
    }

    func write(to output: inout StateWriter) {
        output.write(splits.count)
        for split in splits {
            split.place.write(to: &output)
            output.write(split.watermark)
            output.write(split.linesBefore)
            output.write(split.isClosed)
        }
        output.write(sourceWatermarks)
        output.write(turn?.split ?? -1)
        output.write(turn?.rowsLeft ?? 0)
        output.write(nextNumber)
        output.write(pieceNumber)
    }

    init(from input: inout StateReader) throws(Failure) {
        splits = []
        for _ in 0..<(try input.count()) {
            var place = SplitPlace()
            place.piece = try input.number()
            place.byteOffset = try input.number()
            place.part = try input.number()
            place.rows = try input.number()
            splits.append(
                Split(
                    place: place,
                    watermark: try input.number(),
                    linesBefore: try input.number(),
                    isClosed: try input.flag()
                )
            )
        }
        sourceWatermarks = try input.numbers()
        let split: Int = try input.number()
        let rowsLeft: Int = try input.number()
        turn = split < 0 ? nil : (split, rowsLeft)
        nextNumber = try input.number()
        pieceNumber = try input.number()
    }
}
