package import Failures
internal import Flow
internal import Hashing
internal import SQLFront

/// What a job needs to go on from a checkpoint.
struct Resumption: Sendable {
    var inputNames: [String]
    var ledger: LedgerProgress
    var progress: JobProgress
}

extension StreamJob {
    /// Checks that every source and the sink can do what the processor promises.
    ///
    /// - Throws: `DELIVERY_UNSUPPORTED`.
    package func checkDelivery() throws(Failure) {
        guard options.checkpoints != nil, let obstacle = repetitionObstacle else { return }
        throw unsupported(obstacle.problem, obstacle.position)
    }

    /// Why the job cannot be run a second time as if the first had never been; nil where it can.
    package var repetitionObstacle: (problem: String, position: SourcePosition)? {
        for source in graph.sources {
            if case .table(let scan) = source.origin,
                case .standardInput = scan.table.connector
            {
                return ("stdin cannot be read again", scan.table.position)
            }
        }
        switch job.sink {
        case .table(let table):
            switch table.connector {
            case .print, .standardOutput:
                return ("what \(table.name) has shown cannot be taken back", table.position)
            default: return nil
            }
        case .result, .explain:
            return ("a SELECT shows its rows, which cannot be taken back", job.position)
        }
    }

    func unsupported(_ problem: String, _ position: SourcePosition) -> Failure {
        Failure(
            "DELIVERY_UNSUPPORTED",
            blame: .request,
            "\(options.processorName) delivers every row exactly once, and \(problem)",
            remedy: "INSERT into a filesystem table, or use a processor without transactional",
            at: .text(position)
        )
    }

    /// Runs the job with checkpoints; begins again at the last one when files or their system fail.
    func runWithCheckpoints(
        _ table: TableDefinition,
        _ choice: CheckpointOptions,
        _ control: JobControl
    ) throws(Failure) -> JobReport {
        let start = ContinuousClock.now
        let store = try CheckpointStore(choice.directory, probe: options.probe)
        var checkpoint = try self.checkpoint(table, choice, store)
        var restarts = 0
        while true {
            do throws(Failure) {
                return try attempt(table, store, checkpoint, control, start)
            } catch {
                if error.code == "JOB_CANCELLED" { throw stopped(error) }
                guard error.blame == .outside, error.code.hasPrefix("IO_"),
                    restarts < settings.restartLimit
                else { throw error }
                restarts += 1
                options.log(restarting(error, restarts))
                pause(for: .milliseconds(50 << min(restarts, 8)))
                try control.checkCancellation()
                // What was read first still holds where nothing has been written since.
                checkpoint = try store.read() ?? checkpoint
            }
        }
    }

    private func stopped(_ failure: Failure) -> Failure {
        var stopped = failure
        stopped.problem = "the job was stopped before its end; what its checkpoints published stays"
        stopped.remedy = "run it with --resume to go on behind its last checkpoint"
        return stopped
    }

    private func restarting(_ failure: Failure, _ restarts: Int) -> Failure {
        var note = failure
        note.remedy =
            "the job begins again at its last checkpoint (\(restarts) of \(settings.restartLimit))"
        return note
    }

    /// The checkpoint to begin at; nil for the beginning.
    private func checkpoint(
        _ table: TableDefinition,
        _ choice: CheckpointOptions,
        _ store: CheckpointStore
    ) throws(Failure) -> Checkpoint? {
        let found: Checkpoint?
        switch choice.resume {
        case .no: return nil
        case .last: found = try store.read()
        case .from(let epoch):
            found = try store.read(epoch)
            try store.removeAll(after: epoch)
        }
        guard let manifest = found?.manifest else { return nil }
        guard manifest.processor == options.processorName else {
            throw planChanged("was made by \(manifest.processor), not by \(options.processorName)")
        }
        let own = fingerprint(table)
        guard manifest.fingerprint == Hexadecimal.text(own.span) else {
            throw planChanged("belongs to another plan or other settings")
        }
        return found
    }

    private func planChanged(_ problem: String) -> Failure {
        Failure(
            "STATE_PLAN_CHANGED",
            blame: .request,
            "the checkpoint of \(job.name) \(problem)",
            remedy: "bring script, settings and processor back, or run without --resume"
        )
    }

