internal import Arguments
internal import Failures

extension CommandTree {
    static var streamShell: CommandTree {
        CommandTree(
            Command(
                "shell",
                "run statements as they are written",
                discussion: """
                    A statement ends with a semicolon. Tables, views and settings stay until the end; an error \
                    changes nothing. A SELECT without LIMIT stops at 100 rows. With FILE its statements run first, \
                    and relative paths start from its folder. At a terminal: arrows and the usual keys edit and \
                    find earlier lines, Tab completes, Ctrl-C drops the line or stops the statement that runs, \
                    Ctrl-D ends. Without one, lines are read as they come, and the exit status is 1 if a statement \
                    failed.
                    """,
                positionals: [.init("FILE", .file, "Statements to begin with", arity: .optional)],
                options: [StreamOptions.processor, StreamOptions.set],
                examples: [
                    .init("cutover stream shell", "at a terminal"),
                    .init(
                        "cutover stream shell tables.sql --json",
                        "with declarations; one JSON object for each statement"
                    ),
                ]
            )
        ) { (invocation, console) throws(Failure) in
            let layers = try StreamOptions.layers(
                invocation,
                console,
                shortcuts: [("processor", "stream.processor")]
            )
            let session = ShellSession(
                file: invocation.argument("FILE"),
                layers: layers,
                console: console,
                isJSON: invocation.flag("json")
            )
            var shell = Shell(session: session, console: console)
            if let file = invocation.argument("FILE") { try shell.run(file: file) }
            return try shell.run()
        }
    }
}
