package import Arguments
package import Failures
internal import Units

/// Where static routes are set, and which settings go together.
extension StaticRoute {
    /// Code of what is wrong with these settings.
    package static let valueCode = "MIG_STATIC_VALUE"

    private static let section = "processor"

    private static let enabledKey = ConfigurationKey(
        section,
        "migration.enabled",
        .boolean,
        default: "true",
        "Whether processor.migration.strategy holds; false runs stream.processor alone",
        valueCode: valueCode
    )
    private static let strategyKey = ConfigurationKey(
        section,
        "migration.strategy",
        .choice(Strategy.allCases.map(\.rawValue)),
        "Static route of a job that runs without --target",
        environmentAliases: ["CUTOVER_MIGRATION_STRATEGY", "MIGRATION_STRATEGY"],
        valueCode: valueCode
    )
    private static let percentageKey = ConfigurationKey(
        section,
        "migration.primary_percentage",
        .number(0...100),
        "The primary's share of a static route, with at most four decimals",
        environmentAliases: ["CUTOVER_PRIMARY_PERCENTAGE", "PRIMARY_PERCENTAGE"],
        valueCode: valueCode
    )
    private static let primaryKey = ConfigurationKey(
        section,
        "migration.primary",
        .text,
        "Primary of a static route; else stream.processor where that is V1, and v1:simple",
        valueCode: valueCode
    )
    private static let candidateKey = ConfigurationKey(
        section,
        "migration.secondary",
        .text,
        "Candidate of a static route; else stream.processor where that is not V1, and v2",
        valueCode: valueCode
    )

    /// The keys of static routes.
    package static let keys = [
        enabledKey, strategyKey, percentageKey, primaryKey, candidateKey,
    ]

    /// The route that the environment and the file ask for; nil where they ask for none, or switch it off.
    ///
    /// - Throws: `MIG_STATIC_VALUE` for a bad value, for two variables that say different things, for a percentage
    ///   without a strategy, and for one that does not go together with its strategy.
    package static func read(_ layers: ConfigurationLayers) throws(Failure) -> StaticRoute? {
        let enabled = try given(enabledKey, layers)
        let strategy = try given(strategyKey, layers)
        let percentage = try given(percentageKey, layers)
        let primary = try given(primaryKey, layers)
        let candidate = try given(candidateKey, layers)
        guard let strategy else {
            guard let percentage else { return nil }
            throw refusal(
                "\(percentage.name) is \(percentage.text), and no strategy is set",
                remedy: "set MIGRATION_STRATEGY too, or unset \(percentage.name)"
            )
        }
        guard let known = strategy.value.flatMap({ Strategy(rawValue: $0.text) }) else {
            preconditionFailure("the schema lets no other strategy pass")
        }
        let share = try share(of: percentage, under: known)
        guard let weight = PartsPerMillion(1_000_000 - share.value) else {
            preconditionFailure("a share is at most the whole")
        }
        if case .boolean(false) = enabled?.value { return nil }
        return StaticRoute(
            known,
            weight: weight,
            primary: primary?.text,
            candidate: candidate?.text,
            origin: strategy.origin.description
        )
    }

    /// The primary's share.
    private static func share(
        of percentage: Given?,
        under strategy: Strategy
    ) throws(Failure) -> PartsPerMillion {
        let share = try percentage.map { given throws(Failure) in try exact(given) }
        let only: Int
        switch strategy {
        case .canary:
            guard let share else {
                throw refusal(
                    "the strategy canary has no percentage",
                    remedy: "set PRIMARY_PERCENTAGE to the primary's share, from 0 to 100"
                )
            }
            return share
        case .abTest: return share ?? half
        case .full: only = 0
        case .shadow, .fallback: only = 100
        }
        guard let fixed = PartsPerMillion(only * 10_000) else {
            preconditionFailure("a percentage is a share")
        }
        guard let percentage, let share, share != fixed else { return fixed }
        throw refusal(
            "\(percentage.name) is \(percentage.text), and the strategy \(strategy.rawValue) "
                + "leaves the primary \(only)",
            remedy: "unset it, or choose canary"
        )
    }

    private static var half: PartsPerMillion {
        guard let half = PartsPerMillion(500_000) else { preconditionFailure("half is a share") }
        return half
    }

    /// A percentage without loss.
    private static func exact(_ given: Given) throws(Failure) -> PartsPerMillion {
        do throws(UnitError) {
            return try PartsPerMillion(parsing: given.text + "%")
        } catch {
            throw refusal(
                "\(given.name) is \(given.text)",
                remedy: "write a number from 0 to 100 with at most four decimals"
            )
        }
    }

    private static func refusal(_ problem: String, remedy: String) -> Failure {
        Failure(valueCode, blame: .request, problem, remedy: remedy)
    }

    /// A key that somebody has set.
    private struct Given {
        /// The variable's name, or the file's path of it.
        var name: String
        /// As written.
        var text: String
        var value: ArgumentValue?
        var origin: ConfigurationOrigin
    }

    /// What the environment, else the file says of a key; names of one key have to agree.
    private static func given(
        _ key: ConfigurationKey,
        _ layers: ConfigurationLayers
    ) throws(Failure) -> Given? {
        let schema = ConfigurationSchema([key])
        var found: [Given] = []
        for name in [key.environmentName] + key.environmentAliases {
            guard let text = layers.environment[name] else { continue }
            let entry = try schema.resolve(ConfigurationLayers(environment: [name: text]))[key.path]
            found.append(Given(name: name, text: text, value: entry.value, origin: entry.origin))
        }
        if let first = found.first, let other = found.first(where: { $0.value != first.value }) {
            throw refusal(
                "\(first.name) is \(first.text), and \(other.name) is \(other.text)",
                remedy: "they are one setting: unset one of them"
            )
        }
        if let first = found.first { return first }
        guard let setting = layers.file[key.path] else { return nil }
        let entry = try schema.resolve(ConfigurationLayers(file: [key.path: setting]))[key.path]
        return Given(name: key.path, text: setting.text, value: entry.value, origin: entry.origin)
    }
}
