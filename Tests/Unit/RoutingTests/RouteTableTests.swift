internal import Failures
internal import Hashing
internal import Routing
internal import TestKit
internal import Testing

/// A table with a weight, for tests.
func makeTable(
    _ threshold: Int = 100_000,
    generation: Int = 1,
    fence: Int = 1,
    _ change: (inout RouteRules) -> Void = { _ in }
) throws -> RouteTable {
    var rules = RouteRules(target: "stream/flights")
    rules.migration = "mig-001"
    rules.salt = "mig-001"
    rules.generation = generation
    rules.fence = fence
    rules.thresholdPPM = threshold
    rules.compareFromPPM = RouteRules.compareFrom(thresholdPPM: threshold)
    change(&rules)
    return try RouteTable(rules)
}

@Suite("Route decisions")
struct RouteDecisionTests {
    private func hash(_ text: String) throws -> UInt64 {
        try #require(try RouteKey(.route, salt: "mig-001").hash([.text(text)]))
    }

    @Test("the bucket against the threshold decides, exactly, at its edge too")
    func split() throws {
        let job = try hash("job-1")
        let below = try makeTable(240_022).decide(hash: job)
        #expect(below.side == .candidate && below.reason == .split && below.bucket == 240_021)
        #expect(try makeTable(240_021).decide(hash: job).side == .primary)
        let bytes = Array("job-1".utf8)
        let byText = try makeTable(240_022).decide(text: bytes.span)
        #expect(byText == below)
        #expect(try makeTable(0).decide(hash: 0).side == .primary)
        #expect(try makeTable(1_000_000).decide(hash: .max).side == .candidate)
    }

    @Test("a unit without a key goes to the primary, never at random")
    func keyless() throws {
        let decision = try makeTable(1_000_000).decide(hash: nil)
        #expect(decision.side == .primary && decision.reason == .missingKey)
        #expect(decision.reason.rawValue == "DEFAULT")
        #expect(decision.bucket == nil)
    }

    @Test("pins win over cohorts, cohorts over buckets, the first cohort over later ones")
    func precedence() throws {
        let (pinned, both, listed, plain) = (
            try hash("a"), try hash("b"), try hash("c"), try hash("d")
        )
        let table = try makeTable(0) { rules in
            rules.pins = RoutePins(primary: [both], candidate: [pinned]) ?? RoutePins()
            rules.cohorts = [
                RouteCohort("wave-1", side: .candidate, members: [both, listed]),
                RouteCohort("wave-2", side: .primary, members: [listed]),
            ]
        }
        #expect(table.decide(hash: pinned).reason == .pinned)
        #expect(table.decide(hash: pinned).side == .candidate)
        #expect(table.decide(hash: both).side == .primary)
        #expect(table.decide(hash: both).reason == .pinned)
        #expect(table.decide(hash: listed).side == .candidate)
        #expect(table.decide(hash: listed).reason == .targetingMatch)
        #expect(table.decide(hash: plain).reason == .split)
        #expect(RoutePins(primary: [1], candidate: [1]) == nil)
    }

