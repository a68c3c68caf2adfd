internal import Arguments
package import Columns
package import Failures
internal import Flow
internal import Hashing
package import Observe
package import SQLFront

/// Which scheduler runs a job.
package enum StreamEngine: Sendable, Hashable {
    /// V1.
    case serial
    /// V2 with 1...1024 partitions of each operator, run by at most as many threads as there are CPUs.
    case parallel(partitions: Int, bindsThreads: Bool)
}

/// What a caller decides about a run, beside the settings.
package struct StreamRunOptions: Sendable {
    package enum Existing: Sendable, Hashable {
        case refuse
        case append
        case overwrite
    }

    package var engine: StreamEngine
    /// Name of the implementation in reports and dead letters, as `v2:4`.
    package var processorName: String
    /// Directory that relative paths of the script start from.
    package var scriptDirectory: String
    /// Replaces the path of a filesystem sink.
    package var outputDirectory: String?
    package var existing = Existing.refuse
    package var rowsPerSecond: Double?
    /// Seed of `datagen` tables.
    package var seed: UInt64 = 42
    /// How V2 spreads rows; one that the plan allows.
    package var strategy = DistributionStrategy.smart
    /// Bytes of text that are decoded as one piece; has no effect on rows.
    package var chunkSize = 256 << 10
    /// Microseconds since 1970-01-01 00:00:00 UTC, for NOW and dead letters.
    package var now: @Sendable () -> Int64
    /// Tables by name whose rows are in memory already; their connectors are not asked.
    ///
    /// Each batch has the table's physical columns.
    package var tables: [String: [Batch]] = [:]
    /// Is told of each refused row that a job goes on without.
    package var log: @Sendable (Failure) -> Void = { _ in }
    /// Keeps the job's metrics, where somebody wants to read them.
    package var metrics: MetricsRegistry?
    /// Is told of each step of the delivery.
    package var probe = DeliveryProbe.none
    /// Where a transactional job keeps its checkpoints; nil publishes all output at the end.
    package var checkpoints: CheckpointOptions?

    package init(
        engine: StreamEngine,
        processorName: String,
        scriptDirectory: String,
        now: @escaping @Sendable () -> Int64
    ) {
        self.engine = engine
        self.processorName = processorName
        self.scriptDirectory = scriptDirectory
        self.now = now
    }
}

