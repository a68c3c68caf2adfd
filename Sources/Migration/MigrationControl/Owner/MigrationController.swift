package import Failures
internal import Flow
package import MigrationRules
private import Synchronization

/// Whoever moves the migrations of one state folder.
///
/// Make one, attach the paths that run in this process, and either ``start()`` its loop or call ``step()``.
/// Commands come from any thread. A controller without its loop obeys a command at once, on the caller's
/// thread: that is how a verb works where no controller runs.
///
/// 1. One process at a time controls a state folder.
/// 2. Everything that is decided is in the journal before it is done.
/// 3. A controller may end at any instruction; the next one goes on from the journal.
package final class MigrationController: Sendable {
    private let core: Exclusive<ControllerCore>
    private let desk: Monitor<Desk>
    private let thread = Mutex<WorkerThread?>(nil)
    private let tickMs: Int

    /// What threads leave for one another.
    private struct Desk {
        var isRunning = false
        var isStopping = false
        /// Somebody has news that shall not wait for the tick.
        var isAwake = false
        var failure: Failure?
        var jobs: [Job] = []
        var answers: [Int: Result<Answer, Failure>] = [:]
        var nextJob = 0
        var snapshots: [String: MigrationSnapshot] = [:]
    }

    private struct Job {
        var number: Int
        var work: Work
    }

    private enum Work: Sendable {
        case command(Command, name: String)
        case apply(MigrationPlan, source: String)
        case attach(any TargetAdapter, target: String)
    }

    private enum Answer: Sendable {
        case reply(CommandReply)
        case applied(AppliedPlan)
        case attached
    }

    /// Takes control of a state folder.
    ///
    /// - Throws: `MIG_STATE_LOCKED` with the other process, `MIG_JOURNAL_CHAIN` for a damaged journal.
    package init(state: String, options: ControllerOptions) throws(Failure) {
        tickMs = options.settings.machine.tickMs
        core = Exclusive(try ControllerCore(state: state, options: options))
        desk = Monitor(Desk())
    }

    /// Gives the controller the path of a target.
    ///
    /// - Throws: `MIG_UNIT` where a migration of the target needs barriers and the path has none.
    package func attach(_ adapter: any TargetAdapter, to target: String) throws(Failure) {
        _ = try ask(.attach(adapter, target: target))
    }

    /// Stores a plan that was linted, as attempt n + 1 of its name; the last one has to have ended.
    package func apply(_ plan: MigrationPlan, source: String) throws(Failure) -> AppliedPlan {
        guard case .applied(let applied) = try ask(.apply(plan, source: source)) else {
            preconditionFailure("an answer of its own kind")
        }
        return applied
    }

    /// Obeys a command for the latest migration of a name, or says why not.
    ///
    /// Saying it again is safe. Blocks until it is decided; what follows from it is done in later turns.
    package func submit(_ command: Command, for name: String) throws(Failure) -> CommandReply {
        guard case .reply(let reply) = try ask(.command(command, name: name)) else {
            preconditionFailure("an answer of its own kind")
        }
        return reply
    }

    /// What a migration looks like, as of the last turn.
    ///
    /// nil for a name that is not under control, also for one that had ended when the controller began:
    /// ``MigrationViews`` reads those.
    package func snapshot(of name: String) -> MigrationSnapshot? {
        desk.withLock { $0.snapshots[name] }
    }

    /// Why the loop has ended; nil while it runs, or where it was stopped.
    package var failure: Failure? { desk.withLock { $0.failure } }

    /// One turn of everything, where no loop runs.
    package func step() throws(Failure) {
        try core.withValue { (core) throws(Failure) in
            try core.step()
            publishSnapshots(core)
        }
    }

    /// Turns the migrations by themselves until `isDone` says so or the time is over, where no loop runs.
    ///
    /// - Returns: whether `isDone` said so.
    package func step(
        within time: Duration,
        until isDone: () -> Bool
    ) throws(Failure) -> Bool {
        let deadline = ContinuousClock.now + time
        while true {
            try step()
            if isDone() { return true }
            guard ContinuousClock.now < deadline else { return false }
            pause(for: .milliseconds(min(tickMs, 50)))
        }
    }

    /// Starts the loop, on a thread of its own.
    package func start() throws(Failure) {
        desk.withLock { desk in
            precondition(!desk.isRunning, "a controller has one loop")
            desk.isRunning = true
            desk.isStopping = false
        }
        do throws(Failure) {
            let loop = try WorkerThread { [self] in run() }
            thread.withLock { $0 = loop }
        } catch {
            desk.withLock { $0.isRunning = false }
            throw error
        }
    }

    /// Has the loop take a turn at once: a path calls it when it has found a violation.
    package func wake() { desk.withLock { $0.isAwake = true } }

    /// Ends the loop after the turn under way, waits for that, and folds the journal's log.
    package func stop() {
        desk.withLock { $0.isStopping = true }
        let loop = thread.withLock { thread in
            let loop = thread
            thread = nil
            return loop
        }
        loop?.join()
        core.withValue { $0.fold() }
    }
}

