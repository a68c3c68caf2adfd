internal import Failures
internal import Foundation
internal import JSON
internal import Units

/// What a benchmark found.
struct BenchReport: Sendable {
    let suite: BenchSuite
    let rows: Int
    let rounds: Int
    let machine: BenchMachine
    let versions: [(name: String, version: String)]
    var cases: [BenchCaseReport] = []

    init(_ request: BenchRequest, machine: BenchMachine) {
        suite = request.suite
        rows = request.rows
        rounds = request.rounds
        self.machine = machine
        versions = Self.ownVersions
    }

    /// What was measured, and what built it.
    static var ownVersions: [(name: String, version: String)] {
        let swift = ToolRunner().output(of: "swift", ["--version"])
            .flatMap { ToolVersion(in: $0, after: "Swift version") }
        return [
            ("cutover", VersionReport.current.version),
            ("commit", VersionReport.current.commit ?? "unknown"),
            ("swift", swift.map { "\($0)" } ?? "unknown"),
        ]
    }

    /// Whether all rows agree and every contestant ran.
    var isSound: Bool {
        cases.allSatisfy { $0.difference == nil && $0.rows.allSatisfy { $0.failure == nil } }
    }

    /// Whether rows of somebody differ.
    var differs: Bool { cases.contains { $0.difference != nil } }

    /// The versions of engines as they told them.
    var allVersions: [(name: String, version: String)] {
        var all = versions
        for row in cases.flatMap(\.rows) {
            guard let version = row.version, !all.contains(where: { $0.name == row.name }) else {
                continue
            }
            all.append((row.name, version))
        }
        return all
    }

    var targets: [BenchTarget.Outcome] {
        guard suite == .tumbling, !differs else { return [] }
        return BenchTarget.tumbling.map { $0.outcome(cases, rows: rows) }
    }

    var json: JSONValue {
        var versions = JSONObject()
        for (name, version) in allVersions { versions[name] = JSONValue(version) }
        return [
            "suite": JSONValue(suite.rawValue), "rows": JSONValue(rows),
            "rounds": JSONValue(rounds), "machine": machine.json, "versions": JSONValue(versions),
            "cases": JSONValue(cases.map(\.json)), "targets": JSONValue(targets.map(\.json)),
        ]
    }
}

/// What was found on one case.
struct BenchCaseReport: Sendable {
    let name: String
    var rowsIn = 0
    /// Of V1's rows.
    var digest: String?
    var rows: [BenchRow]
    /// Where it is set, nothing was measured: no figure of a wrong answer counts.
    var difference: BenchDifference?

    init(_ name: String, _ contestants: [BenchContestant], rounds: Int) {
        self.name = name
        rows = contestants.map { BenchRow(contestant: $0, rounds: rounds) }
    }

    /// Each own implementation against peers with as many threads, and the parallel ones against V1.
    var ratios: [BenchRatio] {
        guard difference == nil else { return [] }
        var ratios: [BenchRatio] = []
        for row in rows where !row.contestant.isPeer && row.peakBytes == nil {
            for other in rows where other.name != row.name {
                let isPeer = other.contestant.isPeer
                let isReference =
                    isPeer ? other.threads == row.threads : other.name.hasPrefix("v1")
                guard isReference else { continue }
                ratios.append(
                    BenchRatio(
                        name: row.name,
                        against: other.name,
                        threads: row.threads,
                        value: row.figure.speed(against: other.figure),
                        reason: row.reason ?? other.reason
                    )
                )
            }
        }
        return ratios
    }

    var json: JSONValue {
        var object: JSONObject = [
            "case": JSONValue(name), "equal": JSONValue(difference == nil),
            "rows_in": JSONValue(rowsIn),
            "contestants": JSONValue(rows.map { $0.json(rowsIn, isEqual: difference == nil) }),
            "ratios": JSONValue(ratios.map(\.json)),
        ]
        if let difference {
            object["difference"] = [
                "contestant": JSONValue(difference.contestant),
                "summary": JSONValue(difference.summary),
                "example": JSONValue(difference.example),
            ]
        }
        return JSONValue(object)
    }
}

/// One contestant on one case.
struct BenchRow: Sendable {
    let contestant: BenchContestant
    let rounds: Int
    /// Of the runs that count.
    var seconds: [Double] = []
    /// Runs that do not count, because the processors were not free.
    private(set) var discarded = 0
    private(set) var complaint: String?
    var rowsIn: Int?
    var rowsOut: Int?
    private(set) var version: String?
    /// Why it could not run the case.
    var failure: Failure?
    /// Of a case that measures memory.
    var peakBytes: Int?

    init(contestant: BenchContestant, rounds: Int) {
        self.contestant = contestant
        self.rounds = rounds
    }

    var name: String { contestant.name }
    var threads: Int { contestant.threads }
    var figure: BenchFigure { BenchFigure(seconds: seconds, wanted: rounds) }

    /// Why there is no figure; nil where there is one.
    var reason: String? {
        if let failure { return failure.problem }
        guard peakBytes == nil, !figure.isMeasured else { return nil }
        return "not measurable: \(complaint ?? "no run counted")"
    }

    /// Why runs did not count, where too few are left; a failure is told at length elsewhere.
    var remark: String? { failure == nil && reason != nil ? complaint : nil }

    mutating func take(_ outcome: BenchOutcome) {
        rowsIn = outcome.rowsIn
        rowsOut = outcome.rowsOut
        version = outcome.version
    }

    mutating func discard(_ complaint: String) {
        discarded += 1
        self.complaint = complaint
    }

    /// Rows of the case per second.
    func rate(_ rowsIn: Int) -> Int? {
        figure.median.map { JobSummary.rate(rowsIn, $0) }
    }

    func json(_ caseRows: Int, isEqual: Bool) -> JSONValue {
        var object: JSONObject = [
            "name": JSONValue(name), "peer": JSONValue(contestant.isPeer),
            "threads": JSONValue(threads),
        ]
        if let peakBytes {
            object["peak_memory_bytes"] = JSONValue(peakBytes)
        } else {
            let range = figure.range
            object["median_seconds"] = JSONValue(figure.median.map(JobSummary.rounded))
            object["min_seconds"] = JSONValue((range?.lowerBound).map(JobSummary.rounded))
            object["max_seconds"] = JSONValue((range?.upperBound).map(JobSummary.rounded))
            object["seconds"] = JSONValue(seconds.map { JSONValue(JobSummary.rounded($0)) })
            object["discarded_runs"] = JSONValue(discarded)
            object["rows_per_second"] = JSONValue(rate(caseRows))
        }
        object["rows_in"] = JSONValue(rowsIn)
        object["rows_out"] = JSONValue(rowsOut)
        let whyNot = isEqual ? reason : "not measured: rows of the case differ"
        object["reason"] = JSONValue(whyNot)
        return JSONValue(object)
    }
}

/// How many times as fast one contestant is as another.
struct BenchRatio: Sendable {
    let name: String
    let against: String
    let threads: Int
    /// Nil where one of them is not measurable.
    let value: Double?
    let reason: String?

    var json: JSONValue {
        [
            "contestant": JSONValue(name), "against": JSONValue(against),
            "threads": JSONValue(threads),
            "ratio": JSONValue(value.map { ($0 * 1000).rounded() / 1000 }),
            "reason": JSONValue(value == nil ? reason : nil),
        ]
    }
}
