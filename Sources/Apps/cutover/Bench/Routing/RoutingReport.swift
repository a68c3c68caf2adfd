internal import JSON
internal import StreamSQL
internal import Units

/// What the suite `routing` found.
struct RoutingReport: Sendable {
    let rows: Int
    let rounds: Int
    let machine: BenchMachine
    let versions: [(name: String, version: String)]
    var cases: [RoutingCase] = []

    /// Whether everybody gave the same answers.
    var isSound: Bool { cases.allSatisfy(\.isEqual) }

    var targets: [RoutingTarget.Outcome] {
        isSound ? RoutingTarget.all.map { $0.outcome(cases) } : []
    }

    var json: JSONValue {
        var versions = JSONObject()
        for (name, version) in self.versions { versions[name] = JSONValue(version) }
        return [
            "suite": JSONValue(BenchSuite.routing.rawValue), "rows": JSONValue(rows),
            "rounds": JSONValue(rounds), "machine": machine.json, "versions": JSONValue(versions),
            "cases": JSONValue(cases.map(\.json)), "targets": JSONValue(targets.map(\.json)),
        ]
    }
}

/// One thing that is measured, in several ways.
struct RoutingCase: Sendable {
    let name: String
    let title: String
    /// Whether all ways gave the same answers.
    var isEqual = true
    var lanes: [RoutingLane]
    /// By how much the heap grew while decisions were made; nil where that is no question.
    var heapGrowth: Int?

    func lane(_ name: String) -> RoutingLane? { lanes.first { $0.name == name } }

    /// How many times as long a lane takes as another; nil where one of them is not measurable.
    func ratio(of name: String, to other: String) -> Double? {
        guard let its = lane(name)?.figure.median, let their = lane(other)?.figure.median, their > 0
        else { return nil }
        return its / their
    }

    var json: JSONValue {
        var object: JSONObject = [
            "case": JSONValue(name), "equal": JSONValue(isEqual), "measures": JSONValue(title),
            "contestants": JSONValue(lanes.map { $0.json(isEqual: isEqual) }),
        ]
        if let heapGrowth { object["heap_growth_bytes"] = JSONValue(heapGrowth) }
        return JSONValue(object)
    }
}

/// One way of doing a case's work.
struct RoutingLane: Sendable {
    let name: String
    let rounds: Int
    /// Of the runs that count.
    private(set) var seconds: [Double] = []
    private(set) var discarded = 0
    private(set) var complaint: String?
    /// Windows of a live job that were not compared, in its last run.
    var skipped: Int?

    init(_ name: String, rounds: Int) {
        self.name = name
        self.rounds = rounds
    }

    var figure: BenchFigure { BenchFigure(seconds: seconds, wanted: rounds) }

    /// Why there is no figure; nil where there is one.
    var reason: String? {
        figure.isMeasured ? nil : "not measurable: \(complaint ?? "no run counted")"
    }

    mutating func take(_ seconds: Double) { self.seconds.append(seconds) }

    mutating func discard(_ complaint: String) {
        discarded += 1
        self.complaint = complaint
    }

    func json(isEqual: Bool) -> JSONValue {
        let range = figure.range
        var object: JSONObject = [
            "name": JSONValue(name),
            "median_seconds": JSONValue(figure.median.map(Self.rounded)),
            "min_seconds": JSONValue((range?.lowerBound).map(Self.rounded)),
            "max_seconds": JSONValue((range?.upperBound).map(Self.rounded)),
            "seconds": JSONValue(seconds.map { JSONValue(Self.rounded($0)) }),
            "discarded_runs": JSONValue(discarded),
            "reason": JSONValue(isEqual ? reason : "not measured: answers of the case differ"),
        ]
        if let skipped { object["skipped"] = JSONValue(skipped) }
        return JSONValue(object)
    }

    /// To a hundredth of a nanosecond.
    private static func rounded(_ seconds: Double) -> Double {
        (seconds * 1e11).rounded() / 1e11
    }
}

/// A ratio that shall not be exceeded; missing it fails nothing.
struct RoutingTarget: Sendable {
    let item: String
    let name: String
    let against: String
    let most: Double
    let aim: Double
    /// A lane that does the same as `against`: where the two differ by more than is allowed, nothing can be said.
    var control: String?

    static let all: [RoutingTarget] = [
        .init(item: "decision", name: "decision", against: "siphash-c", most: 1.5, aim: 1.1),
        .init(item: "decision", name: "batch", against: "siphash-c", most: 1.5, aim: 1.1),
        .init(item: "live", name: "live", against: "alone", most: 1.05, aim: 1.05),
        .init(item: "live-units", name: "live", against: "alone", most: 1.05, aim: 1.05),
        .init(
            item: "shadow",
            name: "stalled",
            against: "none",
            most: 1.01,
            aim: 1.01,
            control: "again"
        ),
    ]

    struct Outcome: Sendable {
        let target: RoutingTarget
        /// Nil where there is no figure.
        let value: Double?
        let reason: String?

        var verdict: String {
            guard let value, reason == nil else { return reason ?? "not measured" }
            if value <= target.aim { return "aim reached" }
            return value <= target.most ? "reached" : "missed"
        }

        var json: JSONValue {
            [
                "figure": JSONValue(target.figure), "unit": "times",
                "value": JSONValue(value.map { ($0 * 1000).rounded() / 1000 }),
                "most": JSONValue(target.most), "aim": JSONValue(target.aim),
                "verdict": JSONValue(verdict),
            ]
        }
    }

    var figure: String { "\(item): \(name) against \(against)" }

    func outcome(_ cases: [RoutingCase]) -> Outcome {
        guard let found = cases.first(where: { $0.name == item }) else {
            return Outcome(target: self, value: nil, reason: nil)
        }
        let lanes = [name, against, control].compactMap { $0.flatMap(found.lane) }
        if let reason = lanes.compactMap(\.reason).first {
            return Outcome(target: self, value: nil, reason: reason)
        }
        let value = found.ratio(of: name, to: against)
        if let control, let same = found.ratio(of: control, to: against) {
            let noise = abs(same - 1)
            if noise > most - 1, (value ?? 0) > most {
                let percent = NumberText.fixed(noise * 100, digits: 1)
                let reason = "not measurable: equal runs differ by \(percent) %"
                return Outcome(target: self, value: value, reason: reason)
            }
        }
        return Outcome(target: self, value: value, reason: nil)
    }
}
