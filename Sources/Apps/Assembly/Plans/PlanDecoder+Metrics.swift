internal import Arguments
internal import MigrationRules
internal import YAML

/// Whether routers count what a check measures.
extension PlanDecoder {
    func requireMetric(of check: CheckPlan, at node: YAMLNode) {
        let known = Self.metrics(of: check.kind)
        // Providers, programs and invariants name what they measure themselves.
        guard check.provider == nil, !known.isEmpty, let metric = check.metric else { return }
        let text = [metric, check.per].compactMap(\.self).joined(separator: "/")
        guard !known.contains(text) else { return }
        reading.refuse(
            "check \(check.name) measures \(text), which is not counted for a \(check.kind.rawValue)",
            remedy: NearestName.remedy(for: text, in: known),
            at: node.position
        )
    }

    private static func metrics(of kind: CheckPlan.Kind) -> [String] {
        let counted: [CheckMetric] = [.failed, .error, .timeout, .shed, .fallback]
        switch kind {
        case .rate: return names(counted + [.mismatch])
        case .rateRatio: return names(counted)
        case .quantile: return names([.unitSeconds])
        case .mean: return names([.unitSeconds, .records, .bytes])
        case .ratio: return names([.records, .bytes])
        // An exact count is divided by nothing, and may be written like the rate of the same name.
        case .count: return (counted + [.mismatch]).map(\.rawValue) + names(counted + [.mismatch])
        case .paired, .threshold, .invariant: return []
        }
    }

    private static func names(_ metrics: [CheckMetric]) -> [String] {
        metrics.flatMap { metric in
            metric.divisors.isEmpty
                ? [metric.rawValue] : metric.divisors.map { "\(metric.rawValue)/\($0)" }
        }
    }
}
