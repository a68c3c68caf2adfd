internal import Columns
package import Failures
internal import SQLFront

/// A job made ready to run: immutable, shared by all threads of a scheduler.
package struct JobProgram: Sendable {
    package let graph: StreamGraph
    /// Per source the ways that its rows take, with the compiled steps of their edges.
    let sourceWays: [[SourceWay]]
    /// Per operator the compiled steps of each outgoing edge.
    let operatorEdges: [[Edge]]
    /// Partitions of each operator.
    let partitionCounts: [Int]
    /// Per operator and input whether its rows need numbers of their own: see ``ArrivalNumbers``.
    let numberedInputs: [[Bool]]
    let formatter: any OutputFormatter
    /// What the sink refuses.
    let sinkCheck: SinkCheck?

    struct Edge: Sendable {
        let chain: TransformChain
        let destination: StreamGraph.Destination
        let books = KeyBooks()
    }

    /// Compiles every expression of the graph.
    ///
    /// - Throws: what compiling an expression throws, such as `EVAL_REGEX` for a pattern.
    package init(
        graph: StreamGraph,
        partitions: Int,
        context: EvaluationContext,
        formatter: any OutputFormatter,
        sinkCheck: SinkCheck? = nil
    ) throws(Failure) {
        self.graph = graph
        self.formatter = formatter
        self.sinkCheck = sinkCheck
        var sourceWays: [[SourceWay]] = []
        for source in graph.sources {
            sourceWays.append(
                SourceWay.ways(of: try Self.compile(source.edges, source.schema, context))
            )
        }
        var operatorEdges: [[Edge]] = []
        for node in graph.operators {
            operatorEdges.append(try Self.compile(node.edges, node.plan.schema, context))
        }
        self.sourceWays = sourceWays
        self.operatorEdges = operatorEdges
        partitionCounts = graph.operators.map { $0.exchangeKeys == nil ? 1 : partitions }
        numberedInputs = graph.numberedInputs
    }

    private static func compile(
        _ edges: [StreamGraph.Edge],
        _ schema: Schema,
        _ context: EvaluationContext
    ) throws(Failure) -> [Edge] {
        var compiled: [Edge] = []
        for edge in edges {
            compiled.append(
                Edge(
                    chain: try TransformChain(edge.transforms, input: schema, context: context),
                    destination: edge.destination
                )
            )
        }
        return compiled
    }
}

// MARK: - Pieces of a step, used by both schedulers

extension JobProgram {
    /// What an edge brings to its destination.
    enum Delivery: Sendable {
        case rows(operator: Int, input: Int, PartitionedRows)
        case output(PreparedOutput)
    }

    /// Takes rows across an edge: its transforms, then the exchange or the sink's formatting.
    ///
    /// - Returns: nil where no row is left.
    /// - Throws: where a row cannot be written in the sink's format.
    func carry(
        _ rows: SequencedBatch,
        over edge: Edge,
        clock: Int64,
        report: inout StepReport
    ) throws(Failure) -> Delivery? {
        let arrived = edge.chain.apply(rows, clock: clock, report: &report)
        return try deliver(arrived, over: edge, report: &report)
    }

    /// Brings rows, which an edge's transforms have made, to its destination.
    func deliver(
        _ arrived: SequencedBatch,
        over edge: Edge,
        report: inout StepReport
    ) throws(Failure) -> Delivery? {
        guard arrived.batch.rowCount > 0 else { return nil }
        switch edge.destination {
        case .sink:
            let taken = sinkCheck?.apply(arrived, report: &report) ?? arrived
            guard taken.batch.rowCount > 0 else { return nil }
            return try prepare(taken, report: &report).map { .output($0) }
        case .operator(let index, let input):
            let node = graph.operators[index]
            return .rows(
                operator: index,
                input: input,
                PartitionedRows(
                    arrived,
                    keys: node.exchangeKeys?[input],
                    partitions: partitionCounts[index],
                    books: edge.books
                )
            )
        }
    }

    /// Rows in the sink's form; those that have none there are reported and left out.
    private func prepare(
        _ rows: SequencedBatch,
        report: inout StepReport
    ) throws(Failure) -> PreparedOutput? {
        do throws(Failure) {
            return try formatter.prepare(rows.batch)
        } catch {
            guard error.code == "SINK_REJECTED" else { throw error }
        }
        var kept: [Int] = []
        for row in 0..<rows.batch.rowCount {
            do throws(Failure) {
                _ = try formatter.prepare(rows.batch.slice(row..<row + 1))
                kept.append(row)
            } catch {
                guard error.code == "SINK_REJECTED" else { throw error }
                var failed = RowFailure(
                    row: RowReference(rows, row: row),
                    code: error.code,
                    message: error.problem,
                    position: nil
                )
                failed.stage = .sink
                failed.remedy = error.remedy
                report.failed.append(failed)
            }
        }
        guard !kept.isEmpty else { return nil }
        return try formatter.prepare(rows.batch.gather(by: Selection(kept)))
    }

