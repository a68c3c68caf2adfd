internal import Hashing

/// One thread's copy of the table that a ``RouteBoard`` holds.
package struct RouteReader: Sendable {
    private let board: RouteBoard
    private var version: UInt64
    /// Decides about keys of ASCII where nothing but their bucket counts.
    private var line: RouteLine?
    /// The table to obey, as of the last `refresh`.
    package private(set) var table: RouteTable
    package private(set) var isStale: Bool

    init(_ board: RouteBoard) {
        self.board = board
        (table, isStale, version) = board.snapshot()
        line = RouteLine(table, isStale: isStale)
    }

    /// Takes over what was posted since; one atomic load where nothing was.
    ///
    /// - Returns: whether anything changed.
    package mutating func refresh() -> Bool {
        if board.isCurrent(version) { return false }
        takeOver()
        return true
    }

    @inline(never)
    private mutating func takeOver() {
        (table, isStale, version) = board.snapshot()
        line = RouteLine(table, isStale: isStale)
    }

    /// Who serves a unit whose key is one text of valid UTF-8, by what is posted now.
    ///
    /// A load, a hash and a comparison; nothing is allocated for ASCII.
    package mutating func decide(text: Span<UInt8>) -> RouteDecision {
        if !board.isCurrent(version) { takeOver() }
        if let decision = line?.decide(text: text) { return decision }
        return decideByTable(text)
    }

    /// Who serves a unit whose key has this hash under the table's key, as of the last `refresh`.
    package func decide(hash: UInt64?) -> RouteDecision {
        if let line, let hash { return line.decide(hash: hash) }
        return table.decide(hash: hash, isStale: isStale)
    }

    @inline(never)
    private func decideByTable(_ text: Span<UInt8>) -> RouteDecision {
        table.decide(text: text, isStale: isStale)
    }
}

/// The few words of a table that decide about nearly all units: its key and its place on the line of buckets.
///
/// It gives the table's own decisions. A table itself is large, and reading it for every unit costs as much as
/// the hash of the unit's key.
private struct RouteLine: Sendable {
    private let key: SipKey
    private let thresholdPPM: Int
    private let generation: Int

    /// Nil where something else than the bucket counts: pins, cohorts, no active migration, a silent controller.
    init?(_ table: RouteTable, isStale: Bool) {
        guard !isStale, !table.hasExceptions, table.rules.mode != .disabled else { return nil }
        key = table.key.sipKey
        thresholdPPM = table.rules.thresholdPPM
        generation = table.rules.generation
    }

    /// Nil for a text that has to be brought into its normal form, or is too long.
    @inline(__always)
    func decide(text: Span<UInt8>) -> RouteDecision? {
        guard text.count <= routeKeySizeLimit else { return nil }
        let (hash, isASCII) = RouteHash.hash(field: text, key: key)
        return isASCII ? decide(hash: hash) : nil
    }

    @inline(__always)
    func decide(hash: UInt64) -> RouteDecision {
        let bucket = RouteHash.bucket(hash)
        return RouteDecision(
            side: bucket < thresholdPPM ? .candidate : .primary,
            reason: .split,
            bucket: bucket,
            generation: generation
        )
    }
}
