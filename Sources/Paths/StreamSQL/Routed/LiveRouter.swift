package import Failures
internal import Files
internal import Flow
internal import JSON
package import Routing

/// The router of one live job: obeys its target's route tables, and takes part in the barrier protocol.
///
/// The controller calls it from its thread, the job's sequencing thread asks it before rows go on. Whatever it
/// has promised is on disk first, so a process that starts again knows it.
///
/// 1. A generation below the highest seen is never obeyed.
/// 2. A proposal is acknowledged only where no event at or after its barrier has been admitted; from then on
///    such events wait until the outcome is known.
/// 3. A window that has begun keeps its owner.
package final class LiveRouter: Sendable {
    package struct Status: Sendable, Hashable {
        package var fence: Int
        package var generation: Int
        /// The greatest event time admitted (µs).
        package var maximum: Int64?
    }

    package enum Answer: Sendable, Hashable {
        case acknowledged(BarrierProposal)
        case refused(BarrierProposal, maximum: Int64)
    }

    /// Whether rows may go on.
    enum Admission: Sendable {
        /// Under these rules.
        case admitted(version: Int)
        /// Rows from this event time on wait for a proposal's outcome.
        case stalled(from: Int64)
    }

    private struct State: Sendable {
        var memory: RouterMemory
        var machine: BarrierMachine
        var version = 1
        /// The newest rollback decided anew about windows of rows up to this event time (µs).
        var redecidedThrough: Int64?

        var ownership: WindowOwnership {
            WindowOwnership(
                memory.table,
                shares: memory.shares,
                isFenced: memory.isFenced,
                redecidedThrough: redecidedThrough
            )
        }
    }

    package let id: String
    private let state: Monitor<State>
    private let path: String?

    /// A router as its process starts.
    ///
    /// - Parameters:
    ///   - id: names the router among its target's.
    ///   - target: whose tables it obeys.
    ///   - directory: where it keeps what it has promised, in `ID.json`; nil keeps nothing.
    ///   - tables: the target's tables of the attempt, the oldest first, as the journal has them.
    /// - Throws: `MIG_ROUTER_STATE` where its file cannot be read, and what a table's rules refuse.
    package init(
        id: String,
        target: String,
        directory: String?,
        tables: [RouteTable]
    ) throws(Failure) {
        self.id = id
        var memory = RouterMemory(try RouteTable.untouched(target: target))
        path = directory.map { Directory.join($0, "\(id).json") }
        if let directory, let path {
            try Directory.create(directory)
            if case .file = try Directory.kind(of: path) {
                let stored = try RouterMemory(reading: path)
                if stored.table.target == target { memory = stored }
            }
        }
        var machine = BarrierMachine(memory.barriers, maximum: nil)
        // Under its own generation the router may know a later fence than the journal's table has.
        for table in tables where table.generation > memory.table.generation {
            try memory.table.checkSuccessor(table)
            if table.rules.log.continues(machine.persistent.log) {
                _ = machine.load(table.rules.log)
            } else {
                // Another salt begins a log of its own, and so does a journal that was restored from a copy.
                let barriers = BarrierMachine.Persistent(log: table.rules.log)
                machine = BarrierMachine(barriers, maximum: nil)
            }
            memory.take(table)
        }
        memory.barriers = machine.persistent
        state = Monitor(State(memory: memory, machine: machine))
    }

    // MARK: The controller's side

    package var status: Status {
        state.withLock { state in
            Status(
                fence: state.memory.table.fence,
                generation: state.memory.table.generation,
                maximum: state.machine.maximum
            )
        }
    }

    /// The table that is obeyed.
    package var table: RouteTable { state.withLock { $0.memory.table } }

    /// Takes a proposal.
    ///
    /// - Returns: the answer; nil for an old message.
    /// - Throws: where the promise cannot be stored; nothing is acknowledged then.
    package func propose(_ proposal: BarrierProposal) throws(Failure) -> Answer? {
        let action = state.withLock { state in
            // A first barrier where others are known: an attempt with another salt begins.
            let isNewLog = proposal.base == 0 && !state.machine.persistent.log.isEmpty
            if isNewLog, state.machine.persistent.highest.map({ $0 < proposal }) ?? true {
                state.machine = BarrierMachine(
                    BarrierMachine.Persistent(log: RouteLog()),
                    maximum: state.machine.maximum
                )
            }
            return state.machine.propose(proposal)
        }
        return try follow(action)
    }

    /// Takes a proposal back.
    package func cancel(_ proposal: BarrierProposal) throws(Failure) {
        let action = state.withLock { $0.machine.cancel(proposal) }
        _ = try follow(action)
    }

    /// Obeys a table: the outcome of a proposal that was acknowledged, or one that moves no window.
    ///
    /// - Throws: `MIG_FENCED`, `MIG_STALE`, `MIG_ROUTER_AHEAD`; where the table cannot be stored, the old one is
    ///   obeyed.
    package func publish(_ table: RouteTable) throws(Failure) {
        let next = try state.withLock { (state: inout State) throws(Failure) -> State? in
            try state.memory.table.checkSuccessor(table)
            guard table != state.memory.table else { return nil }
            var next = state
            Self.apply(table, to: &next)
            return next
        }
        guard let next else { return }
        try store(next.memory)
        state.withLock { state in
            Self.apply(table, to: &state)
            state.version += 1
        }
        state.wakeAll()
    }

    private static func apply(_ table: RouteTable, to state: inout State) {
        let log = table.rules.log
        if let pending = state.machine.persistent.pending, log.entries.last == pending.entry {
            _ = state.machine.activate(pending)
        }
        let maximum = state.machine.maximum
        // Another salt begins a log of its own, and so does a journal that was restored from a copy.
        var isRedecided = !log.continues(state.machine.persistent.log)
        if isRedecided {
            state.machine = BarrierMachine(BarrierMachine.Persistent(), maximum: maximum)
        }
        if case .reprocess = state.machine.load(log) { isRedecided = true }
        // A barrier that lies behind rows already admitted comes with a rollback: the primary has computed
        // those windows too, and takes them over, so nothing is read again. What was admitted stays admitted.
        if isRedecided, let maximum {
            state.machine = BarrierMachine(state.machine.persistent, maximum: maximum)
            state.redecidedThrough = maximum
        }
        state.memory.take(table)
        state.memory.barriers = state.machine.persistent
    }

    /// Does what the machine asks for, until it has an answer.
    private func follow(_ action: BarrierMachine.Action) throws(Failure) -> Answer? {
        switch action {
        case .none, .reprocess: return nil
        case .acknowledge(let proposal): return .acknowledged(proposal)
        case .refuse(let proposal, let maximum): return .refused(proposal, maximum: maximum)
        case .release:
            try store(remembered())
            state.wakeAll()
            return nil
        case .persist:
            try store(remembered())
            let next = state.withLock { $0.machine.persisted() }
            return try follow(next)
        }
    }

    private func remembered() -> RouterMemory {
        state.withLock { state in
            state.memory.barriers = state.machine.persistent
            return state.memory
        }
    }

    private func store(_ memory: RouterMemory) throws(Failure) {
        guard let path else { return }
        let text = Array(try memory.json().compactText.utf8)
        try Directory.replace(path, with: text.span)
    }

    // MARK: The job's side

    /// Asks whether rows with event times up to `maximum` (µs) may go on; they then count as processed.
    func admit(_ maximum: Int64) -> Admission {
        state.withLock { state in
            if let barrier = state.machine.stallsFrom, maximum >= barrier {
                return .stalled(from: barrier)
            }
            _ = state.machine.admit(eventTime: maximum)
            return .admitted(version: state.version)
        }
    }

    /// The rules in force, and their version.
    var ownership: (rules: WindowOwnership, version: Int) {
        state.withLock { ($0.ownership, $0.version) }
    }
}
