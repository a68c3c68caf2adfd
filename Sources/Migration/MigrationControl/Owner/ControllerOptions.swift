package import Failures
internal import Flow
package import MigrationRules

/// How a controller works, and what it uses of its surroundings.
package struct ControllerOptions: Sendable {
    /// `controller:4711`; stands in events as their actor.
    package var holder: String
    /// Version of this program, as events carry it.
    package var binary: String
    package var settings: ControlSettings
    package var clock: ControlClock
    package var outlets: ControlOutlets
    /// Layer below SQLite, for tests of faults.
    package var fileLayer: String?

    package init(
        holder: String,
        binary: String,
        settings: ControlSettings = ControlSettings(),
        clock: ControlClock = .system,
        outlets: ControlOutlets = ControlOutlets(),
        fileLayer: String? = nil
    ) {
        self.holder = holder
        self.binary = binary
        self.settings = settings
        self.clock = clock
        self.outlets = outlets
        self.fileLayer = fileLayer
    }
}

/// Where the controller takes the time from.
package struct ControlClock: Sendable {
    package var now: @Sendable () -> ClockReading

    package init(now: @escaping @Sendable () -> ClockReading) { self.now = now }

    /// A monotonic clock that stands while the machine sleeps, and the wall clock.
    package static let system: ControlClock = {
        let start = SuspendingClock.now
        return ControlClock {
            ClockReading(
                monotonicMs: Int((SuspendingClock.now - start) / .milliseconds(1)),
                wallMs: Int(wallMilliseconds())
            )
        }
    }()
}

/// Doors to people and programs outside.
///
/// An intent whose door is missing is not dropped: it stays open, with a failure that says so.
package struct ControlOutlets: Sendable {
    package typealias Notify =
        @Sendable (NotifyPlan.Occasion, String, MigrationPlan) throws(Failure) -> Void
    package typealias RunHook =
        @Sendable (HookPlan, _ idempotencyKey: String) throws(Failure) -> Void
    package typealias Page = @Sendable (String) throws(Failure) -> Void

    package var notify: Notify?
    package var runHook: RunHook?
    /// A person is needed; without this door the state says so, and nobody is called.
    package var page: Page?

    package init(notify: Notify? = nil, runHook: RunHook? = nil, page: Page? = nil) {
        self.notify = notify
        self.runHook = runHook
        self.page = page
    }
}

/// The answer to a command.
package struct CommandReply: Sendable, Hashable {
    package var outcome: MachineStep.Reply
    /// The migration's id, and where it stands after the command.
    package var migration: String
    package var attempt: Int
    package var phase: Phase
    package var stage: String?
    package var stageState: StageState?
    package var generation: Int
    /// Number of the last event.
    package var seq: Int

    /// - Throws: what a refusal says, as a failure with its code.
    package func requireObeyed() throws(Failure) {
        guard case .refused(let refusal) = outcome else { return }
        throw Failure(
            refusal.code.rawValue,
            blame: .request,
            refusal.problem,
            remedy: refusal.remedy
        )
    }
}

/// What storing a plan gave.
package struct AppliedPlan: Sendable, Hashable {
    package var migration: String
    package var name: String
    package var attempt: Int
    package var planHash: String
    /// Whether the same plan was there already, as this attempt.
    package var isRepeated: Bool
}
