internal import Arguments
internal import Assembly
internal import Failures
internal import JSON

extension CommandTree {
    static var apply: CommandTree {
        let command = Command(
            "apply",
            "store a plan as a migration that is ready to start",
            discussion: """
                The plan is checked as by `cutover plan lint`. A name whose last attempt has ended gets the next attempt. \
                Where it is running under another plan, the difference is shown, and --yes makes it the plan from now \
                on: stages that have not begun may change, and what loosens the plan needs an approval and a reason.
                """,
            positionals: [.init("FILE", .file, "Plan")],
            options: [
                .flag("yes", "Give a running migration this plan"), MigrationOptions.optionalReason,
            ],
            examples: [
                .init(
                    "cutover apply Examples/plans/flights.yaml",
                    "ready for `cutover start flights-demo`"
                ),
                .init("cutover apply plans/prices.yaml --yes --reason shorter", "amends what runs"),
            ]
        )
        return CommandTree(command) { (invocation, console) throws(Failure) in
            let file = try PlanFile(invocation.argument("FILE") ?? "", unitsPerHour: nil)
            for finding in file.findings { console.note(lines: finding.lines) }
            guard file.failures.isEmpty else {
                return console.report(file.failures, asJSON: invocation.flag("json"))
            }
            let answer = try MigrationOptions.desk(invocation, console).apply(
                ApplyRequest(
                    path: file.path,
                    text: file.text,
                    amends: invocation.flag("yes"),
                    actor: MigrationOptions.actor(console),
                    reason: invocation.text("reason") ?? ""
                )
            )
            try console.write(answer, asJSON: invocation.flag("json"))
            return .done
        }
    }

    static var abort: CommandTree {
        let command = Command(
            "abort",
            "go back to the baseline, in any phase",
            discussion: """
                Everything goes to the primary again; a migration that has not started is cancelled. With --all every \
                migration of the state folder that has not ended goes back.
                """,
            positionals: [.init("NAME", .text, "Migration: the plan's name", arity: .optional)],
            options: [
                .flag("all", "Every migration that has not ended"), MigrationOptions.reason,
                MigrationOptions.timeout,
            ],
            examples: [
                .init("cutover abort prices-v2 --reason totals", "rolls back"),
                .init("cutover abort --all --reason outage", "stops the line"),
            ]
        )
        return CommandTree(command) { (invocation, console) throws(Failure) in
            let desk = try MigrationOptions.desk(invocation, console)
            let isAll = invocation.flag("all")
            guard isAll != (invocation.argument("NAME") != nil) else {
                throw Failure(
                    "CFG_MISSING_ARGUMENT",
                    blame: .request,
                    isAll
                        ? "a NAME and --all were both given" : "neither a NAME nor --all was given",
                    remedy: "choose one"
                )
            }
            let names = isAll ? try desk.unfinished() : invocation.arguments("NAME")
            let request = MigrationRequest(
                .abort,
                by: MigrationOptions.actor(console),
                because: invocation.text("reason") ?? ""
            )
            let time = invocation.duration("timeout") ?? .zero
            var answers: [MigrationDesk.Answer] = []
            var failures: [Failure] = []
            for name in names {
                do throws(Failure) {
                    answers.append(try desk.submit(request, to: name, within: time))
                } catch {
                    // One that cannot go back must not keep the others from it.
                    guard isAll else { throw error }
                    failures.append(error)
                }
            }
            if invocation.flag("json") {
                guard isAll else { return try finish(answers, console) }
                var object: JSONObject = [:]
                if let first = failures.first { object["error"] = first.json["error"] }
                object["aborted"] = JSONValue(answers.map(\.json))
                try console.write(JSONValue(object))
            } else {
                try console.write(lines: answers.flatMap(\.lines))
                if names.isEmpty { try console.write("nothing is under way\n") }
            }
            return console.report(failures, asJSON: false)
        }
    }

    private static func finish(
        _ answers: [MigrationDesk.Answer],
        _ console: Console
    ) throws(Failure) -> ExitCode {
        for answer in answers { try console.write(answer.json) }
        return .done
    }
}
