package import Failures
package import MigrationJournal
internal import JSON
package import MigrationRules

/// The whole course of a migration, told from its journal: over every restart of the controller.
package struct MigrationStory: Sendable, Hashable {
    /// The time in which one generation's routes were active.
    package struct Span: Sendable, Hashable {
        /// `baseline` after a rollback to it.
        package var stage: String
        package var stageIndex: Int?
        package var generation: Int
        package var weightPPM: Int
        package var shadowPPM: Int
        /// Event time from which the generation owns windows.
        package var barrier: Int64?
        package var fromMs: Int
        /// nil while it lasts.
        package var toMs: Int?
    }

    /// What was counted in one interval under one generation.
    package struct Interval: Sendable, Hashable {
        package var startMs: Int
        package var durationMs: Int
        package var generation: Int
        package var cell: EvidenceCell
    }

    /// ln e of a check after one interval.
    package struct Point: Sendable, Hashable {
        package var atMs: Int
        package var harm: Double?
        package var safe: Double?
        package var units: Int
        package var verdict: Verdict
    }

    /// The path of one check through one stage.
    package struct CheckPath: Sendable, Hashable {
        package var stage: String
        package var generation: Int
        package var check: String
        package var role: CheckRole
        package var harmBound: Double?
        package var safeBound: Double?
        package var unitsRequired: Int
        package var points: [Point]
    }

    /// A time in which nothing moved: a hold, or a pause.
    package struct Wait: Sendable, Hashable {
        /// The hold's reason, or `paused`.
        package var reason: String
        package var detail: String
        package var fromMs: Int
        /// nil while it lasts.
        package var toMs: Int?
    }

    package var migration: String
    package var name: String
    package var attempt: Int
    package var target: String
    /// Hash of the plan that rules now.
    package var planHash: String
    package var phase: Phase
    /// The current stage; nil before the start.
    package var stage: String?
    package var stageState: StageState?
    package var stageNames: [String]
    /// What began the last rollback.
    package var trigger: String?
    package var waits: [Wait]
    package var events: [MigrationSnapshot.EventView]
    package var spans: [Span]
    package var intervals: [Interval]
    package var paths: [CheckPath]
    package var mismatches: [MismatchRecord]
    package var seq: Int
    package var head: String
}

extension MigrationStory {
    /// Most points of a check's path through a stage; longer ones are thinned.
    private static let pointLimit = 200

    /// Reads a migration's story.
    ///
    /// - Throws: `MIG_UNKNOWN`, `MIG_JOURNAL_CHAIN`, `MIG_JOURNAL_NEWER`.
    package init(of id: String, in journal: MigrationJournal) throws(Failure) {
        let record = try journal.requireMigration(id: id)
        migration = id
        name = record.identity.name
        attempt = record.identity.attempt
        target = record.identity.target
        planHash = record.state.planHash
        stageNames = []
        waits = []
        seq = record.seq
        head = record.head
        mismatches = try journal.mismatches(of: id)
        phase = .draft
        events = []
        spans = []
        intervals = []
        paths = []
        let stored = try journal.events(of: id)
        let hash = stored.first?.payload["plan"]?.string ?? record.state.planHash
        let plan = try ControlState.plan(hash, in: journal)
        var control = try ControlState(record.identity, plan, hash: hash, table: nil)
        var since: [Int: Int] = [:]
        for line in stored {
            let event = try EventCoding.event(line)
            let before = control.rules.stageGeneration
            try control.folded.apply(event)
            if event.type == .planAmended, let amended = event.payload.plan {
                control.plan = try ControlState.plan(amended, in: journal)
            }
            control.follow(event)
            events.append(MigrationSnapshot.EventView(event))
            trigger = event.payload.trigger ?? trigger
            follow(control.rules, atMs: event.atMs)
            if event.type == .stageObserving { since[before] = event.atMs }
            if control.rules.stageGeneration != before { begin(control, event) }
        }
        phase = control.rules.phase
        stage = control.stage?.name
        stageState = control.rules.stageState
        stageNames = control.plan.stages.map(\.name)
        if phase.isTerminal, let last = spans.indices.last {
            spans[last].toMs = control.rules.updatedAtMs
        }
        for span in spans { try read(span, control, since[span.generation], journal) }
        intervals.sort { ($0.startMs, $0.generation) < ($1.startMs, $1.generation) }
    }