/// Runs one job of a bound script.
package struct StreamJob: Sendable {
    let job: Job
    let settings: StreamSettings
    var options: StreamRunOptions
    let graph: StreamGraph

    package init(_ job: Job, settings: StreamSettings, options: StreamRunOptions) {
        self.job = job
        self.settings = settings
        self.options = options
        graph = StreamGraph(job.plan, strategy: options.strategy)
    }

    /// A part of a job, whose rows are nobody's output yet.
    init(
        partOf job: Job,
        graph: StreamGraph,
        settings: StreamSettings,
        options: StreamRunOptions
    ) {
        var part = job
        part.sink = .result
        self.job = part
        self.settings = settings
        self.options = options
        self.graph = graph
    }

    /// Runs the job into its sink.
    ///
    /// - Throws: the failure that ended it; then nothing has been published.
    package func run(control: JobControl) throws(Failure) -> JobReport {
        try checkDelivery()
        guard case .table(let table) = job.sink else {
            return try run(into: ResultRows(schema: graph.outputSchema), control: control)
        }
        if let checkpoints = options.checkpoints {
            return try runWithCheckpoints(table, checkpoints, control)
        }
        let opener = SinkOpener(
            table: table,
            schema: graph.outputSchema,
            options: options,
            retry: settings.retry,
            job: job.name
        )
        let (sink, formatter) = try opener.open()
        // Rows of live sources leave with their step.
        guard !graph.isLive else { return try run(sink, formatter, name: table.name, control) }
        let batched = BatchedSink(
            sink,
            rowLimit: settings.sinkBatchRows,
            byteLimit: settings.sinkBatchBytes
        )
        return try run(batched, formatter, name: table.name, control)
    }

    /// Runs the job into memory, whatever its sink is.
    ///
    /// - Throws: the failure that ended it.
    package func run(into rows: ResultRows, control: JobControl) throws(Failure) -> JobReport {
        guard options.checkpoints == nil else {
            throw unsupported("rows that stay in memory are never published", job.position)
        }
        return try run(rows, ColumnFormatter(), name: nil, control)
    }

    /// Runs a part of a job into what goes on with its rows.
    func runPart(
        into sink: sending any RowSink,
        control: JobControl
    ) throws(Failure) -> JobReport {
        try run(sink, PartFormatter(), name: nil, control)
    }

    /// Schema of the rows that the job gives.
    package var outputSchema: Schema { graph.outputSchema }

    private func run(
        _ sink: sending any RowSink,
        _ formatter: any OutputFormatter,
        name: String?,
        _ control: JobControl
    ) throws(Failure) -> JobReport {
        let start = ContinuousClock.now
        let meter = options.metrics.map { JobMeter($0, job: job.name, graph: graph) }
        let ledger = Exclusive(try makeLedger(sink, meter, keptLetterBytes: nil))
        let skews = try runToEnd(ledger, formatter, meter, control, from: nil)
        return ledger.withValue { report($0, name, skews, ContinuousClock.now - start) }
    }

    /// Schedules the job and publishes its output; what is not published when it fails is discarded.
    func runToEnd(
        _ ledger: Exclusive<JobLedger>,
        _ formatter: any OutputFormatter,
        _ meter: JobMeter?,
        _ control: JobControl,
        from resumption: Resumption?
    ) throws(Failure) -> [KeySkew] {
        do throws(Failure) {
            let skews = try schedule(ledger, formatter, meter, control, from: resumption)
            try ledger.withValue { ledger throws(Failure) in try ledger.finish() }
            return skews
        } catch {
            ledger.withValue { $0.abort() }
            throw error
        }
    }

    func makeLedger(
        _ sink: any RowSink,
        _ meter: JobMeter?,
        keptLetterBytes: Int?
    ) throws(Failure) -> JobLedger {
        JobLedger(
            sourceCount: graph.sources.count,
            policy: settings.policy,
            sink: sink,
            deadLetters: try openDeadLetters(keptBytes: keptLetterBytes),
            log: options.log,
            meter: meter,
            now: options.now
        )
    }

    private func openDeadLetters(keptBytes: Int?) throws(Failure) -> (any DeadLetterSink)? {
        guard settings.policy.failing == .dlq || settings.policy.late == .dlq,
            let directory = settings.deadLetterPath
        else { return nil }
        return try DeadLetterFile(
            directory: directory,
            job: job.name,
            processor: options.processorName,
            sourceNames: graph.sources.map(\.name),
            byteLimit: settings.deadLetterByteLimit,
            keptBytes: keptBytes,
            now: options.now
        )
    }

    /// What both schedulers run on.
    private struct Run {
        let program: JobProgram
        let input: JobInput
        let sequencer: Sequencer
        let budget: StateBudget
        let context: EvaluationContext
        let clock: JobClock
        let ledger: Exclusive<JobLedger>
        let control: JobControl
        let meter: JobMeter?
        let progress: JobProgress?
    }

    private func schedule(
        _ ledger: Exclusive<JobLedger>,
        _ formatter: any OutputFormatter,
        _ meter: JobMeter?,
        _ control: JobControl,
        from resumption: Resumption?
    ) throws(Failure) -> [KeySkew] {
        let clock = JobClock(isFixed: job.settings.isBatch, read: options.now)
        let context = EvaluationContext(
            zoneOffset: job.settings.zoneOffset,
            divisionByZero: settings.divisionByZero,
            joinByteLimit: settings.joinBroadcastBytes
        )
        let opener = SourceOpener(
            graph: graph,
            options: options,
            batchRows: settings.batchRows,
            batchLatency: settings.batchLatency,
            isStopped: { control.isStopped },
            context: context,
            clock: clock
        )
        var input = try opener.open()
        let names = input.names
        ledger.withValue { $0.checkpoints?.inputNames = names }
        var sequencer = Sequencer(
            sources: input.sources,
            hasWatermark: graph.sources.map { $0.watermark != nil },
            turnRows: settings.batchRows
        )
        if let resumption {
            guard resumption.inputNames == names else { throw inputsChanged(resumption, names) }
            try input.start(at: resumption.progress.sequencer.splits.map(\.place))
            sequencer.restore(resumption.progress.sequencer)
        }
        var partitions = 1
        if case .parallel(let count, _) = options.engine { partitions = count }
        let budget = StateBudget(limit: settings.stateMemory)
        meter?.show(budget)
        let run = Run(
            program: try JobProgram(
                graph: graph,
                partitions: partitions,
                context: context,
                formatter: formatter,
                sinkCheck: sinkCheck
            ),
            input: input,
            sequencer: sequencer,
            budget: budget,
            context: context,
            clock: clock,
            ledger: ledger,
            control: control,
            meter: meter,
            progress: resumption?.progress
        )
        switch options.engine {
        case .serial: try runSerially(run)
        case .parallel(let count, let bindsThreads):
            try runInParallel(run, partitions: count, bindsThreads: bindsThreads)
        }
        return run.program.skews(partitions: partitions)
    }

    private func runSerially(_ run: Run) throws(Failure) {
        let moment = run.clock.moment()
        var instances: [any StatefulOperator] = []
        for node in graph.operators {
            instances.append(try node.makeInstance(run.context, at: moment))
        }
        var scheduler = SerialScheduler(
            program: run.program,
            instances: instances,
            budget: run.budget,
            meter: run.meter
        )
        if let progress = run.progress { try scheduler.restore(progress) }
        var sequencer = run.sequencer
        try run.ledger.withValue { ledger throws(Failure) in
            try scheduler.run(
                input: run.input,
                sequencer: &sequencer,
                ledger: ledger,
                clock: run.clock,
                control: run.control
            )
        }
    }

    /// What the table that the job writes to demands of rows, wherever they go in this run.
    private var sinkCheck: SinkCheck? {
        if case .table(let table) = job.sink { SinkCheck(table) } else { nil }
    }

    private func runInParallel(
        _ run: Run,
        partitions partitionCount: Int,
        bindsThreads: Bool
    ) throws(Failure) {
        let moment = run.clock.moment()
        var partitions: [[Exclusive<ParallelScheduler.Partition>]] = []
        for (index, count) in run.program.partitionCounts.enumerated() {
            var row: [Exclusive<ParallelScheduler.Partition>] = []
            for number in 0..<count {
                let instance = try graph.operators[index].makeInstance(run.context, at: moment)
                guard let progress = run.progress?.operators[index] else {
                    row.append(Exclusive(ParallelScheduler.Partition(instance)))
                    continue
                }
                let restored = try ParallelScheduler.Partition(
                    instance,
                    progress,
                    partition: number,
                    of: count,
                    budget: run.budget
                )
                row.append(Exclusive(restored))
            }
            partitions.append(row)
        }
        let scheduler = ParallelScheduler(
            program: run.program,
            partitions: partitions,
            budget: run.budget,
            input: run.input,
            sequencer: run.sequencer,
            ledger: run.ledger,
            clock: run.clock,
            control: run.control,
            threads: min(partitionCount, onlineProcessorCount()),
            bindsThreads: bindsThreads,
            limits: ParallelState.Limits(
                steps: settings.bufferBatches,
                bytes: settings.bufferBytes,
                keepsOrder: settings.order == .canonical || !graph.operators.isEmpty
            ),
            meter: run.meter,
            progress: run.progress
        )
        try scheduler.run()
    }

    func report(
        _ ledger: JobLedger,
        _ sink: String?,
        _ skews: [KeySkew],
        _ elapsed: Duration
    ) -> JobReport {
        JobReport(
            name: job.name,
            sink: sink,
            sources: zip(graph.sources, ledger.sources).map { source, count in
                JobReport.Source(
                    table: source.name,
                    rowsIn: count.records,
                    rowsRejected: count.rejected,
                    fieldsNulled: count.nulledFields,
                    rowsSkipped: count.skippedRows
                )
            },
            rowsOut: ledger.digest.count,
            rowsLate: ledger.lateCount,
            partlyLate: ledger.partlyLateCount,
            rejectedCounts: ledger.rejectedCounts,
            firstLate: ledger.firstLate,
            firstRejected: ledger.firstRejected,
            skews: skews,
            digest: ledger.digest,
            elapsed: elapsed
        )
    }
}

extension StreamGraph.Source {
    /// The table's name, or `VALUES`.
    var name: String {
        switch origin {
        case .table(let scan): scan.table.name
        case .values: "VALUES"
        case .feed(_, let name): name
        }
    }

    var watermark: Scan.Watermark? {
        if case .table(let scan) = origin { scan.watermark } else { nil }
    }
}

extension StreamGraph.Node {
    /// A new instance of the operator, without state.
    ///
    /// `moment` is what NOW gives in its conditions, in microseconds since 1970-01-01 00:00:00 UTC.
    func makeInstance(
        _ context: EvaluationContext,
        at moment: Int64
    ) throws(Failure) -> any StatefulOperator {
        try makeOperator(
            for: plan,
            inputSchemas: inputSchemas,
            context: context,
            clock: moment
        )
    }
}
