package import JSON
internal import MigrationJournal
package import MigrationRules

/// The evidence of the stage whose routes are active, and what reports said beside their counts.
///
/// Reports are numbered in the order of their coming, so that a verdict can name the ones that it was made of.
struct StageStore: Sendable {
    /// An interval of which not every router has reported everything.
    struct OpenInterval: Hashable, Sendable {
        var endMs: Int
        var reported: Set<String> = []
        var candidateUnits = 0
    }

    private(set) var ledger = EvidenceLedger()
    /// The active generation, and its stage's name.
    private(set) var generation = 0
    /// Wall clock at which the stage began to observe; nil before.
    private(set) var sinceMs: Int?
    /// Number of the last report of the migration.
    private(set) var order = 0
    /// Grows with whatever a verdict could depend on.
    private(set) var version = 0
    /// The newest counts of distinct keys of each router.
    private(set) var keys: [String: [KeyCounts]] = [:]
    /// End of the last interval in which the candidate ran a unit, by the wall clock.
    private(set) var candidateRanMs: Int?
    /// The path's own sequence number of each router, and the number of its last report.
    private(set) var positions: [String: ReportPosition] = [:]
    private(set) var violations: [Violation] = []
    /// The work of each router in its last interval.
    private var work: [String: WorkProjection] = [:]
    /// Checks that failed in this stage.
    private(set) var failed: Set<String> = []
    private var intervals: [Int: OpenInterval] = [:]
    /// Reports under generations that are not active yet: routers switch before the journal says so.
    private var early: [StoredReport] = []
    /// Starts of intervals up to this one are closed.
    private var closedThrough = Int.min
    /// Names of stages by the generation that gave them their routes.
    private var stageNames: [Int: String] = [:]

    /// The name under which evidence of a generation is kept.
    func stageName(_ generation: Int) -> String { stageNames[generation] ?? "baseline" }

    mutating func name(_ stage: String?, generation: Int) {
        stageNames[generation] = stage ?? "baseline"
    }

    /// The routes of a generation are active: what is counted from now on is about them.
    mutating func begin(generation: Int) {
        guard generation != self.generation else { return }
        self.generation = generation
        ledger = EvidenceLedger()
        sinceMs = nil
        keys = [:]
        candidateRanMs = nil
        failed = []
        intervals = [:]
        closedThrough = .min
        version += 1
        let waiting = early
        early = []
        for report in waiting where report.report.generation >= generation {
            _ = ledger.insert(report.report)
            follow(report)
        }
    }

    /// Warming up is over.
    mutating func observe(sinceMs: Int) {
        self.sinceMs = sinceMs
        version += 1
    }

    mutating func restore(_ positions: [String: ReportPosition], violations: [Violation]) {
        self.positions = positions
        self.violations = violations
        order = positions.values.map(\.order).max() ?? 0
    }

    mutating func latch(_ names: some Sequence<String>) {
        for name in names where failed.insert(name).inserted { version += 1 }
    }

    /// Takes a report in.
    ///
    /// - Returns: it with its number; nil for one that came before.
    mutating func take(_ path: PathReport) -> StoredReport? {
        let outcome = ledger.insert(path.evidence)
        guard outcome != .repeated else { return nil }
        let known = positions[path.router]
        if path.generation != generation, let known, path.evidence.sequence <= known.sequence {
            // It is of earlier routes, whose reports are not in memory any more, and was stored already.
            return nil
        }
        let report = StoredReport(path, order: order + 1)
        follow(report)
        violations += path.violations
        if let counted = path.work { work[path.router] = counted }
        return report
    }

    /// Takes in a report as it was stored.
    mutating func restore(_ report: StoredReport) {
        _ = ledger.insert(report.report)
        // Its interval was closed by the controller that stored it, or it is lost for the soak.
        closedThrough = max(closedThrough, report.report.intervalMs)
        follow(report)
    }

    private mutating func follow(_ stored: StoredReport) {
        let report = stored.report
        order = max(order, stored.order)
        var position = positions[report.router] ?? ReportPosition()
        position.position = max(position.position, stored.position)
        position.sequence = max(position.sequence, report.sequence)
        position.order = max(position.order, stored.order)
        positions[report.router] = position
        if report.generation > generation { early.append(stored) }
        guard report.generation == generation else { return }
        version += 1
        if !stored.keys.isEmpty { keys[report.router] = stored.keys }
        let end = report.intervalMs + stored.durationMs
        let units = report.cells.reduce(0) { $0 + $1.candidate.units }
        if units > 0 { candidateRanMs = max(candidateRanMs ?? end, end) }
        guard report.intervalMs > closedThrough else { return }
        var interval = intervals[report.intervalMs] ?? OpenInterval(endMs: end)
        interval.endMs = max(interval.endMs, end)
        interval.candidateUnits += units
        if report.isComplete { interval.reported.insert(report.router) }
        intervals[report.intervalMs] = interval
    }

    /// The intervals that closed by now, as one: each router has reported all of them, or is late.
    mutating func close(routers: [String], nowMs: Int, latenessMs: Int) -> IntervalReport? {
        var closed: IntervalReport?
        for (start, interval) in intervals.sorted(by: { $0.key < $1.key }) {
            let missing = routers.filter { !interval.reported.contains($0) }
            guard missing.isEmpty || nowMs >= interval.endMs + latenessMs else { break }
            var report = closed ?? IntervalReport(candidateUnits: 0)
            // What began before the stage observed is no evidence, so it is no soak.
            if let sinceMs, start >= sinceMs { report.candidateUnits += interval.candidateUnits }
            report.missingRouters = Array(Set(report.missingRouters + missing)).sorted()
            closed = report
            intervals[start] = nil
            closedThrough = start
        }
        return closed
    }

    /// The counts of the stage; empty while it does not observe.
    var counts: StageCounts {
        guard let sinceMs else {
            return StageCounts(sinceMs: 0, intervals: [], hasConflicts: ledger.hasConflicts)
        }
        return ledger.evidence(generations: generation...generation, sinceMs: sinceMs)
    }

    /// The work of all routers in their last intervals.
    var projection: WorkProjection {
        var total = WorkProjection()
        for counted in work.values { total.add(counted) }
        return total
    }

    /// Distinct keys of the stage by stratum, over all routers.
    var keyTotals: [KeyCounts] { Self.totals(keys) }

    static func totals(_ keys: [String: [KeyCounts]]) -> [KeyCounts] {
        var totals: [Int: KeyCounts] = [:]
        for counts in keys.values.joined() {
            var total =
                totals[counts.stratum]
                ?? KeyCounts(stratum: counts.stratum, candidate: 0, primary: 0)
            total.candidate += counts.candidate
            total.primary += counts.primary
            totals[counts.stratum] = total
        }
        return totals.values.sorted { $0.stratum < $1.stratum }
    }
}

/// How far a router has reported.
package struct ReportPosition: NormalForm {
    /// The path's own sequence number: everything up to it was reported and stored.
    package var position = 0
    /// Number of the router's last report.
    package var sequence = 0
    /// Number of that report over all routers.
    package var order = 0

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("position", &position)
        try coder.field("sequence", &sequence)
        try coder.field("order", &order)
    }
}
