internal import JSON
internal import Units

/// What a figure is held against; missing it fails nothing.
struct BenchTarget: Sendable {
    enum Measure: Sendable {
        /// One contestant's speed against another's.
        case speed(of: String, against: String)
        /// Peak memory of every own implementation, which says something from so many rows on.
        case memory(rows: Int)
    }

    let item: String
    let measure: Measure
    /// At least; for memory at most, in bytes.
    let least: Double
    let aim: Double

    static let tumbling: [BenchTarget] = [
        .init(item: "scan", measure: .speed(of: "v1", against: "duckdb"), least: 2, aim: 4),
        .init(item: "csv", measure: .speed(of: "v1", against: "duckdb"), least: 2, aim: 4),
        .init(item: "csv", measure: .speed(of: "v1", against: "flink"), least: 10, aim: 20),
        .init(item: "memory", measure: .speed(of: "v1", against: "duckdb"), least: 1.5, aim: 2.5),
        .init(item: "parquet", measure: .speed(of: "v1", against: "duckdb"), least: 0.8, aim: 1.2),
        .init(item: "csv", measure: .speed(of: "v2:1", against: "v1"), least: 0.9, aim: 1),
        .init(item: "csv", measure: .speed(of: "v2:2", against: "v1"), least: 1.5, aim: 1.8),
        .init(
            item: "peak-memory",
            measure: .memory(rows: 100_000_000),
            least: Double(512 << 20),
            aim: Double(128 << 20)
        ),
    ]

    struct Outcome: Sendable {
        let target: BenchTarget
        /// Nil where there is no figure.
        let value: Double?
        let reason: String?

        var verdict: String {
            guard let value else { return reason ?? "not measured" }
            let isSmallBetter = target.isMemory
            if isSmallBetter ? value <= target.aim : value >= target.aim { return "aim reached" }
            let isEnough = isSmallBetter ? value <= target.least : value >= target.least
            return isEnough ? "reached" : "missed"
        }
    }

    var isMemory: Bool { if case .memory = measure { true } else { false } }

    /// What was measured.
    func outcome(_ cases: [BenchCaseReport], rows: Int) -> Outcome {
        guard let found = cases.first(where: { $0.name == item }) else {
            return Outcome(target: self, value: nil, reason: nil)
        }
        switch measure {
        case .speed(let name, let other):
            let ratio = found.ratios.first { $0.name == name && $0.against == other }
            let absent = "not measured: \(other == "v1" ? name : other) did not run"
            return Outcome(
                target: self,
                value: ratio?.value,
                reason: ratio == nil ? absent : "not measurable"
            )
        case .memory(let least):
            guard rows >= least else {
                let reason = "needs --rows \(least)"
                return Outcome(target: self, value: nil, reason: reason)
            }
            let peak = found.rows.compactMap(\.peakBytes).max().map { Double($0) }
            return Outcome(target: self, value: peak, reason: nil)
        }
    }

    /// `csv: v1 against duckdb`.
    var title: String {
        switch measure {
        case .speed(let name, let other): "\(item): \(name) against \(other)"
        case .memory: item
        }
    }

    func text(_ value: Double) -> String {
        isMemory
            ? ByteCount(bytes: Int(value)).rounded : "\(NumberText.fixed(value, digits: 2))×"
    }
}

extension BenchTarget.Outcome {
    var json: JSONValue {
        let unit = target.isMemory ? "bytes" : "times"
        return [
            "figure": JSONValue(target.title), "unit": JSONValue(unit),
            "value": JSONValue(value.map { ($0 * 1000).rounded() / 1000 }),
            "least": JSONValue(target.least), "aim": JSONValue(target.aim),
            "verdict": JSONValue(verdict),
        ]
    }
}
