internal import Failures
internal import Flow
internal import Synchronization

/// Finds out whether the processors are free, so that a run's time means something.
///
/// A fixed loop on integers takes about 30 ms where a processor is free. Run on several threads at once it takes
/// longer by what others use, and longer than before where the clock is slowed down.
struct ProcessorProbe {
    /// The shortest time of the loop on one thread so far.
    private var best = Duration.seconds(3600)

    /// Share of the ideal speed that several threads must have at once.
    private static let leastShare = 0.9
    /// How much longer than the best the loop may take on one thread.
    private static let mostDelay = 1.15
    /// Six dependent operations a turn: about 30 ms at 3 GHz.
    private static let turns = 15_000_000

    /// Looks at `threads` processors.
    ///
    /// - Returns: why runs on them do not count now; nil where they do.
    /// - Throws: `FLOW_THREAD`.
    mutating func complaint(threads: Int) throws(Failure) -> String? {
        let single = try Self.time(threads: 1)
        best = min(best, single)
        guard threads > 1 else {
            guard single > best * Self.mostDelay else { return nil }
            return "one thread ran at \(Self.percent(best / single)) of its best speed"
        }
        let share = single / (try Self.time(threads: threads))
        guard share < Self.leastShare else { return nil }
        return "\(threads) threads ran at \(Self.percent(share)) of ideal speed"
    }

    private static func percent(_ share: Double) -> String { "\(Int(share * 100)) %" }

    /// How long the loop takes on so many threads at once, until the last one is done.
    private static func time(threads count: Int) throws(Failure) -> Duration {
        let results = LoopResults()
        let start = ContinuousClock.now
        var threads: [WorkerThread] = []
        defer { for thread in threads { thread.join() } }
        for _ in 0..<count {
            threads.append(try WorkerThread { results.add(loop()) })
        }
        for thread in threads { thread.join() }
        threads.removeAll()
        return ContinuousClock.now - start
    }

    /// A generator of random numbers (xorshift, Marsaglia 2003), which no compiler shortens.
    @inline(never)
    private static func loop() -> UInt64 {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for _ in 0..<turns {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
        }
        return state
    }
}

/// Where the loops' results go, so that nobody can leave the loops out.
private final class LoopResults: Sendable {
    private let sum = Atomic<UInt64>(0)

    func add(_ result: UInt64) { sum.wrappingAdd(result, ordering: .relaxed) }
}
