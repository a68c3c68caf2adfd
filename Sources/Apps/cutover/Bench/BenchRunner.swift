internal import Arguments
internal import Columns
internal import Failures
internal import Files
internal import Hashing
internal import SQLFront
internal import StreamSQL
internal import Units

/// Runs one case, by whomever.
struct BenchRunner: Sendable {
    private let item: BenchCase
    private let script: ScriptFile
    private let job: Job
    /// Tables that were loaded before the clock starts.
    private let tables: [String: [Batch]]
    private let scratch: String
    private let console: Console

    /// Loads the tables, where the case wants them in memory.
    ///
    /// - Throws: what is wrong with the script, and what reading throws.
    init(_ item: BenchCase, scratch: String, console: Console) throws(Failure) {
        self.item = item
        self.scratch = scratch
        self.console = console
        (script, job) = try item.script.file()
        if let load = item.load { tables = try Self.load(load, console) } else { tables = [:] }
        let path = Directory.join(scratch, "\(item.script.name).sql")
        try Directory.replace(path, with: Array(item.script.text.utf8).span)
    }

    /// V1's run, whose rows are the right ones.
    struct Reference: Sendable {
        let outcome: BenchOutcome
        /// Nil where nobody wants to compare them.
        let rows: Batch?
    }

    func reference(keepsRows: Bool) throws(Failure) -> Reference {
        guard keepsRows else { return Reference(outcome: try run("v1"), rows: nil) }
        let (outcome, rows) = try collect("v1")
        return Reference(outcome: outcome, rows: rows)
    }

    /// One run of a contestant.
    func run(_ contestant: BenchContestant) throws(Failure) -> BenchOutcome {
        switch contestant.engine {
        case .own(let processor): try run(processor)
        case .peer(let peer): try peer.run(item, script: scriptPath, threads: contestant.threads)
        }
    }

    /// One run on a processor; its rows are dropped.
    func run(_ processor: String) throws(Failure) -> BenchOutcome {
        try run(processor) { (job, control) throws(Failure) in try job.run(control: control) }
    }

    /// A peer's run, and how its rows differ from V1's.
    func answer(
        _ peer: BenchPeer,
        threads: Int,
        _ reference: Reference
    ) throws(Failure) -> (BenchOutcome, BenchDifference?) {
        let path = Directory.join(scratch, "answer-\(item.name)-\(peer.name)-\(threads)")
        let outcome = try peer.run(item, script: scriptPath, threads: threads, output: path)
        guard let rows = reference.rows else {
            preconditionFailure("V1's rows are kept for peers")
        }
        let theirs: Batch
        do throws(Failure) {
            theirs = try BenchAnswer.rows(of: path, schema: rows.schema, console: console)
        } catch {
            let difference = BenchDifference(
                peer.name,
                summary: "its rows cannot be read as V1's",
                example: error.description
            )
            return (outcome, difference)
        }
        let comparison = ResultComparison(
            primary: rows,
            candidate: theirs,
            key: job.plan.uniqueKey,
            tolerance: .engines,
            exampleLimit: 1
        )
        return (outcome, BenchDifference(peer.name, comparison, schema: rows.schema))
    }

    /// How a processor's rows differ from V1's, where its digest does.
    func difference(_ name: String, _ processor: String) throws(Failure) -> BenchDifference {
        let (first, ours) = try collect("v1")
        let (second, theirs) = try collect(processor)
        let comparison = ResultComparison(
            primary: ours,
            candidate: theirs,
            key: job.plan.uniqueKey,
            tolerance: .exact,
            exampleLimit: 1
        )
        return BenchDifference(name, comparison, schema: ours.schema)
            ?? BenchDifference(
                name,
                summary: "its digests change from run to run",
                example: "v1: \(first.digest ?? ""); it: \(second.digest ?? "")"
            )
    }

    private var scriptPath: String { Directory.join(scratch, "\(item.script.name).sql") }

    private func collect(_ processor: String) throws(Failure) -> (BenchOutcome, Batch) {
        let rows = ResultRows(schema: try launch(processor).job.outputSchema, rowLimit: .max)
        let outcome = try run(processor) { (job, control) throws(Failure) in
            try job.run(into: rows, control: control)
        }
        return (outcome, rows.batch)
    }

    private func launch(_ processor: String) throws(Failure) -> JobLauncher.Launch {
        // Figures do not depend on the user's settings.
        let layers = ConfigurationLayers(environment: [:])
        let launcher = JobLauncher(script: script, layers: layers, console: console)
        var choices = JobLauncher.Choices()
        choices.processor = (processor, "--processors")
        choices.tables = tables
        return try launcher.prepare(job, choices)
    }

    private func run(
        _ processor: String,
        _ body: (StreamJob, JobControl) throws(Failure) -> JobReport
    ) throws(Failure) -> BenchOutcome {
        let launch = try launch(processor)
        let control = JobControl()
        let report = try console.interruption.calling { () -> Void in
            control.cancel()
        } during: { () throws(Failure) -> JobReport in
            try body(launch.job, control)
        }
        return BenchOutcome(
            seconds: report.elapsed.inSeconds,
            rowsIn: report.rowsIn,
            rowsOut: report.rowsOut,
            digest: report.digest.description
        )
    }

    /// The rows of a script's SELECT, by the table's name that it reads.
    private static func load(
        _ script: BenchScript,
        _ console: Console
    ) throws(Failure) -> [String: [Batch]] {
        let (file, job) = try script.file()
        let layers = ConfigurationLayers(environment: [:])
        let launcher = JobLauncher(script: file, layers: layers, console: console)
        var choices = JobLauncher.Choices()
        choices.processor = ("v1", "bench")
        let launch = try launcher.prepare(job, choices)
        let rows = ResultRows(schema: launch.job.outputSchema, rowLimit: .max)
        let control = JobControl()
        let report = try console.interruption.calling { () -> Void in
            control.cancel()
        } during: { () throws(Failure) -> JobReport in
            try launch.job.run(into: rows, control: control)
        }
        guard let table = report.sources.first?.table else {
            preconditionFailure("the script that loads reads a table")
        }
        return [table: rows.batches]
    }
}
