internal import Failures
internal import Files

/// One query on one kind of input.
struct BenchCase: Sendable {
    /// What is measured.
    enum Measure: Sendable {
        case time
        /// The most memory that one run of the command takes.
        case peakMemory
    }

    /// What Flink is given.
    enum FlinkTask: Sendable {
        /// The file of `tumbling`.
        case input(String)
        /// The case's own script.
        case script
    }

    let name: String
    let script: BenchScript
    let measure: Measure
    /// What loads the tables into memory before the clock starts; nil reads them while it runs.
    let load: BenchScript?
    /// Arguments of peer_duckdb.py and of programs like it; nil where it cannot take part.
    let peer: [String]?
    let flink: FlinkTask?

    init(
        _ name: String,
        _ script: BenchScript,
        measure: Measure = .time,
        load: BenchScript? = nil,
        peer: [String]? = nil,
        flink: FlinkTask? = nil
    ) {
        self.name = name
        self.script = script
        self.measure = measure
        self.load = load
        self.peer = peer
        self.flink = flink
    }

    /// A whole script from its files.
    ///
    /// - Parameters:
    ///   - path: of the script.
    ///   - folder: with the files that it reads.
    ///   - tables: declares them for DuckDB.
    ///   - query: the script's question for DuckDB; where there is no such file, DuckDB does not take part.
    /// - Throws: what reading the script throws.
    init(script path: String, folder: String, tables: String, query: String) throws(Failure) {
        let script = try BenchScript(path, folder: folder)
        var peer: [String]?
        if case .file = try Directory.kind(of: query) {
            peer = ["--input", folder, "--case", "script", "--tables", tables, "--query", query]
        }
        self.init(script.name, script, peer: peer, flink: .script)
    }
}
