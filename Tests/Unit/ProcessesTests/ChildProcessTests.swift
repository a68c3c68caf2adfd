internal import Failures
internal import Processes
internal import TestKit
internal import Testing

@Suite("Child process", .timeLimit(.minutes(1)), .scratchDirectory)
struct ChildProcessTests {
    private static func shell(_ script: String) -> ChildProcess {
        ChildProcess("/bin/sh", ["-c", script])
    }

    @Test("both outputs and the exit status are reported")
    func outputsAreReported() throws {
        let report = try Self.shell("echo out; echo err >&2; exit 3").run()
        #expect(report.ending == .exited(status: 3))
        #expect(report.outputText == "out\n")
        #expect(report.errorText == "err\n")
        #expect(!report.isSuccess)
    }

    @Test("names are looked up in PATH, and arguments stay whole")
    func argumentsStayWhole() throws {
        let report = try ChildProcess("printf", ["[%s]", "a b", "", "$HOME"]).run()
        #expect(report.outputText == "[a b][][$HOME]")
        #expect(report.isSuccess)
    }

    @Test("the environment and the directory are the given ones")
    func surroundingsAreGiven() throws {
        let path = try scratchPath("x")
        let folder = String(path.dropLast(2))
        var process = Self.shell("echo $WORD; pwd -P; env | grep -c WORD")
        process.environment = ["WORD": "a=b", "PATH": "/usr/bin:/bin"]
        process.directory = folder
        let lines = try process.run().outputText.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.first == "a=b")
        #expect(lines.dropFirst().first?.hasSuffix(folder) == true)
        #expect(lines.last == "1")
    }

    @Test("much input and output pass at the same time")
    func muchDataPasses() throws {
        var process = ChildProcess("cat")
        process.input = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let report = try process.run()
        #expect(report.isSuccess)
        #expect(report.output == process.input)
    }

    @Test("a child that ignores its input is no failure and raises no signal")
    func ignoredInput() throws {
        var process = ChildProcess("true")
        process.input = [UInt8](repeating: 1, count: 1_000_000)
        #expect(try process.run().isSuccess)
    }

    @Test("a missing program is named")
    func missingProgram() {
        let failure = #expect(throws: Failure.self) {
            _ = try ChildProcess("no-such-program-anywhere").run()
        }
        #expect(failure?.code == "PROCESS_START")
        #expect(failure?.problem.contains("no-such-program-anywhere") == true)
        #expect(throws: Failure.self) { _ = try ChildProcess("").run() }
        #expect(throws: Failure.self) { _ = try ChildProcess("true", ["a\0b"]).run() }
    }

    @Test("a deadline ends the whole group, also one that ignores SIGTERM")
    func deadlineEndsTheGroup() throws {
        let path = try scratchPath("alive")
        var process = Self.shell("trap '' TERM; (sleep 2; touch '\(path)') & sleep 30")
        process.timeLimit = .milliseconds(200)
        process.graceTime = .milliseconds(200)
        let start = ContinuousClock.now
        let report = try process.run()
        #expect(report.ending == .timedOut)
        #expect(start.duration(to: .now) < .seconds(10))
        let later = try Self.shell("sleep 3; test -e '\(path)'").run()
        #expect(later.ending == .exited(status: 1))
    }

    @Test("a caller that is stopped ends the child")
    func stoppedCallersEndTheChild() throws {
        var process = Self.shell("sleep 30")
        process.graceTime = .milliseconds(100)
        let report = try process.run(isStopped: { true })
        #expect(report.ending == .stopped)
    }

    @Test("a child that writes without end is ended at the limit")
    func endlessOutputIsEnded() throws {
        var process = ChildProcess("yes")
        process.outputLimit = 100_000
        process.graceTime = .milliseconds(100)
        let report = try process.run()
        #expect(report.ending == .outputLimitReached)
        #expect(report.output.count == 100_000)
    }

    @Test("a signal from elsewhere is told apart from an exit")
    func signalsAreReported() throws {
        #expect(try Self.shell("kill -9 $$").run().ending == .signalled(9))
    }

    @Test("what a child leaves running does not keep its parent waiting")
    func leftoversAreEnded() throws {
        let start = ContinuousClock.now
        let report = try Self.shell("sleep 30 & echo done").run()
        #expect(report.outputText == "done\n")
        #expect(report.isSuccess)
        #expect(start.duration(to: .now) < .seconds(10))
    }
}
