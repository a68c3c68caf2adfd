internal import Failures
internal import MigrationControl
internal import MigrationRules
private import Glibc
private import Synchronization

/// How fast the rows of a live job go on: by their event times, by a rate, and never past what the current stage
/// may use up before it has decided.
final class LivePacer: Sendable {
    private struct State {
        /// When, and at which event time and row, the present stretch began.
        var base: (at: ContinuousClock.Instant, eventTime: Int64?, position: Int64)?
        /// Since when the migration has kept the input waiting.
        var heldSince: ContinuousClock.Instant?
        /// What it waits for, so that waiting for something else begins anew.
        var heldAt: Mark?
        /// The stage that the input no longer waits for.
        var abandoned: Int?
        /// The current stage, and the row at which it was first seen.
        var begun: (stage: Int, position: Int64)?
    }

    private struct Mark: Equatable {
        var stage: Int?
        var state: StageState?
        var seq: Int
    }

    private let request: LiveRequest
    private let snapshot: @Sendable () -> MigrationSnapshot?
    private let state = Mutex(State())

    /// How long the input waits for a stage that does not move.
    private static let patience = Duration.seconds(20)
    private static let look = Duration.milliseconds(3)

    init(_ request: LiveRequest, snapshot: @escaping @Sendable () -> MigrationSnapshot?) {
        self.request = request
        self.snapshot = snapshot
    }

    /// How long the rows from `position` on still have to wait; nil when they may go on.
    func pause(before position: Int64, eventTime: Int64?) -> Duration? {
        let now = ContinuousClock.now
        let current = request.quotas == nil && request.fault == nil ? nil : snapshot()
        return state.withLock { state in
            if let current {
                let isHeld = isHeld(current, position, now, &state)
                killIfAsked(current, position, state)
                if isHeld {
                    state.base = nil
                    return Self.look
                }
            }
            state.heldSince = nil
            // Before the first row nobody knows at which event time the input begins.
            guard let base = state.base, base.eventTime != nil || eventTime == nil else {
                state.base = (now, eventTime, position)
                return nil
            }
            let due = base.at + stretch(from: base, to: position, eventTime)
            return due > now ? due - now : nil
        }
    }

    private func stretch(
        from base: (at: ContinuousClock.Instant, eventTime: Int64?, position: Int64),
        to position: Int64,
        _ eventTime: Int64?
    ) -> Duration {
        var wait = Duration.zero
        if let speed = request.speed, let from = base.eventTime, let eventTime {
            wait = .seconds(Double(max(0, eventTime - from)) / 1e6 / speed)
        }
        if let rate = request.rowsPerSecond {
            wait = max(wait, .seconds(Double(position - base.position) / rate))
        }
        return wait
    }

    /// Whether the migration wants the input to wait: while routes change, and at the end of a stage's share.
    private func isHeld(
        _ current: MigrationSnapshot,
        _ position: Int64,
        _ now: ContinuousClock.Instant,
        _ state: inout State
    ) -> Bool {
        guard request.quotas != nil else { return false }
        if let stage = current.stageIndex, state.begun?.stage != stage {
            state.begun = (stage, min(position, latestBegin(of: stage)))
        }
        guard current.stageIndex == nil || current.stageIndex != state.abandoned,
            current.trouble == nil, isWaiting(current, position, state)
        else { return false }
        let mark = Mark(stage: current.stageIndex, state: current.stageState, seq: current.seq)
        if mark != state.heldAt || state.heldSince == nil {
            state.heldAt = mark
            state.heldSince = now
        }
        guard let since = state.heldSince, now - since < Self.patience else {
            state.abandoned = current.stageIndex
            return false
        }
        return true
    }

    private func isWaiting(
        _ current: MigrationSnapshot,
        _ position: Int64,
        _ state: borrowing State
    ) -> Bool {
        switch current.phase {
        case .ready, .rollingBack: return true
        case .running: break
        case .draft, .paused, .finalizing, .completed, .rolledBack, .stuck, .cancelled: return false
        }
        guard let stage = current.stageIndex, let stageState = current.stageState else {
            return true
        }
        switch stageState {
        case .pending, .preflight, .shifting, .warming, .passed: return true
        case .holding where current.hold?.from == .preflight: return true
        case .observing, .deciding, .holding, .failed:
            return position >= end(of: stage, state)
        }
    }

    /// The row at which a stage begins when those before it have used up their shares.
    ///
    /// A run that goes on in the middle of a stage does not see where it began, and it began no later.
    private func latestBegin(of stage: Int) -> Int64 {
        (request.quotas ?? []).prefix(stage).reduce(0, +)
    }

    /// The row at which a stage has used up its share.
    private func end(of stage: Int, _ state: borrowing State) -> Int64 {
        guard let quotas = request.quotas, quotas.indices.contains(stage), let begun = state.begun
        else { return .max }
        return begun.position + quotas[stage]
    }

    /// Ends the process as a power cut would, in the middle of the stage that the fault names.
    private func killIfAsked(
        _ current: MigrationSnapshot,
        _ position: Int64,
        _ state: borrowing State
    ) {
        guard let fault = request.fault, fault.kind == .killController,
            current.stage == fault.stage, current.stageState == .observing,
            let stage = current.stageIndex, let begun = state.begun, begun.stage == stage
        else { return }
        let half = (request.quotas?[stage] ?? 0) / 2
        let isHalfSoaked = current.soak.units * 2 >= max(current.soak.wantedUnits, 1)
        guard isHalfSoaked || position >= begun.position + half else { return }
        kill(getpid(), SIGKILL)
    }
}
