internal import Failures
internal import Files
internal import Flow
internal import StreamSQL
internal import Units

/// The suite `routing`: what it costs to route, to collect evidence and to shadow.
struct RoutingBench {
    private let request: BenchRequest
    private let console: Console
    private var probe = ProcessorProbe()

    /// Rows a second of the case `shadow`: far below what the primary takes, so that rows wait for nobody.
    private static let rowsPerSecond = 1e6

    init(_ request: BenchRequest, console: Console) {
        self.request = request
        self.console = console
    }

    /// Measures everything.
    ///
    /// - Throws: what making data and running throws.
    mutating func run() throws(Failure) -> RoutingReport {
        let machine = BenchMachine()
        let data = BenchData(
            suite: .routing,
            rows: request.rows,
            directory: request.dataDirectory,
            console: console
        )
        let folder = try data.supply()
        var report = RoutingReport(
            rows: request.rows,
            rounds: request.rounds,
            machine: machine,
            versions: BenchReport.ownVersions
        )
        report.cases.append(try decision())
        let scripts = Directory.join(request.resources, "Benchmarks/stream")
        for (name, file) in [("live", "tumbling.sql"), ("live-units", "routing-units.sql")] {
            let script = try BenchScript(Directory.join(scripts, file), folder: folder)
            report.cases.append(try live(name, script))
        }
        let units = try BenchScript(Directory.join(scripts, "routing-units.sql"), folder: folder)
        report.cases.append(try shadow(units))
        return report
    }

    // MARK: Cases

    private mutating func decision() throws(Failure) -> RoutingCase {
        var lanes = try RouteDecisionLanes(decisions: request.rows)
        var found = RoutingCase(
            name: "decision",
            title: "seconds for each key of 12 bytes",
            lanes: RouteDecisionLanes.Lane.allCases.map {
                RoutingLane($0.rawValue, rounds: request.rounds)
            }
        )
        found.isEqual = try lanes.agree()
        guard found.isEqual else { return found }
        found.heapGrowth = try lanes.heapGrowth()
        var sums: [RouteDecisionLanes.Lane: UInt64] = [:]
        for lane in RouteDecisionLanes.Lane.allCases { sums[lane] = try lanes.run(lane).sum }
        found.isEqual = sums[.decision] == sums[.batch]
        try measure(&found, threads: 1) { (index) throws(Failure) in
            let lane = RouteDecisionLanes.Lane.allCases[index]
            let run = try lanes.run(lane)
            return run.sum == sums[lane] ? run.seconds : nil
        }
        return found
    }

    /// The job alone and as a live job that gives the candidate nothing.
    private mutating func live(
        _ name: String,
        _ script: BenchScript
    ) throws(Failure) -> RoutingCase {
        let runs = try RoutedRuns(script, console: console)
        let primary = request.contestants[0]
        let alone = try runs.alone(primary.name)
        let first = try runs.live(primary.name)
        var found = RoutingCase(
            name: name,
            title: "\(alone.rowsIn) rows, \(alone.rowsOut) windows, on \(primary.name)",
            lanes: ["alone", "live"].map { RoutingLane($0, rounds: request.rounds) }
        )
        found.isEqual = first.digest == alone.digest
        guard found.isEqual else { return found }
        try measure(&found, threads: 2) { (index) throws(Failure) in
            let run = try index == 0 ? runs.alone(primary.name) : runs.live(primary.name)
            return run.digest == alone.digest ? run.seconds : nil
        }
        return found
    }

    /// The time from the row that closes a window to the window's row, with and without a stalled candidate.
    private mutating func shadow(_ script: BenchScript) throws(Failure) -> RoutingCase {
        let runs = try RoutedRuns(script, console: console)
        let primary = request.contestants[0].name
        let alone = try runs.alone(primary)
        let names = ["none", "stalled", "again"]
        var found = RoutingCase(
            name: "shadow",
            title: "99th percentile of the time until a window is written",
            lanes: names.map { RoutingLane($0, rounds: request.rounds) }
        )
        var skipped: [Int] = names.map { _ in 0 }
        try measure(&found, threads: 2) { (index) throws(Failure) in
            let run = try runs.live(
                primary,
                index == 1 ? .stalled : .none,
                rowsPerSecond: Self.rowsPerSecond
            )
            skipped[index] = run.skipped
            return run.digest == alone.digest ? Self.quantile(0.99, run.emission) : nil
        }
        for index in names.indices { found.lanes[index].skipped = skipped[index] }
        return found
    }

    /// The least time that at least a share of all windows had at most; 0 without windows.
    static func quantile(_ share: Double, _ times: [Duration: Int]) -> Double {
        let all = times.values.reduce(0, +)
        var rest = Int((Double(all) * share).rounded(.up))
        for (time, count) in times.sorted(by: { $0.key < $1.key }) {
            rest -= count
            if rest <= 0 { return time.inSeconds }
        }
        return 0
    }

    // MARK: Rounds

    /// Runs every lane once in each round; `body` gives a run's figure, nil for a wrong answer.
    private mutating func measure(
        _ found: inout RoutingCase,
        threads: Int,
        _ body: (Int) throws(Failure) -> Double?
    ) throws(Failure) {
        for _ in 0..<request.rounds {
            for index in found.lanes.indices {
                for _ in 0...BenchSession.extraTries {
                    try console.interruption.check()
                    if let complaint = try probe.complaint(threads: threads) {
                        found.lanes[index].discard(complaint)
                        pause(for: BenchSession.wait)
                        continue
                    }
                    guard let figure = try body(index) else {
                        found.isEqual = false
                        return
                    }
                    if let complaint = try probe.complaint(threads: threads) {
                        found.lanes[index].discard(complaint)
                        continue
                    }
                    found.lanes[index].take(figure)
                    break
                }
            }
        }
    }
}
