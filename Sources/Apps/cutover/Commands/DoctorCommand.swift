internal import Arguments
internal import Failures
internal import JSON

extension CommandTree {
    static var doctor: CommandTree {
        CommandTree(
            Command(
                "doctor",
                "show what is installed, what is missing, and what to do about it",
                discussion: """
                    Exits with 1 where something is missing that every command needs. What only some \
                    commands need is shown as limited.
                    """,
                examples: [
                    .init("cutover doctor", "a table"),
                    .init("cutover doctor --json", "the same for machines"),
                ]
            )
        ) { (invocation, console) throws(Failure) in
            var checks = Doctor(installation: .current).examine()
            if let route = DoctorCheck.staticRoute(invocation, console) { checks.append(route) }
            try console.write(invocation.flag("json") ? checks.json + "\n" : checks.table)
            return checks.isHealthy ? .done : .failed
        }
    }
}

extension [DoctorCheck] {
    /// `{"healthy":…,"checks":[{"name","status","found","remedy"}]}` in one line.
    var json: String {
        let checks = map { check -> JSONValue in
            [
                "name": JSONValue(check.name), "status": JSONValue(check.status.rawValue),
                "found": JSONValue(check.found), "remedy": JSONValue(check.remedy),
            ]
        }
        let report: JSONValue = ["healthy": JSONValue(isHealthy), "checks": JSONValue(checks)]
        return report.compactText
    }
}
