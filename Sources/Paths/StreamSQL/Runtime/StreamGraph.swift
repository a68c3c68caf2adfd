package import Columns
package import SQLFront

/// A plan cut where rows have to meet: sources, stateful operators, and stateless steps on the edges between.
///
/// Rows that cross an edge are put back into one order first, so what flows on an edge does not depend on
/// how many partitions an operator has. Both schedulers run this graph.
package struct StreamGraph: Sendable {
    /// Distinct tables that are read, and literal rows.
    package var sources: [Source] = []
    /// Stateful operators; each stands after those that feed it.
    package var operators: [Node] = []
    package var outputSchema: Schema
    private let strategy: DistributionStrategy

    package struct Source: Sendable {
        package enum Origin: Sendable {
            case table(Scan)
            case values(Batch)
            /// Rows of a table that have their place in the sequence already.
            case feed(StepFeed, name: String)
        }

        package var origin: Origin
        package var schema: Schema
        package var edges: [Edge]
    }

    package struct Node: Sendable {
        /// The operator: its operation and output schema; the inputs inside it are not looked at.
        package var plan: Plan
        package var inputSchemas: [Schema]
        /// Per input the columns whose equal values must meet in one partition; nil: one partition in all.
        package var exchangeKeys: [[Int]]?
        package var edges: [Edge]
        /// Edges that end here.
        package var inputEdgeCount = 0
    }

    /// The way from a source or operator to the next operator or the sink.
    package struct Edge: Sendable {
        /// Applied in order.
        package var transforms: [Transform]
        package var destination: Destination
    }

    /// A step that looks at one row at a time.
    package enum Transform: Sendable {
        /// Keeps these columns.
        case pick([Int], Schema)
        case filter(Expression)
        case project([Expression], Schema)
        /// Adds window columns, one row per window.
        case assignWindows(WindowSpecification, Schema)
    }

    package enum Destination: Sendable, Hashable {
        case `operator`(Int, input: Int)
        case sink
    }

    /// Cuts a plan.
    ///
    /// - Parameters:
    ///   - plan: the job's.
    ///   - strategy: one that the plan allows.
    package init(_ plan: Plan, strategy: DistributionStrategy = .smart) {
        self.strategy = strategy
        outputSchema = plan.schema
        connect(plan, above: [], to: .sink)
        numberInputsFirst()
        mergeEqualTables()
    }
}

// MARK: - Building

extension StreamGraph {
    /// Makes `plan` deliver to `destination` through `above`.
    private mutating func connect(_ plan: Plan, above: [Transform], to destination: Destination) {
        switch plan.operation {
        case .scan(let scan):
            sources.append(
                Source(
                    origin: .table(scan),
                    schema: plan.schema,
                    edges: [Edge(transforms: above, destination: destination)]
                )
            )
        case .values(let rows):
            sources.append(
                Source(
                    origin: .values(Self.batch(rows, plan.schema)),
                    schema: plan.schema,
                    edges: [Edge(transforms: above, destination: destination)]
                )
            )
        case .filter(let input, let predicate):
            connect(input, above: [.filter(predicate)] + above, to: destination)
        case .project(let input, let expressions):
            connect(input, above: [.project(expressions, plan.schema)] + above, to: destination)
        case .assignWindows(let input, let window):
            connect(input, above: [.assignWindows(window, plan.schema)] + above, to: destination)
        case .union(let inputs):
            for input in inputs.reversed() { connect(input, above: above, to: destination) }
        case .aggregate(let input, _), .topN(let input, _), .over(let input, _),
            .sort(let input, _):
            addOperator(plan, inputs: [input], above: above, to: destination)
        case .join(let left, let right, _):
            addOperator(plan, inputs: [left, right], above: above, to: destination)
        }
    }

    private mutating func addOperator(
        _ plan: Plan,
        inputs: [Plan],
        above: [Transform],
        to destination: Destination
    ) {
        let index = operators.count
        operators.append(
            Node(
                plan: plan,
                inputSchemas: inputs.map(\.schema),
                exchangeKeys: exchangeKeys(plan.operation),
                edges: [Edge(transforms: above, destination: destination)]
            )
        )
        for (number, input) in inputs.enumerated().reversed() {
            connect(input, above: [], to: .operator(index, input: number))
        }
    }

    /// Columns per input that rows of one group share, or nil where all rows meet, as they must or as the
    /// strategy wants it.
    private func exchangeKeys(_ operation: Plan.Operation) -> [[Int]]? {
        if strategy == .fanIn { return nil }
        guard let keys = Self.requiredKeys(operation) else { return nil }
        guard strategy == .sticky, let input = operation.onlyInput,
            let declared = input.declaredPartitioning
        else { return keys }
        return [declared.sorted()]
    }

    /// Columns per input that rows of one group share, or nil where all rows must meet.
    private static func requiredKeys(_ operation: Plan.Operation) -> [[Int]]? {
        let keys: [[Int]]
        switch operation {
        case .aggregate(_, let aggregate):
            keys = [aggregate.meetingKeys]
        case .topN(_, let topN): keys = [topN.partition]
        case .over(_, let over): keys = [over.partition]
        case .join(_, _, let join):
            // NOT IN has to know of a NULL anywhere on the right.
            if join.kind == .antiNullAware { return nil }
            keys = [join.leftKeys, join.rightKeys]
        default: return nil
        }
        return keys.allSatisfy { !$0.isEmpty } ? keys : nil
    }

