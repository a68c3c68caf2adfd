package import JSON
package import MigrationRules

/// What one router counted in one interval, as it hands it to the controller.
///
/// A report speaks of one generation: the one that decided about its units. Windows that an earlier generation
/// still owns are reported under that one. For each interval a router gives one complete report under the
/// generation that it obeys, also where it counted nothing. Sequence numbers rise from report to report, also over
/// restarts: ``MigrationSnapshot/positions`` has the last one.
package struct PathReport: Hashable, Sendable {
    /// The counts: router, sequence, generation, start of the interval by the wall clock, cells.
    package var evidence: EvidenceReport
    package var durationMs: Int
    /// How many distinct keys each side has had since the generation began, by stratum; empty where keys are
    /// no units of routing, or are counted as units already.
    package var keys: [KeyCounts]
    /// Broken rules; any of them sends the migration back to the baseline.
    package var violations: [Violation]
    /// Kinds of differences that were seen in the interval.
    package var mismatches: [MismatchKind]
    /// Work along the bucket line in the interval, of both sides; nil where the path does not count it.
    package var work: WorkProjection?
    /// The path's own sequence number up to which everything is reported with this report.
    ///
    /// It is stored with the report: a resumed run reads again up to it and reports nothing below it.
    package var position: Int

    package init(
        _ evidence: EvidenceReport,
        durationMs: Int,
        keys: [KeyCounts] = [],
        violations: [Violation] = [],
        mismatches: [MismatchKind] = [],
        work: WorkProjection? = nil,
        position: Int = 0
    ) {
        self.evidence = evidence
        self.durationMs = durationMs
        self.keys = keys
        self.violations = violations
        self.mismatches = mismatches
        self.work = work
        self.position = position
    }

    package var router: String { evidence.router }
    package var generation: Int { evidence.generation }
}

/// Distinct keys that a router has seen on each side under one generation; pinned ones do not count.
package struct KeyCounts: NormalForm {
    package var stratum = 0
    package var candidate = 0
    package var primary = 0

    package init() {}

    package init(stratum: Int = 0, candidate: Int, primary: Int) {
        self.stratum = stratum
        self.candidate = candidate
        self.primary = primary
    }

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("stratum", &stratum)
        try coder.field("candidate", &candidate)
        try coder.field("primary", &primary)
    }
}

/// A rule that was broken.
package struct Violation: NormalForm {
    /// Short: `uniqueness`, `mismatch`.
    package var name = ""
    /// One clause for people, without data values.
    package var text = ""

    package init() {}

    package init(_ name: String, _ text: String = "") {
        self.name = name
        self.text = text
    }

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("name", &name)
        try coder.field("text", &text)
    }
}

/// A kind of difference, without the values.
package struct MismatchKind: Hashable, Sendable {
    package var fingerprint: String
    /// What differs: `value`, `missing`, `extra`.
    package var kind: String
    package var path: String
    /// How often it was seen in the interval.
    package var count: Int
    /// Where an example is kept.
    package var example: String?

    package init(
        fingerprint: String,
        kind: String,
        path: String,
        count: Int,
        example: String? = nil
    ) {
        self.fingerprint = fingerprint
        self.kind = kind
        self.path = path
        self.count = count
        self.example = example
    }
}

/// What a report looks like in the store.
struct StoredReport: NormalForm {
    /// Counts up over all reports of the migration, in the order of their coming.
    var order = 0
    var report = EvidenceReport()
    var durationMs = 0
    var keys: [KeyCounts] = []
    var violations: [Violation] = []
    var position = 0

    init() {}

    init(_ path: PathReport, order: Int) {
        self.order = order
        report = path.evidence
        durationMs = path.durationMs
        keys = path.keys
        violations = path.violations
        position = path.position
    }

    mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("order", &order)
        try coder.field("report", &report)
        try coder.field("durationMs", &durationMs)
        try coder.field("keys", &keys)
        try coder.field("violations", &violations)
        try coder.field("position", &position)
    }
}
