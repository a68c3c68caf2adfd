/// ln e of one claim against its bound.
package struct LogEvidence: Hashable, Sendable {
    package var value: Double
    /// ln(1/α): the claim is proven from here on.
    package var bound: Double

    package init(value: Double, bound: Double) {
        self.value = value
        self.bound = bound
    }

    package var isProven: Bool { value >= bound }
}

/// What one check says about the evidence so far.
package struct CheckResult: Hashable, Sendable {
    package var name: String
    package var role: CheckRole
    package var verdict: Verdict
    /// Evidence that the rollback bound is crossed.
    package var harm: LogEvidence?
    /// Evidence that the promote bound holds.
    package var safe: LogEvidence?
    /// Units that the check looked at, of the candidate.
    package var units = 0
    /// Units that a pass needs.
    package var unitsRequired = 0
    /// One clause for people: why the verdict is not a pass, with numbers.
    package var detail = ""

    package init(_ plan: CheckPlan, _ verdict: Verdict, _ detail: String = "") {
        name = plan.name
        role = plan.role
        self.verdict = verdict
        self.detail = detail
    }
}

extension CheckResult {
    /// Whether this check lets its stage pass.
    ///
    /// Guards without a bound for promotion pass while they do not fail, and signals hold while they do.
    package var allowsPromotion: Bool { verdict == .pass }

    /// Whether it sends the migration back.
    package var demandsRollback: Bool {
        verdict == .violation || (verdict == .fail && role == .guarding)
    }

    /// What the stage machine needs of it.
    package var reading: CheckReading { CheckReading(name, role, verdict) }

    /// The stage's verdict: the worst of all; no check at all is `no-data`.
    package static func merged(_ results: some Sequence<CheckResult>) -> Verdict {
        Verdict.worst(results.map(\.verdict))
    }
}
