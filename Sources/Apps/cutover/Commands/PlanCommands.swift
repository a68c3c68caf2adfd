internal import Arguments
internal import Assembly
internal import Failures
internal import JSON
internal import Observe

extension CommandTree {
    /// Plans of migrations.
    static var plan: CommandTree {
        CommandTree(
            Command(
                "plan",
                "check plans of migrations; nothing is changed",
                discussion: """
                    A plan is a YAML file: what is moved, from what to what, in which stages, and on which \
                    evidence each stage passes or goes back.
                    """
            ),
            [planLint]
        )
    }

    private static var planLint: CommandTree {
        CommandTree(
            Command(
                "lint",
                "tell what is wrong with plans, or would go wrong",
                discussion: """
                    Tells every mistake and every finding of every file with its place, its numbers and its \
                    remedy. Exits with 2 if there is an error; warnings alone do not count, except with --strict.
                    """,
                positionals: [.init("FILE", .file, "Plans", arity: .some)],
                options: [
                    .flag("strict", "Count warnings as errors"),
                    .value(
                        "units-per-hour",
                        .number(0...1e12),
                        "Units that the target has in an hour; tells which stages cannot decide"
                    ),
                ],
                examples: [
                    .init("cutover plan lint Examples/plans/flights.yaml", "one plan"),
                    .init(
                        "cutover plan lint plans/a.yaml plans/b.yaml --units-per-hour 125 --json",
                        "two, at the load that is expected"
                    ),
                ]
            )
        ) { (invocation, console) throws(Failure) in
            let isStrict = invocation.flag("strict")
            var verdicts: [PlanVerdict] = []
            for path in invocation.arguments("FILE") {
                let rate = invocation.number("units-per-hour")
                verdicts.append(PlanVerdict(path, unitsPerHour: rate, isStrict: isStrict))
            }
            for failure in verdicts.flatMap(\.failures) {
                console.note(FailureText(failure).text(on: console.errorTerminal))
            }
            if invocation.flag("json") {
                try console.write(verdicts.json)
            } else {
                for verdict in verdicts { try console.write(lines: verdict.lines) }
            }
            return verdicts.allSatisfy(\.isGood) ? .done : .usage
        }
    }
}

/// What is to be said about one plan.
private struct PlanVerdict {
    let failures: [Failure]
    let isGood: Bool
    /// Why it is not good; nil where it is.
    let cause: Failure?
    /// What people read as the result.
    let lines: [String]
    let json: JSONValue

    init(_ path: String, unitsPerHour: Double?, isStrict: Bool) {
        do throws(Failure) {
            let file = try PlanFile(path, unitsPerHour: unitsPerHour)
            failures = file.failures
            isGood = file.isGood(isStrict: isStrict)
            let finding = file.findings.first { $0.isError || isStrict }
            cause = file.failures.first ?? finding?.failure
            lines = file.findings.flatMap(\.lines) + [file.summary]
            json = file.json(isStrict: isStrict)
        } catch {
            failures = [error]
            isGood = false
            cause = error
            lines = []
            json = [
                "file": JSONValue(path), "valid": false,
                "errors": JSONValue([error].compactMap { $0.json["error"] }),
            ]
        }
    }
}

extension [PlanVerdict] {
    /// `{"valid","files":[…]}`, with the first error in front as every failed command has it.
    fileprivate var json: JSONValue {
        var object = JSONObject()
        if let first = lazy.compactMap(\.cause).first { object["error"] = first.json["error"] }
        object["valid"] = JSONValue(allSatisfy(\.isGood))
        object["files"] = JSONValue(map(\.json))
        return JSONValue(object)
    }
}
