package import JSON

/// What one router counted in one interval under one generation.
package struct EvidenceReport: NormalForm {
    package var router = ""
    /// Counts up at each router; with its name it tells one report from another.
    package var sequence = 0
    package var generation = 0
    /// Start of the interval, in milliseconds.
    package var intervalMs = 0
    /// Whether nothing of the interval is to follow.
    package var isComplete = false
    package var cells: [EvidenceCell] = []

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("router", &router)
        try coder.field("sequence", &sequence)
        try coder.field("generation", &generation)
        try coder.field("intervalMs", &intervalMs)
        try coder.field("isComplete", &isComplete)
        try coder.field("cells", &cells)
    }
}

/// The reports of one stage: the truth from which statistics are worked out again and again.
///
/// 1. The content depends on the set of reports only, not on their order, nor on repetitions.
/// 2. Reports of other generations and of times before the stage's evidence begins are left out when reading.
package struct EvidenceLedger: Hashable, Sendable {
    private struct Place: Hashable, Comparable, Sendable {
        var router: String
        var sequence: Int

        static func < (left: Self, right: Self) -> Bool {
            (left.router, left.sequence) < (right.router, right.sequence)
        }
    }

    private var reports: [Place: EvidenceReport] = [:]
    private var conflicting: Set<Place> = []

    package enum Outcome: Hashable, Sendable {
        case added
        case repeated
        /// Another report came under the same number: one of them is wrong.
        case conflict
    }

    package init() {}

    package mutating func insert(_ report: EvidenceReport) -> Outcome {
        let place = Place(router: report.router, sequence: report.sequence)
        guard let known = reports[place] else {
            reports[place] = report
            return .added
        }
        if known == report { return .repeated }
        conflicting.insert(place)
        // Whichever came first, the same one stays.
        if report.json.compactText < known.json.compactText { reports[place] = report }
        return .conflict
    }

    /// All reports of both.
    package mutating func merge(_ other: EvidenceLedger) {
        for report in other.reports.values { _ = insert(report) }
        conflicting.formUnion(other.conflicting)
    }

    /// Whether two different reports came under one number; checks are then in error.
    package var hasConflicts: Bool { !conflicting.isEmpty }

    /// Whether every router said that it has counted all of an interval.
    package func isComplete(intervalMs: Int, generation: Int, routers: Set<String>) -> Bool {
        let complete = reports.values.lazy.filter {
            $0.isComplete && $0.intervalMs == intervalMs && $0.generation == generation
        }
        return routers.isSubset(of: complete.map(\.router))
    }

    /// The counts of a stage from a time on, added up over routers.
    ///
    /// `generations` are those with the stage's routes: mostly one, or two where a drill made another.
    package func evidence(generations: ClosedRange<Int>, sinceMs: Int) -> StageCounts {
        var intervals: [Int: [Int: EvidenceCell]] = [:]
        // In one order always: sums of floating-point numbers depend on it.
        for place in reports.keys.sorted() {
            guard let report = reports[place], generations.contains(report.generation),
                report.intervalMs >= sinceMs
            else { continue }
            for cell in report.cells {
                intervals[report.intervalMs, default: [:]][
                    cell.stratum,
                    default: EvidenceCell(stratum: cell.stratum)
                ].add(cell)
            }
        }
        let sorted = intervals.sorted { $0.key < $1.key }.map { interval in
            StageCounts.Interval(
                startMs: interval.key,
                cells: interval.value.sorted { $0.key < $1.key }.map(\.value)
            )
        }
        return StageCounts(sinceMs: sinceMs, intervals: sorted, hasConflicts: hasConflicts)
    }
}

/// The counts of one stage and generation: per interval and stratum, in their order.
package struct StageCounts: Hashable, Sendable {
    package struct Interval: Hashable, Sendable {
        package var startMs: Int
        package var cells: [EvidenceCell]

        package init(startMs: Int, cells: [EvidenceCell]) {
            self.startMs = startMs
            self.cells = cells
        }
    }

    /// When the stage's evidence begins: epochs count from here.
    package var sinceMs: Int
    package var intervals: [Interval]
    /// Whether reports contradict each other.
    package var hasConflicts: Bool

    package init(sinceMs: Int, intervals: [Interval], hasConflicts: Bool = false) {
        self.sinceMs = sinceMs
        self.intervals = intervals
        self.hasConflicts = hasConflicts
    }

    /// Everything in one cell, where strata and intervals do not matter.
    package var total: EvidenceCell {
        var total = EvidenceCell()
        for interval in intervals {
            for cell in interval.cells {
                var cell = cell
                cell.stratum = 0
                total.add(cell)
            }
        }
        return total
    }

    /// The intervals of each epoch of 24 hours, the first one first, none left out.
    var epochs: [[Interval]] {
        var epochs: [[Interval]] = [[]]
        for interval in intervals {
            let place = max(0, (interval.startMs - sinceMs) / Int(RestartMixture.epochMs))
            while epochs.count <= place { epochs.append([]) }
            epochs[place].append(interval)
        }
        return epochs
    }
}
