package import Failures
package import Flow
internal import Synchronization

/// V2: threads that decode, exchange and compute by partitions, with V1's result to the byte.
///
/// Every operator sees the same steps as on V1. Within an operator, partition `p` of step `s` runs after
/// its step `s − 1`; the emissions of a step are merged when all partitions have run it; steps are
/// committed in order. All else may overlap: see ``ParallelState`` for the turns. Threads take the task
/// furthest downstream first, so that little is in flight, and sleep when there is none.
package struct ParallelScheduler {
    private let context: Context
    private let threadCount: Int
    private let bindsThreads: Bool

    /// What the threads share.
    struct Context: Sendable {
        let program: JobProgram
        /// Per operator, per partition.
        let partitions: [[Exclusive<Partition>]]
        /// Per operator the numbering of what it emits.
        let emissionSequences: [Exclusive<EmissionSequence>]
        let input: JobInput
        let ledger: Exclusive<JobLedger>
        let clock: JobClock
        let control: JobControl
        let budget: StateBudget
        let meter: JobMeter?
        let monitor: Monitor<ParallelState>
        /// Grows whenever tasks may have become ready, so that a thread can watch for them without the lock.
        let changes = ChangeCount()
    }

    final class ChangeCount: Sendable { let value = Atomic<Int>(0) }

    /// One partition of an operator.
    package struct Partition {
        let instance: any StatefulOperator
        var watermark = Int64.min
        /// A partition that threw has no valid state any more; the job ends when the step is committed.
        var isBroken = false
        /// A partition that needs no more input gives nothing in later steps.
        var isFinished = false
        var state = StateSize()

        package init(_ instance: any StatefulOperator) { self.instance = instance }

        /// A partition that goes on with the state of its key slots.
        init(
            _ instance: any StatefulOperator,
            _ progress: JobProgress.Operator,
            partition: Int,
            of partitions: Int,
            budget: StateBudget
        ) throws(Failure) {
            self.instance = instance
            watermark = progress.watermark
            try instance.checkpointed().restore(
                progress.state.part(partition, of: partitions),
                watermark: progress.watermark
            )
            isFinished = !instance.needsMoreInput
            try budget.charge(&state, StateSize(of: instance))
        }
    }

    /// A scheduler for one run.
    ///
    /// - Parameters:
    ///   - program: the compiled job.
    ///   - partitions: per operator as many as the program counts.
    ///   - budget: limits the state of all partitions together.
    ///   - input: gives the splits' pieces.
    ///   - sequencer: orders them.
    ///   - ledger: commits each step.
    ///   - clock: the moment that `NOW` shows in each step.
    ///   - control: asks to stop.
    ///   - threads: OS threads to run, at least 1.
    ///   - bindsThreads: whether each thread stays on a CPU of its own.
    ///   - limits: what may be in flight before readers stop, and in which order steps are committed.
    ///   - meter: is told how long tasks take, where somebody wants to know.
    package init(
        program: JobProgram,
        partitions: [[Exclusive<Partition>]],
        budget: StateBudget,
        input: JobInput,
        sequencer: sending Sequencer,
        ledger: Exclusive<JobLedger>,
        clock: JobClock,
        control: JobControl,
        threads: Int,
        bindsThreads: Bool,
        limits: ParallelState.Limits,
        meter: JobMeter? = nil
    ) {
        self.init(
            program: program,
            partitions: partitions,
            budget: budget,
            input: input,
            sequencer: sequencer,
            ledger: ledger,
            clock: clock,
            control: control,
            threads: threads,
            bindsThreads: bindsThreads,
            limits: limits,
            meter: meter,
            progress: nil
        )
    }

    /// The same, going on where another scheduler stood; partitions and sequencer have been restored.
    init(
        program: JobProgram,
        partitions: [[Exclusive<Partition>]],
        budget: StateBudget,
        input: JobInput,
        sequencer: sending Sequencer,
        ledger: Exclusive<JobLedger>,
        clock: JobClock,
        control: JobControl,
        threads: Int,
        bindsThreads: Bool,
        limits: ParallelState.Limits,
        meter: JobMeter?,
        progress: JobProgress?
    ) {
        context = Context(
            program: program,
            partitions: partitions,
            emissionSequences: program.graph.operators.indices.map { index in
                Exclusive(progress?.operators[index].emissions ?? EmissionSequence())
            },
            input: input,
            ledger: ledger,
            clock: clock,
            control: control,
            budget: budget,
            meter: meter,
            monitor: Monitor(
                ParallelState(
                    graph: program.graph,
                    partitionCounts: program.partitionCounts,
                    sequencer: sequencer,
                    splitCount: input.splitCount,
                    limits: limits,
                    threads: threads,
                    meter: meter,
                    progress: progress
                )
            )
        )
        threadCount = threads
        self.bindsThreads = bindsThreads
    }

    /// Runs the job to its end; returns when all threads have ended.
    package func run() throws(Failure) {
        var threads: [WorkerThread] = []
        do throws(Failure) {
            for index in 0..<threadCount {
                let context = context
                threads.append(
                    try WorkerThread(processor: bindsThreads ? index : nil) {
                        context.work(thread: index)
                    }
                )
            }
        } catch {
            context.stop(with: error)
        }
        for thread in threads { thread.join() }
        if let failure = context.monitor.withLock({ $0.failure }) { throw failure }
    }
}

