internal import Arguments
internal import Assembly
internal import Failures
internal import JSON

extension CommandTree {
    /// The page about a migration.
    static var report: CommandTree {
        CommandTree(
            Command(
                "report",
                "write a migration's story as one HTML page",
                discussion: """
                    The page has timeline, weight, evidence, speed, comparisons and events of an attempt, read from the \
                    journal alone, and loads nothing from anywhere. A migration that still moves has its story so far. \
                    The journal is only read.
                    """,
                positionals: [MigrationOptions.name],
                options: [
                    .value(
                        "out",
                        .file,
                        "Where the page goes; by default reports/NAME-ATTEMPT.html in the state folder"
                    ),
                    .value(
                        "attempt",
                        .integer(1...Int.max),
                        "Number of the attempt; by default the latest"
                    ),
                ],
                examples: [
                    .init("cutover report flights-demo", "the latest attempt"),
                    .init(
                        "cutover report flights-demo --attempt 1 --out story.html",
                        "the first one, to a file of yours"
                    ),
                ]
            )
        ) { (invocation, console) throws(Failure) in
            let path = try MigrationReport.write(
                of: invocation.argument("NAME") ?? "",
                attempt: invocation.integer("attempt"),
                in: try MigrationOptions.settings(invocation, console).state,
                binary: programVersion,
                to: invocation.text("out")
            )
            if invocation.flag("json") {
                try console.write(["report": JSONValue(path)])
            } else {
                try console.write(path + "\n")
            }
            return .done
        }
    }
}
