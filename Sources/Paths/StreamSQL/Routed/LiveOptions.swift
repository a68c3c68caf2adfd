package import Routing

/// What a caller decides about a live job, beside what holds for any run.
package struct LiveOptions: Sendable {
    /// Obeys the target's tables.
    package var router: LiveRouter
    /// The candidate's engine; the primary's is the run's own.
    package var candidate: StreamEngine
    /// How the candidate is called in messages.
    package var candidateName: String
    /// Names of the grouping columns by which units are routed; empty takes all.
    package var targeting: [String] = []
    /// Asked before rows go on, with the number of the next row and the greatest event time so far (µs): how
    /// long they still have to wait; nil when they may go on.
    package var pace: (@Sendable (_ position: Int64, _ eventTime: Int64?) -> Duration?)?
    /// Most rows that go on at once where there is a pace.
    package var pacedRows = 512
    /// Rows before this one have been reported by an earlier run: they are computed again at full speed, and
    /// what is seen on the way is no evidence.
    package var replayThrough: Int64 = 0
    /// Called once, when the rows before `replayThrough` have been computed.
    package var caughtUp: @Sendable () -> Void = {}
    /// Whether the candidate may hold up the job even where it serves nothing; else, and always with a live source,
    /// rows that it has no room for are left out of the comparison.
    package var shadowBlocks = true
    /// How long a candidate that serves nothing may hold up the job without taking a row.
    ///
    /// After that rows are left out of the comparison until it takes some again.
    package var shadowPatience = Duration.seconds(1)
    /// Rows that wait for a side at most.
    package var queueRows = 65_536
    /// How long a candidate with a full queue may do nothing before it counts as failed.
    package var candidateDeadline = Duration.seconds(30)
    /// Asked for each new table: a mistake to put into the candidate while it is obeyed.
    package var fault: (@Sendable (_ table: RouteTable) -> LiveFault?)?

    package init(router: LiveRouter, candidate: StreamEngine, candidateName: String) {
        self.router = router
        self.candidate = candidate
        self.candidateName = candidateName
    }
}

/// What a live job did.
package struct LiveReport: Sendable {
    package var job: JobReport
    package var totals: LiveTotals
    /// Rows that the sources gave, late ones included.
    package var rowsIn: Int
}
