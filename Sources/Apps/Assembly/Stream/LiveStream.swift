package import Failures
internal import Files
internal import Flow
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules
internal import Routing
package import SQLFront
package import StreamSQL
private import Glibc
private import Synchronization

/// A stream job under its target's migration: both engines, the router and the controller in one process.
///
/// The controller's loop begins when the rows that an earlier run has reported have been computed again.
package final class LiveStream: Sendable {
    private let request: LiveRequest
    private let controller: MigrationController
    private let name: String
    private let plan: MigrationPlan
    private let live: LiveJob
    private let router: LiveRouter
    private let target: StreamTarget
    /// Rows that an earlier run has reported.
    package let replayed: Int64
    private let trouble: LiveTrouble
    /// The migration where it has ended before this run.
    private let ended: MigrationSnapshot?
    /// Differences that an earlier run has reported.
    private let earlierMismatches: Int

    /// Takes control of the state folder, and makes the job ready.
    ///
    /// - Throws: `MIG_STATE_LOCKED`, `MIG_UNKNOWN` where no migration of the target is under way, what the journal,
    ///   the routers' files and the job refuse.
    package init(
        _ job: Job,
        settings: StreamSettings,
        options: StreamRunOptions,
        controller: LiveController,
        request: LiveRequest
    ) throws(Failure) {
        self.request = request
        self.controller = controller.controller
        let story = try StoredMigration(
            of: request.target,
            in: request.stateDirectory,
            binary: request.binary,
            takesEnded: request.takesEnded
        )
        plan = story.plan
        name = story.plan.name
        ended = story.ended
        earlierMismatches = story.mismatchCount
        try Self.check(story.plan)
        let primary = try request.engine(story.plan.primary.ref ?? "v1").get()
        let candidate = try request.engine(story.plan.candidate.ref ?? "v2").get()
        router = try story.router(in: request.stateDirectory)
        let position = story.position(of: router.id)
        replayed = Int64(position.position)
        let trouble = LiveTrouble()
        self.trouble = trouble
        let pacer = LivePacer(request) { [controller = controller.controller, name] in
            controller.snapshot(of: name)
        }
        var live = LiveOptions(
            router: router,
            candidate: candidate.engine,
            candidateName: candidate.name
        )
        live.targeting = plan.unit.targetingKey
        live.replayThrough = replayed
        // Rows that come at their own pace wait for nobody who serves nothing.
        live.shadowBlocks = request.speed == nil && request.rowsPerSecond == nil
        live.pace = { pacer.pause(before: $0, eventTime: $1) }
        live.caughtUp = { [controller = controller.controller] in
            trouble.note { () throws(Failure) in try controller.start() }
        }
        if case .candidate(let fault)? = request.fault?.kind,
            let first = story.plan.stageIndex(request.fault?.stage ?? "")
        {
            let stage = story.plan.stages[first]
            live.fault = { table in
                let isBefore = table.thresholdPPM < stage.thresholdPPM
                let isNothing = table.thresholdPPM == 0 && table.rules.shadowPPM == 0
                return isBefore || isNothing ? nil : fault
            }
        }
        var options = options
        options.engine = primary.engine
        options.processorName = primary.name
        self.live = try LiveJob(job, settings: settings, options: options, live: live)
        target = StreamTarget(
            self.live,
            router: router,
            description: .stream(primary: primary.name, candidate: candidate.name),
            intervalMs: request.intervalMs,
            after: position.sequence
        )
    }

    /// - Throws: `MIG_UNIT` for what a plan wants and two engines of one job cannot give.
    private static func check(_ plan: MigrationPlan) throws(Failure) {
        guard let rule = plan.compare.rules.first else { return }
        throw Failure(
            "MIG_UNIT",
            blame: .request,
            "\(plan.name) has a rule of comparison for \(rule.path), and V1 and V2 are compared to the bit",
            remedy: "leave `compare.rules` out of the plan"
        )
    }

    /// Runs the job to its end, and lets the controller decide about the last reports.
    ///
    /// - Throws: the failure that ended the job; nothing has been published then.
    package func run(control: JobControl) throws(Failure) -> LiveStreamReport {
        try controller.attach(target, to: request.target)
        let server = try ControlServer.start(controller, state: request.stateDirectory)
        defer {
            server.stop()
            controller.stop()
        }
        let report = try live.run(control: control)
        target.end()
        settle()
        if let failure = trouble.failure { throw failure }
        return LiveStreamReport(live: report, view: view, trouble: controller.failure)
    }

    /// Waits for what the last reports decide, as long as something moves.
    private func settle() {
        let tick = Duration.milliseconds(request.tickMs)
        var last: (seq: Int, at: ContinuousClock.Instant)?
        while controller.failure == nil, let snapshot = controller.snapshot(of: name) {
            guard !snapshot.phase.isTerminal else { return }
            let now = ContinuousClock.now
            if last?.seq != snapshot.seq { last = (snapshot.seq, now) }
            let patience = tick * 5 + .milliseconds(2 * request.intervalMs)
            guard let last, now - last.at < patience else { return }
            pause(for: min(tick, .milliseconds(20)))
        }
    }

    /// What the migration looks like now.
    package var view: LiveView {
        var view = LiveView(controller.snapshot(of: name) ?? ended, live.totals, plan)
        // What an earlier run told of counts, also where this one computes the same rows right.
        view.different = max(view.different, earlierMismatches)
        return view
    }
}

/// What a live run ended with.
package struct LiveStreamReport: Sendable {
    package var live: LiveReport
    package var view: LiveView
    /// Why the controller ended before the job; routers kept the last table then.
    package var trouble: Failure?
}

/// The first failure of a thread that nobody waits for.
private final class LiveTrouble: Sendable {
    private let first = Mutex<Failure?>(nil)

    var failure: Failure? { first.withLock { $0 } }

    func note(_ body: () throws(Failure) -> Void) {
        do throws(Failure) {
            try body()
        } catch {
            first.withLock { $0 = $0 ?? error }
        }
    }
}
