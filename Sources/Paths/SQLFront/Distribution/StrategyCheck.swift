internal import Columns
internal import Failures

/// Refuses a strategy that would change a plan's result.
struct StrategyCheck {
    let strategy: DistributionStrategy

    func check(_ plan: Plan) throws(Failure) {
        guard strategy != .smart, strategy != .fanIn else { return }
        if let obstacle = obstacle(plan) {
            throw .request(
                "PLAN_UNSAFE_STRATEGY",
                "\(strategy.rawValue) would change the result of \(plan.operatorName): \(obstacle)",
                remedy: "use strategy=smart, which spreads rows as the plan needs it",
                at: plan.position
            )
        }
        for input in plan.inputs { try check(input) }
    }

    /// Why the strategy does not fit the operator; nil where it does.
    private func obstacle(_ plan: Plan) -> String? {
        switch plan.operation {
        case .scan, .values, .filter, .project, .assignWindows, .union: return nil
        case .aggregate(let input, let aggregate):
            let keys = aggregate.meetingKeys
            if keys.isEmpty {
                // Rows may be prepared anywhere; one place takes them.
                return strategy == .roundRobin ? nil : "it has no key, so all rows must meet"
            }
            return keyed(keys, input)
        case .topN(let input, let topN): return partitioned(topN.partition, input)
        case .over(let input, let over): return partitioned(over.partition, input)
        case .sort: return "it needs all rows in one place"
        case .join(let left, let right, let join): return joined(join, left, right)
        }
    }

    /// A keyed aggregate: round robin may stand before its hash exchange.
    private func keyed(_ keys: [Int], _ input: Plan) -> String? {
        switch strategy {
        case .sticky: sticky(keys, input)
        default: nil
        }
    }

    private func partitioned(_ keys: [Int], _ input: Plan) -> String? {
        if keys.isEmpty { return "it has no PARTITION BY, so all rows must meet" }
        switch strategy {
        case .sticky: return sticky(keys, input)
        case .roundRobin: return "rows of one partition would be apart"
        default: return nil
        }
    }

    private func joined(_ join: Join, _ left: Plan, _ right: Plan) -> String? {
        if strategy == .roundRobin { return "rows that match would be apart" }
        if join.leftKeys.isEmpty { return "it has no equality to hash" }
        if join.kind == .antiNullAware { return "it has to know of every NULL on its right side" }
        guard strategy == .sticky else { return nil }
        return sticky(join.leftKeys, left) ?? sticky(join.rightKeys, right)
    }

    /// Rows stay with their source: it must be declared PARTITIONED BY some of the keys.
    private func sticky(_ keys: [Int], _ input: Plan) -> String? {
        guard let partitioning = input.declaredPartitioning else {
            return "its source is not declared PARTITIONED BY"
        }
        let isCovered = !partitioning.isEmpty && partitioning.isSubset(of: keys)
        return isCovered ? nil : "its source is partitioned by other columns"
    }
}

extension Plan {
    /// Output columns by which the plan's only source is declared to be partitioned, where all of them survive.
    package var declaredPartitioning: Set<Int>? {
        switch operation {
        case .scan(let scan):
            guard !scan.table.partitionedBy.isEmpty else { return nil }
            var columns: Set<Int> = []
            for name in scan.table.partitionedBy {
                guard let column = schema.index(of: name) else { return nil }
                columns.insert(column)
            }
            return columns
        case .filter(let input, _), .assignWindows(let input, _):
            return input.declaredPartitioning
        case .project(let input, let expressions):
            guard let below = input.declaredPartitioning else { return nil }
            var columns: Set<Int> = []
            for column in below {
                guard let place = expressions.firstIndex(where: { $0.columnIndex == column })
                else { return nil }
                columns.insert(place)
            }
            return columns
        default: return nil
        }
    }
}

