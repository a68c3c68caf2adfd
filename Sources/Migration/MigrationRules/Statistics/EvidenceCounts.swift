package import JSON

/// What one cohort of units did in one interval.
///
/// Units of routing are counted, never the records inside them.
package struct SideCounts: NormalForm {
    package var units = 0
    package var ok = 0
    package var error = 0
    package var timeout = 0
    package var shed = 0
    /// Units that this side was tried on first, and that the other side answered.
    package var fallback = 0
    package var busyNanoseconds = 0
    package var records = 0
    package var bytes = 0
    /// Units by duration.
    package var durations = DurationHistogram()
    /// Per-unit values of checks of means and ratios.
    package var values: [NamedMoments] = []

    package init() {}

    /// Units without a good answer of this side: a fallback counts against the side that was tried first.
    package var failed: Int { error + timeout + shed + fallback }

    package mutating func add(_ other: SideCounts) {
        units += other.units
        ok += other.ok
        error += other.error
        timeout += other.timeout
        shed += other.shed
        fallback += other.fallback
        busyNanoseconds += other.busyNanoseconds
        records += other.records
        bytes += other.bytes
        durations.add(other.durations)
        for added in other.values {
            if let place = values.firstIndex(where: { $0.check == added.check }) {
                values[place].sums.add(added.sums)
            } else {
                values.append(added)
            }
        }
    }

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("units", &units)
        try coder.field("ok", &ok)
        try coder.field("error", &error)
        try coder.field("timeout", &timeout)
        try coder.field("shed", &shed)
        try coder.field("fallback", &fallback)
        try coder.field("busyNanoseconds", &busyNanoseconds)
        try coder.field("records", &records)
        try coder.field("bytes", &bytes)
        try coder.field("durations", &durations)
        try coder.field("values", &values)
    }
}

/// The sums of one check's per-unit values.
package struct NamedMoments: NormalForm {
    package var check = ""
    package var sums = MomentSums()

    package init() {}

    package init(_ check: String, _ sums: MomentSums) {
        self.check = check
        self.sums = sums
    }

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("check", &check)
        try coder.field("count", &sums.count)
        try coder.field("sum", &sums.sum)
        try coder.field("squares", &sums.squares)
    }
}

/// How units ran that both sides executed.
///
/// What was dropped, not sampled or ignored is never a match.
package struct ComparisonCounts: NormalForm {
    package var match = 0
    package var mismatch = 0
    package var ignored = 0
    package var primaryError = 0
    package var candidateError = 0
    package var bothError = 0
    package var timeout = 0
    /// Sampled units that were not compared, for example because the queue was full.
    package var skipped = 0
    /// Proven to be the primary's mistake; it passes.
    package var primaryDefect = 0
    /// Proven to be the candidate's mistake; a violation.
    package var candidateDefect = 0
    /// Pairs of which the candidate was worse, and better: what a paired check counts.
    package var candidateWorse = 0
    package var candidateBetter = 0

    package init() {}

    /// Units whose two results were held against each other and judged.
    package var compared: Int { match + mismatch + primaryDefect + candidateDefect }

    package mutating func add(_ other: ComparisonCounts) {
        match += other.match
        mismatch += other.mismatch
        ignored += other.ignored
        primaryError += other.primaryError
        candidateError += other.candidateError
        bothError += other.bothError
        timeout += other.timeout
        skipped += other.skipped
        primaryDefect += other.primaryDefect
        candidateDefect += other.candidateDefect
        candidateWorse += other.candidateWorse
        candidateBetter += other.candidateBetter
    }

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("match", &match)
        try coder.field("mismatch", &mismatch)
        try coder.field("ignored", &ignored)
        try coder.field("primaryError", &primaryError)
        try coder.field("candidateError", &candidateError)
        try coder.field("bothError", &bothError)
        try coder.field("timeout", &timeout)
        try coder.field("skipped", &skipped)
        try coder.field("primaryDefect", &primaryDefect)
        try coder.field("candidateDefect", &candidateDefect)
        try coder.field("candidateWorse", &candidateWorse)
        try coder.field("candidateBetter", &candidateBetter)
    }
}

/// How often one invariant was checked and broken.
package struct InvariantCounts: NormalForm {
    package var name = ""
    package var checked = 0
    package var broken = 0

    package init() {}

    package init(_ name: String, checked: Int, broken: Int) {
        self.name = name
        self.checked = checked
        self.broken = broken
    }

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("name", &name)
        try coder.field("checked", &checked)
        try coder.field("broken", &broken)
    }
}

/// Everything counted for one stratum in one interval.
package struct EvidenceCell: NormalForm {
    /// 0..<64.
    package var stratum = 0
    /// Units on the candidate that their bucket, rank or sample put there.
    package var candidate = SideCounts()
    /// The primary's comparison cohort, or under shadow its runs of the sampled units.
    package var primary = SideCounts()
    /// Units that are no fair sample: pinned, without key, or of the primary outside its cohort.
    package var rest = SideCounts()
    /// Those of the candidate's units that the primary answered: they ran to be compared only.
    package var shadowed: Int?
    package var comparisons = ComparisonCounts()
    package var invariants: [InvariantCounts] = []

    /// Most strata of a migration.
    package static let stratumLimit = 64

    package init() {}

    package init(stratum: Int) { self.stratum = stratum }

    package mutating func add(_ other: EvidenceCell) {
        precondition(stratum == other.stratum, "strata are never pooled")
        candidate.add(other.candidate)
        primary.add(other.primary)
        rest.add(other.rest)
        if let added = other.shadowed { shadowed = (shadowed ?? 0) + added }
        comparisons.add(other.comparisons)
        for added in other.invariants {
            if let place = invariants.firstIndex(where: { $0.name == added.name }) {
                invariants[place].checked += added.checked
                invariants[place].broken += added.broken
            } else {
                invariants.append(added)
            }
        }
    }

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("stratum", &stratum)
        try coder.field("candidate", &candidate)
        try coder.field("primary", &primary)
        try coder.field("rest", &rest)
        try coder.field("shadowed", &shadowed)
        try coder.field("comparisons", &comparisons)
        try coder.field("invariants", &invariants)
    }
}
