internal import Columns
package import Failures
internal import Flow
internal import Routing
package import SQLFront

/// Runs one job on two engines at once, and moves the ownership of its windows between them while it runs.
///
/// One thread reads, decodes and sequences the rows and takes them to the aggregate's input. From there each
/// side is an ordinary job over its own queue: the primary gets every row, so that it can take over any window
/// at any moment; the candidate gets the rows of the windows that it owns or is compared in. Both sides' results
/// meet in one committer, which publishes the primary's row or the candidate's equal one.
package final class LiveJob: Sendable {
    private let job: Job
    private let settings: StreamSettings
    private let options: StreamRunOptions
    private let live: LiveOptions
    private let shape: RoutedShape
    private let committer: Monitor<LiveCommitter?>

    /// - Throws: `MIG_UNIT`, `MIG_KEY_TYPE` for a job that cannot be routed by key and window.
    package init(
        _ job: Job,
        settings: StreamSettings,
        options: StreamRunOptions,
        live: LiveOptions
    ) throws(Failure) {
        shape = try RoutedShape(job.plan, targeting: live.targeting)
        guard settings.policy.failing != .dlq, settings.policy.late != .dlq else {
            throw Failure(
                "MIG_UNIT",
                blame: .request,
                "a job under migration keeps no dead letters yet",
                remedy: "choose `--failure fail` or `log`, and `--late drop`"
            )
        }
        guard options.checkpoints == nil else {
            throw Failure(
                "MIG_UNIT",
                blame: .request,
                "a job under migration takes no checkpoints: it reads its input again",
                remedy: "leave `transactional` out of the processor"
            )
        }
        self.job = job
        self.settings = settings
        self.options = options
        self.live = live
        committer = Monitor(nil)
    }

    /// What was seen since the last call; any thread may ask.
    package func takeEvidence() -> LiveEvidence {
        committer.withLock { $0 }?.takeEvidence() ?? LiveEvidence()
    }

    /// The rules that hold for every result, as far as they were checked since the last report.
    package var rules: (uniqueness: LiveEvidence.Rule, conservation: LiveEvidence.Rule) {
        committer.withLock { $0 }?.rules ?? (.init(), .init())
    }

    /// What has been done since the first row; any thread may ask.
    package var totals: LiveTotals { committer.withLock { $0 }?.totals ?? LiveTotals() }

    /// Runs the job to its end.
    ///
    /// - Throws: the failure that ended it; then nothing has been published.
    package func run(control: JobControl) throws(Failure) -> LiveReport {
        let start = ContinuousClock.now
        let clock = JobClock(isFixed: job.settings.isBatch, read: options.now)
        let context = EvaluationContext(
            zoneOffset: job.settings.zoneOffset,
            divisionByZero: settings.divisionByZero,
            joinByteLimit: settings.joinBroadcastBytes
        )
        let (sink, formatter, check, name) = try openSink()
        let ledger = JobLedger(
            sourceCount: 1,
            policy: settings.policy,
            sink: sink,
            deadLetters: nil,
            log: options.log
        )
        let program = try JobProgram(
            graph: shape.graph,
            partitions: 1,
            context: context,
            formatter: formatter,
            sinkCheck: check
        )
        let committer = LiveCommitter(
            shape: shape,
            program: program,
            clock: clock,
            router: live.router,
            ledger: ledger
        )
        self.committer.withLock { $0 = committer }
        var master = LiveMaster(
            shape: shape,
            edge: program.sourceWays[0][0].edges[0],
            clock: clock,
            live: live,
            committer: committer,
            control: control,
            makeSide: { [self] side, feed in part(side, feed) }
        )
        do throws(Failure) {
            let opener = SourceOpener(
                graph: shape.graph,
                options: options,
                batchRows: settings.batchRows,
                batchLatency: settings.batchLatency,
                isStopped: { control.isStopped },
                context: context,
                clock: clock
            )
            let input = try opener.open()
            try master.run(
                input,
                Sequencer(
                    sources: input.sources,
                    hasWatermark: [true],
                    turnRows: settings.batchRows
                )
            )
            try committer.finish(master.handedRows)
        } catch {
            master.stop()
            committer.abort()
            throw committer.failure ?? error
        }
        return report(committer, master.primaryReport, name, ContinuousClock.now - start)
    }

    private func openSink() throws(Failure) -> (
        sink: any RowSink, formatter: any OutputFormatter, check: SinkCheck?, name: String?
    ) {
        guard case .table(let table) = job.sink else {
            throw Failure(
                "MIG_UNIT",
                blame: .request,
                "a SELECT has no target to be migrated",
                remedy: "write INSERT INTO a table",
                at: .text(job.position)
            )
        }
        let opener = SinkOpener(
            table: table,
            schema: shape.graph.outputSchema,
            options: options,
            retry: settings.retry,
            job: job.name
        )
        let (sink, formatter) = try opener.open()
        let batched = BatchedSink(
            sink,
            rowLimit: settings.sinkBatchRows,
            byteLimit: settings.sinkBatchBytes
        )
        let isLive = shape.graph.isLive
        return (isLive ? sink : batched, formatter, SinkCheck(table), table.name)
    }

    /// The aggregate alone, for one side.
    private func part(_ side: Side, _ feed: StepFeed) -> StreamJob {
        var options = options
        var settings = settings
        options.metrics = nil
        if side == .candidate {
            options.engine = live.candidate
            options.processorName = live.candidateName
            // What the candidate cannot compute shows in the comparison.
            settings.policy.failing = .log
            options.log = { _ in }
        }
        return StreamJob(
            partOf: job,
            graph: shape.suffix(reading: feed),
            settings: settings,
            options: options
        )
    }

    private func report(
        _ committer: LiveCommitter,
        _ primary: JobReport?,
        _ sink: String?,
        _ elapsed: Duration
    ) -> LiveReport {
        var report = committer.withLedger { ledger in
            StreamJob(partOf: job, graph: shape.graph, settings: settings, options: options)
                .report(ledger, sink, [], elapsed)
        }
        if let primary {
            report.rowsLate = primary.rowsLate
            report.partlyLate = primary.partlyLate
            report.firstLate = primary.firstLate
            report.rejectedCounts.merge(primary.rejectedCounts) { $0 + $1 }
            report.firstRejected = report.firstRejected ?? primary.firstRejected
        }
        return LiveReport(
            job: report,
            totals: committer.totals,
            rowsIn: report.sources.reduce(0) { $0 + $1.rowsIn }
        )
    }
}
