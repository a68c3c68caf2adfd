import Arguments

/// A small tree with one of everything.
let sample = Command.group(
    "cutover",
    "move a live data path",
    discussion: "Sends a growing share of the work to the new side and compares both results.",
    [
        .group(
            "stream",
            "streaming SQL",
            [
                Command(
                    "run",
                    "run a script",
                    discussion: "Reads FILE.\n\nIt's the \"main\" command: [really].",
                    positionals: [Command.Positional("FILE", .file, "The script's path")],
                    options: [
                        .value("processor", .text, "Engine", placeholder: "P", default: "v2"),
                        .value("batch-rows", .integer(1...1000), "Rows per batch", default: "100"),
                        .value("rate", .count, "Rows per second"),
                        .value("memory", .byteCount, "State's limit", default: "512 MiB"),
                        .value("idle", .duration, "Idle after", default: "30 s"),
                        .value("late", .choice(["drop", "dlq"]), "What becomes of late rows"),
                        .value("sample", .share, "Share compared: x", default: "0.1%"),
                        .value("factor", .number(0...1), "A number"),
                        .value(
                            "set",
                            letter: "s",
                            .text,
                            "A setting",
                            placeholder: "K=V",
                            isRepeatable: true
                        ),
                        .flag("strict", letter: "q", "Fail on late rows"),
                    ],
                    examples: [.init("cutover stream run a.sql --strict", "Runs a.sql.")]
                ),
                Command(
                    "compare",
                    "compare two engines",
                    positionals: [
                        Command.Positional("LEFT", .text, "One"),
                        Command.Positional("REST", .integer(0...9), "More", arity: .some),
                    ],
                    options: [.value("primary", .text, "Old", isRequired: true)],
                    examples: [.init("cutover stream compare a 1 --primary v1", "Compares.")]
                ),
            ]
        ),
        Command(
            "demo",
            "the whole story",
            positionals: [Command.Positional("NAME", .text, "Which", arity: .optional)],
            examples: [.init("cutover demo", "Runs it.")]
        ),
    ]
)
