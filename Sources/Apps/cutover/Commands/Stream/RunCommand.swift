internal import Arguments
internal import Columns
internal import Failures
internal import Files
internal import JSON
internal import SQLFront
internal import StreamSQL

extension CommandTree {
    static var streamRun: CommandTree {
        CommandTree(
            Command(
                "run",
                "run every INSERT and SELECT of a script",
                discussion: """
                    Relative paths in a script start from the script's folder. Files appear when a job has ended, \
                    all at once; with v1:transactional or v2:transactional they appear with each checkpoint, and \
                    --resume goes on after a crash as if there had been none. With several INSERTs each job \
                    writes into a folder of its own below --output. \
                    Where a script reads data/flights and nothing is there, the flights of 2013 are fetched. \
                    With --processor flink:local or flink:HOST:PORT Apache Flink runs the jobs. \
                    MIGRATION_STRATEGY and PRIMARY_PERCENTAGE, or processor.migration in the configuration file, \
                    run the script's one INSERT on both sides at a fixed weight, without a plan: canary and 90 give a \
                    tenth of the keys to the candidate. An active migration of the target, stream/FILE without .sql, \
                    wins.
                    """,
                positionals: [.init("FILE", .file, "The script")],
                options: [
                    StreamOptions.processor,
                    .value("output", .folder, "Write there instead of to the script's paths"),
                    .flag("append", "Add to output that is there"),
                    .flag("overwrite", "Replace output that is there"),
                    .flag("resume", "Go on from the last checkpoint that is kept below --state"),
                    .value(
                        "resume-from",
                        .integer(0...99_999_999),
                        "Go on from this checkpoint, and forget the later ones",
                        placeholder: "EPOCH"
                    ),
                    .value("name", .text, "Name of the job", placeholder: "J"),
                    .value(
                        "target",
                        .text,
                        "Obey the migration of this target, and run its controller",
                        placeholder: "T"
                    ),
                    .value("late", .choice(["drop", "dlq"]), "What happens to late rows"),
                    .value(
                        "failure",
                        .choice(["fail", "log", "dlq", "skip", "dead-letter"]),
                        "What happens to rows that cannot be used"
                    ),
                    .value(
                        "rate",
                        .number(0.001...1e12),
                        "Take at most this many rows a second",
                        placeholder: "ROWS"
                    ),
                    .value("seed", .integer(0...Int.max), "Seed of datagen tables", default: "42"),
                    .value(
                        "metrics",
                        .file,
                        "Keep metrics there as Prometheus' text, written anew every second"
                    ),
                    .flag("strict", "Exit with 3 if a row was late or could not be used"),
                    StreamOptions.set,
                ],
                examples: [
                    .init(
                        "cutover stream run Examples/stream/flights-hourly.sql --processor v2:4 --output out/v2",
                        "on four partitions, into a folder"
                    ),
                    .init(
                        "cutover stream run job.sql --processor v2:4:transactional --resume",
                        "go on where a killed run had its last checkpoint"
                    ),
                    .init(
                        "cutover stream run job.sql --target stream/job --rate 5000",
                        "under the migration of stream/job, as a live stream"
                    ),
                    .init(
                        "cutover stream run job.sql --failure dlq --set dlq.path=letters --json",
                        "keep bad rows, and print one JSON object"
                    ),
                ]
            )
        ) { (invocation, console) throws(Failure) in
            try StreamRun(invocation, console).run()
        }
    }
}

/// One `stream run`.
private struct StreamRun {
    private let invocation: Invocation
    private let console: Console
    private let isJSON: Bool

    init(_ invocation: Invocation, _ console: Console) {
        self.invocation = invocation
        self.console = console
        isJSON = invocation.flag("json")
    }

    func run() throws(Failure) -> ExitCode {
        let layers = try StreamOptions.layers(
            invocation,
            console,
            shortcuts: [
                ("processor", "stream.processor"), ("late", "stream.late.strategy"),
                ("failure", "stream.failure.strategy"),
            ]
        )
        var choices = try choices()
        let script = try ScriptFile(
            invocation.argument("FILE") ?? "",
            name: invocation.text("name")
        )
        guard script.report.failures.isEmpty else {
            return console.report(script.report.failures, asJSON: isJSON)
        }
        for warning in script.report.warnings { console.note(warning.description) }
        let launcher = JobLauncher(script: script, layers: layers, console: console)
        let jobs = script.jobs.filter { !$0.isExplained }
        if let routed = try RoutedRun(invocation, console, layers, script) {
            return try routed.run(jobs, launcher, choices)
        }
        if let engine = try launcher.flink(jobs, choices) {
            return try run(on: engine, script, choices)
        }
        // Every job is made ready before the first one runs, so that a wrong setting costs no time.
        for job in script.jobs where !job.isExplained {
            _ = try launcher.prepare(job, choices)
            try launcher.tellOfSettings(job, choices)
        }
        try FlightsData(console: console).supply(script.jobs, directory: script.directory)
        let metrics = invocation.text("metrics").map { MetricsFile($0, console: console) }
        choices.metrics = metrics?.registry
        let outcomes = try run(script, launcher, choices, metrics)
        try show(outcomes)
        let wasStrict = invocation.flag("strict") && outcomes.contains(where: \.lostRows)
        return wasStrict ? .holding : .done
    }

