internal import Failures
internal import Flow
internal import Observe
private import Synchronization

/// Shows how far a piece of work is, on a line that is drawn over and wiped at the end.
struct ProgressLine {
    let title: String
    /// What is counted: `rows`.
    let noun: String

    /// Runs `body` while a thread shows what `count` says; where nobody watches, only `body` runs.
    ///
    /// - Parameters:
    ///   - console: shows the line beside the result.
    ///   - count: how much is done, and how much there is to do in all, where that is known; asked by another thread.
    ///   - body: the work.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    func show<Result>(
        on console: Console,
        count: @escaping @Sendable () -> (done: Int, total: Int?),
        during body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard console.errorTerminal.isInteractive else { return try body() }
        let isOver = OneWayFlag()
        let thread = try WorkerThread { [title, noun] in
            var machine = ProgressMachine(title, noun: noun, on: console.errorTerminal)
            let start = ContinuousClock.now
            while !isOver.isSet {
                let (done, total) = count()
                machine.total = total
                let text = machine.update(done: done, elapsed: ContinuousClock.now - start)
                if let text { console.draw(text) }
                pause(for: .milliseconds(20))
            }
            if let text = machine.finish() { console.draw(text) }
        }
        defer {
            isOver.set()
            thread.join()
        }
        return try body()
    }
}

/// Becomes true once, for all threads.
final class OneWayFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .acquiring) }

    func set() { flag.store(true, ordering: .releasing) }
}

/// Counts that one thread writes and another one shows.
final class SharedCount: Sendable {
    private let done = Atomic(0)
    private let total = Atomic(0)

    /// `total` is nil while nothing is known.
    var value: (done: Int, total: Int?) {
        let all = total.load(ordering: .relaxed)
        return (done.load(ordering: .relaxed), all > 0 ? all : nil)
    }

    func update(done: Int, total: Int) {
        self.done.store(done, ordering: .relaxed)
        self.total.store(total, ordering: .relaxed)
    }
}
