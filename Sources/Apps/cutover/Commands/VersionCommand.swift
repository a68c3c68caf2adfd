internal import Arguments
internal import Failures
internal import JSON

extension CommandTree {
    static var version: CommandTree {
        CommandTree(
            Command(
                "version",
                "show the version, the commit and the libraries",
                examples: [.init("cutover version --json", "the same for machines")]
            )
        ) { (invocation, console) throws(Failure) in
            let report = VersionReport(version: programVersion, commit: Installation.current.commit)
            try console.write(invocation.flag("json") ? report.json + "\n" : report.text + "\n")
            return .done
        }
    }
}

extension VersionReport {
    /// `{"version","commit"}` in one line.
    var json: String {
        let report: JSONValue = ["version": JSONValue(version), "commit": JSONValue(commit)]
        return report.compactText
    }
}