extension Aggregate {
    /// Columns whose equal values must be in one partition; empty where all rows must meet.
    ///
    /// Groups of a session window may only be spread by what is both a key and a partition: partitions that the
    /// keys do not tell apart may share a group.
    package var meetingKeys: [Int] {
        guard case .session(_, let partition)? = window?.kind else { return keys }
        return partition.filter(keys.contains)
    }
}

/// Whether single (group key, window) units of a plan may be routed to another implementation.
struct KeyWindowRouting {
    /// The sentence that says why not.
    let obstacle: String?

    init(_ plan: Plan) {
        obstacle = Self.obstacle(plan)
    }

    /// Legal: stateless → one TUMBLE, HOP or CUMULATE aggregate → stateless.
    private static func obstacle(_ plan: Plan) -> String? {
        var node = plan
        var found: (Plan, Aggregate)?
        while true {
            switch node.operation {
            case .scan:
                guard let (input, aggregate) = found else { return "no window closes in it" }
                return obstacle(input, aggregate)
            case .filter(let input, _), .project(let input, _): node = input
            case .aggregate(let input, let aggregate) where found == nil:
                found = (input, aggregate)
                node = input
            default:
                return "\(node.operatorName) keeps rows beyond one key and window"
            }
        }
    }

    private static func obstacle(_ input: Plan, _ aggregate: Aggregate) -> String? {
        switch aggregate.window?.kind {
        case .tumble, .hop, .cumulate: break
        case .session: return "a session's bounds depend on other rows"
        case .attached: return "its windows come from another operator"
        case nil: return "its groups have no window"
        }
        for key in aggregate.keys where input.schema[key].type.isApproximate {
            return "the key \(input.schema[key].name) is \(input.schema[key].type) (MIG_KEY_TYPE)"
        }
        return nil
    }
}

/// Bytes that an operator's state takes.
enum StateEstimate {
    /// A sentence such as `about 112 bytes per open (key, window)`; nil for a stateless operator.
    static func text(of plan: Plan) -> String? {
        switch plan.operation {
        case .scan, .values, .filter, .project, .assignWindows, .union: return nil
        case .aggregate(let input, let aggregate):
            let bytes =
                32 + width(aggregate.keys, input)
                + aggregate.aggregates.reduce(0) { total, call in
                    total + width(of: call)
                }
            let entry =
                aggregate.window == nil
                ? "group" : aggregate.keys.isEmpty ? "open window" : "open (key, window)"
            let distinct = aggregate.aggregates.contains(where: \.isDistinct)
            return "about \(bytes) bytes per \(entry)\(distinct ? ", and each distinct value" : "")"
        case .topN(let input, let topN):
            let keeps = topN.ranks.upperBound
            return "up to \(keeps) rows of about \(width(input)) bytes per partition"
        case .over(let input, _): return "every row, about \(width(input)) bytes each"
        case .sort(let input, let sort):
            guard let limit = sort.limit else {
                return "every row, about \(width(input)) bytes each"
            }
            return "up to \(limit.addingReportingOverflow(sort.offset).partialValue) rows of about "
                + "\(width(input)) bytes"
        case .join(let left, let right, let join):
            let scope = join.window == nil ? "every row of both sides" : "every row of open windows"
            return "\(scope), about \(width(left)) and \(width(right)) bytes each"
        }
    }

    private static func width(_ plan: Plan) -> Int {
        16 + width(Array(0..<plan.schema.count), plan)
    }

    private static func width(_ columns: [Int], _ plan: Plan) -> Int {
        columns.reduce(0) { total, column in
            switch plan.schema[column].type.physical {
            case .boolean: total + 1
            case .integer, .double: total + 8
            case .decimal: total + 16
            case .text: total + 24
            }
        }
    }

    private static func width(of call: AggregateCall) -> Int {
        switch call.function {
        case .count: 8
        case .sum, .minimum, .maximum, .firstValue, .lastValue, .anyValue: 24
        case .average, .standardDeviationPopulation, .standardDeviationSample, .variancePopulation,
            .varianceSample:
            32
        case .listAggregate: 48
        }
    }
}
