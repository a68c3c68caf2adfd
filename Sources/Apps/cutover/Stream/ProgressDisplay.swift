internal import Dispatch
internal import Observe
internal import Synchronization

/// Shows on standard error how far a long piece of work is, if that is a terminal.
final class ProgressDisplay: Sendable {
    private let timer: Mutex<any DispatchSourceTimer>
    private let machine: Mutex<ProgressMachine>
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - title: what is being done.
    ///   - console: where it is shown.
    ///   - total: rows in all, where known.
    ///   - count: rows done so far; asked ten times a second.
    init(
        _ title: String,
        _ console: Console,
        total: Int? = nil,
        count: @escaping @Sendable () -> Int
    ) {
        let terminal = Terminal(
            isTerminal: Terminal.standardErrorIsTerminal,
            environment: console.environment
        )
        machine = Mutex(ProgressMachine(title, noun: "rows", total: total, on: terminal))
        write = { console.status($0) }
        timer = Mutex(DispatchSource.makeTimerSource(queue: .global()))
        let start = ContinuousClock.now
        timer.withLock { timer in
            timer.setEventHandler { [weak self] in
                self?.show(count(), ContinuousClock.now - start)
            }
            timer.schedule(deadline: .now() + 0.1, repeating: 0.1)
            timer.activate()
        }
    }

    private func show(_ done: Int, _ elapsed: Duration) {
        machine.withLock { machine in
            if let text = machine.update(done: done, elapsed: elapsed) { write(text) }
        }
    }

    /// Takes the display away again.
    func end() {
        timer.withLock { $0.cancel() }
        machine.withLock { machine in
            if let text = machine.finish() { write(text) }
        }
    }
}
