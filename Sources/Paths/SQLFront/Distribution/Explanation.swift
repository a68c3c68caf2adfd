internal import Columns
package import Failures

/// What `explain` says about a job.
package struct Explanation: Sendable {
    /// One operator, in depth-first order from the sink.
    package struct Node: Sendable {
        package var depth: Int
        package var name: String
        package var details: [String]
        /// Output columns as `name TYPE`.
        package var columns: [String]
        /// The column whose watermark the rows carry.
        package var timeColumn: String?
        /// `any`, `hash(origin)`, `single`.
        package var distribution: String
        package var reason: String
        package var state: String?
        package var position: SourcePosition
    }

    package var job: String
    package var sink: String
    /// Operators from the sink to the source, exchanges between them.
    package var chain: String
    package var nodes: [Node]
    package var units: [String]
    /// Why single keys and windows cannot be routed; nil where they can.
    package var unitReason: String?
    /// `PORT_…` notices; none means that Flink takes the script as it is.
    package var portability: [Notice]
    package var warnings: [Notice]
    /// Workers of the processor that was asked for; nil on one thread.
    package var workers: Int?

    /// Explains a job of a bound script.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - processor: whose strategy is checked and whose workers are shown.
    ///   - report: the script's report, for its notices.
    /// - Throws: `PLAN_UNSAFE_STRATEGY`.
    package init(
        _ job: Job,
        processor: ProcessorConfiguration,
        report: StreamScript.Report
    ) throws(Failure) {
        var strategy: DistributionStrategy?
        if case .parallel(let parallel) = processor {
            strategy = parallel.strategy
            workers = parallel.partitions
        }
        let distribution = try Distribution(job.plan, strategy: strategy)
        let isParallel: Bool = if case .parallel = processor { true } else { false }
        self.job = job.name
        switch job.sink {
        case .table(let table): sink = table.name
        case .result: sink = "result"
        case .explain: sink = "explain"
        }
        let operators = Self.chain(of: distribution, isParallel: isParallel, workers: workers)
        chain = (["Sink \(sink)"] + operators).joined(separator: " ← ")
        nodes = distribution.steps.map(Node.init)
        units = distribution.units.map(\.rawValue)
        unitReason = distribution.unitReason
        portability = report.portability
        warnings = report.warnings
    }

    /// The line, then the tree, as people read them.
    package var text: String {
        var lines = [summary]
        for node in nodes { lines += node.lines }
        if let unitReason { lines.append("unit key-window: no, \(unitReason)") }
        lines += warnings.map(\.description)
        lines += portability.map(\.description)
        return lines.joined(separator: "\n")
    }

    /// `Sink hourly ← WindowAggregate[TUMBLE 1 h, key origin] ← …    units: job, key-window   portable: yes`.
    package var summary: String {
        let portable = portability.isEmpty ? "yes" : "no"
        return "\(chain)    units: \(units.joined(separator: ", "))   portable: \(portable)"
    }

    // MARK: The chain

    /// The operators in reading order; projections do not matter, and inputs of a join stand in parentheses.
    private static func chain(
        of distribution: Distribution,
        isParallel: Bool,
        workers: Int?
    ) -> [String] {
        var index = 0
        return chain(distribution.steps, &index, isParallel, workers)
    }

    private static func chain(
        _ steps: [Distribution.Step],
        _ index: inout Int,
        _ isParallel: Bool,
        _ workers: Int?
    ) -> [String] {
        let step = steps[index]
        index += 1
        var parts: [String] = []
        if case .project = step.plan.operation {} else { parts.append(step.plan.shortLabel) }
        if isParallel, let exchange = step.exchangeText(workers: workers) { parts.append(exchange) }
        let inputs = step.plan.inputs.map { _ in chain(steps, &index, isParallel, workers) }
        switch inputs.count {
        case 0: return parts
        case 1: return parts + inputs[0]
        default:
            let shown = inputs.map { $0.joined(separator: " ← ") }.joined(separator: " | ")
            return parts + ["(\(shown))"]
        }
    }
}

extension Explanation.Node {
    fileprivate init(_ step: Distribution.Step) {
        let plan = step.plan
        depth = step.depth
        name = plan.operatorName
        details = plan.details
        columns = plan.schema.fields.map { field in
            "\(field.name) \(field.type)\(field.isNullable ? "" : " NOT NULL")"
        }
        timeColumn = plan.timeColumn.map { plan.schema[$0].name }
        distribution = step.distributionText
        reason = step.reason
        state = step.state
        position = plan.position
    }

    fileprivate var lines: [String] {
        let indent = String(repeating: "  ", count: depth)
        let detail = details.isEmpty ? "" : "[\(details.joined(separator: ", "))]"
        var lines = ["\(indent)\(name)\(detail)"]
        let inner = indent + "    "
        lines.append("\(inner)columns: \(columns.joined(separator: ", "))")
        if let timeColumn { lines.append("\(inner)watermark: \(timeColumn)") }
        lines.append("\(inner)distribution: \(distribution): \(reason)")
        if let state { lines.append("\(inner)state: \(state)") }
        return lines
    }
}

extension Distribution.Step {
    fileprivate var distributionText: String {
        switch requirement {
        case .any: return "any"
        case .single: return "single"
        case .hash(let keys):
            let inputs = zip(keys, plan.inputs).map { columns, input in
                "hash(\(columns.map { input.schema[$0].name }.joined(separator: ", ")))"
            }
            return inputs.joined(separator: " | ")
        }
    }

    fileprivate func exchangeText(workers: Int?) -> String? {
        let count = workers.map { " ×\($0)" } ?? " ×N"
        switch exchange {
        case .none: return nil
        case .hash: return "Exchange \(distributionText)\(count)"
        case .single: return "Exchange single"
        }
    }
}

extension Plan {
    /// The operator with its window and keys only.
    fileprivate var shortLabel: String {
        switch operation {
        case .aggregate(let input, let aggregate):
            var parts: [String] = []
            if let window = aggregate.window { parts.append(window.text(input.schema)) }
            if !aggregate.keys.isEmpty {
                let names = aggregate.keys.map { input.schema[$0].name }
                parts.append("key \(names.joined(separator: ", "))")
            }
            return parts.isEmpty
                ? operatorName : "\(operatorName)[\(parts.joined(separator: ", "))]"
        case .scan, .values, .filter, .over, .union: return operatorName
        default: return label
        }
    }
}