extension ParallelScheduler.Context {
    /// A thread's life: take a task, run it, until the job has stopped.
    func work(thread: Int) {
        let worker = meter?.worker(thread)
        while true {
            let task = nextTask(thread: thread)
            if case .stop = task { return }
            do throws(Failure) {
                try control.checkCancellation()
                let start = worker?.start()
                try perform(task, thread)
                worker?.cell(of: task).add(since: start)
            } catch {
                stop(with: error)
            }
        }
    }

    /// Looks for a task without sleeping for a few microseconds, as a task takes about that many more.
    private func nextTask(thread: Int) -> ParallelState.Task {
        var seen = changes.value.load(ordering: .acquiring)
        if let task = monitor.withLock({ $0.take(thread: thread) }) { return task }
        for _ in 0..<Self.looksBeforeSleep {
            spinBriefly()
            let now = changes.value.load(ordering: .acquiring)
            guard now != seen else { continue }
            seen = now
            if let task = monitor.withLock({ $0.take(thread: thread) }) { return task }
        }
        return monitor.wait { state in state.take(thread: thread) }
    }

    /// About 20 µs: a sleeping thread needs as long to wake, and longer looks would starve other programs.
    private static var looksBeforeSleep: Int { 200 }

    func stop(with failure: Failure) {
        monitor.withLock { $0.stop(failure) }
        changes.value.add(1, ordering: .releasing)
        monitor.wakeAll()
    }

    /// Changes the shared state and wakes threads if that made work for them.
    private func update(_ change: (inout ParallelState) -> Void) {
        let wakes = monitor.withLock { state in
            change(&state)
            meter?.queue(batches: state.batchCount, bytes: state.byteCount)
            return state.takeWakeRequest()
        }
        if wakes != .none { changes.value.add(1, ordering: .releasing) }
        switch wakes {
        case .none: break
        case .one: monitor.wakeOne()
        case .all: monitor.wakeAll()
        }
    }

    private func perform(_ task: ParallelState.Task, _ thread: Int) throws(Failure) {
        switch task {
        case .stop: break
        case .decode(let split, let piece): decode(split: split, piece: piece, thread)
        case .transform(let step, let source): transform(step, source)
        case .operate(let index, let partition, let step, let work):
            operate(index, partition, step, work)
        case .merge(let index, let step, let results): merge(index, step, results)
        case .commit(let step, let outcome):
            let isCheckpointDue = try ledger.withValue { ledger throws(Failure) in
                try ledger.commit(outcome)
                return ledger.isCheckpointDue
            }
            update { state in
                if isCheckpointDue { state.requestCheckpoint() }
                state.didCommit(step, thread: thread)
            }
        case .checkpoint:
            let progress = try progress()
            try ledger.withValue { ledger throws(Failure) in try ledger.checkpoint(progress) }
            update { $0.didCheckpoint(thread: thread) }
        }
    }

    private func decode(split: Int, piece: Int, _ thread: Int) {
        let claim = input.claim(split: split)
        if case .end = claim {
            update { $0.didEnd(split: split, pieceCount: piece, thread: thread) }
            return
        }
        update { $0.didClaim(split: split) }
        let decoded = input.decode(claim, split: split, number: piece)
        update { $0.didDecode(decoded, split: split, piece: piece, thread: thread) }
    }

