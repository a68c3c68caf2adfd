internal import Arguments
internal import Columns
internal import Failures
internal import Flow
internal import Foundation
internal import Observe
internal import SQLFront
internal import StreamSQL
private import Synchronization

/// Makes the jobs of one script ready to run, and runs them where the user can watch and stop them.
struct JobLauncher: Sendable {
    let script: ScriptFile
    let layers: ConfigurationLayers
    let console: Console
    /// The moment that all jobs of this command call now, so that runs can be compared.
    private let moment: Int64

    init(script: ScriptFile, layers: ConfigurationLayers, console: Console) {
        self.script = script
        self.layers = layers
        self.console = console
        moment = Int64(Date().timeIntervalSince1970 * 1_000_000)
    }

    /// What may be decided for one run, beside the settings.
    struct Choices: Sendable {
        /// Stronger than every setting; with what gave it: `--primary`.
        var processor: (text: String, source: String)?
        var outputDirectory: String?
        var existing = StreamRunOptions.Existing.refuse
        var rowsPerSecond: Double?
        var seed: UInt64 = 42
        /// Where relative paths start; the script's folder where nil.
        var directory: String?
        /// Keeps the jobs' metrics, where somebody wants to read them.
        var metrics: MetricsRegistry?
        /// Tables whose rows are in memory already.
        var tables: [String: [Batch]] = [:]
        /// Folder of all state, in which each job has its own.
        var stateDirectory = ".cutover"
        var resume = CheckpointOptions.Resume.no
    }

    /// A job with the processor that runs it.
    struct Launch: Sendable {
        let job: StreamJob
        let name: String
        /// Canonical: `v1:simple`, `v2:4`.
        let processor: String
        let rowsPerSecond: Double?
    }

    /// The processor that settings and choices name.
    ///
    /// - Throws: the `CFG_` failures of settings and processor strings, with their place.
    func processor(for job: Job, _ choices: Choices) throws(Failure) -> ProcessorConfiguration {
        let settings = try StreamSettings(layers, job: job.settings)
        let source: String
        if let position = layers.flags["stream.processor"]?.position {
            source = if case .text(let place) = position { place.source } else { "processor" }
        } else {
            source = "stream.processor"
        }
        var processor = try ProcessorConfiguration.parse(
            choices.processor?.text ?? settings.processor,
            source: choices.processor?.source ?? source
        )
        if case .parallel(var parallel) = processor {
            parallel.partitions =
                parallel.partitions ?? job.settings.parallelism ?? onlineProcessorCount()
            if parallel.strategy == nil, settings.strategy != .smart {
                parallel.strategy = settings.strategy
            }
            processor = .parallel(parallel)
        }
        return processor
    }

    /// The run on Flink that the processor string asks for; nil where V1 or V2 is named.
    ///
    /// - Throws: what settings and processor strings throw; `CFG_PROCESSOR` where only some of the jobs are for Flink.
    func flink(_ jobs: [Job], _ choices: Choices) throws(Failure) -> FlinkRun? {
        let processors = try jobs.map { (job) throws(Failure) in try processor(for: job, choices) }
        guard let first = processors.first, case .flink(let configuration) = first else {
            return nil
        }
        guard processors.allSatisfy({ $0 == first }) else {
            throw Failure(
                "CFG_PROCESSOR",
                blame: .request,
                "some jobs of the script are for \(first), others are not",
                remedy: "name one processor for the whole script with --processor"
            )
        }
        return FlinkRun(script: script, configuration: configuration, console: console)
    }

    /// Makes a job ready.
    ///
    /// - Throws: what settings and processor strings throw; `PLAN_UNSAFE_STRATEGY`; `PLAN_NOT_YET` for processors of
    ///   later versions.
    func prepare(_ job: Job, _ choices: Choices) throws(Failure) -> Launch {
        let parts = try parts(job, choices)
        let running = StreamJob(job, settings: parts.settings, options: parts.options)
        try running.checkDelivery()
        return Launch(
            job: running,
            name: job.name,
            processor: parts.options.processorName,
            rowsPerSecond: choices.rowsPerSecond
        )
    }

