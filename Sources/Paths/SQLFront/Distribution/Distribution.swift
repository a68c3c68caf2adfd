internal import Columns
package import Failures

/// How V2 spreads a plan over partitions: for each operator what it requires, what moves rows to it, and why.
///
/// It follows from the plan alone; a strategy can only be checked against it.
package struct Distribution: Sendable {
    /// What an operator needs of the rows in one partition.
    package enum Requirement: Hashable, Sendable {
        case any
        /// Per input, the columns whose equal values must meet.
        case hash([[Int]])
        /// All rows in one place.
        case single
    }

    /// What brings rows to an operator's partitions.
    package enum Exchange: Hashable, Sendable {
        /// Rows stay in the partition where they are.
        case none
        case hash
        case single
    }

    /// One operator, in depth-first order from the sink.
    package struct Step: Sendable {
        package var plan: Plan
        package var depth: Int
        package var requirement: Requirement
        package var exchange: Exchange
        /// One sentence.
        package var reason: String
        /// Whether it runs on several partitions.
        package var isParallel: Bool
        /// Bytes of state per entry, and what an entry is; nil for a stateless operator.
        package var state: String?
    }

    /// A unit that a migration may route.
    package enum Unit: String, Sendable {
        case job
        case keyWindow = "key-window"
    }

    package var steps: [Step]
    package var units: [Unit]
    /// Why a key with its window cannot be routed by itself; nil where it can.
    package var unitReason: String?
    private let strategy: DistributionStrategy

    /// Derives the distribution of a plan.
    ///
    /// - Throws: `PLAN_UNSAFE_STRATEGY` with the operator whose result the strategy would change.
    package init(_ plan: Plan, strategy: DistributionStrategy? = nil) throws(Failure) {
        steps = []
        let routing = KeyWindowRouting(plan)
        units = routing.obstacle == nil ? [.job, .keyWindow] : [.job]
        unitReason = routing.obstacle
        self.strategy = strategy ?? .smart
        add(plan, depth: 0)
        try StrategyCheck(strategy: self.strategy).check(plan)
    }

    /// Whether any operator keeps rows or groups.
    package var isStateless: Bool { steps.allSatisfy { $0.state == nil } }

    /// Adds the operator and those below it; returns the columns by which its output is spread.
    @discardableResult
    private mutating func add(_ plan: Plan, depth: Int) -> Spread {
        let index = steps.count
        steps.append(
            Step(
                plan: plan,
                depth: depth,
                requirement: .any,
                exchange: .none,
                reason: "",
                isParallel: true,
                state: nil
            )
        )
        var inputs: [Spread] = []
        for input in plan.inputs { inputs.append(add(input, depth: depth + 1)) }
        var decision = DistributionRule(plan: plan, inputs: inputs)
        decision.apply(strategy, plan)
        steps[index].requirement = decision.requirement
        steps[index].exchange = decision.exchange
        steps[index].reason = decision.reason
        steps[index].isParallel = decision.output != .single
        steps[index].state = StateEstimate.text(of: plan)
        return decision.output
    }
}

/// How rows are spread over partitions.
enum Spread: Hashable {
    /// By where they were read.
    case splits
    /// Equal values of the columns are in one partition; the empty set never stands here.
    case hashed(Set<Int>)
    case single
}

/// The requirement of one operator and how its inputs meet it.
struct DistributionRule {
    var requirement: Distribution.Requirement
    var exchange: Distribution.Exchange
    var reason: String
    var output: Spread

    init(plan: Plan, inputs: [Spread]) {
        switch plan.operation {
        case .scan:
            self.init("each split is decoded by itself", output: .splits)
        case .values:
            self.init("a few literal rows", output: .single)
        case .filter, .assignWindows:
            self.init("looks at one row at a time", output: inputs[0])
        case .project(_, let expressions):
            self.init("looks at one row at a time", output: inputs[0].through(expressions))
        case .union:
            let isSame = inputs.allSatisfy { $0 == inputs[0] }
            self.init("rows of all inputs pass", output: isSame ? inputs[0] : .splits)
        case .aggregate(let input, let aggregate):
            self.init(aggregate, input: input, spread: inputs[0])
        case .topN(let input, let topN):
            self.init(keyed: topN.partition, "ranks are counted per", input, inputs[0])
            output = topN.partition.isEmpty ? .single : .hashed(Set(topN.partition))
        case .over(let input, let over):
            self.init(keyed: over.partition, "rows are ordered per", input, inputs[0])
            output = over.partition.isEmpty ? .single : .hashed(Set(over.partition))
        case .sort(_, let sort):
            self.init(
                single: sort.keys.isEmpty
                    ? "LIMIT counts all rows in one place"
                    : "ORDER BY compares all rows in one place"
            )
        case .join(let left, let right, let join):
            self.init(join, left.schemaNames, right.schemaNames, inputs)
        }
    }

