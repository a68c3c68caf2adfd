internal import MigrationRules
internal import Testing

@Suite("Test vectors")
struct EvidenceTestVectors {
    struct Rate: Sendable, CustomTestStringConvertible {
        var bound: Double
        var bad: Int
        var total: Int
        var expected: Double
        var testDescription: String { "\(bad)/\(total) against \(bound)" }

        init(_ bound: Double, _ bad: Int, _ total: Int, _ expected: Double) {
            self.bound = bound
            self.bad = bad
            self.total = total
            self.expected = expected
        }
    }

    static func isClose(_ value: Double, _ expected: Double) -> Bool {
        abs(value - expected) <= 1e-6
    }

    @Test(
        "E1: a rate is above its bound",
        arguments: [
            Rate(0.001, 0, 1000, -4.856122), Rate(0.001, 3, 1000, -2.416317),
            Rate(0.001, 5, 1000, 0.385948), Rate(0.001, 8, 1000, 5.995454),
            Rate(0.001, 2, 100, 1.578932), Rate(0.01, 30, 1000, 9.546472),
            Rate(0.01, 12, 1000, -3.718355), Rate(0.01, 0, 10_000, -7.996557),
            Rate(0.01, 8, 10_100, -7.925239), Rate(0.01, 8, 100, 7.420079),
        ]
    )
    func rateHarm(_ rate: Rate) {
        let value = RateTest.harm(bad: rate.bad, of: rate.total, bound: rate.bound)
        #expect(Self.isClose(value, rate.expected), "\(value)")
    }

    @Test(
        "E6: of pairs that differ the candidate is mostly the worse",
        arguments: [
            Rate(0.5, 8, 9, 2.406333), Rate(0.5, 5, 10, -1.402043), Rate(0.5, 10, 10, 5.888305),
            Rate(0.5, 15, 20, 1.559003), Rate(0.5, 2, 10, -2.438825),
        ]
    )
    func paired(_ rate: Rate) {
        let value = RateTest.paired(candidateWorse: rate.bad, of: rate.total)
        #expect(Self.isClose(value, rate.expected), "\(value)")
    }

    @Test(
        "E2: a rate is below its bound",
        arguments: [
            Rate(0.001, 0, 1000, 0.865107), Rate(0.001, 0, 3688, 3.373998),
            Rate(0.001, 1, 3688, 0.161408), Rate(0.001, 1, 8000, 3.375513),
            Rate(0.001, 5, 1000, -2.928498),
        ]
    )
    func rateSafe(_ rate: Rate) {
        let value = RateTest.safe(bad: rate.bad, of: rate.total, bound: rate.bound)
        #expect(Self.isClose(value, rate.expected), "\(value)")
    }

    private func arms(_ nc: Int, _ np: Int, _ fc: Int, _ fp: Int) -> [ArmCounts] {
        [ArmCounts(candidateUnits: nc, primaryUnits: np, candidateBad: fc, primaryBad: fp)]
    }

    @Test("E3: a ratio of two rates is above its bound, uncut and cut")
    func twoArms() {
        let first = arms(100, 900, 5, 1)
        let second = arms(500, 500, 6, 2)
        let plain = TwoArmTest(.harm, ratio: 1, cut: nil)
        #expect(Self.isClose(plain.logEvidence([first]), 7.642024))
        #expect(Self.isClose(plain.logEvidence([arms(100, 900, 1, 9)]), -1.244842))
        #expect(Self.isClose(plain.logEvidence([first, second]), 7.154638))
        let higher = TwoArmTest(.harm, ratio: 1.5, cut: nil)
        #expect(Self.isClose(higher.logEvidence([first]), 6.255631))
        let cut = TwoArmTest(.harm, ratio: 1, cut: TwoArmTest.cut(alpha: 0.01))
        #expect(Self.isClose(cut.logEvidence([first]), 2.232353))
        #expect(Self.isClose(cut.logEvidence([first, second]), 2.694222))
    }

    @Test("E3: a ratio of two rates is below its bound")
    func twoArmsSafe() {
        let lax = TwoArmTest(.safe, ratio: 1.5, cut: nil)
        #expect(Self.isClose(lax.logEvidence([arms(500, 500, 5, 5)]), -0.946509))
        #expect(Self.isClose(lax.logEvidence([arms(5000, 5000, 50, 50)]), 0.045968))
        let wide = TwoArmTest(.safe, ratio: 2, cut: nil)
        #expect(Self.isClose(wide.logEvidence([arms(5000, 5000, 50, 50)]), 3.958880))
    }

