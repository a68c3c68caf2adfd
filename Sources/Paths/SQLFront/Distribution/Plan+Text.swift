internal import Columns

extension Plan {
    /// The operator by itself, as explain shows it: `WindowAggregate[TUMBLE 1 h, key origin]`.
    package var label: String {
        let details = self.details
        return details.isEmpty
            ? operatorName : "\(operatorName)[\(details.joined(separator: ", "))]"
    }

    /// `Scan flights`, `WindowAggregate`, `Join`.
    package var operatorName: String {
        switch operation {
        case .scan(let scan): "Scan \(scan.table.name)"
        case .values(let rows): "Values \(rows.count)"
        case .filter: "Filter"
        case .project: "Project"
        case .assignWindows: "AssignWindows"
        case .aggregate(_, let aggregate):
            aggregate.window != nil
                ? "WindowAggregate" : aggregate.aggregates.isEmpty ? "Distinct" : "Aggregate"
        case .topN(_, let topN): topN.window == nil ? "TopN" : "WindowTopN"
        case .over: "Over"
        case .join(_, _, let join): join.window == nil ? "Join" : "WindowJoin"
        case .union: "Union"
        case .sort(_, let sort): sort.keys.isEmpty ? "Limit" : "Sort"
        }
    }

    /// What decides the operator's result, part by part.
    package var details: [String] {
        let input = inputs.first?.schema ?? schema
        switch operation {
        case .scan(let scan): return scan.details(schema)
        case .values, .union: return []
        case .filter(_, let condition): return [condition.text(input)]
        case .project(_, let expressions):
            return zip(expressions, schema.fields).map { expression, field in
                let text = expression.text(input)
                return text == field.name ? text : "\(text) AS \(field.name)"
            }
        case .assignWindows(_, let window): return [window.text(input)]
        case .aggregate(_, let aggregate): return aggregate.details(input)
        case .topN(_, let topN): return topN.details(input)
        case .over(_, let over): return over.details(input)
        case .join(let left, let right, let join): return join.details(left.schema, right.schema)
        case .sort(_, let sort): return sort.details(input)
        }
    }
}

extension Schema {
    fileprivate func names(_ columns: [Int]) -> String {
        columns.map { self[$0].name }.joined(separator: ", ")
    }

    fileprivate func text(_ keys: [SortKey]) -> String {
        keys.map { "\(self[$0.column].name)\($0.isDescending ? " DESC" : "")" }
            .joined(separator: ", ")
    }
}

extension Scan {
    fileprivate func details(_ schema: Schema) -> [String] {
        var parts = [schema.names(Array(0..<schema.count))]
        if let watermark {
            let text =
                watermark.delay.map { delay in
                    let time = watermark.time.text(schema)
                    return delay == 0 ? time : "\(time) - \(DurationUnit.text(delay))"
                } ?? watermark.expression.text(schema)
            parts.append("watermark \(text)")
        }
        if !pruning.isEmpty {
            let hints = pruning.map { $0.text(schema) }
            parts.append("prune \(hints.joined(separator: " AND "))")
        }
        return parts.filter { !$0.isEmpty }
    }
}

extension WindowSpecification {
    /// `TUMBLE 1 h`, `HOP 30 s of 1 min`.
    func text(_ input: Schema) -> String {
        func withOffset(_ text: String, _ offset: Int64) -> String {
            offset == 0 ? text : "\(text) offset \(DurationUnit.text(offset))"
        }
        switch kind {
        case .tumble(let size, let offset):
            return withOffset("TUMBLE \(DurationUnit.text(size))", offset)
        case .hop(let slide, let size, let offset):
            return withOffset(
                "HOP \(DurationUnit.text(slide)) of \(DurationUnit.text(size))",
                offset
            )
        case .cumulate(let step, let maximum, let offset):
            return withOffset(
                "CUMULATE \(DurationUnit.text(step)) to \(DurationUnit.text(maximum))",
                offset
            )
        case .session(let gap, let partition):
            let keys = partition.isEmpty ? "" : " per \(input.names(partition))"
            return "SESSION \(DurationUnit.text(gap))\(keys)"
        case .attached(let start, let end):
            return "window \(input[start].name)..\(input[end].name)"
        }
    }
}

extension AggregateCall {
    fileprivate func text(_ input: Schema) -> String {
        let operands = arguments.isEmpty ? "*" : input.names(arguments)
        let condition = filter.map { " FILTER \(input[$0].name)" } ?? ""
        return "\(function.rawValue)(\(isDistinct ? "DISTINCT " : "")\(operands))\(condition)"
    }
}

extension Aggregate {
    fileprivate func details(_ input: Schema) -> [String] {
        var parts: [String] = []
        if let window { parts.append(window.text(input)) }
        if !keys.isEmpty { parts.append("key \(input.names(keys))") }
        return parts + aggregates.map { $0.text(input) }
    }
}

extension TopN {
    fileprivate func details(_ input: Schema) -> [String] {
        let range =
            ranks.lowerBound == 1
            ? "first \(ranks.upperBound)" : "ranks \(ranks.lowerBound) to \(ranks.upperBound)"
        var parts = [range]
        if !partition.isEmpty { parts.append("per \(input.names(partition))") }
        parts.append("by \(input.text(order))")
        if emitsRank { parts.append("with rank") }
        return parts
    }
}

extension Over {
    fileprivate func details(_ input: Schema) -> [String] {
        var parts: [String] = []
        if !partition.isEmpty { parts.append("per \(input.names(partition))") }
        if !order.isEmpty { parts.append("by \(input.text(order))") }
        return parts + calls.map { "\($0.function.text)(\(input.names($0.arguments)))" }
    }
}

extension Over.Function {
    fileprivate var text: String {
        switch self {
        case .rowNumber: "row_number"
        case .rank: "rank"
        case .denseRank: "dense_rank"
        case .lag(let offset): "lag \(offset)"
        case .lead(let offset): "lead \(offset)"
        case .aggregate(let function): function.rawValue
        }
    }
}

extension Join {
    fileprivate func details(_ left: Schema, _ right: Schema) -> [String] {
        var parts = [kind.rawValue]
        let pairs = zip(leftKeys, rightKeys).map { "\(left[$0].name) = \(right[$1].name)" }
        if !pairs.isEmpty { parts.append(pairs.joined(separator: " AND ")) }
        if let residual {
            parts.append("if \(residual.text(Schema(left.fields + right.fields)))")
        }
        return parts
    }
}

extension Sort {
    fileprivate func details(_ input: Schema) -> [String] {
        var parts: [String] = []
        if !keys.isEmpty { parts.append(input.text(keys)) }
        if let limit { parts.append("limit \(limit)") }
        if offset > 0 { parts.append("offset \(offset)") }
        return parts
    }
}
