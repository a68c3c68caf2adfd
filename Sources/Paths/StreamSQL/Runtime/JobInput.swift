package import Failures
package import Flow

/// One split's reading side: finds where the next piece ends.
///
/// Called by one thread at a time.
package protocol SplitReader: AnyObject {
    /// The next piece of the split, not yet decoded; nil at its end.
    func claim() throws(Failure) -> (any SplitPiece)?
}

/// A part of a split that any thread can decode by itself.
package protocol SplitPiece: Sendable {
    /// Begins to decode the piece.
    func open() throws(Failure) -> any PieceDecoder
}

/// Decodes one piece, by one thread at a time.
package protocol PieceDecoder: AnyObject {
    /// The piece's next rows; nil at its end.
    ///
    /// - Throws: what makes the piece unreadable; bad rows are rejections in the result.
    func next() throws(Failure) -> DecodedRows?
}

/// All splits of a job.
package struct JobInput: Sendable {
    /// What claiming gave.
    enum Claim: Sendable {
        case piece(any SplitPiece)
        case end
        case failed(Failure)
    }

    private let readers: [Exclusive<any SplitReader>]
    /// Per split the index of its source.
    package let sources: [Int]
    /// Per source how event time and watermark are worked out.
    private let times: [EventTimeReader?]

    /// - Parameters:
    ///   - splits: readers in the order that breaks ties, with the index of their source.
    ///   - times: per source; nil where rows carry no watermark.
    package init(
        splits: [(source: Int, reader: Exclusive<any SplitReader>)],
        times: [EventTimeReader?]
    ) {
        sources = splits.map(\.source)
        readers = splits.map(\.reader)
        self.times = times
    }

    package var splitCount: Int { readers.count }

    /// Claims the split's next piece; to be called by one thread at a time for each split.
    func claim(split: Int) -> Claim {
        do throws(Failure) {
            let piece = try readers[split].withValue { reader throws(Failure) in try reader.claim()
            }
            return piece.map { .piece($0) } ?? .end
        } catch {
            return .failed(error)
        }
    }

    /// Decodes all of a claimed piece, with event times and watermarks.
    func decode(_ claim: Claim, split: Int) -> Result<[DecodedRows], Failure> {
        switch claim {
        case .end: preconditionFailure("the end of a split is not decoded")
        case .failed(let failure): return .failure(failure)
        case .piece(let piece):
            do throws(Failure) {
                let decoder = try piece.open()
                var rows: [DecodedRows] = []
                while let next = try decoder.next() { rows.append(timed(next, split)) }
                return .success(rows)
            } catch {
                return .failure(error)
            }
        }
    }

    /// Adds event times and watermarks, where the split's source has them.
    fileprivate func timed(_ rows: DecodedRows, _ split: Int) -> DecodedRows {
        times[sources[split]]?.read(rows) ?? rows
    }
}

/// V1's way through the input: pieces are decoded no further than the sequence needs.
struct SerialInput {
    private let input: JobInput
    private var decoders: [(any PieceDecoder)?]

    init(_ input: JobInput) {
        self.input = input
        decoders = Array(repeating: nil, count: input.splitCount)
    }

    /// Feeds the split's next rows, its failure or its end.
    mutating func feed(_ sequencer: inout Sequencer, split: Int) {
        do throws(Failure) {
            while true {
                if let decoder = decoders[split] {
                    if let rows = try decoder.next() {
                        return sequencer.feed(input.timed(rows, split), split: split)
                    }
                    decoders[split] = nil
                }
                switch input.claim(split: split) {
                case .end: return sequencer.end(split: split)
                case .failed(let failure): throw failure
                case .piece(let piece): decoders[split] = try piece.open()
                }
            }
        } catch {
            sequencer.feed(error, split: split)
        }
    }
}
