internal import Arguments
internal import Assembly
internal import Failures
internal import Foundation
internal import Routing
internal import TestKit
internal import Testing
internal import Units

@Suite("Static routes")
struct StaticRouteTests {
    private static func route(
        _ environment: [String: String],
        _ file: [String: String] = [:]
    ) throws -> StaticRoute? {
        try StaticRoute.read(
            ConfigurationLayers(
                environment: environment,
                file: file.mapValues { ConfigurationLayers.Setting($0) }
            )
        )
    }

    @Test(
        "A strategy and the primary's share give the candidate's weight",
        arguments: [
            ("canary", "90", 100_000), ("canary", "99.9999", 1), ("canary", "0", 1_000_000),
            ("canary", "100", 0), ("ab_test", nil, 500_000), ("ab_test", "30", 700_000),
            ("full", nil, 1_000_000), ("full", "0", 1_000_000), ("shadow", nil, 0),
            ("shadow", "100.0", 0), ("fallback", nil, 0), ("fallback", "100", 0),
            ("CANARY", "50", 500_000),
        ] as [(String, String?, Int)]
    )
    func weights(strategy: String, percentage: String?, weight: Int) throws {
        var environment = ["MIGRATION_STRATEGY": strategy]
        environment["PRIMARY_PERCENTAGE"] = percentage
        let route = try #require(try Self.route(environment))
        #expect(route.strategy.rawValue == strategy.lowercased())
        #expect(route.weight.value == weight)
        #expect(route.origin == "environment MIGRATION_STRATEGY")
    }

    @Test(
        "What contradicts itself is refused",
        arguments: [
            ["MIGRATION_STRATEGY": "canary"],
            ["MIGRATION_STRATEGY": "canari", "PRIMARY_PERCENTAGE": "90"],
            ["MIGRATION_STRATEGY": ""],
            ["MIGRATION_STRATEGY": "full", "PRIMARY_PERCENTAGE": "1"],
            ["MIGRATION_STRATEGY": "shadow", "PRIMARY_PERCENTAGE": "0"],
            ["MIGRATION_STRATEGY": "fallback", "PRIMARY_PERCENTAGE": "99.9999"],
            ["PRIMARY_PERCENTAGE": "90"],
            ["CUTOVER_PRIMARY_PERCENTAGE": "90"],
            ["MIGRATION_STRATEGY": "canary", "PRIMARY_PERCENTAGE": "101"],
            ["MIGRATION_STRATEGY": "canary", "PRIMARY_PERCENTAGE": "-1"],
            ["MIGRATION_STRATEGY": "canary", "PRIMARY_PERCENTAGE": "90%"],
            ["MIGRATION_STRATEGY": "canary", "PRIMARY_PERCENTAGE": "12.34567"],
            ["MIGRATION_STRATEGY": "canary", "PRIMARY_PERCENTAGE": "nan"],
            ["MIGRATION_STRATEGY": "full", "CUTOVER_MIGRATION_STRATEGY": "shadow"],
            [
                "MIGRATION_STRATEGY": "canary", "PRIMARY_PERCENTAGE": "90",
                "CUTOVER_PRIMARY_PERCENTAGE": "80",
            ],
        ]
    )
    func refusals(environment: [String: String]) throws {
        let failure = #expect(throws: Failure.self) { _ = try Self.route(environment) }
        #expect(failure?.code == "MIG_STATIC_VALUE")
        #expect(failure?.blame == .request)
        #expect(failure?.remedy.isEmpty == false)
    }

    @Test("Two names of one setting may say the same")
    func equalSpellings() throws {
        let route = try Self.route([
            "MIGRATION_STRATEGY": "canary", "CUTOVER_MIGRATION_STRATEGY": "Canary",
            "PRIMARY_PERCENTAGE": "90", "CUTOVER_PRIMARY_PERCENTAGE": "90.0",
        ])
        #expect(route?.weight.value == 100_000)
    }

    @Test("The file is weaker than the environment, and may switch the route off")
    func files() throws {
        var file = [
            "processor.migration.strategy": "ab_test", "processor.migration.primary": "v1",
            "processor.migration.primary_percentage": "25",
            "processor.migration.secondary": "v2:2",
        ]
        let route = try #require(try Self.route([:], file))
        #expect(route.strategy == .abTest)
        #expect(route.weight.value == 750_000)
        #expect(route.primary == "v1")
        #expect(route.candidate == "v2:2")
        #expect(try Self.route(["PRIMARY_PERCENTAGE": "75"], file)?.weight.value == 250_000)
        let failure = #expect(throws: Failure.self) {
            _ = try Self.route(["MIGRATION_STRATEGY": "full"], file)
        }
        #expect(failure?.problem.contains("processor.migration.primary_percentage is 25") == true)
        file["processor.migration.enabled"] = "false"
        #expect(try Self.route([:], file) == nil)
        file["processor.migration.enabled"] = "maybe"
        let bad = #expect(throws: Failure.self) { _ = try Self.route([:], file) }
        #expect(bad?.code == "MIG_STATIC_VALUE")
        #expect(try Self.route([:], ["processor.migration.enabled": "true"]) == nil)
        #expect(try Self.route(["HOME": "/"]) == nil)
    }

    @Test("Tables carry the target as salt, and their own generation alone decides about windows")
    func tables() throws {
        func table(_ strategy: String, _ percentage: String? = nil) throws -> RouteTable {
            var environment = ["MIGRATION_STRATEGY": strategy]
            environment["PRIMARY_PERCENTAGE"] = percentage
            let route = try #require(try Self.route(environment))
            return try route.table(of: "stream/prices", generation: 7, fence: 3)
        }
        let canary = try table("canary", "90")
        #expect(canary.rules.salt == "stream/prices")
        #expect(canary.rules.migration == nil)
        #expect(canary.generation == 7)
        #expect(canary.fence == 3)
        #expect(canary.thresholdPPM == 100_000)
        #expect(canary.rules.log.entries.map(\.generation) == [7])
        #expect(canary.owner(hash: 0, windowStart: -1 << 50).side == .candidate)
        #expect(canary.owner(hash: .max, windowStart: 0).side == .primary)
        #expect(try table("shadow").rules.shadowPPM == 1_000_000)
        let fallback = try table("fallback")
        let first = fallback.decide(hash: 0)
        #expect(first.side == .primary)
        #expect(fallback.fallback(after: first)?.side == .candidate)
        #expect(fallback.rules.log.isEmpty)
        #expect(try RouteTable(parsing: canary.canonicalText) == canary)
    }
}