    private init(
        _ requirement: Distribution.Requirement,
        _ exchange: Distribution.Exchange,
        _ reason: String,
        output: Spread
    ) {
        self.requirement = requirement
        self.exchange = exchange
        self.reason = reason
        self.output = output
    }

    private init(_ reason: String, output: Spread) {
        self.init(.any, .none, reason, output: output)
    }

    private init(single reason: String) {
        self.init(.single, .single, reason, output: .single)
    }

    /// An operator whose rows meet by columns of its only input.
    private init(keyed columns: [Int], _ verb: String, _ input: Plan, _ spread: Spread) {
        guard !columns.isEmpty else {
            self.init(single: "there is no key: all rows meet in one place")
            return
        }
        let names = columns.map { input.schema[$0].name }.joined(separator: ", ")
        var isTogether = false
        if case .hashed(let present) = spread { isTogether = present.isSubset(of: columns) }
        self.init(
            .hash([columns]),
            isTogether ? .none : .hash,
            isTogether
                ? "\(verb) \(names), and equal keys are together already"
                : "\(verb) \(names): equal keys must meet",
            output: .hashed(Set(columns))
        )
    }

    private init(_ aggregate: Aggregate, input: Plan, spread: Spread) {
        let keys = aggregate.meetingKeys
        self.init(
            keyed: keys,
            aggregate.aggregates.isEmpty ? "duplicates are found by" : "groups are kept by",
            input,
            spread
        )
        if keys.isEmpty {
            if case .session(_, let partition)? = aggregate.window?.kind, !partition.isEmpty {
                reason = "the key has no column of PARTITION BY: sessions of all partitions meet"
            } else if aggregate.window != nil {
                reason = "the window has no key: all rows meet in one place"
            } else {
                reason = "there is one group: all rows meet in one place"
            }
        } else if case .hashed = output {
            let places = keys.compactMap { aggregate.keys.firstIndex(of: $0) }
            output = places.count == keys.count ? .hashed(Set(places)) : .splits
        }
    }

    private init(_ join: Join, _ left: [String], _ right: [String], _ inputs: [Spread]) {
        guard !join.leftKeys.isEmpty else {
            self.init(single: "there is no equality: every pair is compared in one place")
            return
        }
        if join.kind == .antiNullAware {
            self.init(single: "NOT IN has to know of a NULL anywhere on the right side")
            return
        }
        let names = zip(join.leftKeys, join.rightKeys).map { "\(left[$0]) = \(right[$1])" }
        self.init(
            .hash([join.leftKeys, join.rightKeys]),
            .hash,
            "rows meet by \(names.joined(separator: " and ")): both sides are spread alike",
            output: join.kind == .full || join.kind == .right
                ? .splits : .hashed(Set(join.leftKeys))
        )
    }
}

extension DistributionRule {
    /// What a strategy that the plan allows changes.
    mutating func apply(_ strategy: DistributionStrategy, _ plan: Plan) {
        guard case .hash(let keys) = requirement else { return }
        switch strategy {
        case .fanIn:
            requirement = .single
            exchange = .single
            reason = "strategy=fan_in brings all rows to one place"
            output = .single
        case .sticky:
            guard keys.count == 1, let input = plan.inputs.first,
                let declared = input.declaredPartitioning
            else { return }
            requirement = .hash([declared.sorted()])
            reason += "; strategy=sticky keeps the partitions of the source"
        case .hash, .roundRobin, .smart: break
        }
    }
}

extension Plan {
    fileprivate var schemaNames: [String] { schema.fields.map(\.name) }
}

extension Spread {
    /// The spread of a projection's output: the columns must all survive.
    fileprivate func through(_ expressions: [Expression]) -> Spread {
        guard case .hashed(let columns) = self else { return self }
        var output: Set<Int> = []
        for column in columns {
            guard let place = expressions.firstIndex(where: { $0.columnIndex == column }) else {
                return .splits
            }
            output.insert(place)
        }
        return .hashed(output)
    }
}
