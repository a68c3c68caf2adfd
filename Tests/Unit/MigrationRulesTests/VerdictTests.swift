internal import MigrationRules
internal import Testing

@Suite("Verdict")
struct VerdictTests {
    @Test("verdicts merge by the worst, in any order")
    func worstWins() {
        let order: [Verdict] = [.pass, .inconclusive, .noData, .error, .fail, .violation]
        #expect(order.sorted() == order)
        for (place, worse) in order.enumerated() {
            for better in order[...place] {
                #expect(Verdict.worst([better, worse]) == worse)
                #expect(Verdict.worst([worse, better]) == worse)
            }
        }
    }

    @Test("no evidence at all is no pass")
    func nothing() {
        #expect(Verdict.worst([]) == .noData)
    }
}
