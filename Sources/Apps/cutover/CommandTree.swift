package import Arguments
package import Failures

/// What a command does with its arguments.
package typealias Action = @Sendable (Invocation, Console) throws(Failure) -> ExitCode

/// Commands together with what they do.
///
/// One value declares both, so no command can be listed without being runnable.
package struct CommandTree: Sendable {
    /// Names, options and help of the command and everything below it.
    package let command: Command
    private let actions: [[String]: Action]

    /// A command that runs.
    package init(_ command: Command, _ action: @escaping Action) {
        self.command = command
        actions = [[]: action]
    }

    /// A group of commands.
    package init(_ group: Command, _ children: [CommandTree]) {
        var group = group
        group.subcommands = children.map(\.command)
        command = group
        var actions: [[String]: Action] = [:]
        for child in children {
            for (path, action) in child.actions { actions[[child.command.name] + path] = action }
        }
        self.actions = actions
    }

    /// Whether the command at `path` runs; the path has names from below the root.
    package func isRunnable(_ path: [String]) -> Bool { actions[path] != nil }

    /// Does what a command line of this tree asks for.
    package func run(
        _ invocation: Invocation,
        _ console: Console
    ) throws(Failure) -> ExitCode {
        guard let action = actions[invocation.path] else {
            preconditionFailure("the command line is not of this tree")
        }
        return try action(invocation, console)
    }
}

extension CommandTree {
    /// Every command of the program.
    package static let cutover = CommandTree(
        Command(
            "cutover",
            "move a live data path to its new implementation",
            options: [.flag("version", "Show the version, the commit and the libraries")]
        ),
        [
            demo,
            stream,
            plan,
            apply,
            start,
            status,
            list,
            watch,
            promote,
            pause,
            resume,
            hold,
            approve,
            abort,
            rollback,
            retry,
            route,
            evidence,
            journal,
            report,
            configuration,
            doctor,
            completion,
            version,
        ]
    )
}
