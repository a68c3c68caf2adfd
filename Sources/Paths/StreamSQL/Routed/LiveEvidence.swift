package import Failures
package import Routing

/// What a live job has seen since it was last asked: counts by the generation that decides about each unit.
///
/// A unit is one key in one window. Nothing here is a value of the data, except the few differences.
package struct LiveEvidence: Sendable {
    /// How the units of one cohort fared.
    package struct Cohort: Sendable, Hashable {
        package var units = 0
        /// Units that the side had to give and did not.
        package var errors = 0
        /// How long units took from the row that closed their window to their result, with their number.
        package var durations: [Duration: Int] = [:]
    }

    /// Distinct keys of one generation so far, counted up to a million on each side.
    package struct Keys: Sendable, Hashable {
        package var candidate = 0
        package var primary = 0
    }

    /// A rule that holds for every result.
    package struct Rule: Sendable, Hashable {
        package var checked = 0
        package var broken = 0

        package init() {}
    }

    /// How hard a side worked.
    package struct Work: Sendable, Hashable {
        package var rows = 0
        /// Time in which rows waited for the side or were in it, each moment once.
        package var busy = Duration.zero
    }

    /// What differs, without the values.
    package struct DifferenceKind: Sendable, Hashable {
        /// The generation that decides about the window.
        package var generation: Int
        package var kind: WindowPairing.Difference.Kind
        /// Names of the columns that differ; empty for whole rows.
        package var columns: [String]
    }

    package struct Generation: Sendable, Hashable {
        /// Units that the candidate owns or is sampled for.
        package var candidate = Cohort()
        /// Units of the primary's half of a comparison.
        package var primary = Cohort()
        /// Units that are no fair sample.
        package var rest = Cohort()
        package var tally = WindowPairing.Tally()

        package init() {}
    }

    package var generations: [Int: Generation] = [:]
    /// By generation; counts since the generation began, not since the last report.
    package var keys: [Int: Keys] = [:]
    /// Every published unit comes after the one before it in canonical order, so none comes twice.
    package var uniqueness = Rule()
    /// Every row that was handed to the primary was computed by it.
    package var conservation = Rule()
    package var work: [Side: Work] = [.primary: Work(), .candidate: Work()]
    /// How long results took from the row that closed their window until they were written, with their number.
    package var emission: [Duration: Int] = [:]
    /// The first differences, at most ``differenceLimit``.
    package private(set) var differences: [WindowPairing.Difference] = []
    /// How often each kind of difference was seen.
    package private(set) var kinds: [DifferenceKind: Int] = [:]
    /// What both sides computed of the rows before this one stands in this report and earlier ones.
    package var position: Int64 = 0
    /// Why the candidate gives nothing more, said once.
    package var candidateFailure: Failure?

    /// Differences that are kept between two reports.
    package static let differenceLimit = 20
    /// Kinds that are told apart between two reports; the columns of further ones are not.
    package static let kindLimit = 256

    package init() {}

    /// How many differences there were.
    package var differenceCount: Int { kinds.values.reduce(0, +) }

    /// Counts differences, and keeps the first.
    mutating func add(_ differences: [WindowPairing.Difference]) {
        for difference in differences {
            var kind = DifferenceKind(
                generation: difference.generation,
                kind: difference.kind,
                columns: difference.columns
            )
            if kinds.count >= Self.kindLimit, kinds[kind] == nil { kind.columns = ["*"] }
            kinds[kind, default: 0] += 1
        }
        let room = Self.differenceLimit - self.differences.count
        if room > 0 { self.differences += differences.prefix(room) }
    }

    mutating func change(_ generation: Int, _ body: (inout Generation) -> Void) {
        body(&generations[generation, default: Generation()])
    }
}

/// What a live job has done from its first row on.
package struct LiveTotals: Sendable, Hashable {
    package var units = WindowPairing.Tally()
    package var work: [Side: LiveEvidence.Work] = [.primary: .init(), .candidate: .init()]

    package init() {}
}
