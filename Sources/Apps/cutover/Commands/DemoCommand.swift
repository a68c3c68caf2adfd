internal import Arguments
internal import Failures
internal import Files
internal import Flow
internal import JSON
internal import Observe
internal import SQLFront
internal import StreamSQL
internal import Units

extension CommandTree {
    static var demo: CommandTree {
        CommandTree(
            Command(
                "demo",
                "run a real job on two engines, and prove that they agree",
                discussion: """
                    Fetches 336,776 flights (9 MB, once), runs one SQL script over them on one thread and on \
                    several, and holds the results against each other, row by row.
                    """,
                examples: [
                    .init("cutover demo", "a minute the first time, a second later on"),
                    .init("cutover demo --json", "the figures only"),
                ]
            )
        ) { (invocation, console) throws(Failure) in
            try Demo(console: console, isJSON: invocation.flag("json")).run()
        }
    }
}

/// The first thing that a newcomer sees.
private struct Demo {
    let console: Console
    let isJSON: Bool

    /// Runs of each engine; the fastest is shown, since the first one also reads the file from disk.
    private static let runCount = 3

    func run() throws(Failure) -> ExitCode {
        let start = ContinuousClock.now
        let installation = Installation.current
        guard let resources = installation.resources else {
            throw Failure(
                "CFG_MISSING",
                blame: .request,
                "this program stands alone, without the examples that the demo runs",
                remedy: "run it from a clone, or install it with scripts/install"
            )
        }
        let script = try ScriptFile(
            Directory.join(resources, "Examples/stream/flights-hourly.sql")
        )
        guard script.report.failures.isEmpty, let job = script.jobs.first else {
            return console.report(script.report.failures, asJSON: isJSON)
        }
        let directory = try workDirectory(installation, resources)
        let launcher = JobLauncher(
            script: script,
            layers: .init(environment: [:]),
            console: console
        )
        try FlightsData(console: console).supply([job], directory: directory)
        var comparisons: [JobComparison] = []
        for _ in 0..<Self.runCount {
            comparisons.append(
                try JobComparison(
                    job,
                    launcher: launcher,
                    primary: .run(choices("v1", directory)),
                    candidate: .run(choices("v2:\(Self.workers)", directory))
                )
            )
        }
        let story = DemoStory(comparisons: comparisons, elapsed: ContinuousClock.now - start)
        if isJSON {
            try console.write(story.json)
        } else {
            try console.write(story.text(on: console.outputTerminal))
        }
        return story.isProven ? .done : .failed
    }

    private static var workers: Int { max(2, min(8, onlineProcessorCount())) }

    /// Where the script's relative paths start: the clone, or a folder of the user's beside what was installed.
    private func workDirectory(
        _ installation: Installation,
        _ resources: String
    ) throws(Failure) -> String {
        let home =
            installation.kind == .installed
            ? FlightsData.cache(console.environment) : resources
        let directory = Directory.join(home, "Examples/stream")
        try Directory.create(directory)
        return directory
    }

    private func choices(_ processor: String, _ directory: String) -> JobLauncher.Choices {
        var choices = JobLauncher.Choices()
        choices.processor = (processor, "demo")
        choices.directory = directory
        return choices
    }
}
