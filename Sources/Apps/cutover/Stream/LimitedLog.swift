internal import Synchronization

/// Lets the first messages through and no more, so that a million bad rows do not fill a screen.
final class LimitedLog: Sendable {
    private let count = Atomic<Int>(0)
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Whether one more message may be shown.
    func admits() -> Bool { count.add(1, ordering: .relaxed).oldValue < limit }
}
