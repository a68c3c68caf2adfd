internal import Arguments
internal import Columns
internal import Failures
internal import Files
internal import JSON
internal import SQLFront
internal import StreamSQL

/// What a shell remembers between statements, and how it runs one.
struct ShellSession {
    enum Outcome {
        case done
        case failed
        /// The user wants to leave.
        case end
    }

    private let session = StreamSession(source: "", name: "shell")
    private let layers: ConfigurationLayers
    private let console: Console
    private let isJSON: Bool
    /// Where relative paths start.
    private let directory: String

    /// Rows of a SELECT that has no LIMIT of its own.
    private static let rowLimit = 100

    init(file: String?, layers: ConfigurationLayers, console: Console, isJSON: Bool) {
        self.layers = layers
        self.console = console
        self.isJSON = isJSON
        directory = file.flatMap { Directory.parent(of: $0) } ?? ""
    }

    /// What Tab may complete: declared names as they are, words of the language in capitals.
    var words: [String] {
        session.relationNames + session.columnNames + StreamWords.keywords + StreamWords.functions
            + ["help", "exit"]
    }

    /// Runs one statement; what goes wrong is told, and the session goes on.
    ///
    /// - Throws: `IO_WRITE` where the result cannot be written.
    func run(_ statement: String) throws(Failure) -> Outcome {
        let word = statement.filter { !$0.isWhitespace && $0 != ";" }.lowercased()
        switch word {
        case "": return .done
        case "exit", "quit": return .end
        case "help":
            try console.write(Self.help)
            return .done
        default: break
        }
        let report = session.check(statement)
        guard report.failures.isEmpty else {
            tell(report.failures)
            return .failed
        }
        for warning in report.warnings { console.note(warning.description) }
        do throws(Failure) {
            for job in report.script.jobs { try run(job, report) }
            if report.script.jobs.isEmpty { try console.write(isJSON ? "{\"ok\":true}\n" : "ok\n") }
            return .done
        } catch {
            if error.code == "IO_WRITE", error.problem.contains("standard output") { throw error }
            tell([error])
            return .failed
        }
    }

    private func tell(_ failures: [Failure]) {
        _ = console.report(failures, asJSON: isJSON)
        // Ctrl-C has stopped the statement; the next one starts afresh.
        console.interruption.forget()
    }

    private func run(_ job: Job, _ report: StreamScript.Report) throws(Failure) {
        let script = ScriptFile(path: Directory.join(directory, "shell"), report: report)
        let launcher = JobLauncher(script: script, layers: layers, console: console)
        var choices = JobLauncher.Choices()
        choices.directory = directory
        if job.isExplained {
            let processor = try launcher.processor(for: job, choices)
            let text = try Explanation(job, processor: processor, report: report).text
            guard isJSON else { return try console.write(text + "\n") }
            return try console.write(["explanation": JSONValue(text)])
        }
        try launcher.tellOfSettings(job, choices)
        // One row more tells whether there are more.
        let capped = job.capped(at: Int64(Self.rowLimit) + 1)
        let launch = try launcher.prepare(capped, choices)
        let rows = job.sinkTable == nil ? ResultRows(schema: launch.job.outputSchema) : nil
        let summary = JobSummary(
            report: try launcher.run(launch, into: rows),
            processor: launch.processor,
            rows: rows?.batch
        )
        let isCapped = capped.plan != job.plan
        try show(summary, rowLimit: isCapped ? Self.rowLimit : .max)
    }

    private func show(_ summary: JobSummary, rowLimit: Int) throws(Failure) {
        for warning in [summary.lateWarning, summary.badWarning].compactMap({ $0 }) {
            console.note(warning)
        }
        guard let rows = summary.rows else {
            if isJSON { return try console.write(JSONValue(summary.json)) }
            return try console.write(JobSummary.table([summary], on: console.outputTerminal))
        }
        let isCut = rows.rowCount > rowLimit
        let shown = isCut ? rows.slice(0..<rowLimit) : rows
        if isJSON {
            try console.write([
                "columns": JSONValue(rows.schema.fields.map { JSONValue($0.name) }),
                "rows": ResultText.json(shown), "more": JSONValue(isCut),
            ])
        } else {
            let noun = shown.rowCount == 1 ? "row" : "rows"
            try console.write(ResultText.table(shown, on: console.outputTerminal))
            try console.write("\(shown.rowCount) \(noun)\n")
        }
        if isCut { console.note("stopped at \(rowLimit) rows; write LIMIT to get more") }
    }

    private static let help = """
        Statements of SQL end with a semicolon and may take several lines:
          CREATE TABLE …; CREATE VIEW …; INSERT INTO …; SELECT …; EXPLAIN …; SET 'KEY' = 'VALUE'; DROP …;
        A SELECT without LIMIT stops at 100 rows. Ctrl-C stops a statement that runs.
          help;  this text        exit;  leave (or Ctrl-D)

        """
}
