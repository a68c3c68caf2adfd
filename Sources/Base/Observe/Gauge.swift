internal import Synchronization

/// A number that goes up and down.
package final class Gauge: Sendable {
    private let bits: Atomic<UInt64>

    init(_ value: Double = 0) { bits = Atomic(value.bitPattern) }

    package var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    package func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    package func set(_ value: Int) { set(Double(value)) }

    /// Adds a number, which may be negative; no addition gets lost among threads.
    package func add(_ amount: Double) {
        var expected = bits.load(ordering: .relaxed)
        while true {
            let sum = Double(bitPattern: expected) + amount
            let (isDone, current) = bits.weakCompareExchange(
                expected: expected,
                desired: sum.bitPattern,
                ordering: .relaxed
            )
            if isDone { return }
            expected = current
        }
    }
}