    private func transform(_ step: Int, _ source: Sequencer.Step?) {
        let moment = clock.moment()
        var report = StepReport()
        var arrivals: [ParallelState.Arrival] = []
        var failure: Failure?
        if let source, let rows = source.rows {
            control.waitUntilDue(rows)
            do throws(Failure) {
                for way in program.sourceWays[source.source] {
                    let delivery = try program.carry(
                        rows,
                        along: way,
                        clock: moment,
                        report: &report
                    )
                    guard let delivery else { continue }
                    arrivals.append(ParallelState.Arrival(ordinal: way.ordinal, delivery))
                }
            } catch {
                failure = error
            }
        }
        update { $0.didTransform(step, arrivals, report, failure) }
    }

    private func operate(
        _ index: Int,
        _ partition: Int,
        _ step: Int,
        _ work: ParallelState.Work
    ) {
        var report = StepReport()
        var isFinished = false
        let result = partitions[index][partition].withValue {
            (state: inout ParallelScheduler.Partition) -> Result<[Emission], Failure> in
            guard !state.isBroken else { return .success([]) }
            let watermark = max(state.watermark, work.watermark)
            let operatorStep = OperatorStep(
                items: work.arrivals.compactMap { arrival in
                    arrival.rows.part(partition).map { (arrival.input, $0) }
                },
                watermark: watermark,
                previousWatermark: state.watermark,
                isLast: work.isLast
            )
            state.watermark = watermark
            do throws(Failure) {
                let emissions = try operatorStep.run(
                    state.instance,
                    isFinished: &state.isFinished,
                    report: &report
                )
                isFinished = state.isFinished
                try budget.charge(&state.state, StateSize(of: state.instance))
                return .success(emissions)
            } catch {
                state.isBroken = true
                return .failure(error)
            }
        }
        let run = ParallelState.PartitionRun(
            emissions: result,
            report: report,
            isFinished: isFinished
        )
        update { $0.didOperate(index, partition, step, run) }
    }

    private func merge(_ index: Int, _ step: Int, _ results: ParallelState.StepResults) {
        let moment = clock.moment()
        var report = StepReport()
        let emissions = results.emissions.flatMap { $0 }
        let batches = program.merge(emissions)
        var arrivals: [ParallelState.Arrival] = []
        var failure: Failure?
        do throws(Failure) {
            try emissionSequences[index].withValue { sequence throws(Failure) in
                for batch in batches {
                    let rows = sequence.sequence(batch)
                    for edge in program.operatorEdges[index] {
                        let delivery = try program.carry(
                            rows,
                            over: edge,
                            clock: moment,
                            report: &report
                        )
                        guard let delivery else { continue }
                        let ordinal = ParallelState.ordinal(of: index)
                        arrivals.append(ParallelState.Arrival(ordinal: ordinal, delivery))
                    }
                }
                sequence.advance(to: results.watermark)
            }
        } catch {
            failure = error
        }
        let merged = ParallelState.Merged(
            arrivals: arrivals,
            report: report,
            failure: failure,
            watermark: results.watermark,
            isFinished: results.isFinished
        )
        update { $0.didMerge(index, step, merged) }
    }
}

// MARK: - Checkpoints

extension ParallelScheduler.Context {
    /// How far the job has come; no step is in flight.
    private func progress() throws(Failure) -> JobProgress {
        var progress = monitor.withLock { state in
            JobProgress(
                sequencer: state.sequencer.progress,
                sourceWatermarks: state.sourceWatermarks,
                stepNumber: state.stepsBefore + state.nextStep,
                operators: []
            )
        }
        for (row, emissions) in zip(partitions, emissionSequences) {
            var parts: [OperatorState.Part] = []
            var watermark = Int64.min
            for partition in row {
                try partition.withValue { partition throws(Failure) in
                    parts += try partition.instance.checkpointed().snapshot().parts
                    watermark = max(watermark, partition.watermark)
                }
            }
            progress.operators.append(
                JobProgress.Operator(
                    watermark: watermark,
                    emissions: emissions.withValue { $0 },
                    state: OperatorState(parts: parts)
                )
            )
        }
        return progress
    }
}
