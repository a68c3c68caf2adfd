internal import Arguments
internal import Assembly
internal import Failures
internal import JSON

/// Verbs that explain: routes, evidence, journal.
extension CommandTree {
    static var route: CommandTree {
        let command = Command(
            "route",
            "explain where a unit goes, or went",
            discussion: """
                A key of several targeting fields is written with `-` between them, or field by field. For units of key \
                and window, --window tells which window is meant; without it, windows that begin from now on.
                """,
            positionals: [
                .init("KEY", .text, "Key of the unit, such as EWR-LAX", arity: .optional)
            ],
            options: [
                .value(
                    "field",
                    .text,
                    "Value of one targeting field, in the plan's order, in place of KEY",
                    isRepeatable: true
                ),
                .value(
                    "target",
                    .text,
                    "Target; needed where the journal has several",
                    placeholder: "T"
                ),
                .value("at", .integer(1...Int.max), "A past generation", placeholder: "G"),
                .value(
                    "window",
                    .text,
                    "A time in the window: '2013-01-01 05:00:00'",
                    placeholder: "TIME"
                ),
            ],
            examples: [
                .init(
                    "cutover route EWR-LAX --target stream/flights-hourly",
                    "the side and the reason"
                ),
                .init("cutover route --field EWR --field LAX --at 2", "what generation 2 said"),
            ]
        )
        return CommandTree(command) { (invocation, console) throws(Failure) in
            let fields = invocation.texts("field")
            let key = invocation.argument("KEY")
            guard (key != nil) != !fields.isEmpty else {
                throw Failure(
                    "CFG_MISSING_ARGUMENT",
                    blame: .request,
                    key == nil
                        ? "neither a KEY nor a --field was given"
                        : "KEY and --field were both given",
                    remedy: "name the unit by one of them"
                )
            }
            let explanation = try MigrationOptions.desk(invocation, console).explain(
                RouteQuestion(
                    key: key,
                    fields: fields,
                    target: invocation.text("target"),
                    generation: invocation.integer("at"),
                    window: invocation.text("window")
                )
            )
            if invocation.flag("json") {
                try console.write(explanation.json)
            } else {
                try console.write(lines: explanation.lines)
            }
            return .done
        }
    }

    static var evidence: CommandTree {
        let command = Command(
            "evidence",
            "show what was counted, and what the checks made of it",
            discussion: """
                For each check: ln e against its bound for harm and for safety, and the units that a pass needs. For one \
                check its path over the reports is shown as well.
                """,
            positionals: [
                MigrationOptions.name, .init("STAGE", .text, "One stage", arity: .optional),
                .init("CHECK", .text, "One check of it", arity: .optional),
            ],
            options: [.flag("mismatches", "Show the kinds of differences, without values")],
            examples: [
                .init("cutover evidence prices-v2", "every stage"),
                .init("cutover evidence prices-v2 canary-10 errors", "one check's path"),
                .init("cutover evidence prices-v2 --mismatches --json", "what differed"),
            ]
        )
        return CommandTree(command) { (invocation, console) throws(Failure) in
            let desk = try MigrationOptions.desk(invocation, console)
            let name = invocation.argument("NAME") ?? ""
            if invocation.flag("mismatches"), invocation.argument("STAGE") != nil {
                throw Failure(
                    "CFG_TOO_MANY_ARGUMENTS",
                    blame: .request,
                    "a stage and --mismatches were both given",
                    remedy: "mismatches are kept by migration: leave the stage out"
                )
            }
            let report =
                try invocation.flag("mismatches")
                ? desk.mismatches(of: name)
                : desk.evidence(
                    of: name,
                    stage: invocation.argument("STAGE"),
                    check: invocation.argument("CHECK")
                )
            try console.write(report, asJSON: invocation.flag("json"))
            return .done
        }
    }

    static var journal: CommandTree {
        CommandTree(
            Command(
                "journal",
                "read, check and export what happened to a migration",
                discussion: "The journal is only read: no lock is taken, and nothing is written."
            ),
            [journalShow, journalVerify, journalExport]
        )
    }

    private static var journalShow: CommandTree {
        let command = Command(
            "show",
            "print every event",
            positionals: [MigrationOptions.name],
            examples: [
                .init("cutover journal show prices-v2", "number, time, type, actor, payload")
            ]
        )
        return CommandTree(command) { (invocation, console) throws(Failure) in
            let desk = try MigrationOptions.desk(invocation, console)
            let report = try desk.events(of: invocation.argument("NAME") ?? "")
            try console.write(report, asJSON: invocation.flag("json"))
            return .done
        }
    }

    private static var journalVerify: CommandTree {
        let command = Command(
            "verify",
            "work chain, state and verdicts out anew; 4 where anything differs",
            positionals: [MigrationOptions.name],
            examples: [.init("cutover journal verify prices-v2 --json", "for a script")]
        )
        return CommandTree(command) { (invocation, console) throws(Failure) in
            let desk = try MigrationOptions.desk(invocation, console)
            let found = try desk.verify(invocation.argument("NAME") ?? "")
            if let damage = found.damage { _ = console.report([damage], asJSON: false) }
            if invocation.flag("json") {
                try console.write(found.json)
            } else {
                try console.write(lines: [found.text])
            }
            return found.damage == nil ? .done : .violated
        }
    }

    private static var journalExport: CommandTree {
        let command = Command(
            "export",
            "print the events as lines that can be checked without the journal",
            discussion: """
                The number of events and the last hash also go to standard error: kept elsewhere, they show later \
                whether the journal was cut short. The lines are JSON with and without --json.
                """,
            positionals: [MigrationOptions.name],
            examples: [.init("cutover journal export prices-v2 > prices.jsonl", "for an archive")]
        )
        return CommandTree(command) { (invocation, console) throws(Failure) in
            let desk = try MigrationOptions.desk(invocation, console)
            let note = try desk.export(invocation.argument("NAME") ?? "") {
                (line) throws(Failure) in
                try console.write(line)
            }
            console.note(lines: [note])
            return .done
        }
    }
}
