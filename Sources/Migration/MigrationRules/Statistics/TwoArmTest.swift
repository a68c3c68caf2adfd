/// Units and bad units of both sides in one interval and stratum.
package struct ArmCounts: Hashable, Sendable {
    package var candidateUnits: Int
    package var primaryUnits: Int
    package var candidateBad: Int
    package var primaryBad: Int

    package init(candidateUnits: Int, primaryUnits: Int, candidateBad: Int, primaryBad: Int) {
        self.candidateUnits = candidateUnits
        self.primaryUnits = primaryUnits
        self.candidateBad = candidateBad
        self.primaryBad = primaryBad
    }
}

/// A test of the ratio of two rates from concurrent cohorts, valid at any base rate and any stopping time.
///
/// Given the bad units of an interval, the candidate's share of them is a bet on the ratio. Sixteen bets at
/// ratios from 1.25 to 32 times the bound run side by side. Base rates may drift from interval to interval,
/// since only concurrent counts are held against each other. The null expectation is at most 1 because
/// 1 + x ≤ eˣ and the numbers of units are fixed before the outcomes.
package struct TwoArmTest: Sendable {
    /// The bound on candidate rate over primary rate, above 0.
    package let ratio: Double
    package let claim: Claim
    /// An interval changes no bet by more than this, so that one burst cannot decide; nil: uncut.
    package let cut: Double?

    package enum Claim: Hashable, Sendable {
        /// The ratio is above the bound.
        case harm
        /// The ratio is below the bound.
        case safe
    }

    /// ln L of each bet.
    package typealias Bets = [16 of Double]

    private let logMultiples: Bets
    private let multiples: Bets

    package init(_ claim: Claim, ratio: Double, cut: Double?) {
        precondition(ratio > 0 && ratio.isFinite, "a ratio of \(ratio) bounds nothing")
        self.ratio = ratio
        self.claim = claim
        self.cut = cut
        let first = Elementary.log(1.25)
        let step = (Elementary.log(32) - first) / 15
        let sign = claim == .harm ? 1.0 : -1.0
        var logs = Bets(repeating: 0)
        var plain = Bets(repeating: 0)
        for index in logs.indices {
            logs[index] = sign * (first + step * Double(index))
            plain[index] = Elementary.exp(logs[index])
        }
        logMultiples = logs
        multiples = plain
    }

    /// The cut that goes with an error probability: half of what decides.
    package static func cut(alpha: Double) -> Double { 0.5 * Elementary.log(1 / alpha) }

    /// What one interval adds to each bet, over all its strata; cut from above only.
    package func increment(_ strata: some Sequence<ArmCounts>) -> Bets {
        var total = Bets(repeating: 0)
        for counts in strata { add(counts, to: &total) }
        if let cut {
            for index in total.indices { total[index] = min(total[index], cut) }
        }
        return total
    }

    private func add(_ counts: ArmCounts, to total: inout Bets) {
        let bad = Double(counts.candidateBad)
        let allBad = bad + Double(counts.primaryBad)
        let units = (Double(counts.candidateUnits), Double(counts.primaryUnits))
        guard allBad > 0, units.0 > 0, units.1 > 0 else { return }
        for index in total.indices {
            total[index] += gain(of: index, units.0, units.1, bad: bad, allBad: allBad)
        }
    }

    /// What counts add to one bet: f_c ln r − (f_c + f_p) ln((ρ r n_c + n_p) / (ρ n_c + n_p)).
    private func gain(
        of index: Int,
        _ candidateUnits: Double,
        _ primaryUnits: Double,
        bad: Double,
        allBad: Double
    ) -> Double {
        let weighted = ratio * candidateUnits
        let growth = weighted * (multiples[index] - 1) / (weighted + primaryUnits)
        return bad * logMultiples[index] - allBad * Elementary.log1p(growth)
    }

    /// What the best bet gains for each unit of the candidate on average; nil where none gains.
    ///
    /// `weight` is the candidate's share of the units of both cohorts, within 0 and 1.
    package func expectedGain(
        candidateRate: Double,
        primaryRate: Double,
        weight: Double
    ) -> Double? {
        precondition(weight > 0 && weight < 1, "both cohorts have units")
        let others = (1 - weight) / weight
        let allBad = candidateRate + others * primaryRate
        var best = 0.0
        for index in multiples.indices {
            best = max(best, gain(of: index, 1, others, bad: candidateRate, allBad: allBad))
        }
        return best > 0 ? best : nil
    }

    /// ln e of bets that were added up over intervals.
    package static func logEvidence(_ bets: Bets) -> Double {
        var largest = bets[0]
        for index in bets.indices { largest = max(largest, bets[index]) }
        var sum = 0.0
        for index in bets.indices { sum += Elementary.exp(bets[index] - largest) }
        return largest + Elementary.log(sum / 16)
    }

    /// ln e of whole intervals, each given by its strata.
    package func logEvidence(_ intervals: some Sequence<[ArmCounts]>) -> Double {
        var total = Bets(repeating: 0)
        for strata in intervals {
            let added = increment(strata)
            for index in total.indices { total[index] += added[index] }
        }
        return Self.logEvidence(total)
    }
}
