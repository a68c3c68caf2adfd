internal import Arguments
internal import Assembly
internal import Failures
internal import JSON
internal import Units

/// Verbs that ask something of one migration.
extension CommandTree {
    static var start: CommandTree {
        verb(
            "start",
            "begin a migration that is ready",
            discussion: """
                The first stage begins as soon as the path runs with its target: `cutover stream run SCRIPT --target T`.
                """,
            options: [],
            examples: [.init("cutover start prices-v2", "the first stage begins")]
        ) { _ in .start }
    }

    static var pause: CommandTree {
        verb(
            "pause",
            "stop the soak and every step; routes stay as they are, and guards go on",
            options: [MigrationOptions.optionalReason],
            examples: [.init("cutover pause prices-v2 --reason lunch", "until `cutover resume`")]
        ) { _ in .pause }
    }

    static var resume: CommandTree {
        verb(
            "resume",
            "go on after a pause or a hold, or give an inconclusive stage more time",
            options: [
                .value(
                    "extend",
                    .duration,
                    "More time for a stage that was inconclusive at its end"
                ),
                MigrationOptions.optionalReason,
            ],
            examples: [
                .init("cutover resume prices-v2", "also lifts a hold"),
                .init(
                    "cutover resume prices-v2 --extend 12h",
                    "the stage watches for 12 hours more"
                ),
            ]
        ) { invocation in
            .resume(extensionMs: invocation.duration("extend").map { Int($0 / .milliseconds(1)) })
        }
    }

    static var hold: CommandTree {
        verb(
            "hold",
            "let evidence and soak go on, but let no stage pass",
            options: [MigrationOptions.optionalReason],
            examples: [.init("cutover hold prices-v2", "until `cutover resume`")]
        ) { _ in .hold }
    }

    static var promote: CommandTree {
        verb(
            "promote",
            "skip the rest of a soak, or commit at the end",
            discussion: """
                A gate is never skipped. In the phase finalizing it commits, which cannot be taken back and is \
                confirmed with the migration's name.
                """,
            options: [
                .flag("skip-soak", "Do without the rest of the soak; needs --reason"),
                .value("confirm", .text, "The migration's name, to commit", placeholder: "NAME"),
                MigrationOptions.optionalReason,
            ],
            examples: [
                .init(
                    "cutover promote prices-v2 --skip-soak --reason urgent",
                    "the stage passes if its gates do"
                ),
                .init("cutover promote prices-v2 --confirm prices-v2", "the point of no return"),
            ]
        ) { (invocation) throws(Failure) in
            let skips = invocation.flag("skip-soak")
            if skips, invocation.text("reason") == nil { throw missingReason("--skip-soak") }
            return .promote(skipSoak: skips, confirmation: invocation.text("confirm"))
        }
    }

    static var approve: CommandTree {
        verb(
            "approve",
            "say yes or no to what a migration waits for",
            discussion: """
                An approval holds for one plan, one subject and one generation. Without --for it is about the stage \
                that the migration is at.
                """,
            options: [
                .flag("deny", "Say no"),
                .value(
                    "for",
                    .text,
                    "A stage, a hook, or the hash of an amended plan",
                    placeholder: "SUBJECT"
                ),
                MigrationOptions.optionalReason,
            ],
            examples: [
                .init("cutover approve prices-v2", "the stage may shift"),
                .init("cutover approve prices-v2 --deny --reason holidays", "it may not"),
            ]
        ) { invocation in
            let subject = invocation.text("for")
            return invocation.flag("deny") ? .deny(subject: subject) : .approve(subject: subject)
        }
    }

    static var rollback: CommandTree {
        verb(
            "rollback",
            "go back to an earlier stage, or to the baseline",
            options: [
                .value(
                    "to",
                    .text,
                    "An earlier stage's name, or baseline",
                    placeholder: "STAGE",
                    isRequired: true
                ),
                MigrationOptions.reason, MigrationOptions.timeout,
            ],
            examples: [
                .init(
                    "cutover rollback prices-v2 --to shadow --reason slow",
                    "its routes come back; then paused"
                ),
                .init("cutover rollback prices-v2 --to baseline --reason slow", "as abort does"),
            ]
        ) { invocation in .rollback(to: invocation.text("to") ?? "") }
    }

    static var retry: CommandTree {
        verb(
            "retry",
            "try a stuck rollback again, or a migration that was rolled back",
            discussion: """
                After a rollback it makes attempt n + 1 with the same plan. A stuck rollback goes on as it is, without \
                a router whose writes are fenced, or above what a router has seen.
                """,
            options: [
                .value(
                    "without-router",
                    .text,
                    "A router that is gone for good",
                    placeholder: "ID"
                ),
                .flag("adopt", "Go on above the highest generation that a router has seen"),
                MigrationOptions.reason, MigrationOptions.timeout,
            ],
            examples: [
                .init("cutover retry prices-v2 --reason fixed", "attempt n + 1 is ready"),
                .init(
                    "cutover retry prices-v2 --without-router r2 --reason fenced",
                    "a stuck rollback ends"
                ),
            ]
        ) { (invocation) throws(Failure) in
            let router = invocation.text("without-router")
            guard router == nil || !invocation.flag("adopt") else {
                throw Failure(
                    "CFG_VALUE",
                    blame: .request,
                    "--without-router and --adopt were both given",
                    remedy: "choose one"
                )
            }
            if let router { return .retry(.withoutRouter(router)) }
            return .retry(invocation.flag("adopt") ? .adopt : .plain)
        }
    }

    static func missingReason(_ what: String) -> Failure {
        Failure(
            "CFG_MISSING_OPTION",
            blame: .request,
            "\(what) needs a reason",
            remedy: "add --reason TEXT"
        )
    }

    /// A verb about the migration NAME.
    private static func verb(
        _ word: String,
        _ summary: String,
        discussion: String = "",
        options: [Command.Option],
        examples: [Command.Example],
        _ request: @escaping @Sendable (Invocation) throws(Failure) -> MigrationRequest.Verb
    ) -> CommandTree {
        let hasReason = options.contains { $0.name == "reason" }
        let hasTimeout = options.contains { $0.name == "timeout" }
        let command = Command(
            word,
            summary,
            discussion: discussion,
            positionals: [MigrationOptions.name],
            options: options,
            examples: examples
        )
        return CommandTree(command) { (invocation, console) throws(Failure) in
            let request = MigrationRequest(
                try request(invocation),
                by: MigrationOptions.actor(console),
                because: hasReason ? invocation.text("reason") ?? "" : ""
            )
            let answer = try MigrationOptions.desk(invocation, console).submit(
                request,
                to: invocation.argument("NAME") ?? "",
                within: hasTimeout ? invocation.duration("timeout") ?? .zero : .seconds(1)
            )
            try console.write(answer, asJSON: invocation.flag("json"))
            return .done
        }
    }
}