/// The loop, and work that other threads leave for it.
extension MigrationController {
    private static let slice = Duration.milliseconds(5)

    private func run() {
        var due = ContinuousClock.now
        var failure: Failure?
        while failure == nil {
            let (jobs, isAwake, isStopping) = desk.withLock { desk in
                let jobs = desk.jobs
                let isAwake = desk.isAwake
                desk.jobs = []
                desk.isAwake = false
                return (jobs, isAwake, desk.isStopping)
            }
            for job in jobs { settle(job.number, result(job.work)) }
            if isStopping { break }
            guard !jobs.isEmpty || isAwake || ContinuousClock.now >= due else {
                pause(for: Self.slice)
                continue
            }
            do throws(Failure) {
                try step()
            } catch {
                failure = error
            }
            due = max(due + .milliseconds(tickMs), ContinuousClock.now)
        }
        desk.withLock { desk in
            desk.isRunning = false
            desk.failure = failure
        }
        desk.wakeAll()
    }

    private func settle(_ job: Int, _ result: Result<Answer, Failure>) {
        desk.withLock { $0.answers[job] = result }
        desk.wakeAll()
    }

    private func result(_ work: Work) -> Result<Answer, Failure> {
        do throws(Failure) {
            return .success(try perform(work))
        } catch {
            return .failure(error)
        }
    }

    private func perform(_ work: Work) throws(Failure) -> Answer {
        try core.withValue { (core) throws(Failure) in
            defer { publishSnapshots(core) }
            switch work {
            case .command(let command, let name):
                return .reply(try core.obey(command, for: name))
            case .apply(let plan, let source):
                return .applied(try core.apply(plan, source: source))
            case .attach(let adapter, let target):
                try core.attach(adapter, to: target)
                return .attached
            }
        }
    }

    /// Has the loop do the work, or does it where none runs.
    private func ask(_ work: Work) throws(Failure) -> Answer {
        let number = try desk.withLock { (desk) throws(Failure) -> Int? in
            if let failure = desk.failure { throw failure }
            guard desk.isRunning else { return nil }
            // The loop may be in its last turn, so nobody else may take one.
            guard !desk.isStopping else { throw Self.stopped }
            desk.nextJob += 1
            desk.jobs.append(Job(number: desk.nextJob, work: work))
            return desk.nextJob
        }
        guard let number else { return try perform(work) }
        let result: Result<Answer, Failure> = desk.wait { desk in
            if let answer = desk.answers.removeValue(forKey: number) { return answer }
            guard !desk.isRunning else { return nil }
            return .failure(desk.failure ?? Self.stopped)
        }
        return try result.get()
    }

    private static let stopped = Failure(
        "MIG_STOPPED",
        blame: .outside,
        isRetryable: true,
        "the controller ended before it looked at the command",
        remedy: "give the command again"
    )

    private func publishSnapshots(_ core: ControllerCore) {
        let snapshots = core.snapshots()
        desk.withLock { $0.snapshots = snapshots }
    }
}
