/// What the rates of built-in checks count.
package enum CheckMetric: String, Sendable, Hashable, CaseIterable {
    case failed
    case error
    case timeout
    case shed
    case fallback
    case mismatch
    /// Duration of a unit.
    case unitSeconds = "unit_seconds"
    case records
    case bytes

    /// What it may be divided by.
    package var divisors: [String] {
        switch self {
        case .failed, .error, .timeout, .shed, .fallback: ["total"]
        case .mismatch: ["compared"]
        case .unitSeconds: []
        case .records, .bytes: ["busy_seconds"]
        }
    }

    /// The metric of a check; nil where the name is unknown or the divisor does not fit.
    package init?(_ plan: CheckPlan) {
        guard let name = plan.metric, let metric = Self(rawValue: name) else { return nil }
        let fits = plan.per.map { metric.divisors.contains($0) } ?? metric.divisors.isEmpty
        // An exact count is divided by nothing.
        guard fits || (plan.kind == .count && plan.per == nil) else { return nil }
        self = metric
    }

    /// Bad units of a side; nil where a side by itself has none.
    func bad(_ side: SideCounts) -> Int? {
        switch self {
        case .failed: side.failed
        case .error: side.error
        case .timeout: side.timeout
        case .shed: side.shed
        case .fallback: side.fallback
        case .mismatch, .unitSeconds, .records, .bytes: nil
        }
    }

    /// The value of one unit for checks of means and ratios.
    ///
    /// Speeds are records or bytes per busy second: per wall second a side with less work looks slower.
    /// nil where the unit has no such value, such as a speed without busy time.
    package func value(records: Int, bytes: Int, busyNanoseconds: Int) -> Double? {
        let seconds = Double(busyNanoseconds) / 1e9
        switch self {
        case .unitSeconds: return seconds
        case .records: return seconds > 0 ? Double(records) / seconds : nil
        case .bytes: return seconds > 0 ? Double(bytes) / seconds : nil
        case .failed, .error, .timeout, .shed, .fallback, .mismatch: return nil
        }
    }
}