    /// What a job is run with; throws as `prepare` does.
    func parts(
        _ job: Job,
        _ choices: Choices
    ) throws(Failure) -> (settings: StreamSettings, options: StreamRunOptions) {
        let processor = try processor(for: job, choices)
        let engine = try engine(processor, job)
        var settings = try StreamSettings(layers, job: job.settings)
        if case .parallel(let parallel) = processor {
            settings.batchRows = parallel.batchRows ?? settings.batchRows
            settings.bufferBatches = parallel.bufferBatches ?? settings.bufferBatches
            if let latency = parallel.latency { settings.batchLatency = .microseconds(latency) }
        }
        var options = StreamRunOptions(
            engine: engine,
            processorName: processor.description,
            scriptDirectory: choices.directory ?? script.directory,
            now: { [moment] in moment }
        )
        options.outputDirectory = choices.outputDirectory
        options.existing = choices.existing
        options.rowsPerSecond = choices.rowsPerSecond
        options.seed = choices.seed
        options.tables = choices.tables
        options.log = refusals()
        options.metrics = choices.metrics
        if case .parallel(let parallel) = processor, let strategy = parallel.strategy {
            options.strategy = strategy
        }
        if processor.isTransactional {
            options.checkpoints = CheckpointOptions(
                stateDirectory: choices.stateDirectory,
                job: job.name,
                resume: choices.resume
            )
        } else if choices.resume != .no {
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "\(processor) takes no checkpoints, so there is nothing to resume",
                remedy: "leave out --resume, or use v1:transactional or v2:transactional"
            )
        }
        options.probe = try BrokenDelivery.probe(console.environment)
        return (settings, options)
    }

    /// The engine that a processor string names, with its canonical name.
    ///
    /// Fails as processor strings do, and with `PLAN_NOT_YET` for one that cannot share a job.
    func engine(
        named text: String,
        for job: Job
    ) -> Result<(engine: StreamEngine, name: String), Failure> {
        var choices = Choices()
        choices.processor = (text, "plan")
        do throws(Failure) {
            let processor = try processor(for: job, choices)
            return .success((try engine(processor, job), processor.description))
        } catch {
            return .failure(error)
        }
    }

    private func engine(
        _ processor: ProcessorConfiguration,
        _ job: Job
    ) throws(Failure) -> StreamEngine {
        switch processor {
        case .serial: return .serial
        case .parallel(let parallel):
            _ = try Distribution(job.plan, strategy: parallel.strategy)
            return .parallel(
                partitions: parallel.partitions ?? onlineProcessorCount(),
                bindsThreads: parallel.bindsThreads
            )
        default:
            throw Failure(
                "PLAN_NOT_YET",
                blame: .request,
                "the processor \(processor) is not part of this version",
                remedy: "use v1 or v2"
            )
        }
    }

    /// Tells once of settings that were named by an old name, or that change nothing for a job.
    func tellOfSettings(_ job: Job, _ choices: Choices) throws(Failure) {
        let settings = try StreamSettings(layers, job: job.settings)
        for notice in settings.notices { console.note("warning: \(notice)") }
        let graph = StreamGraph(job.plan)
        if settings.order == .any, !graph.operators.isEmpty {
            tellOfNoEffect("order=any", "\(job.name) keeps state, so its output has one order")
        }
        if case .parallel(let parallel) = try processor(for: job, choices),
            parallel.latency != nil, !graph.isLive
        {
            tellOfNoEffect("latency=", "\(job.name) has no live source, whose rows it would gather")
        }
    }

    private func tellOfNoEffect(_ setting: String, _ reason: String) {
        console.note("warning WARN_SET_NO_EFFECT: \(setting) has no effect: \(reason)")
    }

    /// Tells of the first refused rows; the report counts all of them.
    private func refusals() -> @Sendable (Failure) -> Void {
        let shown = SharedCount()
        return { [console] failure in
            let count = shown.value.done
            shown.update(done: count + 1, total: 0)
            if count < Self.shownRefusals {
                console.note("warning: \(failure.description)")
            } else if count == Self.shownRefusals {
                console.note("warning: further rows like these are only counted")
            }
        }
    }

    private static let shownRefusals = 5

    /// Runs a job into its sink, or into `rows`; the user sees how far it is and may stop it.
    ///
    /// - Throws: the job's failure; nothing has been published then.
    func run(_ launch: Launch, into rows: ResultRows? = nil) throws(Failure) -> JobReport {
        let control = JobControl(rowsPerSecond: launch.rowsPerSecond)
        let line = ProgressLine(title: "\(launch.name)  \(launch.processor)", noun: "rows")
        return try console.interruption.calling { () -> Void in
            control.cancel()
        } during: { () throws(Failure) -> JobReport in
            try line.show(on: console) {
                (control.rowCount, nil)
            } during: { () throws(Failure) -> JobReport in
                guard let rows else { return try launch.job.run(control: control) }
                return try launch.job.run(into: rows, control: control)
            }
        }
    }
}

extension ProcessorConfiguration {
    /// Whether the processor takes checkpoints and publishes output with each.
    var isTransactional: Bool {
        switch self {
        case .serial(let isTransactional): isTransactional
        case .parallel(let parallel): parallel.isTransactional
        default: false
        }
    }
}
