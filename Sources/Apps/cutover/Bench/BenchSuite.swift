internal import Failures
internal import Files
internal import StreamSQL

/// A set of cases over one set of files.
enum BenchSuite: String, CaseIterable, Sendable {
    case tumbling
    case temperatures = "1brc"
    case flights
    case nexmark
    /// What routing, evidence and shadows cost; a bench of its own over the files of `tumbling`.
    case routing

    /// Departures and arrivals of 2013; this suite's size cannot be chosen.
    static let flightCount = 336_776

    /// Rows where nobody says how many.
    func standardRows(isQuick: Bool) -> Int {
        switch self {
        case .tumbling, .temperatures, .routing: isQuick ? 1_000_000 : 10_000_000
        case .nexmark: isQuick ? 100_000 : 10_000_000
        case .flights: Self.flightCount
        }
    }

    /// The suite's cases, ready to run.
    ///
    /// - Parameters:
    ///   - folder: with the suite's files.
    ///   - resources: the clone, which holds scripts and queries.
    /// - Returns: the cases in the order in which they run.
    /// - Throws: what reading scripts throws.
    func cases(folder: String, resources: String) throws(Failure) -> [BenchCase] {
        let own = Directory.join(resources, "Benchmarks/stream")
        let examples = Directory.join(resources, "Examples/stream")
        let queries = Directory.join(resources, "Tests/SQL/duckdb")
        switch self {
        case .tumbling: return try Self.tumblingCases(folder: folder, scripts: own)
        case .routing: preconditionFailure("RoutingBench has its own cases")
        case .temperatures:
            return [
                try BenchCase(
                    script: Directory.join(own, "1brc.sql"),
                    folder: folder,
                    tables: Directory.join(own, "duckdb/tables-1brc.sql"),
                    query: Directory.join(own, "duckdb/1brc.sql")
                )
            ]
        case .flights:
            return try Self.scripts(in: examples).map { (name) throws(Failure) in
                try BenchCase(
                    script: Directory.join(examples, name),
                    folder: folder,
                    tables: Directory.join(queries, "tables-flights.sql"),
                    query: Directory.join(queries, name)
                )
            }
        case .nexmark:
            let scripts = Directory.join(examples, "nexmark")
            return try Self.scripts(in: scripts).map { (name) throws(Failure) in
                try BenchCase(
                    script: Directory.join(scripts, name),
                    folder: folder,
                    tables: Directory.join(queries, "tables-nexmark.sql"),
                    query: Directory.join(queries, "nexmark/\(name)")
                )
            }
        }
    }

    /// Names of a folder's scripts, those with numbers in order of the number.
    private static func scripts(in folder: String) throws(Failure) -> [String] {
        try Directory.names(in: folder).filter { $0.hasSuffix(".sql") }
            .sorted { left, right in
                left.utf8.count != right.utf8.count && left.hasPrefix("q") && right.hasPrefix("q")
                    ? left.utf8.count < right.utf8.count : left < right
            }
    }

    private static func tumblingCases(
        folder: String,
        scripts: String
    ) throws(Failure) -> [BenchCase] {
        let csv = Directory.join(folder, "ticks.csv")
        let parquet = Directory.join(folder, "ticks.parquet")
        func script(_ file: String) throws(Failure) -> BenchScript {
            try BenchScript(Directory.join(scripts, file), folder: folder)
        }
        let whole = try script("tumbling.sql")
        return [
            BenchCase(
                "scan",
                try script("tumbling-scan.sql"),
                peer: ["--input", csv, "--case", "scan"]
            ),
            BenchCase("csv", whole, peer: ["--input", csv, "--case", "csv"], flink: .input(csv)),
            BenchCase(
                "memory",
                whole,
                load: try script("tumbling-load.sql"),
                peer: ["--input", csv, "--case", "memory"]
            ),
            BenchCase(
                "parquet",
                whole.readingParquet(),
                peer: ["--input", parquet, "--case", "parquet"]
            ),
            BenchCase("peak-memory", whole, measure: .peakMemory),
        ]
    }
}
