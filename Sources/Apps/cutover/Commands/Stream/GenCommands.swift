internal import Arguments
internal import Failures
internal import Files
internal import Flow
internal import JSON
internal import Observe
internal import StreamSQL
internal import Units

extension CommandTree {
    /// Data to run scripts on.
    static var streamGen: CommandTree {
        CommandTree(
            Command("gen", "make data to run scripts on"),
            [genFlights, genNexmark, genMeasurements, genTicks]
        )
    }

    private static var genFlights: CommandTree {
        CommandTree(
            Command(
                "flights",
                "fetch every flight from New York in 2013, with weather and aircraft",
                discussion: """
                    Writes flights, weather and planes into DIR/flights, sorted by time. With --disorder or --late \
                    also flights-disordered: an event's time is the scheduled minute, its row arrives up to the \
                    given time later, and the late share three to six hours later.
                    """,
                options: [
                    out, format("all three"), seed,
                    .value("disorder", .duration, "How much later rows arrive at most"),
                    .value("late", .share, "Share of rows that arrive hours later"),
                ],
                examples: [
                    .init("cutover stream gen flights --out data", "what the examples read"),
                    .init(
                        "cutover stream gen flights --out data --disorder 30m --late 0.1%",
                        "with an unordered copy"
                    ),
                ]
            )
        ) { (invocation, console) throws(Failure) in
            var disorder: FlightsDisorder?
            if invocation.isGiven("disorder") || invocation.isGiven("late") {
                disorder = try FlightsDisorder(
                    delay: invocation.duration("disorder") ?? .zero,
                    lateShare: invocation.share("late") ?? .none,
                    seed: seed(invocation)
                )
            }
            let run = GeneratorCommand(
                invocation,
                console,
                suite: "flights",
                formats: [.csv, .json, .parquet]
            )
            return try run.finish { (directory) throws(Failure) in
                try FlightsData(console: console).generate(
                    into: directory,
                    formats: run.formats,
                    disorder: disorder
                )
            }
        }
    }

    private static var genNexmark: CommandTree {
        CommandTree(
            Command(
                "nexmark",
                "make the auctions of the Nexmark benchmark",
                discussion: "Writes person, auction, bid and side_input into DIR/nexmark.",
                options: [
                    .value("events", .count, "People, auctions and bids", default: "1M"),
                    .value("rate", .count, "Events per second of their own time", default: "1000"),
                    out, format("all three"), seed,
                ],
                examples: [
                    .init(
                        "cutover stream gen nexmark --events 1M --seed 42 --out data/nexmark",
                        "20,000 people, 60,000 auctions and 920,000 bids"
                    )
                ]
            )
        ) { (invocation, console) throws(Failure) in
            let events = try NexmarkEvents(
                count: invocation.integer("events") ?? 0,
                seed: seed(invocation),
                rate: invocation.integer("rate") ?? 1000
            )
            let run = GeneratorCommand(
                invocation,
                console,
                suite: "nexmark",
                formats: [.csv, .json, .parquet]
            )
            return try run.finish { (directory, options, progress) throws(Failure) in
                try events.generate(into: directory, options: options, progress: progress)
            }
        }
    }

    private static var genMeasurements: CommandTree {
        CommandTree(
            Command(
                "1brc",
                "make the temperatures of the one billion row challenge",
                discussion:
                    "Writes measurements into DIR/1brc: a station and a temperature with one decimal.",
                options: [
                    .value("rows", .count, "Rows", default: "1M"),
                    out, format("csv"), seed,
                ],
                examples: [
                    .init("cutover stream gen 1brc --rows 10M --seed 42", "ten million rows")
                ]
            )
        ) { (invocation, console) throws(Failure) in
            let table = try MeasurementTable(
                rows: invocation.integer("rows") ?? 0,
                seed: seed(invocation)
            )
            let run = GeneratorCommand(invocation, console, suite: "1brc", formats: [.csv])
            return try run.finish { (directory, options, progress) throws(Failure) in
                try table.generate(into: directory, options: options, progress: progress)
            }
        }
    }

