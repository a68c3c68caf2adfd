internal import Arguments
internal import Assembly
internal import Failures
internal import JSON
internal import StreamSQL
internal import TestKit
internal import Testing

@Suite("Outcomes of static routes")
struct StaticOutcomeTests {
    private static func outcome(_ environment: [String: String]) throws -> StaticOutcome {
        let route = try StaticRoute.read(ConfigurationLayers(environment: environment))
        return StaticOutcome(
            target: "stream/prices",
            generation: 3,
            route: try #require(route),
            primary: "v1:simple",
            candidate: "v2:2"
        )
    }

    private static let failure = Failure(
        "IO_READ",
        blame: .outside,
        "the disk is gone",
        remedy: "look at it"
    )

    @Test("Differences are counted and told")
    func differences() throws {
        var outcome = try Self.outcome([
            "MIGRATION_STRATEGY": "canary", "PRIMARY_PERCENTAGE": "87.5",
        ])
        var units = LiveTotals().units
        units.primaryServed = 1002
        units.candidateServed = 98
        units.compared = 100
        units.matched = 98
        outcome.take(units, candidateFailure: nil)
        #expect(
            outcome.line
                == "stream/prices generation 3, canary, weight 12.5%: 1,002 windows from v1:simple, "
                + "98 from v2:2, 100 compared, 2 differed"
        )
        #expect(
            outcome.warnings == ["2 of 100 compared windows differ; the primary's were written"]
        )
        #expect(outcome.json["weight_ppm"]?.integer == 125_000)
        #expect(outcome.json["mismatches"]?.integer == 2)
        #expect(outcome.json["candidate_units"]?.integer == 98)
        #expect(outcome.json["failure"]?.isNull == true)
        units.lost = 5
        outcome.take(units, candidateFailure: Self.failure)
        #expect(outcome.line.hasSuffix(", 5 lost"))
        #expect(outcome.warnings.last?.hasPrefix("v2:2 failed, and v1:simple went on") == true)
    }

    @Test("A whole job has one unit, on the side that ran it")
    func wholeJobs() throws {
        var outcome = try Self.outcome(["MIGRATION_STRATEGY": "fallback"])
        outcome.takeJob(after: nil)
        #expect(outcome.line.hasSuffix("weight 0%: v1:simple ran the job"))
        #expect(outcome.warnings.isEmpty)
        outcome.takeJob(after: Self.failure)
        #expect(outcome.line.hasSuffix(": v2:2 ran the job"))
        #expect(outcome.json["primary_units"]?.integer == 0)
        #expect(outcome.json["candidate_units"]?.integer == 1)
        #expect(outcome.json["failure"]?.string?.contains("the disk is gone") == true)
        #expect(outcome.warnings.isEmpty)
    }
}
