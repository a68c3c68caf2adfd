/// Where events go, bound to what is known about the place that logs.
///
/// The clock and the sink are passed in: a library never decides where its log goes, and tests see what
/// they wrote. Events below `minimum` cost one comparison.
package struct Log: Sendable {
    package let minimum: LogLevel
    /// Added to every event.
    package var metadata: LogMetadata
    private let now: @Sendable () -> Int64
    private let sink: @Sendable (LogEvent) -> Void

    /// A log into `sink`.
    ///
    /// - Parameters:
    ///   - minimum: events below it are dropped.
    ///   - metadata: added to every event.
    ///   - now: microseconds since 1970 UTC.
    ///   - sink: takes events from any thread.
    package init(
        minimum: LogLevel = .info,
        metadata: LogMetadata = [:],
        now: @escaping @Sendable () -> Int64,
        sink: @escaping @Sendable (LogEvent) -> Void
    ) {
        self.minimum = minimum
        self.metadata = metadata
        self.now = now
        self.sink = sink
    }

    /// A log that nobody reads.
    package static let silent = Log(minimum: .error, now: { 0 }, sink: { _ in })

    /// The same log with more metadata.
    package func with(_ more: LogMetadata) -> Log {
        var log = self
        log.metadata = metadata.merging(more)
        return log
    }

    package func debug(_ message: StaticString, _ metadata: @autoclosure () -> LogMetadata = [:]) {
        write(.debug, message, metadata)
    }

    package func info(_ message: StaticString, _ metadata: @autoclosure () -> LogMetadata = [:]) {
        write(.info, message, metadata)
    }

    package func warning(_ message: StaticString, _ metadata: @autoclosure () -> LogMetadata = [:])
    {
        write(.warning, message, metadata)
    }

    package func error(_ message: StaticString, _ metadata: @autoclosure () -> LogMetadata = [:]) {
        write(.error, message, metadata)
    }

    private func write(_ level: LogLevel, _ message: StaticString, _ more: () -> LogMetadata) {
        guard level >= minimum else { return }
        let event = LogEvent(
            time: now(),
            level: level,
            message: "\(message)",
            metadata: metadata.merging(more())
        )
        sink(event)
    }
}