    @Test("a silent controller marks decisions, and sends all back only where that was said")
    func stale() throws {
        let job = try hash("job-1")
        let held = try makeTable(1_000_000).decide(hash: job, isStale: true)
        #expect(held.side == .candidate && held.reason == .stale)
        let careful = try makeTable(1_000_000) { $0.onControlLoss = .primary }
        #expect(careful.decide(hash: job, isStale: true).side == .primary)
        #expect(careful.decide(hash: job, isStale: false).side == .candidate)
        #expect(
            careful.companion(
                of: careful.decide(hash: job, isStale: true),
                sampleHash: 0
            ) == nil
        )
    }

    @Test("without an active migration the last table's value holds")
    func disabled() throws {
        let job = try hash("job-1")
        let completed = try makeTable(1_000_000) { $0.mode = .disabled }
        #expect(completed.decide(hash: job).side == .candidate)
        #expect(completed.decide(hash: job).reason == .disabled)
        #expect(completed.decide(hash: nil).side == .candidate)
        let untouched = try RouteTable.untouched(target: "exec/prices")
        #expect(untouched.decide(hash: job).side == .primary)
        #expect(untouched.decide(hash: nil).reason == .disabled)
    }

    @Test("the side tried first falls back once; the other does not")
    func fallback() throws {
        let job = try hash("job-1")
        let table = try makeTable(1_000_000) { $0.mode = .fallback }
        let first = table.decide(hash: job)
        let second = try #require(table.fallback(after: first))
        #expect(second.side == .primary && second.reason == .fallback)
        #expect(table.fallback(after: second) == nil)
        #expect(table.fallback(after: table.decide(hash: nil)) == nil)
        let split = try makeTable(1_000_000)
        #expect(split.fallback(after: split.decide(hash: job)) == nil)
    }

    @Test("shadows are sampled independently of the side")
    func sampling() throws {
        let table = try makeTable(500_000) { $0.shadowPPM = 300_000 }
        var sampled: [Side: Int] = [:]
        for number in 0..<20_000 {
            let fields = [RouteField.text("k\(number)")]
            let decision = table.decide(hash: try table.key.hash(fields))
            let companion = table.companion(
                of: decision,
                sampleHash: try table.sampleKey.hash(fields)
            )
            if let companion {
                #expect(companion == decision.side.other)
                sampled[companion, default: 0] += 1
            }
        }
        // 3,000 each within four standard deviations.
        #expect(abs(sampled[.candidate, default: 0] - 3000) < 4 * 51)
        #expect(abs(sampled[.primary, default: 0] - 3000) < 4 * 51)
        let all = try makeTable(0) { $0.shadowPPM = 1_000_000 }
        #expect(!all.needsSampleHash)
        #expect(all.companion(of: all.decide(hash: 0), sampleHash: nil) == .candidate)
    }

    @Test("the primary's comparison cohort is as large as the candidate's and never overlaps it")
    func comparisonCohort() throws {
        #expect(RouteRules.compareFrom(thresholdPPM: 100_000) == 900_000)
        #expect(RouteRules.compareFrom(thresholdPPM: 900_000) == 900_000)
        #expect(RouteRules.compareFrom(thresholdPPM: 1_000_000) == 1_000_000)
        let table = try makeTable(100_000)
        var compared: [Side: Int] = [:]
        for number in 0..<20_000 {
            let decision = table.decide(hash: try table.key.hash([.text("k\(number)")]))
            if table.isCompared(decision) { compared[decision.side, default: 0] += 1 }
        }
        #expect(compared[.candidate] == 1976)
        #expect(abs(compared[.primary, default: 0] - 2000) < 4 * 43)
        let full = try makeTable(1_000_000)
        #expect(
            !full.isCompared(
                RouteDecision(
                    side: .primary,
                    reason: .split,
                    bucket: 999_999,
                    generation: 1
                )
            )
        )
    }

    @Test("I4, I5: one side per unit, and while the weight grows nobody returns to the primary")
    func nested() throws {
        let weights = try [0, 1, 100_000, 500_000, 900_000, 1_000_000].map { try makeTable($0) }
        checkProperty("cohorts nest", Gen<UInt64>.integer(), rounds: 2000) { hash in
            let sides = weights.map { $0.decide(hash: hash).side }
            let first = sides.firstIndex(of: .candidate) ?? sides.count
            return sides[first...].allSatisfy { $0 == .candidate }
                && weights.allSatisfy { $0.decide(hash: hash) == $0.decide(hash: hash) }
        }
    }

    @Test("buckets are uniform over 1,000 bins for sequential, strided, URL and UUID-like keys")
    func uniform() throws {
        let key = RouteKey(.route, salt: "mig-001")
        let families: [(Int) -> String] = [
            { "\($0)" }, { "\($0 * 100)" }, { "https://example.org/orders/\($0)?page=1" },
            { "\(Hexadecimal.text(SplitMix64.mix(UInt64($0))))-4000-8000" },
        ]
        for family in families {
            var bins = [Int](repeating: 0, count: 1000)
            for number in 0..<50_000 {
                let hash = try #require(try key.hash([.text(family(number))]))
                bins[RouteHash.bucket(hash) / 1000] += 1
            }
            let chiSquare = bins.reduce(0.0) { $0 + Double(($1 - 50) * ($1 - 50)) / 50 }
            // 999 degrees of freedom: mean 999, deviation 44.7; five deviations.
            #expect(abs(chiSquare - 999) < 224)
        }
    }
}

@Suite("Ranked assignment")
struct RankedAssignmentTests {
    @Test("of five jobs 40 % are job-4 and job-1")
    func vector() throws {
        let key = RouteKey(.route, salt: "mig-001")
        let names = (1...5).map { "job-\($0)" }
        let hashes = try names.map { try #require(try key.hash([.text($0)])) }
        var assignment = RankedAssignment()
        assignment.widen(toPPM: 400_000, of: hashes)
        #expect(assignment.taken == [hashes[3], hashes[0]].sorted())
        #expect(hashes[3] < hashes[0])
        let cohort = try #require(assignment.cohort("ranked"))
        let chosen = zip(names, hashes).filter { cohort.holds($0.1) }.map(\.0)
        #expect(chosen == ["job-1", "job-4"])
    }

    @Test("shares are exact, nobody is evicted, and a new unit joins below the last one taken")
    func stable() throws {
        let unit = Gen<UInt64>.integer()
        checkProperty("ranks are stable", Gen<[UInt64]>.array(of: unit)) { hashes in
            let units = Set(hashes)
            var assignment = RankedAssignment()
            var before: [UInt64] = []
            for weight in [0, 100_000, 500_000, 1_000_000] {
                assignment.widen(toPPM: weight, of: Array(units))
                let wanted = (units.count * weight + 999_999) / 1_000_000
                guard assignment.taken.count == wanted else { return false }
                guard Set(before).isSubset(of: assignment.taken) else { return false }
                before = assignment.taken
            }
            return true
        }
        var assignment = RankedAssignment()
        assignment.widen(toPPM: 500_000, of: [10, 20, 30, 40])
        #expect(assignment.taken == [10, 20])
        assignment.widen(toPPM: 500_000, of: [5, 10, 15, 20, 25, 30])
        #expect(assignment.taken == [5, 10, 15, 20])
        assignment.widen(toPPM: 100_000, of: [10, 20, 30])
        #expect(assignment.taken == [5, 10, 15, 20])
    }
}
