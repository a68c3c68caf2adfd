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
    /// The piece's rows.
    ///
    /// - Throws: what makes the whole piece unreadable; bad rows are rejections in the result.
    func decode() throws(Failure) -> DecodedRows
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

    /// Decodes a claimed piece, with event times and watermarks.
    func decode(_ claim: Claim, split: Int) -> Result<DecodedRows, Failure> {
        switch claim {
        case .end: preconditionFailure("the end of a split is not decoded")
        case .failed(let failure): return .failure(failure)
        case .piece(let piece):
            do throws(Failure) {
                let rows = try piece.decode()
                guard let time = times[sources[split]] else { return .success(rows) }
                return .success(time.read(rows))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Claims, decodes and feeds the split's next piece: V1's way.
    func feed(_ sequencer: inout Sequencer, split: Int) {
        let claim = claim(split: split)
        if case .end = claim { return sequencer.end(split: split) }
        switch decode(claim, split: split) {
        case .success(let rows): sequencer.feed(rows, split: split)
        case .failure(let failure): sequencer.feed(failure, split: split)
        }
    }
}
