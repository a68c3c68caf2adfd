package import Failures
package import JSON
package import StreamSQL
internal import Units

/// What a run under a static route came to, as people and machines read it.
package struct StaticOutcome: Sendable, Hashable {
    package let target: String
    package let generation: Int
    package let route: StaticRoute
    /// Canonical names of the implementations.
    package let primary: String
    package let candidate: String
    /// Units that came from the primary: windows of a key, or the whole job.
    package private(set) var primaryUnits = 0
    package private(set) var candidateUnits = 0
    package private(set) var compared = 0
    package private(set) var mismatches = 0
    /// Units that were not compared, because the candidate saw them only in part.
    package private(set) var skipped = 0
    /// Units that the candidate had to give and never gave.
    package private(set) var lost = 0
    /// Why a side failed that the other one stood in for.
    package private(set) var failure: String?

    /// Before the run.
    package init(
        target: String,
        generation: Int,
        route: StaticRoute,
        primary: String,
        candidate: String
    ) {
        self.target = target
        self.generation = generation
        self.route = route
        self.primary = primary
        self.candidate = candidate
    }

    /// Takes what both sides' windows came to.
    package mutating func take(_ units: WindowPairing.Tally, candidateFailure: Failure?) {
        primaryUnits = units.primaryServed
        candidateUnits = units.candidateServed
        compared = units.compared
        mismatches = units.compared - units.matched
        skipped = units.skipped
        lost = units.lost
        failure = candidateFailure?.description
    }

    /// Takes a job that one side ran as a whole: the primary, or the candidate after the primary's failure.
    package mutating func takeJob(after failure: Failure?) {
        primaryUnits = failure == nil ? 1 : 0
        candidateUnits = failure == nil ? 0 : 1
        self.failure = failure?.description
    }

    /// What a person has to know beside the counts; of a primary that failed they have been told at once.
    package var warnings: [String] {
        var warnings: [String] = []
        if mismatches > 0 {
            warnings.append(
                "\(NumberText.grouped(mismatches)) of \(NumberText.grouped(compared)) compared "
                    + "windows differ; the primary's were written"
            )
        }
        if let failure, route.routesWindows {
            warnings.append("\(candidate) failed, and \(primary) went on alone: \(failure)")
        }
        return warnings
    }

    /// `stream/prices generation 3, canary, weight 10%: 80 windows from v1:simple, …`.
    package var line: String {
        let head =
            "\(target) generation \(generation), \(route.strategy.rawValue), weight \(route.weight): "
        guard route.routesWindows else {
            let side = candidateUnits > 0 ? candidate : primary
            return head + "\(side) ran the job"
        }
        var line = head + "\(NumberText.grouped(primaryUnits)) windows from \(primary), "
        line += "\(NumberText.grouped(candidateUnits)) from \(candidate), "
        line += "\(NumberText.grouped(compared)) compared, "
        line += "\(NumberText.grouped(mismatches)) differed"
        if skipped > 0 { line += ", \(NumberText.grouped(skipped)) skipped" }
        if lost > 0 { line += ", \(NumberText.grouped(lost)) lost" }
        return line
    }

    package var json: JSONValue {
        [
            "target": JSONValue(target), "generation": JSONValue(generation),
            "strategy": JSONValue(route.strategy.rawValue),
            "weight_ppm": JSONValue(route.weight.value), "primary": JSONValue(primary),
            "candidate": JSONValue(candidate), "primary_units": JSONValue(primaryUnits),
            "candidate_units": JSONValue(candidateUnits), "compared": JSONValue(compared),
            "mismatches": JSONValue(mismatches), "skipped": JSONValue(skipped),
            "lost": JSONValue(lost), "failure": JSONValue(failure),
        ]
    }
}
