/// A generation and the event time from which it is to own windows, as the controller proposes it.
package struct BarrierProposal: Hashable, Sendable, Comparable {
    package var fence: Int
    package var generation: Int
    package var barrier: Int64
    package var thresholdPPM: Int
    /// The last generation that was activated when this one was proposed; 0 where none was.
    ///
    /// It tells a router that still waits what became of an earlier proposal.
    package var base: Int

    package init(
        fence: Int,
        generation: Int,
        barrier: Int64,
        thresholdPPM: Int,
        base: Int = 0
    ) {
        self.base = base
        self.fence = fence
        self.generation = generation
        self.barrier = barrier
        self.thresholdPPM = thresholdPPM
    }

    package var entry: RouteLog.Entry {
        RouteLog.Entry(generation: generation, barrier: barrier, thresholdPPM: thresholdPPM)
    }

    /// A proposal that was postponed comes again with a later barrier, a lower one is an old message.
    package static func < (left: Self, right: Self) -> Bool {
        (left.fence, left.generation, left.barrier)
            < (right.fence, right.generation, right.barrier)
    }
}

/// A router's side of the protocol that moves window ownership from one generation to the next.
///
/// The controller proposes (g, B); a router persists the proposal and acknowledges it only if it has processed
/// nothing at or after B. From then on it stalls such events until the generation is activated or cancelled.
/// So when every router has acknowledged, none has ever decided about a window from B on.
///
/// 1. Nothing is acknowledged before it is persisted.
/// 2. After an acknowledgement no event at or after B is processed before the outcome is known.
/// 3. A router that starts has the whole log before its first event.
/// 4. An outcome counts only for the very proposal that waits; older messages change nothing.
package struct BarrierMachine: Hashable, Sendable {
    /// What the owner does next.
    ///
    /// Facts come back through the machine's other functions.
    package enum Action: Hashable, Sendable {
        case none
        /// Write ``persistent`` durably, then call ``persisted()``.
        case persist
        case acknowledge(BarrierProposal)
        /// The proposal came too late here; `maximum` is the greatest event time processed.
        case refuse(BarrierProposal, maximum: Int64)
        /// Write ``persistent`` durably, then let stalled events go on.
        case release
        /// Barriers were activated without this router, which has processed events behind the first of
        /// them: write ``persistent`` durably, forget what was decided from `barrier` on, and read again.
        case reprocess(from: Int64)
    }

    /// What must survive a crash.
    package struct Persistent: Hashable, Sendable {
        /// Every activated generation.
        package var log: RouteLog
        /// The proposal that waits for its outcome.
        package var pending: BarrierProposal?
        /// The highest proposal or outcome seen; lower ones are old messages.
        package var highest: BarrierProposal?

        package init(log: RouteLog = RouteLog()) { self.log = log }
    }

    package private(set) var persistent: Persistent
    /// The greatest event time processed; nil before the first event.
    package private(set) var maximum: Int64?
    private var progress = Progress.idle

    private enum Progress: Hashable, Sendable {
        case idle
        case persisting
        case acknowledged
    }

    /// A machine as a router starts it.
    ///
    /// - Parameters:
    ///   - persistent: what it had stored, or the whole log where it had nothing.
    ///   - maximum: the greatest event time that it ever processed, from its own checkpoint.
    package init(_ persistent: Persistent, maximum: Int64?) {
        self.persistent = persistent
        self.maximum = maximum
        // It may have acknowledged before it died, so it stalls until it hears the outcome.
        progress = persistent.pending == nil ? .idle : .acknowledged
    }

    /// Event time from which events wait; nil where none do.
    package var stallsFrom: Int64? {
        progress == .acknowledged ? persistent.pending?.barrier : nil
    }

    /// Whether an event may be processed now; it then counts as processed.
    package mutating func admit(eventTime: Int64) -> Bool {
        if let stallsFrom, eventTime >= stallsFrom { return false }
        maximum = max(maximum ?? eventTime, eventTime)
        return true
    }

    /// The controller proposes a barrier; repeated messages are answered again.
    package mutating func propose(_ proposal: BarrierProposal) -> Action {
        if proposal == persistent.pending { return answerAgain(proposal) }
        if let highest = persistent.highest, proposal <= highest { return .none }
        settle(base: proposal.base)
        guard (persistent.log.entries.last?.generation ?? 0) == proposal.base else { return .none }
        persistent.pending = proposal
        persistent.highest = proposal
        progress = .persisting
        return .persist
    }

    /// Finds out what became of the proposal that waits, when a later one overtook its outcome.
    ///
    /// It was activated if the later one builds on it, and cancelled if that one builds on less. Else the
    /// log has to be loaded first.
    private mutating func settle(base: Int) {
        guard let pending = persistent.pending, pending.generation >= base else { return }
        if pending.generation == base {
            guard progress == .acknowledged,
                let log = persistent.log.appending(pending.entry)
            else { return }
            persistent.log = log
        }
        persistent.pending = nil
        progress = .idle
    }

    /// What the last `persist` asked for is durable.
    package mutating func persisted() -> Action {
        guard progress == .persisting, let pending = persistent.pending else { return .none }
        if let maximum, maximum >= pending.barrier {
            persistent.pending = nil
            progress = .idle
            return .refuse(pending, maximum: maximum)
        }
        progress = .acknowledged
        return .acknowledge(pending)
    }

    private func answerAgain(_ proposal: BarrierProposal) -> Action {
        switch progress {
        case .acknowledged:
            // A router that died between persisting and answering has never refused.
            if let maximum, maximum >= proposal.barrier {
                return .refuse(proposal, maximum: maximum)
            }
            return .acknowledge(proposal)
        case .persisting: return .persist
        case .idle: return .none
        }
    }

    /// Every router acknowledged: the generation owns windows from its barrier on.
    package mutating func activate(_ proposal: BarrierProposal) -> Action {
        guard proposal == persistent.pending, progress == .acknowledged,
            let log = persistent.log.appending(proposal.entry)
        else { return .none }
        persistent.log = log
        return finish()
    }

    /// The proposal is off: some router refused or did not answer in time.
    package mutating func cancel(_ proposal: BarrierProposal) -> Action {
        guard proposal == persistent.pending else {
            // The cancellation overtook its proposal, which must not be answered any more.
            if persistent.highest.map({ $0 < proposal }) ?? true { persistent.highest = proposal }
            return .none
        }
        return finish()
    }

    /// The whole log as a newer table has it: what to do where outcomes were missed.
    ///
    /// A log that lacks what this router has activated is an old one, and changes nothing.
    package mutating func load(_ log: RouteLog) -> Action {
        guard log.continues(persistent.log), log != persistent.log else { return .none }
        let unknown = log.entries.dropFirst(persistent.log.entries.count)
        persistent.log = log
        let acknowledged = progress == .acknowledged ? persistent.pending?.entry : nil
        let missed = unknown.filter { $0 != acknowledged }.map(\.barrier).min()
        if let pending = persistent.pending, let last = log.entries.last,
            pending.generation > last.generation
        {
            // The proposal is newer than the log, and still waits.
            if let missed, let maximum, maximum >= missed { return reprocess(from: missed) }
            return .persist
        }
        let action = finish()
        guard let missed, let maximum, maximum >= missed else { return action }
        return reprocess(from: missed)
    }

    private mutating func reprocess(from barrier: Int64) -> Action {
        maximum = barrier - 1
        return .reprocess(from: barrier)
    }

    private mutating func finish() -> Action {
        persistent.pending = nil
        progress = .idle
        return .release
    }
}
