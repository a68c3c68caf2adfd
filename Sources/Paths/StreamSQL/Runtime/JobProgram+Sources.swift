internal import Columns
internal import Failures

// MARK: - From a source to its destinations

/// The edges of one source that end at one place: several where a query reads a table twice.
struct SourceWay: Sendable {
    /// Place among the source's ways: of the first edge.
    let ordinal: Int
    let edges: [JobProgram.Edge]
    let destination: StreamGraph.Destination

    /// The ways of a source, in the order of their first edges.
    static func ways(of edges: [JobProgram.Edge]) -> [SourceWay] {
        var order: [StreamGraph.Destination] = []
        var byDestination: [StreamGraph.Destination: [JobProgram.Edge]] = [:]
        for edge in edges {
            if byDestination[edge.destination] == nil { order.append(edge.destination) }
            byDestination[edge.destination, default: []].append(edge)
        }
        return order.enumerated().map { ordinal, destination in
            SourceWay(
                ordinal: ordinal,
                edges: byDestination[destination] ?? [],
                destination: destination
            )
        }
    }
}

extension JobProgram {
    /// Takes a source's rows along a way, in one order whatever the size of steps.
    ///
    /// - Returns: nil where no row is left.
    /// - Throws: where a row cannot be written in the sink's format.
    func carry(
        _ rows: SequencedBatch,
        along way: SourceWay,
        clock: Int64,
        report: inout StepReport
    ) throws(Failure) -> Delivery? {
        let parts = way.edges.map { $0.chain.apply(rows, clock: clock, report: &report) }
        return try deliver(SequencedBatch.merging(parts), over: way.edges[0], report: &report)
    }
}

extension SequencedBatch {
    /// Rows of one step by their numbers; those with equal numbers in the order of the parts.
    static func merging(_ parts: [SequencedBatch]) -> SequencedBatch {
        let filled = parts.filter { $0.batch.rowCount > 0 }
        guard let first = filled.first, filled.count > 1 else { return filled.first ?? parts[0] }
        var starts: [Int] = []
        var total = 0
        for part in filled {
            starts.append(total)
            total += part.batch.rowCount
        }
        var next = filled.map { _ in 0 }
        var order: [Int] = []
        order.reserveCapacity(total)
        while order.count < total {
            var best: (part: Int, number: Int64)?
            for part in filled.indices where next[part] < filled[part].batch.rowCount {
                let number = filled[part].sequence[next[part]]
                if best.map({ number < $0.number }) ?? true { best = (part, number) }
            }
            guard let part = best?.part else { break }
            order.append(starts[part] + next[part])
            next[part] += 1
        }
        let joined = SequencedBatch(
            batch: Batch.concatenate(filled.map(\.batch)),
            sequence: .joining(filled.map { ($0.sequence, $0.batch.rowCount) }),
            watermarks: .joining(filled.map { ($0.watermarks, $0.batch.rowCount) }),
            origin: first.origin.map { origin in
                RowOrigin(
                    chunk: origin.chunk,
                    records: .joining(
                        filled.map { ($0.origin?.records ?? origin.records, $0.batch.rowCount) }
                    )
                )
            }
        )
        return joined.gather(by: Selection(order))
    }
}

extension RowNumbers {
    /// The numbers of several runs of rows, one run after the other.
    fileprivate static func joining(_ parts: [(numbers: RowNumbers, count: Int)]) -> RowNumbers {
        .each(
            Buffer(capacity: parts.reduce(0) { $0 + $1.count }) { output in
                for part in parts {
                    for row in 0..<part.count { output.append(part.numbers[row]) }
                }
            }
        )
    }
}
