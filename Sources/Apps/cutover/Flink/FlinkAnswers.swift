internal import Failures
internal import JSON
internal import Processes
internal import SQLFront

/// What `SqlRunner` said: a line of JSON for each statement, among what Flink's own sinks print.
struct FlinkAnswers: Sendable {
    /// By place of the statement.
    private(set) var milliseconds: [Int: Int64] = [:]
    /// Lines that are no answers.
    private(set) var printed = ""

    /// - Throws: `FLINK_UNREACHABLE`, `FLINK_JOB` with the root cause.
    init(
        _ report: ChildProcess.Report,
        _ script: FlinkScript,
        _ configuration: ProcessorConfiguration.Flink
    ) throws(Failure) {
        for line in report.outputText.split(separator: "\n") {
            guard line.hasPrefix("{\"statement\":"),
                let answer = try? JSONValue(parsing: String(line)),
                let number = answer["statement"]?.integer
            else {
                printed += line + "\n"
                continue
            }
            let causes = answer["error"]?.array?.compactMap(\.string) ?? []
            switch answer["state"]?.string {
            case "UNREACHABLE": throw Self.unreachable(configuration, causes)
            case "FAILED":
                let place = script.positions.indices.contains(Int(number) - 1)
                throw Self.failed(causes, at: place ? script.positions[Int(number) - 1] : nil)
            default: milliseconds[Int(number) - 1] = answer["ms"]?.integer ?? 0
            }
        }
        guard report.isSuccess, milliseconds.count == script.texts.count else {
            let lines = report.errorText.split(separator: "\n")
            let cause = lines.prefix(20).joined(separator: "\n")
            throw Self.failed(["it ended without an answer"], at: nil, cause: cause)
        }
    }

    private static func unreachable(
        _ configuration: ProcessorConfiguration.Flink,
        _ causes: [String]
    ) -> Failure {
        let place = configuration.address.map { "\($0.host):\($0.port)" } ?? "local"
        return Failure(
            "FLINK_UNREACHABLE",
            blame: .outside,
            isRetryable: true,
            "no Flink cluster answers at \(place)",
            remedy: "name the address of the cluster's REST interface, and see that it runs",
            cause: causes.first
        )
    }

    private static func failed(
        _ causes: [String],
        at position: SourcePosition?,
        cause: String? = nil
    ) -> Failure {
        let root = causes.first ?? "it gives no cause"
        let isUpdating = causes.contains { $0.contains("update changes") }
        let rest = causes.dropFirst().joined(separator: "; ")
        return Failure(
            "FLINK_JOB",
            blame: .outside,
            "Flink could not run the statement: \(root)",
            remedy: isUpdating
                ? "put SET 'execution.runtime-mode' = 'batch' before it, so that only final rows are written"
                : "read Flink's message; cutover stream validate --portable tells what Flink reads differently",
            at: position.map { .text($0) },
            cause: cause ?? (rest.isEmpty ? nil : rest)
        )
    }
}