    @Test("E3: intervals without both arms say nothing")
    func oneArm() {
        let test = TwoArmTest(.harm, ratio: 1, cut: nil)
        #expect(test.logEvidence([arms(0, 900, 0, 9), arms(100, 0, 100, 0)]) == 0)
    }

    @Test("E5: half-widths of intervals around means")
    func means() {
        func half(_ count: Int, _ alpha: Double) -> Double {
            MeanTest.halfWidth(deviation: 1, count: count, alpha: alpha, expected: 1000)
        }
        #expect(Self.isClose(half(1000, 0.05), 0.095982))
        #expect(Self.isClose(half(100, 0.05), 0.385505))
        #expect(Self.isClose(half(1000, 0.1), 0.087403))
    }

    @Test(
        "E8: the sample ratio",
        arguments: [
            Rate(0.1, 1050, 10_000, -3.499795), Rate(0.1, 1200, 10_000, 16.214427),
            Rate(0.1, 0, 50, 1.336200), Rate(0.5, 500, 1000, -3.228836),
        ]
    )
    func sampleRatio(_ rate: Rate) {
        let value = SampleRatioTest.logEvidence(
            candidate: rate.bad,
            of: rate.total,
            weight: rate.bound
        )
        #expect(Self.isClose(value, rate.expected), "\(value)")
    }

    @Test("a wrong sample ratio is an error, never a failure")
    func sampleRatioVerdict() {
        #expect(SampleRatioTest.verdict(candidate: 1200, of: 10_000, weight: 0.1) == .error)
        #expect(SampleRatioTest.verdict(candidate: 1050, of: 10_000, weight: 0.1) == .pass)
        #expect(SampleRatioTest.verdict(candidate: 0, of: 0, weight: 0.1) == .noData)
    }

    @Test("restarts: a healthy day does not drown a new fault")
    func restart() {
        let mixed = RestartMixture.harm([(0, 10_000), (8, 100)], bound: 0.01)
        #expect(Self.isClose(mixed, 5.629517), "\(mixed)")
        let whole = RateTest.harm(bad: 8, of: 10_100, bound: 0.01)
        #expect(mixed > whole)
        let calm = RestartMixture.harm([(0, 10_000), (0, 10_000), (0, 10_000)], bound: 0.01)
        #expect(calm >= -1.386_294_5)
    }

    @Test("the numbers of lint and help")
    func sampleSizes() {
        let bounds = [0.05, 0.01, 0.005, 0.001, 0.0001]
        #expect(
            bounds.map { SampleSize.clopperPearson(bad: 0, bound: $0) }
                == [59, 299, 598, 2995, 29_956]
        )
        #expect(bounds.map { SampleSize.wilson(bound: $0) } == [52, 268, 539, 2703, 27_053])
        #expect(
            bounds.map { SampleSize.flawless(bound: $0, alpha: 0.05) }
                == [72, 368, 736, 3688, 36_887]
        )
        #expect(
            bounds.map { SampleSize.flawless(bound: $0, alpha: 0.01) }
                == [104, 528, 1058, 5296, 52_981]
        )
        #expect(
            [0, 1, 2, 5].map { SampleSize.clopperPearson(bad: $0, bound: 0.001) }
                == [2995, 4742, 6294, 10_511]
        )
        let half = SampleSize.expected(rate: 0.0005, bound: 0.001, alpha: 0.05) ?? 0
        #expect(abs(half - 40_000) < 1500)
        #expect(SampleSize.expected(rate: 0.001, bound: 0.001, alpha: 0.05) == nil)
    }

    @Test("two arms need the more units the closer their rates are")
    func twoArmSizes() throws {
        let test = TwoArmTest(.harm, ratio: 1, cut: nil)
        func units(_ rate: Double) throws -> Int {
            try #require(
                SampleSize.expected(
                    candidateRate: rate,
                    primaryRate: 0.001,
                    weight: 0.1,
                    test: test,
                    alpha: 0.01
                )
            )
        }
        let sizes = try [0.05, 0.01, 0.005, 0.002, 0.0015].map(units)
        #expect(sizes == sizes.sorted())
        // Medians of detection are a little below what the expected increment says.
        for (size, median) in zip(sizes, [100, 500, 1500, 17_000, 60_000]) {
            #expect(size > median / 2 && size < median * 3, "\(size) for a median of \(median)")
        }
    }
}
