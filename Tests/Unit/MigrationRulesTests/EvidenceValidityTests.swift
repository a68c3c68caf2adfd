internal import Hashing
internal import MigrationRules
internal import TestKit
internal import Testing

/// Draws counts from binomial distributions.
private struct Draws {
    var generator: SeededGenerator

    mutating func uniform() -> Double { Double(generator.next() >> 11) * 0x1p-53 }

    /// Bad units of `total`, each with probability `rate`: by jumps to the next bad one.
    mutating func bad(_ rate: Double, of total: Int) -> Int {
        var bad = 0
        var place = -1
        while true {
            // Geometric gaps by inversion, with a logarithm from the halving of a unit interval.
            place += 1 + gap(rate)
            guard place < total else { return bad }
            bad += 1
        }
    }

    /// Good units before the next bad one.
    private mutating func gap(_ rate: Double) -> Int {
        var goods = 0
        while uniform() >= rate { goods += 1 }
        return goods
    }
}

@Suite("Evidence under the null")
struct EvidenceValidityTests {
    /// Share of runs that ever reach ln(1/α) at some look.
    private func alarms(
        runs: Int,
        looks: Int,
        alpha: Double,
        seed: UInt64,
        _ step: (inout Draws, Int) -> Double
    ) -> Double {
        var draws = Draws(generator: SeededGenerator(seed: seed))
        let bound = -logarithm(alpha)
        var alarms = 0
        for _ in 0..<runs {
            for look in 0..<looks where step(&draws, look) >= bound {
                alarms += 1
                break
            }
        }
        return Double(alarms) / Double(runs)
    }

    /// ln(0.05) and ln(0.01), the two levels in use.
    private func logarithm(_ alpha: Double) -> Double {
        alpha == 0.05 ? -2.995_732_273_553_991 : -4.605_170_185_988_091
    }

    @Test("E1 looked at after every interval alarms falsely less often than α")
    func rateHarm() {
        var counts = (bad: 0, total: 0)
        let share = alarms(runs: 1500, looks: 60, alpha: 0.05, seed: 11) { draws, look in
            if look == 0 { counts = (0, 0) }
            counts.bad += draws.bad(0.02, of: 40)
            counts.total += 40
            return RateTest.harm(bad: counts.bad, of: counts.total, bound: 0.02)
        }
        #expect(share <= 0.05)
    }

    @Test("E2 looked at after every interval passes a bad candidate less often than α")
    func rateSafe() {
        var counts = (bad: 0, total: 0)
        let share = alarms(runs: 1500, looks: 60, alpha: 0.05, seed: 12) { draws, look in
            if look == 0 { counts = (0, 0) }
            counts.bad += draws.bad(0.02, of: 40)
            counts.total += 40
            return RateTest.safe(bad: counts.bad, of: counts.total, bound: 0.02)
        }
        #expect(share <= 0.05)
    }

    @Test("E1 with restarts keeps its level over many epochs")
    func restarts() {
        var epochs: [(bad: Int, total: Int)] = []
        let share = alarms(runs: 800, looks: 40, alpha: 0.05, seed: 13) { draws, look in
            if look == 0 { epochs = [] }
            if look % 8 == 0 { epochs.append((0, 0)) }
            epochs[epochs.count - 1].bad += draws.bad(0.02, of: 50)
            epochs[epochs.count - 1].total += 50
            return RestartMixture.harm(epochs, bound: 0.02)
        }
        #expect(share <= 0.05)
    }

    struct Null: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Base rate at a look.
        var rate: @Sendable (Int) -> Double
        /// Units of candidate and primary at a look.
        var units: @Sendable (Int) -> (Int, Int)
    }

    @Test(
        "E3 alarms falsely less often than α under constant, drifting, bursting and common nulls",
        arguments: [
            Null(testDescription: "constant", rate: { _ in 0.02 }, units: { _ in (20, 180) }),
            Null(
                testDescription: "drifting in a ramp",
                rate: { 0.002 + 0.002 * Double($0) },
                units: { (10 + 4 * $0, 190 - 4 * $0) }
            ),
            Null(
                testDescription: "bursts",
                rate: { $0 % 10 == 0 ? 0.4 : 0.005 },
                units: { _ in (50, 50) }
            ),
            Null(testDescription: "common", rate: { _ in 0.3 }, units: { _ in (40, 60) }),
        ]
    )
    func twoArms(_ null: Null) {
        for claim in [TwoArmTest.Claim.harm, .safe] {
            let test = TwoArmTest(claim, ratio: 1, cut: TwoArmTest.cut(alpha: 0.05))
            var intervals: [[ArmCounts]] = []
            let share = alarms(runs: 600, looks: 40, alpha: 0.05, seed: 14) { draws, look in
                if look == 0 { intervals = [] }
                let (candidate, primary) = null.units(look)
                let counts = ArmCounts(
                    candidateUnits: candidate,
                    primaryUnits: primary,
                    candidateBad: draws.bad(null.rate(look), of: candidate),
                    primaryBad: draws.bad(null.rate(look), of: primary)
                )
                intervals.append([counts])
                return test.logEvidence(intervals)
            }
            #expect(share <= 0.05, "\(claim): \(share)")
        }
    }

    @Test("E3 detects: 5 % against 0.1 % at a tenth of the weight within about 100 units")
    func detection() {
        let test = TwoArmTest(.harm, ratio: 1, cut: nil)
        var draws = Draws(generator: SeededGenerator(seed: 15))
        var units: [Int] = []
        for _ in 0..<200 {
            var intervals: [[ArmCounts]] = []
            repeat {
                intervals.append([
                    ArmCounts(
                        candidateUnits: 100,
                        primaryUnits: 900,
                        candidateBad: draws.bad(0.05, of: 100),
                        primaryBad: draws.bad(0.001, of: 900)
                    )
                ])
            } while test.logEvidence(intervals) < -logarithm(0.01) && intervals.count < 100
            units.append(intervals.count * 100)
        }
        #expect(units.sorted()[100] <= 130)
    }

    @Test("E8 errs falsely less often than α at any look")
    func sampleRatio() {
        var counts = (candidate: 0, total: 0)
        let share = alarms(runs: 1000, looks: 50, alpha: 0.01, seed: 16) { draws, look in
            if look == 0 { counts = (0, 0) }
            counts.candidate += draws.bad(0.1, of: 40)
            counts.total += 40
            return SampleRatioTest.logEvidence(
                candidate: counts.candidate,
                of: counts.total,
                weight: 0.1
            )
        }
        #expect(share <= 0.01)
    }
}
