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
            let report = VersionReport.current
            try console.write(invocation.flag("json") ? report.json + "\n" : report.text + "\n")
            return .done
        }
    }
}

extension VersionReport {
    /// `{"version","commit","libraries":{…}}` in one line.
    var json: String {
        var versions = JSONObject()
        for library in libraries { versions[library.name] = JSONValue(library.version) }
        let report: JSONValue = [
            "version": JSONValue(version), "commit": JSONValue(commit),
            "libraries": JSONValue(versions),
        ]
        return report.compactText
    }
}
