internal import Failures

/// Somebody who runs cases: an own implementation, or another engine.
struct BenchContestant: Sendable {
    enum Engine: Sendable {
        /// A processor string.
        case own(processor: String)
        case peer(BenchPeer)
    }

    /// As the user named it: `v2:2`, `duckdb`.
    let name: String
    let engine: Engine
    /// Threads that it may use at once.
    let threads: Int

    var isPeer: Bool { if case .peer = engine { true } else { false } }

    /// For people: a peer appears once for each number of threads.
    var title: String { isPeer && threads > 1 ? "\(name) ×\(threads)" : name }

    /// Whether it can run the case.
    func takesPart(in item: BenchCase) -> Bool {
        guard case .peer(let peer) = engine else { return true }
        return peer.arguments(for: item, script: "", threads: threads) != nil
    }
}

/// What one run gave.
struct BenchOutcome: Sendable {
    var seconds: Double
    /// Nil where a peer does not count them.
    var rowsIn: Int?
    var rowsOut: Int?
    /// Of an own run.
    var digest: String?
    /// Of a peer, as it reports it.
    var version: String?
}