    /// Rows that several partitions emitted in one step, as the one partition of V1 would have emitted them.
    func merge(_ emissions: [Emission]) -> [Batch] {
        guard emissions.count > 1, emissions.contains(where: { !$0.order.isEmpty }) else {
            return emissions.map(\.batch)
        }
        let comparator = RowComparator(
            sources: emissions.map(\.order),
            orders: emissions[0].order.map { _ in .ascending }
        )
        let order = comparator.merged(counts: emissions.map(\.batch.rowCount))
        return [Batch.concatenate(emissions.map(\.batch)).gather(by: order)]
    }
}

/// Numbers and watermarks for the rows that an operator emits.
struct EmissionSequence {
    private var nextNumber: Int64 = 0
    /// The operator's watermark before the step that is being merged.
    private var watermark = Int64.min

    mutating func sequence(_ batch: Batch) -> SequencedBatch {
        defer { nextNumber += Int64(batch.rowCount) }
        return SequencedBatch(
            batch: batch,
            sequence: .consecutive(first: nextNumber),
            watermarks: .constant(watermark)
        )
    }

    /// Ends a step: what is emitted from now on comes after `watermark`.
    mutating func advance(to watermark: Int64) { self.watermark = max(self.watermark, watermark) }
}

/// Rows with the partition of an operator that each belongs to.
struct PartitionedRows: Sendable {
    /// The rows in their order; without their columns where there are parts.
    var rows: SequencedBatch
    /// Per partition its rows; nil where there is one partition only.
    private let parts: [Part]?

    private struct Part: Sendable {
        let selection: Selection
        let batch: Batch
    }

    /// Columns are picked here, on the thread in whose cache they lie; each partition then reads only its own.
    init(_ rows: SequencedBatch, keys: [Int]?, partitions: Int, books: KeyBooks) {
        self.rows = rows
        guard let keys, partitions > 1 else {
            parts = nil
            return
        }
        let count = rows.batch.rowCount
        let reading = books.read(keys.map { rows.batch.columns[$0] }, rows: count)
        let batch = rows.batch.replacing(keys, by: reading.keys)
        parts = KeySlots.partition(reading.slots, workerCount: partitions).map { selection in
            let isWhole = selection.count == count
            return Part(
                selection: selection,
                batch: isWhole ? batch : batch.gather(by: selection)
            )
        }
        self.rows.batch = Batch(schema: Schema([]), columns: [], rowCount: count)
    }

    /// The rows of one partition; nil where it has none.
    func part(_ partition: Int) -> SequencedBatch? {
        guard let parts else { return rows }
        let part = parts[partition]
        guard part.selection.count > 0 else { return nil }
        guard part.selection.count < rows.batch.rowCount else {
            var whole = rows
            whole.batch = part.batch
            return whole
        }
        return rows.gather(by: part.selection, columns: part.batch)
    }
}

/// What one partition of an operator does in one step.
struct OperatorStep {
    var items: [(input: Int, rows: SequencedBatch)] = []
    var watermark: Int64
    var previousWatermark: Int64
    var isLast: Bool

    /// Runs the step on an instance; the emissions are in canonical order.
    ///
    /// An instance that needs no more input is finished in the step that satisfied it, whatever has been read
    /// ahead; `isFinished` then stays set, and later steps give nothing.
    func run(
        _ instance: any StatefulOperator,
        isFinished: inout Bool,
        report: inout StepReport
    ) throws(Failure) -> [Emission] {
        guard !isFinished else { return [] }
        var emissions: [Emission] = []
        for item in items {
            try instance.process(item.rows, input: item.input, report: &report)
        }
        if watermark > previousWatermark {
            try instance.advance(to: watermark, into: &emissions, report: &report)
        }
        if isLast || !instance.needsMoreInput {
            isFinished = true
            try instance.finish(into: &emissions, report: &report)
        }
        return emissions.filter { $0.batch.rowCount > 0 }
    }
}

// MARK: - Checkpoints

extension EmissionSequence {
    func write(to output: inout StateWriter) {
        output.write(nextNumber)
        output.write(watermark)
    }

    init(from input: inout StateReader) throws(Failure) {
        nextNumber = try input.number()
        watermark = try input.number()
    }
}
