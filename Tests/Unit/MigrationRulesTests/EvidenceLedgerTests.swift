internal import Hashing
internal import MigrationRules
internal import TestKit
internal import Testing

@Suite("Evidence ledger")
struct EvidenceLedgerTests {
    private static let report = Gen<EvidenceReport> { generator, _ in
        var report = EvidenceReport()
        report.router = "r\(Int.random(in: 0..<3, using: &generator))"
        report.sequence = Int.random(in: 0..<8, using: &generator)
        // A report's content follows from its number, as a router would have it.
        var content = SeededGenerator(
            seed: UInt64(report.sequence) << 8 | UInt64(report.router.utf8.last ?? 0)
        )
        report.generation = Int.random(in: 1...2, using: &content)
        report.intervalMs = Int.random(in: 0..<5, using: &content) * 10_000
        report.isComplete = content.next() & 1 == 0
        for stratum in 0..<Int.random(in: 1...2, using: &content) {
            var cell = EvidenceCell(stratum: stratum)
            cell.candidate.units = Int.random(in: 0..<100, using: &content)
            cell.candidate.durations.add(nanoseconds: content.next() >> 30)
            var sums = MomentSums()
            sums.add(Double(content.next()) / 3, cap: nil)
            cell.candidate.values = [NamedMoments("speed", sums)]
            cell.comparisons.match = Int.random(in: 0..<50, using: &content)
            report.cells.append(cell)
        }
        return report
    }

    private func ledger(_ reports: some Sequence<EvidenceReport>) -> EvidenceLedger {
        var ledger = EvidenceLedger()
        for report in reports { _ = ledger.insert(report) }
        return ledger
    }

    @Test(
        "evidence is the same bit for bit in any order, with repetitions, and however it was merged"
    )
    func orderFree() {
        checkProperty("order-free", Gen<[EvidenceReport]>.array(of: Self.report)) { reports in
            let whole = ledger(reports)
            var generator = SeededGenerator(seed: UInt64(reports.count))
            let shuffled = ledger(reports.shuffled(using: &generator) + reports.prefix(3))
            let half = reports.count / 2
            var left = ledger(reports[..<half])
            var right = ledger(reports[half...])
            let leftAlone = left
            left.merge(right)
            right.merge(leftAlone)
            return [shuffled, left, right].allSatisfy {
                $0 == whole
                    && $0.evidence(generations: 1...1, sinceMs: 10_000)
                        == whole.evidence(generations: 1...1, sinceMs: 10_000)
            }
        }
    }

    @Test("a report reads back from its normal form")
    func normalForm() {
        checkProperty("round trip", Self.report) { report in
            try EvidenceReport(json: report.json) == report
        }
    }

    @Test("one number for two reports is a conflict, whichever came first")
    func conflicts() {
        var first = EvidenceReport()
        first.router = "r"
        var second = first
        second.intervalMs = 10_000
        var forward = EvidenceLedger()
        #expect(forward.insert(first) == .added)
        #expect(forward.insert(first) == .repeated)
        #expect(forward.insert(second) == .conflict)
        #expect(forward.hasConflicts)
        #expect(forward == ledger([second, first]))
    }

    @Test("an interval is complete when every router said so")
    func completeness() {
        var report = EvidenceReport()
        report.router = "a"
        report.generation = 3
        report.isComplete = true
        let ledger = ledger([report])
        #expect(ledger.isComplete(intervalMs: 0, generation: 3, routers: ["a"]))
        #expect(!ledger.isComplete(intervalMs: 0, generation: 3, routers: ["a", "b"]))
        #expect(!ledger.isComplete(intervalMs: 0, generation: 2, routers: ["a"]))
    }

    @Test("a histogram never hides a slow unit, and errs by at most an eighth")
    func histogram() {
        let nanoseconds = Gen<UInt64> { generator, _ in generator.next() >> (generator.next() % 60)
        }
        checkProperty("edges", pair(nanoseconds, nanoseconds)) { value, threshold in
            var histogram = DurationHistogram()
            histogram.add(nanoseconds: value)
            let isCounted = histogram.count(from: threshold) == 1
            if value >= threshold { return isCounted }
            return !isCounted || threshold < 16 || Double(value) * 9 / 8 > Double(threshold)
        }
        var histogram = DurationHistogram()
        for value in 1...1000 { histogram.add(nanoseconds: UInt64(value) * 1_000_000) }
        let median = Double(histogram.quantile(ppm: 500_000) ?? 0) / 1e6
        #expect(median >= 500 && median < 565)
        #expect(DurationHistogram().quantile(ppm: 990_000) == nil)
    }
}