    /// Notes where a wait begins or ends.
    private mutating func follow(_ rules: MigrationRules.MigrationState, atMs: Int) {
        let reason = rules.hold?.reason.rawValue ?? (rules.phase == .paused ? "paused" : nil)
        let detail = rules.hold?.detail ?? ""
        if let last = waits.indices.last, waits[last].toMs == nil {
            if waits[last].reason == reason, waits[last].detail == detail { return }
            waits[last].toMs = atMs
        }
        if let reason {
            waits.append(Wait(reason: reason, detail: detail, fromMs: atMs, toMs: nil))
        }
    }

    private mutating func begin(_ control: ControlState, _ event: MigrationEvent) {
        if let last = spans.indices.last { spans[last].toMs = event.atMs }
        let rules = control.rules
        let stage = rules.activeStage.map { control.plan.stages[$0] }
        spans.append(
            Span(
                stage: stage?.name ?? "baseline",
                stageIndex: rules.activeStage,
                generation: rules.stageGeneration,
                weightPPM: stage?.thresholdPPM ?? 0,
                shadowPPM: stage?.samplePPM ?? 0,
                barrier: event.payload.barrier.map { Int64($0) },
                fromMs: event.atMs
            )
        )
    }

    private mutating func read(
        _ span: Span,
        _ control: ControlState,
        _ sinceMs: Int?,
        _ journal: MigrationJournal
    ) throws(Failure) {
        let rows = try journal.evidence(
            of: migration,
            stage: span.stage,
            generation: span.generation
        )
        let reports = try ControlState.reports(rows, question: control.question)
        var cells: [Int: Interval] = [:]
        for stored in reports {
            let start = stored.report.intervalMs
            var interval =
                cells[start]
                ?? Interval(
                    startMs: start,
                    durationMs: stored.durationMs,
                    generation: span.generation,
                    cell: EvidenceCell()
                )
            for var cell in stored.report.cells {
                cell.stratum = 0
                interval.cell.add(cell)
            }
            cells[start] = interval
        }
        intervals += cells.values
        guard let sinceMs, span.stageIndex != nil else { return }
        tell(span, control, sinceMs, reports)
    }

    /// Works the checks out again after each interval, or after as many as a picture can show.
    private mutating func tell(
        _ span: Span,
        _ control: ControlState,
        _ sinceMs: Int,
        _ reports: [StoredReport]
    ) {
        var basis = VerdictBasis()
        basis.generation = span.generation
        basis.activeStage = span.stageIndex
        basis.sinceMs = sinceMs
        let stride = max(1, reports.count / Self.pointLimit)
        var told: [String: CheckPath] = [:]
        var order: [String] = []
        for (index, stored) in reports.enumerated()
        where index % stride == stride - 1 || index == reports.count - 1 {
            basis.order = stored.order
            let end = stored.report.intervalMs + stored.durationMs
            for result in basis.evaluation(control.plan, reports).results {
                var path =
                    told[result.name]
                    ?? CheckPath(
                        stage: span.stage,
                        generation: span.generation,
                        check: result.name,
                        role: result.role,
                        unitsRequired: result.unitsRequired,
                        points: []
                    )
                if told[result.name] == nil { order.append(result.name) }
                path.harmBound = result.harm?.bound ?? path.harmBound
                path.safeBound = result.safe?.bound ?? path.safeBound
                path.points.append(
                    Point(
                        atMs: end,
                        harm: result.harm?.value,
                        safe: result.safe?.value,
                        units: result.units,
                        verdict: result.verdict
                    )
                )
                told[result.name] = path
            }
        }
        paths += order.compactMap { told[$0] }
    }
}
