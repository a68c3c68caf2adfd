internal import Arguments
internal import Columns
internal import Failures
internal import Files
internal import JSON
internal import Observe
internal import SQLFront
internal import StreamSQL

extension CommandTree {
    static var streamRun: CommandTree {
        CommandTree(
            Command(
                "run",
                "run a script's jobs one after the other",
                discussion: """
                    INSERT statements write to their tables, a SELECT prints its rows. Relative paths start from \
                    the script's folder. Output appears when a job has ended, all at once.
                    """,
                positionals: [Positional("FILE", .file, "SQL script")],
                options: [
                    .value("processor", .text, "Implementation: v1, v2, v2:N", placeholder: "P"),
                    .value("output", .folder, "Folder to write to instead of the sink's path"),
                    .value("late", .choice(["drop", "dlq"]), "What happens to late rows"),
                    .value(
                        "failure",
                        .choice(["fail", "log", "dlq", "skip", "dead-letter"]),
                        "What happens to rows that cannot be used"
                    ),
                    .flag("append", "Add parts to a folder that has some"),
                    .flag("overwrite", "Replace the parts of a folder that has some"),
                    .flag("strict", "Exit with 3 if rows were late or refused"),
                    .value("rate", .number(0.001...1e12), "Rows a second at most"),
                    .value("seed", .integer(0...Int.max), "Seed of datagen tables", default: "42"),
                    .value("set", .text, "Setting", placeholder: "KEY=VALUE", isRepeatable: true),
                ],
                examples: [
                    .init(
                        "cutover stream run Examples/stream/flights-hourly.sql --processor v2:2",
                        "hourly departures, by two partitions"
                    )
                ]
            )
        ) { (invocation, console) throws(Failure) in
            try runStream(invocation, console)
        }
    }
}

private typealias Positional = Command.Positional

private func runStream(_ invocation: Invocation, _ console: Console) throws(Failure) -> ExitCode {
    let path = invocation.argument("FILE") ?? ""
    let file = try StreamScriptFile(path: path, invocation, console)
    let isJSON = invocation.flag("json")
    try FlightsInput.fetchIfMissing(for: file, console)
    var run = StreamRun(file, console, showsProgress: !isJSON)
    run.rowsPerSecond = invocation.number("rate")
    run.seed = UInt64(invocation.integer("seed") ?? 42)
    if invocation.flag("append") { run.existing = .append }
    if invocation.flag("overwrite") { run.existing = .overwrite }
    var objects: [JSONValue] = []
    var isClean = true
    for job in file.script.jobs {
        run.outputDirectory = outputDirectory(invocation, job, of: file.script.jobs.count)
        let (object, report) = try runJob(job, run, invocation, console)
        objects.append(JSONValue(object))
        if report.rowsLate + report.rowsBad > 0 { isClean = false }
    }
    if isJSON {
        let whole = objects.count == 1 ? objects[0] : ["jobs": JSONValue(objects)]
        try console.write(whole.compactText + "\n")
    }
    return invocation.flag("strict") && !isClean ? .holding : .done
}

/// `--output`, with a folder of its own for each table where there are several.
private func outputDirectory(_ invocation: Invocation, _ job: Job, of jobCount: Int) -> String? {
    guard let folder = invocation.text("output") else { return nil }
    guard jobCount > 1, case .table(let table) = job.sink else { return folder }
    return Directory.join(folder, table.name)
}

private func runJob(
    _ job: Job,
    _ run: StreamRun,
    _ invocation: Invocation,
    _ console: Console
) throws(Failure) -> (JSONObject, JobReport) {
    let processor = invocation.text("processor")
    let isJSON = invocation.flag("json")
    var object: JSONObject = [:]
    if run.file.script.jobs.count > 1 { object["name"] = JSONValue(job.name) }
    let report: JobReport
    let name: String
    if case .table = job.sink {
        (report, name) = try run.run(job, processor: processor)
    } else {
        let rows: ResultRows
        (report, rows, name) = try run.collect(job, processor: processor)
        if isJSON {
            object["rows"] = rows.batch.json
        } else {
            try console.write(rows.batch.table)
        }
    }
    for (key, value) in report.json(processor: name).members.map({ ($0.name, $0.value) }) {
        object[key] = value
    }
    for warning in report.warnings { console.complain(warning) }
    if !isJSON { try console.write(report.line(processor: name) + "\n") }
    return (object, report)
}

extension Batch {
    /// All rows as a text table.
    var table: String {
        var table = TextTable(
            schema.fields.map { field in
                field.type.isNumeric ? .number(field.name) : .text(field.name)
            }
        )
        for row in 0..<rowCount { table.append(columns.map { $0.shownText(row) }) }
        return table.text()
    }

    /// All rows as JSON objects.
    var json: JSONValue {
        JSONValue(
            (0..<rowCount).map { row in
                var object: JSONObject = [:]
                for (field, column) in zip(schema.fields, columns) {
                    object[field.name] = column.json(row)
                }
                return JSONValue(object)
            }
        )
    }
}
