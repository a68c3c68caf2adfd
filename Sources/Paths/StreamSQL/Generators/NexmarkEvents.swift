package import Failures

/// The Nexmark stream: people, their auctions and the bids on them, interleaved in fixed proportions.
///
/// Of each fifty events the first is a person, the next three are auctions and the rest are bids. The rules
/// (who is hot, how far a bid reaches back) follow the benchmark's generator in Apache Beam; the random
/// numbers are ``Draws``, so that any part of the stream can be made by itself.
///
/// Source: Tucker, Tufte, Papadimos and Maier, "NEXMark: a benchmark for queries over data streams", 2002.
package struct NexmarkEvents: Hashable, Sendable {
    /// Number of events, 0....
    package let count: Int
    package let seed: UInt64
    /// Events per second of event time, 1....
    package let rate: Int

    /// - Throws: `CFG_VALUE` for a count outside 0...10¹² or a rate outside 1...10⁹.
    package init(count: Int, seed: UInt64 = 42, rate: Int = 1000) throws(Failure) {
        try checkRange("--events", count, 0...1_000_000_000_000)
        try checkRange("--rate", rate, 1...1_000_000_000)
        self.count = count
        self.seed = seed
        self.rate = rate
    }

    static let epochSize = 50
    static let auctionsPerEpoch = 3
    static let bidsPerEpoch = 46
    static let firstID = 1000
    /// 2023-11-14 22:13:20, in milliseconds.
    static let firstMilliseconds = 1_700_000_000_000

    package var personCount: Int { (count + Self.epochSize - 1) / Self.epochSize }

    package var auctionCount: Int {
        let rest = count % Self.epochSize
        return count / Self.epochSize * Self.auctionsPerEpoch
            + min(max(rest - 1, 0), Self.auctionsPerEpoch)
    }

    package var bidCount: Int { count - personCount - auctionCount }

    /// The people, the auctions and the bids, in the order of their events, and the side table.
    package var tables: [any GeneratedTable] {
        [NexmarkPeople(self), NexmarkAuctions(self), NexmarkBids(self), NexmarkSideInput()]
    }

    /// Event time in microseconds.
    @inline(__always)
    func microseconds(_ event: Int) -> Int64 { Int64(milliseconds(event)) * 1000 }

    @inline(__always)
    func milliseconds(_ event: Int) -> Int { Self.firstMilliseconds + event * 1000 / rate }

    /// Number of the last person that exists at an event, from 0.
    @inline(__always)
    static func lastPerson(_ event: Int) -> Int { event / epochSize }

    /// Number of the last auction that exists at an event, from 0; −1 before the first.
    @inline(__always)
    static func lastAuction(_ event: Int) -> Int {
        let rest = event % epochSize
        return event / epochSize * auctionsPerEpoch + min(max(rest, 0), auctionsPerEpoch) - 1
    }

    /// Somebody among the last thousand people, or one of ten who do not exist yet.
    @inline(__always)
    static func anyPerson(_ event: Int, _ draws: Draws, _ index: UInt64) -> Int {
        let known = lastPerson(event) + 1
        let active = min(known, 1000)
        return known - active + draws.below(active + 10, index)
    }

    /// An amount of money: its magnitude is uniform, then the amount within the magnitude.
    @inline(__always)
    static func price(_ draws: Draws, _ index: UInt64) -> Int {
        var scale = 100
        for _ in 0..<draws.below(6, index) { scale *= 10 }
        return scale + draws.below(9 * scale, index &+ 1)
    }

    /// How much filling brings a row of `size` bytes to `mean` on average: a fifth more or less than missing.
    @inline(__always)
    static func extraSize(_ size: Int, mean: Int, _ draws: Draws, _ index: UInt64) -> Int {
        let missing = max(mean - size, 0)
        let spread = missing / 5
        return missing - spread + draws.below(2 * spread + 1, index)
    }
}
