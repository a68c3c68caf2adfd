internal import Columns
internal import Failures

/// Turns a bound query into the plan that runs: checks, then passes that make it smaller.
struct PlanFinisher {
    let settings: JobSettings

    func finish(_ plan: Plan) throws(Failure) -> Plan {
        // Without watermarks first, so that columns read only for them are pruned.
        let timed = settings.isBatch ? plan.withoutWatermarks() : plan
        let moved = FilterPushing.apply(ProjectMerging.apply(timed))
        let fused = WindowFusing.apply(ProjectMerging.apply(moved))
        let pruned = ProjectMerging.apply(ColumnPruning.apply(fused))
        let hinted = ScanPruning.apply(pruned)
        let result = settings.isBatch ? hinted.withoutWatermarks() : hinted
        try BoundednessCheck(isBatch: settings.isBatch).check(result)
        try WindowCheck().check(result)
        return result
    }
}

extension Plan {
    /// The plan of batch mode: nothing is late, everything closes at the end of input.
    func withoutWatermarks() -> Plan {
        var result = replacingInputs { $0.withoutWatermarks() }
        result.timeColumn = nil
        if case .scan(var scan) = operation {
            scan.watermark = nil
            result.operation = .scan(scan)
        }
        return result
    }
}

/// Refuses plans that would never give a result, or whose results would have to be taken back.
struct BoundednessCheck {
    let isBatch: Bool

    func check(_ plan: Plan) throws(Failure) {
        if plan.isBounded { return }
        if isBatch { throw unboundedSource(in: plan) }
        for input in plan.inputs { try check(input) }
        guard !plan.inputs.allSatisfy(\.ends), let construct = updating(plan) else { return }
        throw .request(
            "PLAN_UPDATING_UNBOUNDED",
            "\(construct) over unbounded input has no final result",
            remedy: "aggregate in windows, or bound the source (datagen: 'number-of-rows')",
            at: plan.position
        )
    }

    /// How the script calls an operator that is final only at the end of its input.
    private func updating(_ plan: Plan) -> String? {
        switch plan.operation {
        case .scan, .values, .filter, .project, .union: nil
        case .assignWindows: nil
        case .aggregate(_, let aggregate):
            aggregate.window == nil ? "GROUP BY without a window" : nil
        case .topN(_, let topN): topN.window == nil ? "Top-N without a window" : nil
        case .over: "OVER"
        case .join(_, _, let join): join.window == nil ? "a join without a window" : nil
        case .sort(_, let sort):
            if !sort.keys.isEmpty { "ORDER BY" } else { sort.limit == nil ? "OFFSET" : nil }
        }
    }

    private func unboundedSource(in plan: Plan) -> Failure {
        var next = plan
        while let input = next.inputs.first(where: { !$0.isBounded }) { next = input }
        var name = "a source"
        if case .scan(let scan) = next.operation { name = scan.table.name }
        return .request(
            "PLAN_UNBOUNDED",
            "\(name) never ends, and batch mode waits for its end",
            remedy: "SET 'execution.runtime-mode' = 'streaming', or bound the source",
            at: next.position
        )
    }
}

extension Plan {
    /// Whether the plan's rows come to an end: because its input does, or because it needs only so many.
    fileprivate var ends: Bool {
        if isBounded { return true }
        if case .sort(_, let sort) = operation, sort.keys.isEmpty, sort.limit != nil { return true }
        return !inputs.isEmpty && inputs.allSatisfy(\.ends)
    }
}

/// Refuses windows that only an aggregate can make.
struct WindowCheck {
    func check(_ plan: Plan) throws(Failure) {
        if case .assignWindows(_, let window) = plan.operation, case .session = window.kind {
            throw .notYet(
                "SESSION without GROUP BY window_start, window_end",
                remedy: "aggregate the sessions: a row's session is known only when it closes",
                at: plan.position
            )
        }
        for input in plan.inputs { try check(input) }
    }
}
