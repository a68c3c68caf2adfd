internal import Failures

/// What must hold for rules to become a table.
extension RouteRules {
    func check() throws(Failure) {
        guard !target.isEmpty else { throw Self.failure("the target has no name", "name it") }
        try check(generation, "generation", in: 0...Self.exactLimit)
        try check(fence, "fence", in: 0...Self.exactLimit)
        try check(thresholdPPM, "thresholdPPM", in: 0...1_000_000)
        try check(compareFromPPM, "compareFromPPM", in: 0...1_000_000)
        try check(shadowPPM, "shadowPPM", in: 0...1_000_000)
        if let deadlineMs { try check(deadlineMs, "deadlineMs", in: 1...Self.exactLimit) }
        if let expiryHint { try check(expiryHint, "expiryHint", in: 1...Self.exactLimit) }
        guard compareFromPPM >= thresholdPPM else {
            throw Self.failure(
                "compareFromPPM \(compareFromPPM) is below thresholdPPM \(thresholdPPM)",
                "a unit of the candidate is never in the primary's comparison cohort"
            )
        }
        guard pins.count <= RoutePins.limit else {
            throw Self.failure("there are \(pins.count) pins", "pin at most \(RoutePins.limit)")
        }
        try checkCohorts()
        try checkLog()
    }

    private func checkCohorts() throws(Failure) {
        var names: Set<String> = []
        for cohort in cohorts {
            guard !cohort.name.isEmpty, names.insert(cohort.name).inserted else {
                throw Self.failure(
                    "the cohort \"\(cohort.name)\" appears twice or has no name",
                    "give each cohort a name of its own"
                )
            }
        }
    }

    private func checkLog() throws(Failure) {
        for entry in log.entries {
            try check(entry.generation, "log's generation", in: 0...generation)
            try check(entry.thresholdPPM, "log's thresholdPPM", in: 0...1_000_000)
            let range = Int64(-Self.exactLimit)...Int64(Self.exactLimit)
            guard range.contains(entry.barrier) else {
                throw Self.failure(
                    "the barrier \(entry.barrier) is beyond 2^53",
                    "an event time of a far future moved it there; correct that input"
                )
            }
        }
    }

    /// Invariants of the table that a router applies when nobody answers.
    func check(rollback: RouteTable) throws(Failure) {
        let inert = rollback.rules
        guard rollback.rollback == nil else {
            throw Self.failure("the rollback table holds another one", "leave the inner one out")
        }
        guard inert.target == target, inert.migration == migration, inert.salt == salt,
            inert.generation == generation, inert.fence == fence
        else {
            throw Self.failure(
                "the rollback table differs in target, migration, salt, generation or fence",
                "make it from the same migration and generation"
            )
        }
        guard inert.thresholdPPM <= thresholdPPM else {
            throw Self.failure(
                "the rollback table's thresholdPPM \(inert.thresholdPPM) is above \(thresholdPPM)",
                "a rollback never gives the candidate more"
            )
        }
    }

    /// Integers beyond it have no exact canonical text.
    static let exactLimit = 1 << 53

    private func check(
        _ value: Int,
        _ name: String,
        in range: ClosedRange<Int>
    ) throws(Failure) {
        guard !range.contains(value) else { return }
        throw Self.failure(
            "\(name) is \(value)",
            "use a number from \(range.lowerBound) to \(range.upperBound)"
        )
    }

    private static func failure(_ problem: String, _ remedy: String) -> Failure {
        Failure("MIG_ROUTE_TABLE", blame: .request, problem, remedy: remedy)
    }
}
