internal import Arguments
internal import Failures
internal import Foundation
internal import Processes

/// The program: understands its arguments, runs one command, and turns what happened into an exit status.
@main
package enum Cutover {
    static func main() {
        let console = Console.standard
        do throws(Failure) {
            try SignalWatch.start { console.interruption.request() }
        } catch {
            exit(console.report([error], asJSON: false).rawValue)
        }
        let status = run(Array(CommandLine.arguments.dropFirst()), console)
        exit(status.rawValue)
    }

    /// Runs one command line; every failure ends up on the console, in the form that was asked for.
    package static func run(_ arguments: [String], _ console: Console) -> ExitCode {
        do throws(Failure) {
            return try dispatch(arguments, console)
        } catch {
            return console.report([error], asJSON: Command.wantsJSON(arguments))
        }
    }

    private static func dispatch(
        _ arguments: [String],
        _ console: Console
    ) throws(Failure) -> ExitCode {
        var arguments = arguments
        if arguments.first == "--version" { arguments[0] = "version" }
        let tree = CommandTree.cutover
        switch try tree.command.parse(arguments) {
        case .help(let text):
            try console.write(text)
            return .done
        case .run(let invocation):
            return try tree.run(invocation, console)
        }
    }
}