    /// All jobs on Flink, which ends at the first that fails.
    private func run(
        on engine: FlinkRun,
        _ script: ScriptFile,
        _ choices: JobLauncher.Choices
    ) throws(Failure) -> ExitCode {
        for option in ["late", "failure", "rate", "seed", "strict", "set", "metrics"]
        where invocation.isGiven(option) {
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "--\(option) means nothing on \(engine.configuration)",
                remedy: "remove it, or SET what Flink should know in the script",
                at: invocation.position(of: option)
            )
        }
        let failures = FlinkRun.portabilityFailures(script)
        if !failures.isEmpty { return console.report(failures, asJSON: isJSON) }
        try FlightsData(console: console).supply(script.jobs, directory: script.directory)
        try show(try engine.run(choices).map { .ran($0) })
        return .done
    }

    private func choices() throws(Failure) -> JobLauncher.Choices {
        var choices = JobLauncher.Choices()
        if invocation.flag("append"), invocation.flag("overwrite") {
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "--append and --overwrite contradict each other",
                remedy: "keep one of them"
            )
        }
        if invocation.flag("append") { choices.existing = .append }
        if invocation.flag("overwrite") { choices.existing = .overwrite }
        if invocation.flag("resume") { choices.resume = .last }
        if let epoch = invocation.integer("resume-from") { choices.resume = .from(epoch) }
        choices.stateDirectory = invocation.text("state") ?? choices.stateDirectory
        choices.outputDirectory = invocation.text("output")
        choices.rowsPerSecond = invocation.number("rate")
        choices.seed = UInt64(invocation.integer("seed") ?? 42)
        return choices
    }

    /// What came of one statement.
    private enum Outcome {
        case ran(JobSummary)
        case explained(name: String, String)

        var lostRows: Bool {
            guard case .ran(let summary) = self else { return false }
            return summary.report.rowsLate > 0 || summary.report.rowsBad > 0
        }
    }

    /// Runs the jobs one after another, while their metrics are kept.
    private func run(
        _ script: ScriptFile,
        _ launcher: JobLauncher,
        _ choices: JobLauncher.Choices,
        _ metrics: MetricsFile?
    ) throws(Failure) -> [Outcome] {
        let body = { () throws(Failure) -> [Outcome] in
            var outcomes: [Outcome] = []
            for job in script.jobs { outcomes.append(try run(job, script, launcher, choices)) }
            return outcomes
        }
        guard let metrics else { return try body() }
        return try metrics.keep(during: body)
    }

    private func run(
        _ job: Job,
        _ script: ScriptFile,
        _ launcher: JobLauncher,
        _ choices: JobLauncher.Choices
    ) throws(Failure) -> Outcome {
        if job.isExplained {
            let processor = try launcher.processor(for: job, choices)
            let explanation = try Explanation(job, processor: processor, report: script.report)
            return .explained(name: job.name, explanation.text)
        }
        var choices = choices
        if let directory = choices.outputDirectory,
            script.jobs.count(where: { $0.sinkTable != nil }) > 1
        {
            choices.outputDirectory = Directory.join(directory, job.name)
        }
        let launch = try launcher.prepare(job, choices)
        let rows = job.sinkTable == nil ? ResultRows(schema: launch.job.outputSchema) : nil
        let report = try launcher.run(launch, into: rows)
        var summary = JobSummary(
            report: report,
            processor: launch.processor,
            rows: rows?.batch
        )
        let settings = try StreamSettings(launcher.layers, job: job.settings)
        summary.keepsLateRows = settings.policy.late == .dlq
        if let warning = summary.lateWarning { console.note(warning) }
        if let warning = summary.badWarning { console.note(warning) }
        for warning in summary.skewWarnings { console.note(warning) }
        return .ran(summary)
    }

    private func show(_ outcomes: [Outcome]) throws(Failure) {
        guard !isJSON else {
            let jobs = outcomes.map { outcome -> JSONObject in
                switch outcome {
                case .ran(let summary): return summary.json
                case .explained(_, let text): return ["explanation": JSONValue(text)]
                }
            }
            let peakMemory = JSONValue(ProcessMemory.peakBytes)
            if jobs.count == 1 {
                var job = jobs[0]
                job["peak_memory_bytes"] = peakMemory
                return try console.write(JSONValue(job))
            }
            let names = outcomes.map { outcome -> String in
                switch outcome {
                case .ran(let summary): summary.report.name
                case .explained(let name, _): name
                }
            }
            let named = zip(names, jobs).map { name, job -> JSONValue in
                var object: JSONObject = ["job": JSONValue(name)]
                for member in job.members { object[member.name] = member.value }
                return JSONValue(object)
            }
            return try console.write(
                ["jobs": JSONValue(named), "peak_memory_bytes": peakMemory] as JSONValue
            )
        }
        var summaries: [JobSummary] = []
        for outcome in outcomes {
            switch outcome {
            case .explained(_, let text): try console.write(text + "\n")
            case .ran(let summary):
                if let rows = summary.rows {
                    try console.write(ResultText.table(rows, on: console.outputTerminal) + "\n")
                }
                summaries.append(summary)
            }
        }
        if summaries.isEmpty {
            if outcomes.isEmpty { console.note("the script has no INSERT and no SELECT") }
            return
        }
        try console.write(JobSummary.table(summaries, on: console.outputTerminal))
    }
}

extension Job {
    /// Whether the job is only to be explained.
    var isExplained: Bool { if case .explain = sink { true } else { false } }

    /// The table that the job writes to; nil for a SELECT.
    var sinkTable: TableDefinition? { if case .table(let table) = sink { table } else { nil } }
}
