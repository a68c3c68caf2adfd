internal import Arguments
internal import Failures
internal import JSON
internal import SQLFront
internal import StreamSQL

extension CommandTree {
    static var streamCompare: CommandTree {
        CommandTree(
            Command(
                "compare",
                "run a script on two processors and hold their rows against each other",
                discussion: """
                    Nothing is written: the rows stay in memory. Rows pair by the query's unique key, or as whole \
                    rows where it has none. Exits with 0 where all are equal, 1 where they differ, and 3 where \
                    nothing could be compared. With flink:local or flink:HOST:PORT the script must be one that Flink \
                    reads as Cutover does; the order of rows does not count then, and approximate numbers may \
                    differ by 1e-9 of their size.
                    """,
                positionals: [.init("FILE", .file, "The script")],
                options: [
                    processorOption("primary", "The old implementation", default: "v1"),
                    processorOption("candidate", "The new implementation", default: "v2"),
                    .value("examples", .integer(0...10_000), "Examples to show", default: "20"),
                    .value("seed", .integer(0...Int.max), "Seed of datagen tables", default: "42"),
                    StreamOptions.set,
                ],
                examples: [
                    .init(
                        "cutover stream compare Examples/stream/flights-hourly.sql --primary v1 --candidate v2:3",
                        "one thread against three partitions"
                    ),
                    .init(
                        "cutover stream compare Examples/stream/flights-hourly.sql --candidate flink:local",
                        "one thread against Apache Flink in a process of its own"
                    ),
                ]
            )
        ) { (invocation, console) throws(Failure) in
            let isJSON = invocation.flag("json")
            let layers = try StreamOptions.layers(invocation, console)
            let script = try ScriptFile(invocation.argument("FILE") ?? "")
            guard script.report.failures.isEmpty else {
                return console.report(script.report.failures, asJSON: isJSON)
            }
            for warning in script.report.warnings { console.note(warning.description) }
            let launcher = JobLauncher(script: script, layers: layers, console: console)
            let jobs = script.jobs.filter { !$0.isExplained }
            let primary = choices(invocation, "primary")
            let candidate = choices(invocation, "candidate")
            let engines = try [primary, candidate].map { (choices) throws(Failure) in
                try launcher.flink(jobs, choices)
            }
            if engines.contains(where: { $0 != nil }) {
                let failures = FlinkRun.portabilityFailures(script)
                if !failures.isEmpty { return console.report(failures, asJSON: isJSON) }
            }
            for job in jobs {
                if engines[0] == nil { _ = try launcher.prepare(job, primary) }
                if engines[1] == nil { _ = try launcher.prepare(job, candidate) }
            }
            try FlightsData(console: console).supply(jobs, directory: script.directory)
            let sides = try zip(engines, [primary, candidate]).map {
                (engine, choices) throws(Failure) -> [JobComparison.Side] in
                guard let engine else { return jobs.map { _ in .run(choices) } }
                return try engine.collect(directory: script.directory).map { .foreign($0) }
            }
            var comparisons: [JobComparison] = []
            for (index, job) in jobs.enumerated() {
                let comparison = try JobComparison(
                    job,
                    launcher: launcher,
                    primary: sides[0][index],
                    candidate: sides[1][index],
                    exampleLimit: invocation.integer("examples") ?? 20
                )
                comparisons.append(comparison)
                guard !isJSON else { continue }
                try console.write(comparison.line + "\n")
                for line in comparison.exampleLines { try console.write(line + "\n") }
            }
            if isJSON { try console.write(comparisons.json) }
            // Different outweighs inconclusive, and that outweighs equal; no job at all proves nothing.
            let codes = comparisons.map(\.exitCode)
            if codes.contains(.failed) { return .failed }
            return codes.isEmpty || codes.contains(.holding) ? .holding : .done
        }
    }

    private static func processorOption(
        _ name: String,
        _ summary: String,
        default standard: String
    ) -> Command.Option {
        .value(name, .text, summary, placeholder: "P", default: standard)
    }

    private static func choices(_ invocation: Invocation, _ side: String) -> JobLauncher.Choices {
        var choices = JobLauncher.Choices()
        choices.processor = (invocation.text(side) ?? "", "--\(side)")
        choices.seed = UInt64(invocation.integer("seed") ?? 42)
        return choices
    }
}

extension [JobComparison] {
    /// One object for one job, `{"jobs":[…]}` for several.
    fileprivate var json: JSONValue {
        if count == 1 { return JSONValue(self[0].json) }
        let jobs = map { comparison -> JSONValue in
            var object: JSONObject = ["job": JSONValue(comparison.primary.report.name)]
            for member in comparison.json.members { object[member.name] = member.value }
            return JSONValue(object)
        }
        return ["jobs": JSONValue(jobs)]
    }
}
