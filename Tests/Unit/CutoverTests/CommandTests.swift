internal import Arguments
internal import Foundation
internal import JSON
internal import Synchronization
internal import Testing
internal import cutover

/// A console that keeps what is written to it.
final class RecordedConsole: Sendable {
    private let written = Mutex((output: "", errors: ""))

    var output: String { written.withLock { $0.output } }
    var errors: String { written.withLock { $0.errors } }

    func console(_ environment: [String: String] = [:]) -> Console {
        Console(
            environment: environment,
            output: { text in self.written.withLock { $0.output += text } },
            errors: { text in self.written.withLock { $0.errors += text } }
        )
    }
}

@Suite("Commands")
struct CommandTests {
    private let recorded = RecordedConsole()

    private func run(_ line: String, _ environment: [String: String] = [:]) -> ExitCode {
        Cutover.run(line.split(separator: " ").map(String.init), recorded.console(environment))
    }

    @Test("The tree of commands has no defect, and each command that runs has an action")
    func treeIsWhole() {
        let tree = CommandTree.cutover
        #expect(tree.command.defects == [])
        for path in leaves(of: tree.command, path: []) {
            #expect(tree.isRunnable(path), "\(path)")
        }
    }

    @Test("Every example in the help is a command line that is understood")
    func examplesAreUnderstood() throws {
        let tree = CommandTree.cutover.command
        for path in leaves(of: tree, path: []) {
            let command = path.reduce(tree) { group, name in
                group.subcommands.first { $0.name == name } ?? group
            }
            for example in command.examples {
                let words = example.line.prefix { $0 != ">" && $0 != "|" }.split(separator: " ")
                _ = try tree.parse(words.dropFirst().map(String.init))
            }
        }
    }

    @Test("The version begins the report, and one object for machines")
    func versionIsShown() throws {
        #expect(run("--version") == .done)
        #expect(recorded.output.hasPrefix("cutover \(programVersion) ("))
        let machine = RecordedConsole()
        #expect(Cutover.run(["version", "--json"], machine.console()) == .done)
        let report = try JSONValue(parsing: machine.output)
        #expect(report["version"]?.string == programVersion)
        #expect(report["libraries"]?["Arrow"]?.string?.contains(".") == true)
    }

    @Test("A wrong command line names the nearest command and exits with 2")
    func wrongCommandsAreRefused() throws {
        #expect(run("doctr --json") == .usage)
        #expect(recorded.errors.contains("doctor"))
        let error = try #require(try JSONValue(parsing: recorded.output)["error"])
        #expect(error["code"]?.string == "CFG_UNKNOWN_COMMAND")
        #expect(error["remedy"]?.string?.contains("doctor") == true)
    }

    @Test("Without arguments the help is shown")
    func helpIsShown() {
        #expect(run("") == .done)
        #expect(recorded.output.contains("Usage: cutover COMMAND"))
    }

    @Test("A full standard output fails the command")
    func fullOutputFails() {
        struct Full: Error {}
        let console = Console(environment: [:], output: { _ in throw Full() }, errors: { _ in })
        #expect(Cutover.run(["--version"], console) == .failed)
    }

    @Test("config show tells the origin of a setting")
    func originsAreShown() throws {
        #expect(run("config show --json", ["CUTOVER_STREAM_BATCH_ROWS": "16"]) == .done)
        let settings = try JSONValue(parsing: recorded.output)["settings"]?.array ?? []
        let rows = try #require(settings.first { $0["key"]?.string == "stream.batch.rows" })
        #expect(rows["value"]?.string == "16")
        #expect(rows["origin"]?.string == "environment CUTOVER_STREAM_BATCH_ROWS")
    }

    @Test("A misspelt variable is refused with the nearest name")
    func misspeltVariablesAreRefused() {
        #expect(run("config show", ["CUTOVER_STREAM_BATCH_ROW": "16"]) == .usage)
        #expect(recorded.errors.contains("CUTOVER_STREAM_BATCH_ROWS"))
    }

    @Test("A configuration file that cannot be read is an error with its name")
    func missingFilesAreRefused() {
        #expect(run("config show --config no-such-file.json") == .usage)
        #expect(recorded.errors.contains("CFG_FILE"))
        #expect(recorded.errors.contains("no-such-file.json"))
    }

    @Test("Completion scripts exist for every shell", arguments: ["bash", "zsh"])
    func completionIsPrinted(shell: String) throws {
        #expect(run("completion \(shell)") == .done)
        #expect(recorded.output.contains("doctor"))
        let machine = RecordedConsole()
        #expect(Cutover.run(["completion", shell, "--json"], machine.console()) == .done)
        let json = try JSONValue(parsing: machine.output)
        #expect(json["shell"]?.string == shell)
        #expect(json["script"]?.string == recorded.output)
    }

    private func leaves(of command: Command, path: [String]) -> [[String]] {
        if command.subcommands.isEmpty { return [path] }
        return command.subcommands.flatMap { leaves(of: $0, path: path + [$0.name]) }
    }
}
