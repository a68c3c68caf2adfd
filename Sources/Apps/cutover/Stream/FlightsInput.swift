internal import Failures
internal import Files
internal import Flow
internal import Foundation
internal import Processes
internal import SQLFront
internal import StreamSQL
internal import Units

/// The flights data that examples read: fetched and generated when it is missing.
enum FlightsInput {
    private static let names = ["flights", "weather", "planes", "flights-disordered"]

    /// Generates what a script reads below `data/flights/` and nobody has generated yet.
    static func fetchIfMissing(
        for file: StreamScriptFile,
        _ console: Console
    ) throws(Failure) {
        for job in file.script.jobs {
            for table in job.plan.scannedTables {
                guard case .filesystem(let place) = table.connector,
                    let folder = flightsFolder(place.path, file.directory),
                    try Directory.kind(of: Directory.join(file.directory, place.path)) == .missing
                else { continue }
                let isDisordered = place.path.contains("flights-disordered")
                let disorder =
                    isDisordered
                    ? try FlightsDisorder(
                        delay: .seconds(1800),
                        lateShare: PartsPerMillion(1_000) ?? .none,
                        seed: 42
                    ) : nil
                let isParquet = place.path.hasSuffix(".parquet")
                let isJSON = place.path.hasSuffix(".jsonl")
                _ = try generate(
                    into: folder,
                    formats: isParquet ? [.csv, .parquet] : isJSON ? [.csv, .json] : [.csv],
                    disorder: disorder,
                    console
                )
            }
        }
    }

    /// The folder of a path like `…/data/flights/flights.csv`; nil for any other path.
    private static func flightsFolder(_ path: String, _ base: String) -> String? {
        let name = StreamScriptFile.jobName(path)
        guard names.contains(name), let parent = Directory.parent(of: path),
            parent == "data/flights" || parent.hasSuffix("/data/flights")
        else { return nil }
        return Directory.join(base, parent)
    }

    /// Fetches the published files if need be, and writes the tables.
    static func generate(
        into folder: String,
        formats: Set<GeneratedFormat>,
        disorder: FlightsDisorder?,
        _ console: Console
    ) throws(Failure) -> GeneratorReport {
        let source = try fetch(console)
        return try FlightsGenerator(sourceDirectory: source, disorder: disorder).generate(
            into: folder,
            options: GeneratorOptions(formats: formats, threads: onlineProcessorCount())
        ) { _ throws(Failure) in }
    }

    private static func fetch(_ console: Console) throws(Failure) -> String {
        guard let resources = Installation.current.resources else {
            throw Failure(
                "IO_FETCH",
                blame: .outside,
                "the flights data is missing, and this program stands without its scripts",
                remedy: "run it from its clone or its installation"
            )
        }
        let script = Directory.join(resources, "scripts/fetch-flights")
        console.status("fetching the flights of 2013 (8.7 MB, once) …\n")
        var child = ChildProcess("/bin/bash", [script])
        child.timeLimit = .seconds(600)
        let report = try child.run()
        guard report.isSuccess else {
            throw Failure(
                "IO_FETCH",
                blame: .outside,
                isRetryable: true,
                "the flights data could not be fetched",
                remedy: "check the network and pip's index, then try again",
                cause: String(report.errorText.suffix(400))
            )
        }
        return report.outputText.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

extension Plan {
    /// Every table that is read, in the order of the plan.
    var scannedTables: [TableDefinition] {
        switch operation {
        case .scan(let scan): [scan.table]
        case .values: []
        case .filter(let input, _), .project(let input, _), .assignWindows(let input, _),
            .aggregate(let input, _), .topN(let input, _), .over(let input, _),
            .sort(let input, _):
            input.scannedTables
        case .join(let left, let right, _): left.scannedTables + right.scannedTables
        case .union(let inputs): inputs.flatMap(\.scannedTables)
        }
    }
}
