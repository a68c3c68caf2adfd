internal import Testing
internal import cutover

@Suite("Benchmark figures")
struct BenchFigureTests {
    @Test("The median is the middle run, or the mean of the two in the middle")
    func mediansAreRight() {
        #expect(BenchFigure(seconds: [5, 1, 3], wanted: 5).median == 3)
        #expect(BenchFigure(seconds: [4, 1, 3, 2], wanted: 5).median == 2.5)
        #expect(BenchFigure(seconds: [7], wanted: 1).median == 7)
        #expect(BenchFigure(seconds: [5, 1, 3], wanted: 5).range == 1...5)
    }

    @Test("Fewer than three runs are no figure, unless fewer were asked for")
    func fewRunsAreNotMeasurable() {
        let two = BenchFigure(seconds: [1, 2], wanted: 5)
        #expect(!two.isMeasured)
        #expect(two.median == nil)
        #expect(two.range == nil)
        #expect(BenchFigure(seconds: [1, 2], wanted: 2).isMeasured)
        #expect(!BenchFigure(seconds: [], wanted: 1).isMeasured)
    }

    @Test("A speed says how many times as fast, where both are measurable")
    func speedsAreRight() {
        let fast = BenchFigure(seconds: [1, 1, 1], wanted: 5)
        let slow = BenchFigure(seconds: [4, 4, 9], wanted: 5)
        let unknown = BenchFigure(seconds: [4], wanted: 5)
        #expect(fast.speed(against: slow) == 4)
        #expect(slow.speed(against: fast) == 0.25)
        #expect(fast.speed(against: unknown) == nil)
        #expect(unknown.speed(against: fast) == nil)
    }
}
