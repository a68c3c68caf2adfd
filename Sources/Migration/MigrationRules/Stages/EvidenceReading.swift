/// What the evidence at hand says about the current stage.
struct EvidenceReading {
    /// The worst of guards, gates and invariants; `no-data` for a check without a reading.
    var verdict: Verdict
    /// No check, signals included, fails or is without data.
    var isHealthy: Bool
    var failingGuard: String?
    var violation: String?
    var failingSignal: String?

    /// Readings under another generation are about other routes and count as none; those under another
    /// plan may roll back but never pass.
    init(
        _ state: MigrationState,
        _ plan: MigrationPlan,
        _ facts: MigrationFacts,
        _ settings: MachineSettings
    ) {
        var readings: [CheckReading] = []
        var isCurrent = false
        if let evidence = facts.evidence, evidence.generation == state.stageGeneration {
            readings = evidence.checks
            isCurrent = evidence.planHash == state.planHash
        }
        violation = readings.first { $0.verdict == .violation }?.name
        failingGuard = readings.first { $0.role == .guarding && $0.verdict == .fail }?.name
        failingSignal = readings.first { $0.role == .signal && $0.verdict == .fail }?.name

        var verdicts = readings.filter { $0.role != .signal }.map(\.verdict)
        let names = Set(readings.map(\.name))
        let lacksReading = plan.checks.contains { $0.role != .signal && !names.contains($0.name) }
        let isIdle = facts.candidateIdleMs.map { $0 > settings.maxIdleMs } ?? true
        if lacksReading || isIdle || !isCurrent { verdicts.append(.noData) }
        verdict = Verdict.worst(verdicts)
        isHealthy =
            verdict < .noData
            && readings.allSatisfy { $0.verdict == .pass || $0.verdict == .inconclusive }
    }
}
