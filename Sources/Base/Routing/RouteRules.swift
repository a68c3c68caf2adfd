/// How a route table sends units.
package enum RouteMode: String, Sendable, Hashable, CaseIterable {
    /// One side answers each unit; sampled units run on the other side too.
    case split
    /// The primary answers and writes first; the candidate follows by outbox.
    case dualWrite = "dual-write"
    /// A unit that the table sends to `first` runs on the other side once if that fails.
    case fallback
    /// No migration is active.
    case disabled
}

/// What routers do when the controller has not been heard for longer than the table's hint.
package enum ControlLoss: String, Sendable, Hashable, CaseIterable {
    /// They keep the last table.
    case hold
    /// Everything goes to the primary; only where going back is instant.
    case primary
}

/// What a route table says, before it is checked and sealed as a ``RouteTable``.
package struct RouteRules: Hashable, Sendable {
    package var target: String
    /// Id of the migration; nil where none ever ran.
    package var migration: String?
    /// Grows with every table of the target, over all its migrations.
    package var generation = 0
    /// Number of the controller's lease that made the table.
    package var fence = 0
    package var salt = ""
    package var mode = RouteMode.split
    /// Who is tried first in mode `fallback`.
    package var first = Side.candidate
    /// Buckets below it belong to the candidate: 0 is nobody, 1,000,000 is everybody.
    package var thresholdPPM = 0
    /// Buckets from here on, on the primary, are held against the candidate's.
    package var compareFromPPM = 0
    /// Share of units that run on both sides.
    package var shadowPPM = 0
    package var pins = RoutePins()
    /// The first one that a unit belongs to decides.
    package var cohorts: [RouteCohort] = []
    /// For units of key and window: which generation owns which windows.
    package var log = RouteLog()
    /// Time after which a run of the side that does not have to answer counts as failed.
    package var deadlineMs: Int?
    /// Silence of the controller after which decisions are marked `STALE`, in milliseconds.
    package var expiryHint: Int?
    package var onControlLoss = ControlLoss.hold

    package init(target: String) { self.target = target }

    /// Where the primary's comparison cohort begins: it is never larger than the candidate's, nor overlaps it.
    package static func compareFrom(thresholdPPM: Int) -> Int {
        max(thresholdPPM, 1_000_000 - thresholdPPM)
    }
}
