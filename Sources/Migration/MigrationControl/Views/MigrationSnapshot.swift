internal import Failures
internal import JSON
package import MigrationJournal
package import MigrationRules
internal import Routing

/// What a migration looks like at one moment, for people and programs.
package struct MigrationSnapshot: Sendable, Hashable {
    package var name: String
    package var migration: String
    package var attempt: Int
    package var target: String
    package var phase: Phase
    package var stage: String?
    /// 0-based; nil before the start.
    package var stageIndex: Int?
    package var stageNames: [String]
    package var stageState: StageState?
    package var hold: Hold?
    /// Why it went back, or is going back.
    package var rollbackTrigger: String?
    package var generation: Int
    /// The candidate's share: as decided, as every router obeys it, and as units were really served.
    package var weightSetPPM: Int
    package var weightAckedPPM: Int
    package var weightSeenPPM: Int?
    package var shadowPPM: Int
    /// Event time of the barrier that routers are asked about or have agreed to.
    package var barrier: Int64?
    package var routers: [RouterView]
    /// How far each router has reported; a resumed path goes on from there.
    package var positions: [String: ReportPosition]
    package var soak: SoakView
    package var checks: [CheckView]
    package var comparisons: ComparisonCounts
    /// Units of each side in this stage.
    package var primaryUnits: Int
    package var candidateUnits: Int
    package var isControlled: Bool
    /// What goes wrong and is tried again.
    package var trouble: String?
    package var seq: Int
    package var head: String
    /// The last ones, oldest first.
    package var events: [EventView]

    package struct RouterView: Sendable, Hashable {
        package var id: String
        package var isAlive: Bool
        package var generation: Int
    }

    package struct SoakView: Sendable, Hashable {
        package var milliseconds = 0
        package var wantedMilliseconds = 0
        package var units = 0
        package var wantedUnits = 0
    }

    package struct CheckView: Sendable, Hashable {
        package var name: String
        package var role: CheckRole
        package var verdict: Verdict
        package var harm: LogEvidence?
        package var safe: LogEvidence?
        package var units: Int
        package var unitsRequired: Int
        package var detail: String
    }

    package struct EventView: Sendable, Hashable {
        package var seq: Int
        package var type: String
        package var atMs: Int
        package var actor: String
        /// The payload in words: `generation 3, weight 10%`.
        package var detail: String
    }
}

extension MigrationSnapshot {
    /// What there is to say about a migration without asking its path.
    package init(_ control: ControlState, _ record: MigrationRecord, recent: [MigrationEvent]) {
        var control = control
        let rules = control.rules
        let evaluation = control.evaluation()
        let total = evaluation.total
        name = record.identity.name
        migration = record.id
        attempt = record.identity.attempt
        target = record.identity.target
        phase = rules.phase
        stage = control.stage?.name
        stageIndex = rules.stageIndex
        stageNames = control.plan.stages.map(\.name)
        stageState = rules.stageState
        hold = rules.hold
        rollbackTrigger =
            rules.rollback?.trigger
            ?? recent.last { $0.type == .rollbackStarted || $0.type == .routeAckTimeout }?.payload
            .trigger
        generation = rules.generation
        let set = control.pending ?? control.table
        weightSetPPM = set?.thresholdPPM ?? 0
        weightAckedPPM = rules.activeStage.map { control.plan.stages[$0].thresholdPPM } ?? 0
        // What ran on the candidate to be compared was served by the primary, and is counted there.
        let served = total.candidate.units - (total.shadowed ?? 0)
        let units = served + total.primary.units + total.rest.units
        weightSeenPPM = units > 0 ? served * 1_000_000 / units : nil
        shadowPPM = set?.rules.shadowPPM ?? 0
        barrier = control.barrier?.proposal.barrier ?? control.log.entries.last?.barrier
        routers = []
        positions = control.evidence.positions
        soak = SoakView(
            milliseconds: control.progress.soakMs,
            wantedMilliseconds: control.stage?.soak.minMs ?? 0,
            units: control.progress.soakUnits,
            wantedUnits: control.stage?.soak.units ?? 0
        )
        checks = evaluation.results.map {
            CheckView(
                name: $0.name,
                role: $0.role,
                verdict: $0.verdict,
                harm: $0.harm,
                safe: $0.safe,
                units: $0.units,
                unitsRequired: $0.unitsRequired,
                detail: $0.detail
            )
        }
        comparisons = total.comparisons
        primaryUnits = total.primary.units + total.rest.units
        candidateUnits = total.candidate.units
        isControlled = false
        seq = record.seq
        head = record.head
        events = recent.map { EventView($0) }
    }
}

extension MigrationSnapshot.EventView {
    package init(_ event: MigrationEvent) {
        seq = event.seq
        type = event.type.rawValue
        atMs = event.atMs
        actor = event.actor
        let payload = event.payload
        var words: [String] = []
        if let stage = payload.stage { words.append("stage \(stage)") }
        if let generation = payload.generation { words.append("generation \(generation)") }
        if let weight = payload.weightPPM { words.append("weight \(weight) ppm") }
        if let barrier = payload.barrier { words.append("barrier \(barrier)") }
        if let verdict = payload.verdict { words.append("verdict \(verdict.rawValue)") }
        if let trigger = payload.trigger { words.append(trigger) }
        if let reason = payload.reason { words.append(reason) }
        if let text = payload.detail { words.append(text) }
        if let router = payload.router { words.append("router \(router)") }
        if let subject = payload.subject { words.append(subject) }
        detail = words.joined(separator: ", ")
    }
}

extension ControllerCore {
    /// Every migration under control, the latest attempt of each name.
    func snapshots() -> [String: MigrationSnapshot] {
        var snapshots: [String: MigrationSnapshot] = [:]
        for entry in entries.values {
            let name = entry.record.identity.name
            if let known = snapshots[name], known.attempt > entry.record.identity.attempt {
                continue
            }
            var snapshot = MigrationSnapshot(entry.control, entry.record, recent: entry.recent)
            snapshot.isControlled = true
            let open = openIntents[entry.record.id]?.min { $0.key < $1.key }?.value
            snapshot.trouble = (troubles[entry.record.id] ?? open)?.description
            snapshot.routers = entry.routers.map {
                .init(id: $0.id, isAlive: $0.isAlive, generation: $0.generation)
            }
            snapshots[name] = snapshot
        }
        return snapshots
    }
}
