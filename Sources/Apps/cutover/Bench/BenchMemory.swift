internal import Failures
internal import Foundation
internal import JSON
internal import Processes

/// How much memory one run of the command takes: each run is a process of its own.
struct BenchMemory: Sendable {
    let console: Console

    struct Run: Sendable {
        let rowsIn: Int
        let rowsOut: Int
        let digest: String
        let peakBytes: Int
    }

    /// Runs a script by `cutover stream run --json`.
    ///
    /// - Throws: `BENCH_RUN` where the command fails; `JOB_CANCELLED`.
    func run(_ script: String, processor: String) throws(Failure) -> Run {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        var process = ChildProcess(
            program,
            ["stream", "run", script, "--processor", processor, "--json"]
        )
        // Settings of the user's environment would change what is measured.
        process.environment = console.environment.filter { name, _ in
            !name.hasPrefix("CUTOVER_") && name != "PROCESSOR_CONFIG"
        }
        process.timeLimit = .seconds(6 * 3600)
        let report = try process.run { console.interruption.isRequested }
        try console.interruption.check()
        guard report.isSuccess, let json = try? JSONValue(parsing: report.outputText),
            let rowsIn = json["rows_in"]?.integer, let rowsOut = json["rows_out"]?.integer,
            let digest = json["output_digest"]?.string,
            let peak = json["peak_memory_bytes"]?.integer
        else {
            throw Failure(
                "BENCH_RUN",
                blame: .outside,
                "`cutover stream run` on \(processor) did not tell its peak memory",
                remedy: "read its message, and whether the machine has the memory",
                cause: String(report.errorText.suffix(1000))
            )
        }
        return Run(
            rowsIn: Int(rowsIn),
            rowsOut: Int(rowsOut),
            digest: digest,
            peakBytes: Int(peak)
        )
    }
}
