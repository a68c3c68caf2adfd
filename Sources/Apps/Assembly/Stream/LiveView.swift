internal import MigrationControl
internal import MigrationRules
internal import Routing
internal import StreamSQL

/// What a live run looks like at one moment, in plain words and numbers.
package struct LiveView: Sendable, Hashable {
    package var name = ""
    package var attempt = 0
    /// Such as `running`, `completed` or `rolled-back`.
    package var phase = "ready"
    /// nil before the start and after the end.
    package var stage: String?
    /// From 1.
    package var stageNumber = 0
    package var stages: [String] = []
    package var stageState: String?
    /// Why it waits, or why it went back.
    package var reason: String?
    package var generation = 0
    /// Shares of the candidate in parts per million.
    package var weightSet = 0
    package var weightAcked = 0
    package var weightSeen: Int?
    package var shadow = 0
    package var soakUnits = 0
    package var wantedUnits = 0
    package var checks: [Check] = []
    package var primary = Side()
    package var candidate = Side()
    package var compared = 0
    package var different = 0
    package var skipped = 0
    package var trouble: String?
    package var seq = 0
    package var head = ""
    package var events: [Event] = []

    package struct Side: Sendable, Hashable {
        package var name = ""
        package var served = 0
        package var rows = 0
        package var busy = Duration.zero

        /// Rows per busy second; nil before the first row.
        package var rate: Double? {
            busy > .zero ? Double(rows) / (busy / .seconds(1)) : nil
        }
    }

    package struct Check: Sendable, Hashable {
        package var name: String
        package var verdict: String
        /// ln of the evidence against the candidate, with the bound at which it fails.
        package var harm: Evidence?
        /// ln of the evidence for it, with the bound at which it passes.
        package var safe: Evidence?
        package var units: Int
        package var wanted: Int
    }

    package struct Evidence: Sendable, Hashable {
        package var value: Double
        package var bound: Double
    }

    package struct Event: Sendable, Hashable {
        package var seq: Int
        package var type: String
        package var detail: String
    }
}

extension LiveView {
    init(_ snapshot: MigrationSnapshot?, _ totals: LiveTotals, _ plan: MigrationPlan) {
        self.init()
        take(totals, plan)
        guard let snapshot else { return }
        name = snapshot.name
        attempt = snapshot.attempt
        phase = snapshot.phase.rawValue
        stage = snapshot.stage
        stageNumber = (snapshot.stageIndex ?? -1) + 1
        stageState = snapshot.stageState?.rawValue
        reason =
            snapshot.rollbackTrigger ?? snapshot.hold.map { "\($0.reason.rawValue): \($0.detail)" }
        generation = snapshot.generation
        weightSet = snapshot.weightSetPPM
        weightAcked = snapshot.weightAckedPPM
        weightSeen = snapshot.weightSeenPPM
        shadow = snapshot.shadowPPM
        soakUnits = snapshot.soak.units
        wantedUnits = snapshot.soak.wantedUnits
        checks = snapshot.checks.map { check in
            Check(
                name: check.name,
                verdict: check.verdict.rawValue,
                harm: check.harm.map { Evidence(value: $0.value, bound: $0.bound) },
                safe: check.safe.map { Evidence(value: $0.value, bound: $0.bound) },
                units: check.units,
                wanted: check.unitsRequired
            )
        }
        trouble = snapshot.trouble
        seq = snapshot.seq
        head = snapshot.head
        events = snapshot.events.map { Event(seq: $0.seq, type: $0.type, detail: $0.detail) }
    }

    private mutating func take(_ totals: LiveTotals, _ plan: MigrationPlan) {
        primary.name = plan.primary.ref ?? "primary"
        candidate.name = plan.candidate.ref ?? "candidate"
        primary.served = totals.units.primaryServed
        candidate.served = totals.units.candidateServed
        if let work = totals.work[.primary] {
            (primary.rows, primary.busy) = (work.rows, work.busy)
        }
        if let work = totals.work[.candidate] {
            (candidate.rows, candidate.busy) = (work.rows, work.busy)
        }
        compared = totals.units.compared
        different = totals.units.compared - totals.units.matched
        skipped = totals.units.skipped
        stages = plan.stages.map(\.name)
        name = plan.name
    }
}
