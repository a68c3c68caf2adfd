internal import Arguments
internal import Failures
internal import JSON
internal import Observe
internal import SQLFront

extension CommandTree {
    static var streamValidate: CommandTree {
        CommandTree(
            Command(
                "validate",
                "check scripts without running them",
                discussion: """
                    Tells every error of every file, and exits with 2 if there is one. With --portable it also \
                    tells what Apache Flink refuses or reads differently, and that counts as an error.
                    """,
                positionals: [.init("FILE", .file, "Scripts", arity: .some)],
                options: [.flag("portable", "Hold the scripts against Apache Flink too")],
                examples: [
                    .init(
                        "cutover stream validate Examples/stream/flights-hourly.sql",
                        "one script"
                    ),
                    .init("cutover stream validate jobs/a.sql jobs/b.sql --portable --json", "two"),
                ]
            )
        ) { (invocation, console) throws(Failure) in
            let isPortable = invocation.flag("portable")
            var verdicts: [ScriptVerdict] = []
            for path in invocation.arguments("FILE") {
                verdicts.append(ScriptVerdict(path, isPortable: isPortable))
            }
            if invocation.flag("json") {
                try console.write(verdicts.json)
                for failure in verdicts.flatMap(\.failures) {
                    console.note(FailureText(failure).text(on: console.errorTerminal))
                }
            } else {
                for verdict in verdicts { try verdict.write(to: console) }
            }
            return verdicts.allSatisfy(\.isValid) ? .done : .usage
        }
    }
}

/// What is to be said about one script.
private struct ScriptVerdict {
    let path: String
    let failures: [Failure]
    let warnings: [Notice]
    /// Only where they were asked for.
    let portability: [Notice]
    let jobCount: Int

    init(_ path: String, isPortable: Bool) {
        self.path = path
        do throws(Failure) {
            let script = try ScriptFile(path)
            failures = script.report.failures
            warnings = script.report.warnings
            portability = isPortable ? script.report.portability : []
            jobCount = script.jobs.count
        } catch {
            failures = [error]
            warnings = []
            portability = []
            jobCount = 0
        }
    }

    var isValid: Bool { failures.isEmpty && portability.isEmpty }

    /// Complaints go beside the result, the line of a good script is the result.
    func write(to console: Console) throws(Failure) {
        for failure in failures {
            console.note(FailureText(failure).text(on: console.errorTerminal))
        }
        for notice in warnings + portability { console.note(notice.description) }
        guard isValid else { return }
        let noun = jobCount == 1 ? "job" : "jobs"
        try console.write("\(path): valid, \(jobCount) \(noun)\n")
    }

    var json: JSONValue {
        [
            "file": JSONValue(path), "valid": JSONValue(isValid), "jobs": JSONValue(jobCount),
            "errors": JSONValue(failures.compactMap { $0.json["error"] }),
            "warnings": JSONValue(warnings.map(\.json)),
            "portability": JSONValue(portability.map(\.json)),
        ]
    }
}

extension [ScriptVerdict] {
    /// `{"valid","files":[…]}`, with the first error in front as every failed command has it.
    fileprivate var json: JSONValue {
        var object = JSONObject()
        if let first = first(where: { !$0.failures.isEmpty })?.failures.first {
            object["error"] = first.json["error"]
        }
        object["valid"] = JSONValue(allSatisfy(\.isValid))
        object["files"] = JSONValue(map(\.json))
        return JSONValue(object)
    }
}
