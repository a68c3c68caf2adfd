internal import Arguments
internal import Failures
internal import Foundation
internal import JSON

/// The program: understands its arguments, runs one command, and turns what happened into an exit status.
@main
package enum Cutover {
    static func main() {
        let console = Console.standard
        let status = run(Array(CommandLine.arguments.dropFirst()), console)
        exit(status.rawValue)
    }

    /// Runs one command line; every failure ends up on the console, in the form that was asked for.
    package static func run(_ arguments: [String], _ console: Console) -> ExitCode {
        do throws(Failure) {
            return try dispatch(arguments, console)
        } catch {
            return report(error, asJSON: Command.wantsJSON(arguments), console)
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

    /// One JSON object on standard output where a machine listens, and always a line for people.
    private static func report(
        _ failure: Failure,
        asJSON: Bool,
        _ console: Console
    ) -> ExitCode {
        console.complain(failure.description)
        // Where even this cannot be written, the status is all that is left to tell.
        if asJSON { try? console.write(failure.json.compactText + "\n") }
        if failure.code == "JOB_CANCELLED" { return .interrupted }
        return failure.blame == .request ? .usage : .failed
    }
}
