internal import Columns
package import Failures
package import SQLFront

/// Where a job's rows can be routed by (key, window): stateless steps, one window aggregate, stateless steps.
///
/// The owner of a row follows from the row itself there: its windows from its event time, its key from the
/// grouping columns. SESSION windows are not a function of one row, and several operators would each need
/// routes of their own.
package struct RoutedShape: Sendable {
    /// The part of the job in front of the aggregate's input, the aggregate, and what follows it.
    let graph: StreamGraph
    let layout: WindowLayout
    /// Columns of the aggregate's input by which units are routed, in the plan's order.
    let targetingInputs: [Int]
    /// The same columns in the aggregate's output.
    let targetingOutputs: [Int]
    /// Columns of the aggregate's output that name a unit.
    let identity: WindowIdentity

    /// - Parameters:
    ///   - plan: the job's.
    ///   - targeting: names of grouping columns by which units are routed; empty takes all of them.
    /// - Throws: `MIG_UNIT` naming what cannot be routed by key and window, `MIG_KEY_TYPE` for a targeting
    ///   column whose type has no exact text.
    package init(_ plan: Plan, targeting: [String]) throws(Failure) {
        let graph = StreamGraph(plan)
        guard graph.sources.count == 1, graph.sources[0].edges.count == 1 else {
            throw Self.unfit("it reads \(graph.sources.count) tables, or one table more than once")
        }
        guard graph.operators.count == 1 else {
            let names = graph.operators.map(\.plan.operatorName)
            throw Self.unfit(
                names.isEmpty
                    ? "it has no window aggregate" : "it has \(names.joined(separator: " and "))"
            )
        }
        guard case .aggregate(_, let aggregate) = graph.operators[0].plan.operation,
            let window = aggregate.window
        else { throw Self.unfit("its only operator is no window aggregate") }
        guard let layout = WindowLayout(window) else {
            throw Self.unfit("SESSION windows do not follow from one row")
        }
        if case .attached = layout.kind {
            throw Self.unfit("its rows carry windows that another step has given them")
        }
        guard graph.sources[0].watermark != nil else {
            throw Self.unfit("its table has no WATERMARK")
        }
        let input = graph.operators[0].inputSchemas[0]
        let keys = aggregate.keys
        let places = try Self.places(of: targeting, keys: keys, input: input)
        self.graph = graph
        self.layout = layout
        targetingInputs = places.map { keys[$0] }
        targetingOutputs = places
        let bounds = graph.operators[0].plan.schema.count - 3
        identity = WindowIdentity(
            start: bounds,
            end: bounds + 1,
            key: Array(keys.indices)
        )
    }

    /// Places of the targeting columns among the grouping columns.
    private static func places(
        of targeting: [String],
        keys: [Int],
        input: Schema
    ) throws(Failure) -> [Int] {
        guard !keys.isEmpty else {
            throw unfit("its aggregate has no grouping column beside the window")
        }
        let names = keys.map { input[$0].name }
        var places: [Int] = []
        for name in targeting {
            guard let place = names.firstIndex(of: name) else {
                throw Failure(
                    "MIG_UNIT",
                    blame: .request,
                    "the targeting key names \(name), which is no grouping column",
                    remedy: "choose from \(names.joined(separator: ", "))"
                )
            }
            places.append(place)
        }
        return places.isEmpty ? Array(keys.indices) : places
    }

    private static func unfit(_ problem: String) -> Failure {
        Failure(
            "MIG_UNIT",
            blame: .request,
            "the job cannot be routed by key and window: \(problem)",
            remedy: "use the unit `job`, or a plan of one TUMBLE, HOP or CUMULATE aggregate"
        )
    }

    /// Schema of the rows that the aggregate gives.
    var unitSchema: Schema { graph.operators[0].plan.schema }

    /// The aggregate alone, fed with rows that have their place in the sequence already.
    func suffix(reading feed: StepFeed) -> StreamGraph {
        var side = graph
        side.sources = [
            StreamGraph.Source(
                origin: .feed(feed, name: graph.sources[0].name),
                schema: graph.operators[0].inputSchemas[0],
                edges: [
                    StreamGraph.Edge(transforms: [], destination: .operator(0, input: 0))
                ]
            )
        ]
        side.operators[0].edges = [StreamGraph.Edge(transforms: [], destination: .sink)]
        side.outputSchema = unitSchema
        return side
    }
}

extension WindowLayout {
    /// Starts of the first and the last window that a row at `time` belongs to.
    func startRange(of time: Int64) -> ClosedRange<Int64> {
        let pane = paneStart(of: time)
        switch kind {
        case .hop(let size): return (pane &+ width &- size)...pane
        case .cumulate, .attached:
            let cycle = self.pane(at: pane).start
            return cycle...cycle
        }
    }

    /// The latest end of a window that a row at `time` belongs to.
    func lastEnd(of time: Int64) -> Int64 { pane(at: paneStart(of: time)).lastEnd }

    /// Distance of one window's start from the next one's.
    var slide: Int64 {
        if case .cumulate(let maximum) = kind { maximum } else { width }
    }

    /// The earliest end of a window that starts at `start`.
    func firstEnd(ofWindowAt start: Int64) -> Int64 {
        if case .hop(let size) = kind { start &+ size } else { start &+ width }
    }
}
