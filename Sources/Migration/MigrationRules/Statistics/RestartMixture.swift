/// Processes that start afresh each epoch, so that a long healthy past cannot drown a new fault.
///
/// Process j counts from the beginning of epoch j on and has the weight 1/(j (j + 1)); one that has not begun
/// counts as e = 1, so the weights add up to 1 and the mixture is an e-value itself. After J epochs ln e is
/// never below −ln(J + 1).
package enum RestartMixture {
    /// Length of an epoch, in milliseconds: 24 hours.
    package static let epochMs: Int64 = 86_400_000

    /// ln e of the mixture, from that of each process that has begun, the first epoch's first.
    package static func logEvidence(_ processes: [Double]) -> Double {
        var terms: [Double] = []
        for (index, evidence) in processes.enumerated() {
            let j = Double(index + 1)
            terms.append(evidence - Elementary.log(j * (j + 1)))
        }
        terms.append(-Elementary.log(Double(processes.count + 1)))
        return Elementary.logSumExp(terms)
    }

    /// The mixture of tests of one rate, from the counts of each epoch, the first one first.
    package static func harm(_ epochs: [(bad: Int, total: Int)], bound: Double) -> Double {
        var bad = 0
        var total = 0
        var processes: [Double] = []
        for epoch in epochs.reversed() {
            bad += epoch.bad
            total += epoch.total
            processes.append(RateTest.harm(bad: bad, of: total, bound: bound))
        }
        return logEvidence(processes.reversed())
    }

    /// The mixture of tests of two arms, from the sums of each epoch's increments, the first one first.
    package static func twoArms(_ epochs: [TwoArmTest.Bets]) -> Double {
        var bets = TwoArmTest.Bets(repeating: 0)
        var processes: [Double] = []
        for epoch in epochs.reversed() {
            for index in bets.indices { bets[index] += epoch[index] }
            processes.append(TwoArmTest.logEvidence(bets))
        }
        return logEvidence(processes.reversed())
    }
}
