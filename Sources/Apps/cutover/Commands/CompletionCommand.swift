internal import Arguments
internal import Failures
internal import JSON

extension CommandTree {
    static var completion: CommandTree {
        CommandTree(
            Command(
                "completion",
                "print a completion script for a shell",
                positionals: [
                    .init(
                        "SHELL",
                        .choice(CompletionShell.allCases.map(\.rawValue)),
                        "The shell that reads the script"
                    )
                ],
                examples: [
                    .init(
                        "cutover completion bash > ~/.local/share/bash-completion/completions/cutover",
                        "for every new bash"
                    )
                ]
            )
        ) { (invocation, console) throws(Failure) in
            guard let shell = invocation.argument("SHELL").flatMap(CompletionShell.init) else {
                preconditionFailure("the parser lets only known shells pass")
            }
            let script = CommandTree.cutover.command.completionScript(shell)
            if invocation.flag("json") {
                try console.write(
                    ["shell": JSONValue(shell.rawValue), "script": JSONValue(script)]
                )
            } else {
                try console.write(script)
            }
            return .done
        }
    }
}