    private static var genTicks: CommandTree {
        CommandTree(
            Command(
                "ticks",
                "make trades of many symbols, the input of bench tumbling",
                discussion:
                    "Writes ticks into DIR/ticks: time, symbol, price and quantity, sorted by time.",
                options: [
                    .value("rows", .count, "Rows", default: "10M"),
                    .value("keys", .count, "Different symbols", default: "5000"),
                    .value("rate", .count, "Rows per second of their own time", default: "10000"),
                    out, format("csv"), seed,
                ],
                examples: [
                    .init(
                        "cutover stream gen ticks --rows 1M --format csv --format parquet",
                        "a million"
                    )
                ]
            )
        ) { (invocation, console) throws(Failure) in
            let table = try TickTable(
                rows: invocation.integer("rows") ?? 0,
                keys: invocation.integer("keys") ?? 5000,
                seed: seed(invocation),
                rate: invocation.integer("rate") ?? 10_000
            )
            let run = GeneratorCommand(invocation, console, suite: "ticks", formats: [.csv])
            return try run.finish { (directory, options, progress) throws(Failure) in
                try table.generate(into: directory, options: options, progress: progress)
            }
        }
    }

    private static let out = Command.Option.value(
        "out",
        .folder,
        "Where the folder of the tables is made; a folder of its name is taken itself",
        default: "data"
    )

    private static func format(_ standard: String) -> Command.Option {
        .value(
            "format",
            .choice(GeneratedFormat.allCases.map(\.rawValue)),
            "A format to write; \(standard) if none is given",
            isRepeatable: true
        )
    }

    private static var seed: Command.Option {
        .value("seed", .integer(0...Int.max), "The same seed makes the same bytes", default: "42")
    }

    private static func seed(_ invocation: Invocation) -> UInt64 {
        UInt64(invocation.integer("seed") ?? 42)
    }
}

/// What all generators share: where to write, in which formats, and the report.
private struct GeneratorCommand: Sendable {
    private let invocation: Invocation
    private let console: Console
    private let suite: String
    private let directory: String
    let formats: Set<GeneratedFormat>

    /// - Parameters:
    ///   - invocation: with the options `out` and `format`.
    ///   - console: gets the report.
    ///   - suite: name of the tables' folder.
    ///   - standard: formats where none is given.
    init(
        _ invocation: Invocation,
        _ console: Console,
        suite: String,
        formats standard: Set<GeneratedFormat>
    ) {
        self.invocation = invocation
        self.console = console
        self.suite = suite
        let given = invocation.texts("format").compactMap(GeneratedFormat.init(rawValue:))
        formats = given.isEmpty ? standard : Set(given)
        let out = invocation.text("out") ?? "."
        let isNamed = Directory.lastComponent(of: out) == suite
        directory = isNamed ? out : Directory.join(out, suite)
    }

    /// Runs a generator that only needs a folder, formats and somebody to tell.
    func finish(
        _ generate: (String, GeneratorOptions, @escaping GeneratorRun.Progress) throws(Failure) ->
            GeneratorReport
    ) throws(Failure) -> ExitCode {
        let options = GeneratorOptions(formats: formats, threads: onlineProcessorCount())
        return try finish { (directory) throws(Failure) in
            try GeneratorLine(console: console, title: suite).show { (progress) throws(Failure) in
                try generate(directory, options, progress)
            }
        }
    }

    /// Runs a generator into a folder and tells what it wrote.
    func finish(
        _ generate: (String) throws(Failure) -> GeneratorReport
    ) throws(Failure) -> ExitCode {
        let start = ContinuousClock.now
        let report = try generate(directory)
        let elapsed = ContinuousClock.now - start
        if invocation.flag("json") {
            try console.write(json(report, directory, elapsed))
        } else {
            try console.write(table(report) + "\n" + elapsed.roundedText + "\n")
        }
        return .done
    }

    private func table(_ report: GeneratorReport) -> String {
        var table = TextTable([.text("file"), .number("rows"), .number("size")])
        for file in report.files {
            table.append([
                file.path, NumberText.grouped(file.rowCount),
                ByteCount(bytes: file.byteCount).rounded,
            ])
        }
        return table.text(on: console.outputTerminal)
    }

    private func json(
        _ report: GeneratorReport,
        _ directory: String,
        _ elapsed: Duration
    ) -> JSONValue {
        let files = report.files.map { file -> JSONValue in
            [
                "path": JSONValue(file.path), "table": JSONValue(file.table),
                "format": JSONValue(file.format.rawValue), "rows": JSONValue(file.rowCount),
                "bytes": JSONValue(file.byteCount),
            ]
        }
        return [
            "suite": JSONValue(suite), "directory": JSONValue(directory), "files": JSONValue(files),
            "elapsed_seconds": JSONValue(JobSummary.rounded(elapsed.inSeconds)),
        ]
    }
}
