private import Synchronization

/// A value that many threads may hold but only one may use at a time.
///
/// A scheduler guarantees the turns by its own order; this class checks the guarantee on each use and stops
/// the process if two uses overlap, because that would be silent corruption.
///
/// SAFETY: `@unchecked Sendable` holds because `value` is touched only between a successful exchange of
/// `isUsed` and its release, which order the uses.
package final class Exclusive<Value>: @unchecked Sendable {
    private var value: Value
    private let isUsed = Atomic<Bool>(false)

    package init(_ value: sending Value) { self.value = value }

    /// Runs `body` with the value; no other use may overlap.
    package func withValue<Result, Failed: Error>(
        _ body: (inout Value) throws(Failed) -> Result
    ) throws(Failed) -> Result {
        let wasUsed = isUsed.exchange(true, ordering: .acquiring)
        precondition(!wasUsed, "two threads use one exclusive value")
        defer { isUsed.store(false, ordering: .releasing) }
        return try body(&value)
    }
}
