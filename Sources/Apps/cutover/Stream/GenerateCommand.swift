internal import Arguments
internal import Failures
internal import Files
internal import Flow
internal import JSON
internal import Observe
internal import StreamSQL
internal import Units

extension CommandTree {
    static var streamGenerate: CommandTree {
        CommandTree(
            Command("gen", "make input: real flights, or tables from a seed"),
            [generateFlights, generateNexmark, generateMeasurements, generateTicks]
        )
    }

    private static let outputOption = Command.Option.value(
        "out",
        .folder,
        "Folder to write to",
        default: "data"
    )

    private static let formatOption = Command.Option.value(
        "format",
        .choice(["csv", "json", "parquet"]),
        "Format to write; csv if none is given",
        isRepeatable: true
    )

    private static let seedOption = Command.Option.value(
        "seed",
        .integer(0...Int.max),
        "Makes the rows",
        default: "42"
    )

    private static var generateFlights: CommandTree {
        CommandTree(
            Command(
                "flights",
                "336,776 real flights from New York in 2013, with weather and planes",
                options: [
                    outputOption, formatOption, seedOption,
                    .value(
                        "disorder",
                        .duration,
                        "Also a copy whose reports come up to so much later"
                    ),
                    .value("late", .share, "Share of that copy's reports that come hours later"),
                ],
                examples: [
                    .init(
                        "cutover stream gen flights --out data --disorder 30m --late 0.1%",
                        "flights in order and out of order"
                    )
                ]
            )
        ) { (invocation, console) throws(Failure) in
            var disorder: FlightsDisorder?
            if let delay = invocation.duration("disorder") {
                disorder = try FlightsDisorder(
                    delay: delay,
                    lateShare: invocation.share("late") ?? .none,
                    seed: UInt64(invocation.integer("seed") ?? 42)
                )
            }
            let report = try FlightsInput.generate(
                into: Directory.join(invocation.text("out") ?? "data", "flights"),
                formats: formats(invocation),
                disorder: disorder,
                console
            )
            return try show(report, invocation, console)
        }
    }

    private static var generateNexmark: CommandTree {
        CommandTree(
            Command(
                "nexmark",
                "people, auctions and bids of the Nexmark benchmark",
                options: [
                    outputOption, formatOption, seedOption,
                    .value("events", .count(1...2_000_000_000), "Events", default: "1000000"),
                ],
                examples: [
                    .init("cutover stream gen nexmark --events 1000000", "20,000 people and on")
                ]
            )
        ) { (invocation, console) throws(Failure) in
            let events = try NexmarkEvents(
                count: invocation.integer("events") ?? 1_000_000,
                seed: UInt64(invocation.integer("seed") ?? 42)
            )
            let report = try events.generate(
                into: Directory.join(invocation.text("out") ?? "data", "nexmark"),
                options: options(invocation)
            ) { _ throws(Failure) in }
            return try show(report, invocation, console)
        }
    }

    private static var generateMeasurements: CommandTree {
        CommandTree(
            Command(
                "1brc",
                "temperatures of 413 stations, as in the one billion row challenge",
                options: [
                    outputOption, formatOption, seedOption,
                    .value("rows", .count(1...2_000_000_000), "Rows", default: "1000000"),
                ],
                examples: [.init("cutover stream gen 1brc --rows 10000000", "ten million of them")]
            )
        ) { (invocation, console) throws(Failure) in
            let table = try MeasurementTable(
                rows: invocation.integer("rows") ?? 1_000_000,
                seed: UInt64(invocation.integer("seed") ?? 42)
            )
            let report = try table.generate(
                into: Directory.join(invocation.text("out") ?? "data", "1brc"),
                options: options(invocation)
            ) { _ throws(Failure) in }
            return try show(report, invocation, console)
        }
    }

    private static var generateTicks: CommandTree {
        CommandTree(
            Command(
                "ticks",
                "prices of 5,000 symbols, the input of the tumbling benchmark",
                options: [
                    outputOption, formatOption, seedOption,
                    .value("rows", .count(1...2_000_000_000), "Rows", default: "10000000"),
                ],
                examples: [.init("cutover stream gen ticks --rows 1000000", "a million of them")]
            )
        ) { (invocation, console) throws(Failure) in
            let table = try TickTable(
                rows: invocation.integer("rows") ?? 10_000_000,
                seed: UInt64(invocation.integer("seed") ?? 42)
            )
            let report = try table.generate(
                into: Directory.join(invocation.text("out") ?? "data", "ticks"),
                options: options(invocation)
            ) { _ throws(Failure) in }
            return try show(report, invocation, console)
        }
    }

    private static func formats(_ invocation: Invocation) -> Set<GeneratedFormat> {
        let chosen = invocation.texts("format").compactMap(GeneratedFormat.init(rawValue:))
        return chosen.isEmpty ? [.csv] : Set(chosen)
    }

    private static func options(_ invocation: Invocation) -> GeneratorOptions {
        GeneratorOptions(formats: formats(invocation), threads: onlineProcessorCount())
    }

    private static func show(
        _ report: GeneratorReport,
        _ invocation: Invocation,
        _ console: Console
    ) throws(Failure) -> ExitCode {
        if invocation.flag("json") {
            let files = report.files.map { file -> JSONValue in
                [
                    "path": JSONValue(file.path), "table": JSONValue(file.table),
                    "format": JSONValue(file.format.rawValue), "rows": JSONValue(file.rowCount),
                    "bytes": JSONValue(file.byteCount),
                ]
            }
            let whole: JSONValue = ["files": JSONValue(files)]
            try console.write(whole.compactText + "\n")
            return .done
        }
        var table = TextTable([.text("file"), .number("rows"), .number("size")])
        for file in report.files {
            table.append([
                file.path, NumberText.grouped(file.rowCount),
                ByteCount(bytes: file.byteCount).rounded,
            ])
        }
        try console.write(table.text())
        return .done
    }
}
