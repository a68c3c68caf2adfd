package import Failures
package import Flow

/// One split's reading side: finds where the next piece ends.
///
/// Called by one thread at a time.
package protocol SplitReader: AnyObject {
    /// The next piece of the split, not yet decoded; nil at its end.
    func claim() throws(Failure) -> (any SplitPiece)?

    /// Passes over the pieces before a place; called once, before any claim.
    func skip(to place: SplitPlace) throws(Failure)
}

extension SplitReader {
    package func skip(to place: SplitPlace) throws(Failure) {
        for _ in 0..<place.piece { _ = try claim() }
    }
}

/// A part of a split that any thread can decode by itself.
package protocol SplitPiece: Sendable {
    /// Begins to decode the piece.
    func open() throws(Failure) -> any PieceDecoder

    /// Where the piece begins in its split; 0 where that is not known.
    var byteOffset: Int { get }
}

extension SplitPiece {
    package var byteOffset: Int { 0 }
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
    /// Where each split begins to be read.
    private var starts: [SplitPlace]
    /// What the splits are called, with their sizes: a job goes on only with the inputs that it began with.
    var names: [String] = []

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
        starts = splits.map { _ in SplitPlace() }
    }

    /// Begins to read each split at a place of its own; before anything has been claimed.
    mutating func start(at places: [SplitPlace]) throws(Failure) {
        for (reader, place) in zip(readers, places) {
            try reader.withValue { reader throws(Failure) in try reader.skip(to: place) }
        }
        starts = places
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

    /// Decodes all of a claimed piece, the `number`th of this run, with event times and watermarks.
    func decode(_ claim: Claim, split: Int, number: Int) -> Result<[DecodedRows], Failure> {
        switch claim {
        case .end: preconditionFailure("the end of a split is not decoded")
        case .failed(let failure): return .failure(failure)
        case .piece(let piece):
            do throws(Failure) {
                let decoder = try piece.open()
                var rows: [DecodedRows] = []
                var part = 0
                while let next = try decoder.next() {
                    if part >= firstPart(split, number) {
                        let place = place(split, number, part, piece.byteOffset)
                        rows.append(timed(next, split, place))
                    }
                    part += 1
                }
                return .success(rows)
            } catch {
                return .failure(error)
            }
        }
    }

    /// The first part of a piece that has not been read before this run.
    fileprivate func firstPart(_ split: Int, _ number: Int) -> Int {
        number == 0 ? starts[split].part : 0
    }

    fileprivate func place(
        _ split: Int,
        _ number: Int,
        _ part: Int,
        _ byteOffset: Int
    ) -> SplitPlace {
        var place = SplitPlace()
        place.piece = starts[split].piece + number
        place.byteOffset = byteOffset
        place.part = part
        return place
    }

    /// Adds event times and watermarks, where the split's source has them.
    fileprivate func timed(
        _ rows: DecodedRows,
        _ split: Int,
        _ place: SplitPlace
    ) -> DecodedRows {
        var rows = times[sources[split]]?.read(rows) ?? rows
        rows.place = place
        return rows
    }
}

/// V1's way through the input: pieces are decoded no further than the sequence needs.
struct SerialInput {
    private let input: JobInput
    private var pieces: [OpenPiece?]
    /// Pieces claimed of each split.
    private var claimCounts: [Int]

    private struct OpenPiece {
        let decoder: any PieceDecoder
        let number: Int
        let byteOffset: Int
        var part = 0
    }

    init(_ input: JobInput) {
        self.input = input
        pieces = Array(repeating: nil, count: input.splitCount)
        claimCounts = Array(repeating: 0, count: input.splitCount)
    }

    /// Feeds the split's next rows, its failure or its end.
    mutating func feed(_ sequencer: inout Sequencer, split: Int) {
        do throws(Failure) {
            while true {
                if let open = pieces[split] {
                    if let rows = try open.decoder.next() {
                        pieces[split]?.part += 1
                        if open.part < input.firstPart(split, open.number) { continue }
                        let place = input.place(split, open.number, open.part, open.byteOffset)
                        return sequencer.feed(input.timed(rows, split, place), split: split)
                    }
                    pieces[split] = nil
                }
                switch input.claim(split: split) {
                case .end: return sequencer.end(split: split)
                case .failed(let failure): throw failure
                case .piece(let piece):
                    pieces[split] = OpenPiece(
                        decoder: try piece.open(),
                        number: claimCounts[split],
                        byteOffset: piece.byteOffset
                    )
                    claimCounts[split] += 1
                }
            }
        } catch {
            sequencer.feed(error, split: split)
        }
    }
}
