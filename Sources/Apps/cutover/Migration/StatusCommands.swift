internal import Arguments
internal import Assembly
internal import Failures
internal import JSON
internal import Observe

/// Verbs that look at migrations.
extension CommandTree {
    static var status: CommandTree {
        let command = Command(
            "status",
            "show where a migration stands, and wait until it is at rest",
            discussion: """
                Exits with 0 where it is completed, 1 where it was rolled back or cancelled, 3 where it is under way or \
                holds, 4 where its rollback is stuck or the journal is damaged. --wait returns when it has ended, when it waits for a person, or \
                when no process controls it; with 3 when the time is over.
                """,
            positionals: [MigrationOptions.name],
            options: [
                .flag("wait", "Wait until it is at rest"),
                .value("timeout", .duration, "How long to wait at most; implies --wait"),
            ],
            examples: [
                .init("cutover status prices-v2", "now"),
                .init("cutover status prices-v2 --wait --timeout 2h --json", "for a script"),
            ]
        )
        return CommandTree(command) { (invocation, console) throws(Failure) in
            let desk = try MigrationOptions.desk(invocation, console)
            let route = try StaticRoute.read(try ConfigurationFile.layers(invocation, console))
            let name = invocation.argument("NAME") ?? ""
            var view: StatusView
            if invocation.flag("wait") || invocation.isGiven("timeout") {
                let rules = MigrationDesk.WaitRules(time: invocation.duration("timeout"))
                let flag = OneWayFlag()
                let result = try console.interruption.calling({ flag.set() }) {
                    () throws(Failure) in
                    try desk.wait(for: name, rules, isStopped: { flag.isSet })
                }
                if result.end == .interrupted { return .interrupted }
                view = result.view
            } else {
                view = try desk.status(of: name)
            }
            view = view.noting(route)
            if invocation.flag("json") {
                try console.write(view.json)
            } else {
                try console.write(lines: view.lines)
            }
            return view.exitCode
        }
    }

    static var list: CommandTree {
        let command = Command(
            "list",
            "show every migration of the state folder",
            discussion: "Shows the latest attempt of each name.",
            examples: [.init("cutover list --json", "the same for machines")]
        )
        return CommandTree(command) { (invocation, console) throws(Failure) in
            let items = try MigrationOptions.desk(invocation, console).list()
            if invocation.flag("json") {
                try console.write(["migrations": JSONValue(items)] as JSONValue)
                return .done
            }
            var table = TextTable([
                .text("name"), .number("attempt"), .text("target"), .text("phase"), .text("stage"),
                .number("generation"), .text("last event"),
            ])
            for item in items {
                let stage = [item["stage"]?.string, item["stage_state"]?.string].compactMap(\.self)
                table.append([
                    item["name"]?.string ?? "", "\(item["attempt"]?.integer ?? 0)",
                    item["target"]?.string ?? "", item["phase"]?.string ?? "",
                    stage.joined(separator: " "), "\(item["generation"]?.integer ?? 0)",
                    item["updated_at"]?.string ?? "",
                ])
            }
            try console.write(
                items.isEmpty ? "no migrations\n" : table.text(on: console.outputTerminal)
            )
            return .done
        }
    }

    static var watch: CommandTree {
        let command = Command(
            "watch",
            "follow a migration until it has ended",
            discussion: """
                On a terminal the view is drawn again as things change; elsewhere a line is written for each change, \
                and with --json an object. Ctrl-C ends the view and nothing else. Exits as `cutover status`.
                """,
            positionals: [MigrationOptions.name],
            examples: [.init("cutover watch prices-v2", "the live view")]
        )
        return CommandTree(command) { (invocation, console) throws(Failure) in
            let desk = try MigrationOptions.desk(invocation, console)
            let screen = WatchScreen(console, asJSON: invocation.flag("json"))
            let flag = OneWayFlag()
            let rules = MigrationDesk.WaitRules(endsForPerson: false)
            let result = try console.interruption.calling({ flag.set() }) { () throws(Failure) in
                try desk.wait(
                    for: invocation.argument("NAME") ?? "",
                    rules,
                    isStopped: { flag.isSet },
                    show: { (view) throws(Failure) in try screen.show(view) }
                )
            }
            return result.end == .interrupted ? .interrupted : result.view.exitCode
        }
    }
}

extension StatusView {
    /// The answer of `cutover status` to a script.
    fileprivate var exitCode: ExitCode {
        guard damage == nil else { return .violated }
        return switch standing {
        case .completed: .done
        case .rolledBack, .cancelled: .failed
        case .underWay: .holding
        case .stuck: .violated
        }
    }
}