    private static func batch(_ rows: [[Value]], _ schema: Schema) -> Batch {
        Batch(
            schema: schema,
            columns: schema.fields.indices.map { column in
                Column(schema[column].type, values: rows.map { $0[column] })
            },
            rowCount: rows.count
        )
    }

    /// Operators and sources were found from the sink upwards, the last input first; afterwards each stands
    /// behind its inputs and behind what the script names before it.
    private mutating func numberInputsFirst() {
        let last = operators.count - 1
        operators.reverse()
        sources.reverse()
        for index in sources.indices {
            for edge in sources[index].edges.indices {
                sources[index].edges[edge].destination.renumber { last - $0 }
            }
        }
        for index in operators.indices {
            for edge in operators[index].edges.indices {
                operators[index].edges[edge].destination.renumber { last - $0 }
            }
        }
        for edge in sources.flatMap(\.edges) + operators.flatMap(\.edges) {
            if case .operator(let index, _) = edge.destination {
                operators[index].inputEdgeCount += 1
            }
        }
    }

    /// A table that a query names twice is read once: both uses see one sequence.
    private mutating func mergeEqualTables() {
        var merged: [Source] = []
        for source in sources {
            guard case .table(let scan) = source.origin,
                let twin = merged.firstIndex(where: { $0.reads(scan.table) })
            else {
                merged.append(source)
                continue
            }
            merged[twin].absorb(scan, edges: source.edges)
        }
        sources = merged
    }
}

extension Plan.Operation {
    /// The input of an operator that keeps rows or groups of one input.
    fileprivate var onlyInput: Plan? {
        switch self {
        case .aggregate(let input, _), .topN(let input, _), .over(let input, _): input
        default: nil
        }
    }
}

extension StreamGraph.Destination {
    fileprivate mutating func renumber(_ change: (Int) -> Int) {
        guard case .operator(let index, let input) = self else { return }
        self = .operator(change(index), input: input)
    }
}

extension StreamGraph.Source {
    fileprivate func reads(_ table: TableDefinition) -> Bool {
        guard case .table(let scan) = origin else { return false }
        return scan.table == table
    }

    /// Widens this source to the columns of another scan of its table, and takes over that scan's edges.
    fileprivate mutating func absorb(_ other: Scan, edges otherEdges: [StreamGraph.Edge]) {
        guard case .table(let own) = origin else { return }
        let union = Set(own.columns).union(other.columns).sorted()
        let place = Dictionary(uniqueKeysWithValues: union.enumerated().map { ($1, $0) })
        let fields = union.map { own.table.physicalFields[$0] }
        let position: (Int) -> Int = { place[$0] ?? 0 }
        let ownPlaces = own.columns.map(position)
        let otherPlaces = other.columns.map(position)
        let watermark =
            own.watermark.map { $0.mappingColumns { ownPlaces[$0] } }
            ?? other.watermark.map { $0.mappingColumns { otherPlaces[$0] } }
        origin = .table(Scan(table: own.table, columns: union, watermark: watermark))
        schema = Schema(fields)
        edges =
            edges.map { $0.picking(ownPlaces, fields) }
            + otherEdges.map { $0.picking(otherPlaces, fields) }
    }
}

extension StreamGraph.Edge {
    /// The edge behind a source that now has more columns: those at `places` are what it knew.
    fileprivate func picking(_ places: [Int], _ fields: [Field]) -> StreamGraph.Edge {
        guard places != Array(fields.indices) else { return self }
        var edge = self
        edge.transforms.insert(.pick(places, Schema(places.map { fields[$0] })), at: 0)
        return edge
    }
}

extension Scan.Watermark {
    fileprivate func mappingColumns(_ change: (Int) -> Int) -> Self {
        Scan.Watermark(
            time: time.mappingColumns(change),
            expression: expression.mappingColumns(change),
            delay: delay
        )
    }
}

extension Expression {
    /// The same expression over an input whose column `change(i)` is what was column `i`.
    package func mappingColumns(_ change: (Int) -> Int) -> Expression {
        var mapped = self
        switch kind {
        case .column(let index): mapped.kind = .column(change(index))
        case .literal: break
        case .call(let function, let arguments):
            mapped.kind = .call(function, arguments.map { $0.mappingColumns(change) })
        case .cast(let operand, let isTry):
            mapped.kind = .cast(operand.mappingColumns(change), isTry: isTry)
        case .choice(let branches, let otherwise):
            mapped.kind = .choice(
                branches.map {
                    Branch(
                        condition: $0.condition.mappingColumns(change),
                        result: $0.result.mappingColumns(change)
                    )
                },
                otherwise: otherwise?.mappingColumns(change)
            )
        case .membership(let operand, let values, let isNegated):
            mapped.kind = .membership(
                operand.mappingColumns(change),
                values,
                isNegated: isNegated
            )
        }
        return mapped
    }
}
