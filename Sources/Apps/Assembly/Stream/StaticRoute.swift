package import Failures
package import Routing
package import Units

/// A route that configuration gives a path that runs without a plan: a weight that nothing moves.
///
/// | strategy | the primary's share | means |
/// | --- | --- | --- |
/// | `canary` | has to be given | the candidate serves the rest |
/// | `ab_test` | 50 unless given | the same |
/// | `full` | 0 | the candidate serves everything |
/// | `shadow` | 100 | the candidate computes everything beside the primary, and serves nothing |
/// | `fallback` | 100 | the candidate answers where the primary fails |
package struct StaticRoute: Sendable, Hashable {
    package enum Strategy: String, Sendable, Hashable, CaseIterable {
        case canary
        case abTest = "ab_test"
        case fallback
        case full
        case shadow
    }

    package let strategy: Strategy
    /// The candidate's share.
    package let weight: PartsPerMillion
    /// Names of implementations; nil where the path chooses itself.
    package let primary: String?
    package let candidate: String?
    /// What names the strategy: `environment MIGRATION_STRATEGY`.
    package let origin: String

    init(
        _ strategy: Strategy,
        weight: PartsPerMillion,
        primary: String?,
        candidate: String?,
        origin: String
    ) {
        self.strategy = strategy
        self.weight = weight
        self.primary = primary
        self.candidate = candidate
        self.origin = origin
    }

    /// `canary, 10% on the candidate (environment MIGRATION_STRATEGY)`.
    package var description: String {
        "\(strategy.rawValue), \(weight) on the candidate (\(origin))"
    }

    /// What a person is told where something stronger rules: `because` is a clause.
    package func ignored(because reason: String) -> String {
        "MIG_STATIC_IGNORED: the static route \(description) is ignored, because \(reason)"
    }

    /// The table that routers of a target obey under the route.
    ///
    /// The target's name is the salt, so a key finds the same side in every run.
    package func table(
        of target: String,
        generation: Int,
        fence: Int
    ) throws(Failure) -> RouteTable {
        var rules = RouteRules(target: target)
        rules.generation = generation
        rules.fence = fence
        rules.salt = target
        rules.thresholdPPM = weight.value
        rules.compareFromPPM = RouteRules.compareFrom(thresholdPPM: weight.value)
        switch strategy {
        case .canary, .abTest, .full: break
        case .shadow: rules.shadowPPM = 1_000_000
        case .fallback:
            rules.mode = .fallback
            rules.first = .primary
        }
        if routesWindows {
            // A run reads its input from the beginning, so its generation decides about every window.
            let entry = RouteLog.Entry(
                generation: generation,
                barrier: RouteLog.beginning,
                thresholdPPM: weight.value
            )
            rules.log = RouteLog().appending(entry) ?? RouteLog()
        }
        return try RouteTable(rules)
    }

    /// Whether units are keys in windows, and not the whole job.
    package var routesWindows: Bool { strategy != .fallback }
}
