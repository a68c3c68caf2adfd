internal import Arguments
internal import Columns
internal import Failures
internal import Files
internal import SQLFront
internal import StreamSQL

/// How a contestant's rows differ from V1's.
struct BenchDifference: Sendable {
    let contestant: String
    /// What differs, in one line.
    let summary: String
    /// A row as V1 has it and as the contestant has it, or why there is none.
    let example: String

    /// Nil where the rows are equal.
    init?(_ contestant: String, _ rows: ResultComparison, schema: Schema) {
        guard !rows.isEqual else { return nil }
        self.contestant = contestant
        summary =
            "\(rows.matched) rows matched, \(rows.missing) missing, \(rows.extra) extra, "
            + "\(rows.mismatched) mismatched"
        example = rows.examples.first.map { Self.text($0, schema) } ?? "no example"
    }

    init(_ contestant: String, summary: String, example: String) {
        self.contestant = contestant
        self.summary = summary
        self.example = example
    }

    private static func text(_ example: ResultComparison.Example, _ schema: Schema) -> String {
        let sides = [("v1", example.primary), ("it", example.candidate)].compactMap { name, row in
            row.map { "\(name): \(text($0, schema))" }
        }
        let names = example.columns.joined(separator: ", ")
        let columns = names.isEmpty ? "" : " in \(names)"
        return "\(example.kind.rawValue)\(columns); \(sides.joined(separator: "; "))"
    }

    private static func text(_ row: [Value], _ schema: Schema) -> String {
        zip(schema.fields, row).map { field, value in
            "\(field.name)=\(ResultText.cell(.constant(value, field.type, count: 1), 0))"
        }
        .joined(separator: " ")
    }
}

/// Rows that a peer wrote, read back through Cutover's own CSV.
enum BenchAnswer {
    /// Reads headerless CSV, with NULL as `\N`.
    ///
    /// - Parameters:
    ///   - path: a file, or a folder of files.
    ///   - schema: of V1's rows.
    ///   - console: for the job's warnings.
    /// - Returns: all rows, with columns of the schema's types.
    /// - Throws: where the text does not fit the schema.
    static func rows(
        of path: String,
        schema: Schema,
        console: Console
    ) throws(Failure) -> Batch {
        if case .directory = try Directory.kind(of: path),
            try Directory.files(below: path).isEmpty
        {
            return ResultRows(schema: schema).batch
        }
        let columns = schema.fields.indices.map { "c\($0) \(schema[$0].type)" }
        let names = schema.fields.indices.map { "c\($0)" }
        let text = """
            CREATE TABLE answer (\(columns.joined(separator: ", "))) WITH (
                'connector' = 'filesystem',
                'path' = '\(path.replacing("'", with: "''"))',
                'format' = 'csv',
                'csv.null-literal' = '\\N'
            );
            SELECT \(names.joined(separator: ", ")) FROM answer;
            """
        let script = ScriptFile(path: "answer.sql", text: text)
        guard let job = script.jobs.first, script.report.failures.isEmpty else {
            throw script.report.failures.first
                ?? Failure("BENCH_PEER", blame: .bug, "no job", remedy: "report this")
        }
        let layers = ConfigurationLayers(environment: [:])
        let launcher = JobLauncher(script: script, layers: layers, console: console)
        var choices = JobLauncher.Choices()
        choices.processor = ("v1", "bench")
        let launch = try launcher.prepare(job, choices)
        let rows = ResultRows(schema: launch.job.outputSchema, rowLimit: .max)
        _ = try launch.job.run(into: rows, control: JobControl())
        return rows.batch
    }
}
