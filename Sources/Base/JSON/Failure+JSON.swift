package import Failures

extension Failure {
    /// What a failed command prints under `--json`: `{"error":{"code","problem","remedy","position"}}`, with
    /// the `cause` where there is one.
    package var json: JSONValue {
        var error: JSONObject = [
            "code": JSONValue(code), "problem": JSONValue(problem), "remedy": JSONValue(remedy),
            "position": JSONValue(position?.description),
        ]
        if let cause { error["cause"] = JSONValue(cause) }
        return ["error": JSONValue(error)]
    }
}
