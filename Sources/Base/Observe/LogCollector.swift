internal import Synchronization

/// Keeps events in memory, for tests and for reports; the oldest go when `limit` is reached.
package final class LogCollector: Sendable {
    private let collected = Mutex<[LogEvent]>([])
    private let limit: Int

    package init(limit: Int = 10_000) { self.limit = limit }

    package var events: [LogEvent] { collected.withLock { $0 } }

    /// A log into this collector; its clock stands still at 0.
    package func log(minimum: LogLevel = .debug) -> Log {
        Log(minimum: minimum, now: { 0 }, sink: { self.append($0) })
    }

    package func append(_ event: LogEvent) {
        collected.withLock { events in
            if events.count >= limit { events.removeFirst(events.count - limit + 1) }
            events.append(event)
        }
    }
}
