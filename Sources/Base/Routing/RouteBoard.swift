package import Failures
private import Synchronization

/// The table that a process obeys, posted by one thread and read by many.
///
/// Each reading thread holds a ``RouteReader``, whose copy costs one atomic load to check; the lock is taken
/// only when something was posted.
///
/// 1. The highest (fence, generation) wins; neither ever falls.
/// 2. In one generation the decisions never change, except by the local rollback, which only a higher
///    generation ends.
/// 3. Under one salt the log of generations only grows: an activated barrier is never forgotten.
package final class RouteBoard: Sendable {
    private let version = Atomic<UInt64>(1)
    private let posted: Mutex<Posted>

    private struct Posted: Sendable {
        /// The last table accepted from a controller.
        var table: RouteTable
        /// Whether the inert table is obeyed in its place.
        var isRolledBack = false
        var isStale = false
    }

    /// What became of a table that was posted.
    package enum Outcome: Hashable, Sendable {
        case applied
        /// It is the one obeyed already.
        case repeated
    }

    /// A board that begins with what the router had persisted, or with an untouched target's table.
    package init(_ table: RouteTable) { posted = Mutex(Posted(table: table)) }

    /// Obeys a table from now on.
    ///
    /// - Throws: `MIG_FENCED` for one of an older controller, `MIG_STALE` for an older generation or another
    ///   content under the same one, `MIG_ROUTER_AHEAD` for a newer controller that knows less than this
    ///   router, `MIG_ROUTE_TABLE` for another target's.
    package func post(_ table: RouteTable) throws(Failure) -> Outcome {
        try posted.withLock { (state: inout Posted) throws(Failure) -> Outcome in
            let current = state.table
            try current.checkSuccessor(table)
            guard table != current else { return .repeated }
            if table.generation > current.generation { state.isRolledBack = false }
            state.table = table
            state.isStale = false
            _ = version.add(1, ordering: .releasing)
            return .applied
        }
    }

    /// Obeys the inert rollback table that came with the current one, until a higher generation comes.
    ///
    /// - Returns: the table that is obeyed now; nil where the current one brought none.
    package func rollBackLocally() -> RouteTable? {
        posted.withLock { state in
            guard let rollback = state.table.rollback else { return nil }
            if !state.isRolledBack {
                state.isRolledBack = true
                _ = version.add(1, ordering: .releasing)
            }
            return rollback
        }
    }

    /// Says whether the controller has been silent for longer than the table's hint.
    package func setStale(_ isStale: Bool) {
        posted.withLock { state in
            guard state.isStale != isStale else { return }
            state.isStale = isStale
            _ = version.add(1, ordering: .releasing)
        }
    }

    /// A reader for one thread.
    package func reader() -> RouteReader { RouteReader(self) }

    /// The table last posted, whether or not a local rollback overrides it.
    package var table: RouteTable { posted.withLock { $0.table } }

    /// What is obeyed, and the version under which it was read.
    func snapshot() -> (table: RouteTable, isStale: Bool, version: UInt64) {
        posted.withLock { state in
            let inert = state.isRolledBack ? state.table.rollback : nil
            return (inert ?? state.table, state.isStale, version.load(ordering: .acquiring))
        }
    }

    func isCurrent(_ seen: UInt64) -> Bool {
        version.load(ordering: .acquiring) == seen
    }
}

extension RouteTable {
    /// Whether a router that obeys this table may obey `next` instead.
    package func checkSuccessor(_ next: RouteTable) throws(Failure) {
        guard next.target == target else {
            throw Failure(
                "MIG_ROUTE_TABLE",
                blame: .request,
                "a table of \(next.target) came to a router of \(target)",
                remedy: "send each router its own target's table"
            )
        }
        let seen = "this router has seen fence \(fence), generation \(generation)"
        let came = "fence \(next.fence), generation \(next.generation) came"
        guard next.fence >= fence else {
            throw Failure(
                "MIG_FENCED",
                blame: .outside,
                "\(seen); \(came)",
                remedy: "another controller has taken over; stop this one"
            )
        }
        guard next.generation >= generation else {
            throw next.fence > fence
                ? Failure(
                    "MIG_ROUTER_AHEAD",
                    blame: .outside,
                    "\(seen); \(came)",
                    remedy:
                        "the journal is an old copy: `retry --adopt` goes on above what was seen"
                )
                : Failure(
                    "MIG_STALE",
                    blame: .outside,
                    "\(seen); \(came)",
                    remedy: "the table is out of date; nothing is to be done"
                )
        }
        guard next.generation > generation || decidesLike(next) else {
            throw Failure(
                "MIG_STALE",
                blame: .bug,
                "\(came) with another content than this router has under that generation",
                remedy: "publish a changed table under a new generation"
            )
        }
        // A journal that was restored from a copy lacks barriers, and goes on above them by a rollback.
        let isAnew = next.fence > fence && next.rules.log.beginsAnew(after: generation)
        guard next.rules.salt != rules.salt || next.rules.log.continues(rules.log) || isAnew else {
            throw Failure(
                "MIG_STALE",
                blame: .bug,
                "generation \(next.generation) lacks barriers that this router has applied",
                remedy: "publish the whole log with every table"
            )
        }
    }
}
