import Failures
import Flow
import Testing

@Suite("Threads and locks", .timeLimit(.minutes(1)))
struct FlowTests {
    @Test("threads hand numbers over without losing or doubling one")
    func handOver() throws {
        struct State {
            var queue: [Int] = []
            var isClosed = false
            var sums: [Int] = []
        }
        let monitor = Monitor(State())
        var consumers: [WorkerThread] = []
        for _ in 0..<3 {
            consumers.append(
                try WorkerThread {
                    var sum = 0
                    while true {
                        let next: Int? = monitor.wait { state in
                            if !state.queue.isEmpty { return .some(state.queue.removeLast()) }
                            return state.isClosed ? .some(nil) : nil
                        }
                        guard let next else { break }
                        sum += next
                    }
                    monitor.withLock { $0.sums.append(sum) }
                }
            )
        }
        for number in 1...10_000 {
            monitor.withLock { $0.queue.append(number) }
            monitor.wakeOne()
        }
        monitor.withLock { $0.isClosed = true }
        monitor.wakeAll()
        for consumer in consumers { consumer.join() }
        let sums = monitor.withLock { $0.sums }
        #expect(sums.count == 3)
        #expect(sums.reduce(0, +) == 50_005_000)
    }

    @Test("a thread bound to the first CPU runs, one bound to an impossible CPU is refused")
    func affinity() throws {
        let flag = Monitor(false)
        try WorkerThread(processor: 0) { flag.withLock { $0 = true } }.join()
        #expect(flag.withLock { $0 })
        let error = #expect(throws: Failure.self) {
            _ = try WorkerThread(processor: 1000) {}
        }
        #expect(error?.code == "CFG_AFFINITY_UNSUPPORTED")
    }

    @Test("using an exclusive value twice at once stops the process")
    func exclusive() async {
        let value = Exclusive(1)
        value.withValue { $0 += 1 }
        #expect(value.withValue { $0 } == 2)
        await #expect(processExitsWith: .failure) {
            let value = Exclusive(1)
            value.withValue { _ in value.withValue { _ in } }
        }
    }
}
