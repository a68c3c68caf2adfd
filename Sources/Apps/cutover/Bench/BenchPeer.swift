internal import Failures
internal import Files
internal import Foundation
internal import JSON
internal import Processes

/// Another engine: a program that runs a case once and tells how long it took.
struct BenchPeer: Sendable {
    enum Kind: Sendable {
        case duckdb
        case flink
        /// Somebody's own program, which understands peer_duckdb.py's options.
        case program(String)
    }

    let name: String
    let kind: Kind
    /// The clone.
    private let resources: String
    private let console: Console
    /// Where the pinned engine lies; nil until it has been installed.
    private var library: String?

    /// - Parameters:
    ///   - text: `duckdb`, `flink` or `NAME=PROGRAM`.
    ///   - resources: the clone.
    ///   - console: tells of installing, and of Ctrl-C.
    /// - Throws: `CFG_VALUE` for another name.
    init(_ text: String, resources: String, console: Console) throws(Failure) {
        self.resources = resources
        self.console = console
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        switch parts.first {
        case "duckdb" where parts.count == 1: kind = .duckdb
        case "flink" where parts.count == 1: kind = .flink
        case let first? where parts.count == 2 && first != "duckdb" && first != "flink":
            kind = .program(parts[1])
        default:
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "--peers has \"\(text)\", which is no engine",
                remedy: "name duckdb, flink, or a program of your own as NAME=PROGRAM"
            )
        }
        name = parts[0]
    }

    /// Fetches the engine, where it is not there yet.
    ///
    /// - Throws: `CFG_INSTALL_FAILED`; `JOB_CANCELLED`.
    mutating func install() throws(Failure) {
        if case .program = kind { return }
        var process = ChildProcess(Directory.join(resources, "scripts/install-peers"), [name])
        process.timeLimit = .seconds(3600)
        let report = try process.run { console.interruption.isRequested }
        try console.interruption.check()
        let folder = report.outputText.trimmingCharacters(in: .whitespacesAndNewlines)
        guard report.isSuccess, !folder.isEmpty else {
            throw Failure(
                "CFG_INSTALL_FAILED",
                blame: .outside,
                isRetryable: true,
                "\(name) could not be installed",
                remedy: "read the message of scripts/install-peers, or leave it out of --peers",
                cause: Self.lastLines(report.errorText)
            )
        }
        library = folder
    }

    /// What starts one counted run.
    ///
    /// - Parameters:
    ///   - item: the case.
    ///   - script: a file with the case's script.
    ///   - threads: how many it may use.
    /// - Returns: the program and its arguments; nil where the peer cannot run the case.
    func arguments(for item: BenchCase, script: String, threads: Int) -> [String]? {
        switch kind {
        case .flink:
            let task: [String]
            switch item.flink {
            case nil: return nil
            case .input(let path): task = ["--input", path]
            case .script: task = ["--script", script]
            }
            return [Directory.join(resources, "Benchmarks/stream/peer_flink.py")] + task
                + ["--parallelism", "\(threads)", "--runs", "1"]
        case .duckdb:
            guard let task = item.peer else { return nil }
            return [Directory.join(resources, "Benchmarks/stream/peer_duckdb.py")] + task
                + ["--threads", "\(threads)", "--runs", "1"]
        case .program(let program):
            guard let task = item.peer else { return nil }
            return [program] + task + ["--threads", "\(threads)", "--runs", "1"]
        }
    }

    /// Runs the case: once to warm up, once measured.
    ///
    /// - Parameters:
    ///   - item: the case, in which the peer takes part.
    ///   - script: a file with the case's script.
    ///   - threads: how many it may use.
    ///   - output: where its rows go; nil drops them.
    /// - Returns: the measured run.
    /// - Throws: `BENCH_PEER` where the engine fails or tells nothing; `JOB_CANCELLED`.
    func run(
        _ item: BenchCase,
        script: String,
        threads: Int,
        output: String? = nil
    ) throws(Failure) -> BenchOutcome {
        guard var words = arguments(for: item, script: script, threads: threads) else {
            preconditionFailure("the peer takes part in the case")
        }
        if let output { words += ["--output", output] }
        var process = ChildProcess(words[0], Array(words.dropFirst()))
        var environment = console.environment
        // DuckDB's pinned version; Flink's is found by scripts/flink/run.
        if case .duckdb = kind { environment["PYTHONPATH"] = library }
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        process.environment = environment
        process.timeLimit = .seconds(6 * 3600)
        let report = try process.run { console.interruption.isRequested }
        try console.interruption.check()
        guard report.isSuccess else {
            throw failure("\(name) could not run \(item.name)", Self.lastLines(report.errorText))
        }
        let lines = report.outputText.split(separator: "\n")
            .compactMap { try? JSONValue(parsing: String($0)) }
        guard let line = lines.last(where: { $0["seconds"]?.double != nil }),
            let seconds = line["seconds"]?.double, seconds > 0
        else {
            throw failure("\(name) did not tell how long \(item.name) took", report.outputText)
        }
        let rowsOut = lines.last { $0["rows_out"] != nil }?["rows_out"]?.integer
        return BenchOutcome(
            seconds: seconds,
            rowsIn: line["rows_in"]?.integer.map { Int($0) },
            rowsOut: rowsOut.map { Int($0) },
            version: line["version"]?.string
        )
    }

    private func failure(_ problem: String, _ cause: String) -> Failure {
        Failure(
            "BENCH_PEER",
            blame: .outside,
            problem,
            remedy: "read its message, or leave it out of --peers",
            cause: cause
        )
    }

    /// What a person wants to see of a long complaint.
    private static func lastLines(_ text: String) -> String {
        let lines = text.split(separator: "\n").suffix(4).joined(separator: " | ")
        return String(lines.suffix(1000))
    }
}
