internal import Dispatch
internal import Foundation
internal import Synchronization

/// Turns the first Ctrl-C (or SIGTERM) into a request to stop, and the second into an end at once.
final class Interruption: Sendable {
    private let sources: Mutex<[any DispatchSourceSignal]>
    private static let signals = [SIGINT, SIGTERM]

    /// - Parameter stop: asks the work to end; called from another thread.
    init(_ stop: @escaping @Sendable () -> Void) {
        let count = Counter()
        sources = Mutex(
            Self.signals.map { number in
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler {
                    if count.next() > 1 { _exit(ExitCode.interrupted.rawValue) }
                    stop()
                }
                source.activate()
                return source
            }
        )
    }

    /// Gives the signals their usual meaning back.
    func end() {
        sources.withLock { sources in
            for source in sources { source.cancel() }
        }
        for number in Self.signals { signal(number, SIG_DFL) }
    }

    private final class Counter: Sendable {
        private let value = Atomic<Int>(0)
        func next() -> Int { value.add(1, ordering: .relaxed).newValue }
    }
}