    /// One run from a checkpoint to the end, or to a failure.
    private func attempt(
        _ table: TableDefinition,
        _ store: CheckpointStore,
        _ checkpoint: Checkpoint?,
        _ control: JobControl,
        _ start: ContinuousClock.Instant
    ) throws(Failure) -> JobReport {
        var running = self
        let moment = checkpoint?.manifest.moment ?? options.now()
        running.options.now = { moment }
        var opener = SinkOpener(
            table: table,
            schema: graph.outputSchema,
            options: running.options,
            retry: settings.retry,
            job: job.name
        )
        if let manifest = checkpoint?.manifest {
            let nothing = PartCommit(job: job.name, parts: [], replaced: [])
            opener.resumed = (manifest.commit ?? nothing, manifest.partEpoch)
        }
        let opened = try opener.openCheckpointed()
        let formatter = opened.formatter
        // Only now is it certain that the run may begin.
        if let checkpoint {
            try store.mark(checkpoint.manifest.epoch)
        } else {
            try store.removeAll()
        }
        let resumption = try checkpoint.map(Self.resumption)
        let meter = options.metrics.map { JobMeter($0, job: job.name, graph: graph) }
        let ledger = try running.makeLedger(
            opened.sink,
            meter,
            keptLetterBytes: resumption?.ledger.deadLetterBytes
        )
        if let resumption { ledger.restore(resumption.ledger) }
        if checkpoint?.manifest.isFinished == true {
            return running.report(ledger, table.name, [], ContinuousClock.now - start)
        }
        ledger.checkpoints = running.checkpointer(
            table,
            store,
            opened.checkpoints,
            checkpoint,
            moment
        )
        let shared = Exclusive(ledger)
        let skews = try running.runToEnd(shared, formatter, meter, control, from: resumption)
        return shared.withValue {
            running.report($0, table.name, skews, ContinuousClock.now - start)
        }
    }

    private func checkpointer(
        _ table: TableDefinition,
        _ store: CheckpointStore,
        _ sink: any CheckpointedSink,
        _ checkpoint: Checkpoint?,
        _ moment: Int64
    ) -> Checkpointer {
        let fingerprint = fingerprint(table)
        return Checkpointer(
            store: store,
            sink: sink,
            interval: settings.checkpointInterval,
            template: CheckpointManifest(
                epoch: checkpoint.map { $0.manifest.epoch + 1 } ?? 0,
                job: job.name,
                fingerprint: Hexadecimal.text(fingerprint.span),
                processor: options.processorName,
                isFinished: false,
                moment: moment,
                partEpoch: 0,
                commit: nil,
                files: []
            ),
            fingerprint: fingerprint,
            probe: options.probe
        )
    }

    private static func resumption(_ checkpoint: Checkpoint) throws(Failure) -> Resumption {
        var reader = StateReader(checkpoint.job, name: "the job's state")
        var names: [String] = []
        for _ in 0..<(try reader.count()) { names.append(try reader.text()) }
        let ledger = try LedgerProgress(from: &reader)
        guard !checkpoint.manifest.isFinished else {
            let nothing = SequencerProgress(
                splits: [],
                sourceWatermarks: [],
                turn: nil,
                nextNumber: 0,
                pieceNumber: 0
            )
            return Resumption(
                inputNames: names,
                ledger: ledger,
                progress: JobProgress(
                    sequencer: nothing,
                    sourceWatermarks: [],
                    stepNumber: 0,
                    operators: []
                )
            )
        }
        let progress = try JobProgress(from: &reader, states: checkpoint.operators)
        try reader.finish()
        return Resumption(inputNames: names, ledger: ledger, progress: progress)
    }

    /// The failure of going on with other inputs than the checkpoint's.
    func inputsChanged(_ resumption: Resumption, _ names: [String]) -> Failure {
        let old = Set(resumption.inputNames)
        let changed = names.first { !old.contains($0) } ?? "one that is missing"
        return Failure(
            "STATE_PLAN_CHANGED",
            blame: .request,
            "the inputs are not those of the checkpoint: \(changed)",
            remedy: "bring the inputs back, or run the job again from its beginning"
        )
    }

    /// SHA-256 of everything that decides what the job writes, places in the script left out.
    private func fingerprint(_ table: TableDefinition) -> [UInt8] {
        var text = "\(job.plan)\n\(table)\n\(settings.batchRows) \(settings.policy) "
        text += "\(settings.divisionByZero) \(job.settings.isBatch) \(job.settings.zoneOffset) "
        text +=
            "\(settings.order) \(settings.batchLatency) \(settings.strategy) \(options.seed) \(options.outputDirectory ?? "") \(options.scriptDirectory)"
        var kept = ""
        for (index, piece) in text.split(separator: "position: ").enumerated() {
            let rest = piece.drop { index > 0 && $0 != "," && $0 != ")" }
            kept += rest
        }
        let bytes = Array(kept.utf8)
        return SHA256.hash(bytes.span)
    }
}
