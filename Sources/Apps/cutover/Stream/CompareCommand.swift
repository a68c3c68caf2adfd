internal import Arguments
internal import Columns
internal import Failures
internal import Hashing
internal import JSON
internal import SQLFront
internal import StreamSQL
internal import Units

extension CommandTree {
    static var streamCompare: CommandTree {
        CommandTree(
            Command(
                "compare",
                "run a script on two processors and hold their rows against each other",
                discussion: """
                    Nothing is written to the script's tables. Rows pair by the unique key of each plan, or as \
                    multisets where it has none. Exit status 0: equal; 1: different.
                    """,
                positionals: [Command.Positional("FILE", .file, "SQL script")],
                options: [
                    .value("primary", .text, "Old processor", placeholder: "P", default: "v1"),
                    .value("candidate", .text, "New processor", placeholder: "Q", default: "v2"),
                    .value("examples", .integer(0...1000), "Examples to show", default: "20"),
                    .value("set", .text, "Setting", placeholder: "KEY=VALUE", isRepeatable: true),
                ],
                examples: [
                    .init(
                        "cutover stream compare Examples/stream/flights-hourly.sql --primary v1 --candidate v2:3",
                        "the same rows from one thread and from three partitions?"
                    )
                ]
            )
        ) { (invocation, console) throws(Failure) in
            try compareStream(invocation, console)
        }
    }
}

private func compareStream(
    _ invocation: Invocation,
    _ console: Console
) throws(Failure) -> ExitCode {
    let file = try StreamScriptFile(path: invocation.argument("FILE") ?? "", invocation, console)
    let isJSON = invocation.flag("json")
    try FlightsInput.fetchIfMissing(for: file, console)
    let run = StreamRun(file, console, showsProgress: !isJSON)
    var objects: [JSONValue] = []
    var isEqual = true
    for job in file.script.jobs {
        let paired = try PairedRun(
            job,
            run,
            primary: invocation.text("primary") ?? "v1",
            candidate: invocation.text("candidate") ?? "v2",
            exampleLimit: invocation.integer("examples") ?? 20
        )
        isEqual = isEqual && paired.comparison.isEqual
        objects.append(JSONValue(paired.json))
        if !isJSON { try console.write(paired.text) }
    }
    if isJSON {
        let whole = objects.count == 1 ? objects[0] : ["jobs": JSONValue(objects)]
        try console.write(whole.compactText + "\n")
    }
    return isEqual ? .done : .failed
}

/// One job on two processors.
struct PairedRun {
    let job: Job
    let primary: (report: JobReport, processor: String)
    let candidate: (report: JobReport, processor: String)
    let primaryRows: Batch
    let comparison: ResultComparison

    init(
        _ job: Job,
        _ run: StreamRun,
        primary: String,
        candidate: String,
        exampleLimit: Int
    ) throws(Failure) {
        self.job = job
        let first = try run.collect(job, processor: primary)
        let second = try run.collect(job, processor: candidate)
        self.primary = (first.0, first.processor)
        self.candidate = (second.0, second.processor)
        primaryRows = first.1.batch
        comparison = ResultComparison(
            primary: primaryRows,
            candidate: second.1.batch,
            key: job.plan.uniqueKey,
            tolerance: .exact,
            exampleLimit: exampleLimit
        )
    }

    var json: JSONObject {
        [
            "name": JSONValue(job.name),
            "primary": JSONValue(primary.processor),
            "candidate": JSONValue(candidate.processor),
            "primary_rows": JSONValue(comparison.primaryCount),
            "candidate_rows": JSONValue(comparison.candidateCount),
            "matched": JSONValue(comparison.matched),
            "missing": JSONValue(comparison.missing),
            "extra": JSONValue(comparison.extra),
            "mismatch": JSONValue(comparison.mismatched),
            "reordered": JSONValue(comparison.isReordered),
            "primary_digest": JSONValue(primary.report.digest.description),
            "candidate_digest": JSONValue(candidate.report.digest.description),
            "verdict": JSONValue(comparison.isEqual ? "pass" : "fail"),
            "examples": JSONValue(comparison.examples.map { JSONValue(exampleJSON($0)) }),
        ]
    }

    var text: String {
        func count(_ number: Int) -> String { NumberText.grouped(number) }
        var text =
            "\(job.name)  \(primary.processor) | \(candidate.processor)  "
            + "\(count(comparison.primaryCount)) | \(count(comparison.candidateCount)) rows  "
            + "matched \(count(comparison.matched))  missing \(count(comparison.missing))  "
            + "extra \(count(comparison.extra))  mismatch \(count(comparison.mismatched))  "
            + (comparison.isReordered ? "order differs  " : "")
            + "verdict \(comparison.isEqual ? "pass" : "fail")\n"
        for example in comparison.examples {
            text += "  \(example.kind.rawValue)"
            if !example.columns.isEmpty { text += " in \(example.columns.joined(separator: ", "))" }
            text += "\n"
            if let row = example.primary { text += "    primary    \(shown(row))\n" }
            if let row = example.candidate { text += "    candidate  \(shown(row))\n" }
        }
        return text
    }

    private func shown(_ row: [Value]) -> String {
        rowBatch(row).columns.map { $0.isNull(0) ? "NULL" : $0.shownText(0) }
            .joined(separator: " | ")
    }

    private func rowBatch(_ row: [Value]) -> Batch {
        Batch(
            schema: primaryRows.schema,
            columns: zip(primaryRows.schema.fields, row).map { Column($0.type, values: [$1]) },
            rowCount: 1
        )
    }

    private func exampleJSON(_ example: ResultComparison.Example) -> JSONObject {
        func object(_ row: [Value]?) -> JSONValue {
            guard let row else { return .null }
            var object: JSONObject = [:]
            for (field, column) in zip(primaryRows.schema.fields, rowBatch(row).columns) {
                object[field.name] = column.json(0)
            }
            return JSONValue(object)
        }
        return [
            "kind": JSONValue(example.kind.rawValue),
            "columns": JSONValue(example.columns.map { JSONValue($0) }),
            "primary": object(example.primary),
            "candidate": object(example.candidate),
        ]
    }
}
