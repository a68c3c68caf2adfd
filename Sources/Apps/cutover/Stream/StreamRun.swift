internal import Arguments
internal import Failures
internal import Foundation
internal import SQLFront
internal import StreamSQL

/// Runs the jobs of a script as a command line asks, with progress and a way to stop.
struct StreamRun {
    let file: StreamScriptFile
    let console: Console
    let showsProgress: Bool
    var outputDirectory: String?
    var existing = StreamRunOptions.Existing.refuse
    var rowsPerSecond: Double?
    var seed: UInt64 = 42
    /// Rows refused under `log` that are printed; the others are only counted.
    private static let logLimit = 10

    init(_ file: StreamScriptFile, _ console: Console, showsProgress: Bool) {
        self.file = file
        self.console = console
        self.showsProgress = showsProgress
    }

    /// Runs a job into its sink.
    func run(_ job: Job, processor: String?) throws(Failure) -> (JobReport, processor: String) {
        let (running, name) = try prepare(job, processor)
        let report = try watch(job.name) { (control) throws(Failure) in
            try running.run(control: control)
        }
        return (report, name)
    }

    /// Runs a job into memory.
    func collect(
        _ job: Job,
        processor: String?
    ) throws(Failure) -> (JobReport, ResultRows, processor: String) {
        let (running, name) = try prepare(job, processor)
        let rows = ResultRows(schema: running.outputSchema)
        let report = try watch("\(job.name) \(name)") { (control) throws(Failure) in
            try running.run(into: rows, control: control)
        }
        return (report, rows, name)
    }

    private func prepare(
        _ job: Job,
        _ processor: String?
    ) throws(Failure) -> (StreamJob, String) {
        var settings = try file.settings(of: job)
        let choice = try ProcessorChoice(
            processor ?? settings.processor,
            source: processor == nil ? "stream.processor" : "--processor",
            job: job
        )
        if let rows = choice.batchRows { settings.batchRows = rows }
        if let batches = choice.bufferBatches { settings.bufferBatches = batches }
        var options = StreamRunOptions(
            engine: choice.engine,
            processorName: choice.name,
            scriptDirectory: file.directory,
            now: { Int64(Date().timeIntervalSince1970 * 1_000_000) }
        )
        options.outputDirectory = outputDirectory
        options.existing = existing
        options.rowsPerSecond = rowsPerSecond
        options.seed = seed
        let shown = LimitedLog(limit: Self.logLimit)
        options.log = { [console] failure in
            if shown.admits() { console.complain(failure.description) }
        }
        return (StreamJob(job, settings: settings, options: options), choice.name)
    }

    private func watch<Result>(
        _ title: String,
        _ body: (JobControl) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let control = JobControl(rowsPerSecond: rowsPerSecond)
        let interruption = Interruption { control.cancel() }
        let progress = showsProgress ? ProgressDisplay(title, console) { control.rowCount } : nil
        defer {
            progress?.end()
            interruption.end()
        }
        return try body(control)
    }
}
