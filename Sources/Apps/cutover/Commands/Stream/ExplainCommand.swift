internal import Arguments
internal import Failures
internal import JSON
internal import SQLFront

extension CommandTree {
    static var streamExplain: CommandTree {
        CommandTree(
            Command(
                "explain",
                "show what a script does, and how V2 spreads it",
                positionals: [.init("FILE", .file, "The script")],
                options: [StreamOptions.processor, StreamOptions.set],
                examples: [
                    .init(
                        "cutover stream explain Examples/stream/flights-hourly.sql --processor v2:2",
                        "each operator with its distribution, reason and state"
                    )
                ]
            )
        ) { (invocation, console) throws(Failure) in
            let isJSON = invocation.flag("json")
            let layers = try StreamOptions.layers(
                invocation,
                console,
                shortcuts: [("processor", "stream.processor")]
            )
            let script = try ScriptFile(invocation.argument("FILE") ?? "")
            guard script.report.failures.isEmpty else {
                return console.report(script.report.failures, asJSON: isJSON)
            }
            let launcher = JobLauncher(script: script, layers: layers, console: console)
            var explanations: [Explanation] = []
            for job in script.jobs {
                let processor = try launcher.processor(for: job, .init())
                explanations.append(
                    try Explanation(job, processor: processor, report: script.report)
                )
            }
            if isJSON {
                try console.write(["jobs": JSONValue(explanations.map(\.json))])
            } else {
                try console.write(explanations.map { $0.text + "\n" }.joined(separator: "\n"))
            }
            return .done
        }
    }
}

extension Explanation {
    fileprivate var json: JSONValue {
        [
            "job": JSONValue(job), "sink": JSONValue(sink), "chain": JSONValue(chain),
            "operators": JSONValue(nodes.map(\.json)),
            "units": JSONValue(units.map { JSONValue($0) }),
            "unit_reason": JSONValue(unitReason),
            "portable": JSONValue(portability.isEmpty),
            "portability": JSONValue(portability.map(\.json)),
            "warnings": JSONValue(warnings.map(\.json)),
            "workers": JSONValue(workers),
        ]
    }
}

extension Explanation.Node {
    fileprivate var json: JSONValue {
        [
            "depth": JSONValue(depth), "operator": JSONValue(name),
            "details": JSONValue(details.map { JSONValue($0) }),
            "columns": JSONValue(columns.map { JSONValue($0) }),
            "watermark": JSONValue(timeColumn), "distribution": JSONValue(distribution),
            "reason": JSONValue(reason), "state": JSONValue(state),
            "position": JSONValue(position.description),
        ]
    }
}

extension Notice {
    /// A warning for machines.
    var json: JSONValue {
        [
            "code": JSONValue(code), "message": JSONValue(message),
            "position": JSONValue(position?.description),
        ]
    }
}
