internal import Arguments
internal import Columns
internal import Failures
internal import Files
internal import Flow
internal import Foundation
internal import JSON
internal import Processes
internal import SQLFront
internal import StreamSQL

/// One run of a script's jobs on Flink.
struct FlinkRun: Sendable {
    let script: ScriptFile
    let configuration: ProcessorConfiguration.Flink
    let console: Console

    /// Flink ends a job by its own means; what has not ended then is ended.
    private static let cancelTime = Duration.seconds(8)

    /// What Flink would refuse in the script or read differently; empty where nothing.
    static func portabilityFailures(_ script: ScriptFile) -> [Failure] {
        script.report.portability.map { notice in
            Failure(
                notice.code,
                blame: .request,
                notice.message,
                remedy:
                    "write it as Flink does; cutover stream validate --portable lists all such places",
                at: notice.position.map { .text($0) }
            )
        }
    }

    // MARK: Running

    /// Runs every job for a comparison: sinks are replaced by scratch files, and rows come back.
    ///
    /// - Throws: `FLINK_…`; `JOB_CANCELLED` after Ctrl-C.
    func collect(directory: String) throws(Failure) -> [JobSummary] {
        let scratch = try Scratch(in: FileManager.default.temporaryDirectory.path)
        defer { scratch.remove() }
        let prepared = FlinkScript(
            script,
            directory: directory,
            settles: configuration.parallelism != nil,
            isJSON: true
        ) { scratch.folder($0.name) }
        return try run(prepared, ["pipeline.auto-watermark-interval=0 ms"], keepsRows: true)
    }

    /// Runs every job into its own sink; files appear when all jobs have ended.
    ///
    /// - Throws: `SINK_NOT_EMPTY`, `FLINK_…`; `JOB_CANCELLED` after Ctrl-C.
    func run(_ choices: JobLauncher.Choices) throws(Failure) -> [JobSummary] {
        let directory = choices.directory ?? script.directory
        let scratch = try Scratch(in: FileManager.default.temporaryDirectory.path)
        defer { scratch.remove() }
        var sinks: [String: FlinkSink] = [:]
        for job in script.jobs {
            guard let path = path(job, choices, directory) else { continue }
            sinks[job.name] = try FlinkSink(path, existing: choices.existing)
        }
        defer { for sink in sinks.values { sink.abandon() } }
        let prepared = FlinkScript(
            script,
            directory: directory,
            settles: configuration.parallelism != nil,
            isJSON: false
        ) { job in
            job.sinkTable == nil ? scratch.folder(job.name) : sinks[job.name]?.pending
        }
        let summaries = try run(prepared, [], keepsRows: false)
        for sink in sinks.values { try sink.publish() }
        return summaries
    }

    /// The folder of a job's sink; nil where it has none.
    private func path(
        _ job: Job,
        _ choices: JobLauncher.Choices,
        _ directory: String
    ) -> String? {
        guard case .filesystem(let place) = job.sinkTable?.connector else { return nil }
        guard let output = choices.outputDirectory else {
            return FlinkScript.absolute(Directory.join(directory, place.path))
        }
        let isShared = script.jobs.count { $0.sinkTable != nil } > 1
        return FlinkScript.absolute(isShared ? Directory.join(output, job.name) : output)
    }

    private func run(
        _ prepared: FlinkScript,
        _ settings: [String],
        keepsRows: Bool
    ) throws(Failure) -> [JobSummary] {
        let installation = try FlinkInstallation(console)
        var arguments = ["--parallelism", "\(configuration.parallelism ?? 1)"]
        if let address = configuration.address {
            arguments += ["--remote", "\(address.host):\(address.port)"]
        }
        for setting in settings { arguments += ["--set", setting] }
        var process = installation.command(arguments + ["-"])
        process.input = Array(JSONValue(prepared.texts.map { JSONValue($0) }).compactText.utf8)
        process.timeLimit = .seconds(30 * 86_400)
        process.graceTime = Self.cancelTime
        process.outputLimit = 1 << 30
        let started = process
        let report = try console.interruption.calling { () -> Void in
        } during: { () throws(Failure) -> ChildProcess.Report in
            try started.run { console.interruption.isRequested }
        }
        try console.interruption.check()
        let answers = try FlinkAnswers(report, prepared, configuration)
        if !answers.printed.isEmpty { try console.write(answers.printed) }
        return try prepared.targets.map { (target) throws(Failure) in
            try summary(
                target,
                answers.milliseconds[target.statement] ?? 0,
                keepsRows: keepsRows || target.job.sinkTable == nil
            )
        }
    }

    // MARK: Reading back

    private func summary(
        _ target: FlinkScript.Target,
        _ milliseconds: Int64,
        keepsRows: Bool
    ) throws(Failure) -> JobSummary {
        var (report, rows) = try read(target)
        report.name = target.job.name
        report.sink = target.job.sinkTable?.name
        report.sources = []
        report.elapsed = .milliseconds(milliseconds)
        var summary = JobSummary(
            report: report,
            processor: configuration.description,
            rows: keepsRows ? rows : nil
        )
        summary.knowsInput = false
        return summary
    }

    /// The rows that Flink wrote, by Cutover's own reader.
    private func read(
        _ target: FlinkScript.Target
    ) throws(Failure) -> (report: JobReport, rows: Batch) {
        let text = target.folder == nil ? "SELECT 1 WHERE FALSE;" : target.declaration
        if let folder = target.folder {
            try Directory.create(folder)
            if try Directory.files(below: folder).isEmpty {
                let nothing: [UInt8] = []
                try Directory.replace(Directory.join(folder, Scratch.empty), with: nothing.span)
            }
        }
        let reader = ScriptFile(path: "what Flink wrote", text: text, name: "read")
        if let failure = reader.report.failures.first { throw failure }
        let launcher = JobLauncher(
            script: reader,
            layers: ConfigurationLayers(environment: [:]),
            console: console
        )
        var choices = JobLauncher.Choices()
        choices.processor = ("v1", "read")
        let launch = try launcher.prepare(reader.jobs[0], choices)
        let rows = ResultRows(schema: launch.job.outputSchema)
        let report = try launch.job.run(into: rows, control: JobControl())
        return (report, rows.batch)
    }
}

/// A folder that goes away.
struct Scratch: Sendable {
    let path: String
    /// A file without rows, for results that have none.
    static let empty = "empty"

    init(in parent: String) throws(Failure) {
        path = Directory.join(parent, "cutover-flink-\(UUID().uuidString)")
        try Directory.create(path)
    }

    func folder(_ name: String) -> String { Directory.join(path, name) }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
