package import Failures

extension Failure {
    /// What a failed command prints under `--json`: `{"error":{"code","problem","remedy","position"}}`.
    package var json: JSONValue {
        [
            "error": [
                "code": JSONValue(code), "problem": JSONValue(problem), "remedy": JSONValue(remedy),
                "position": JSONValue(position?.description),
            ]
        ]
    }
}
