internal import Foundation
internal import Processes
internal import TestKit
internal import Testing

@Suite("Ctrl-C", .scratchDirectory)
struct InterruptionTests {
    @Test(
        "A job that is stopped exits with 130 and leaves nothing behind",
        arguments: ["INT", "TERM"]
    )
    func jobsStop(signal: String) throws {
        let program = try Program()
        try program.write("job.sql", Trades.script)
        try program.write("trades.csv", Trades.rows)
        // The shell sends the signal to the program that it started, as a terminal would.
        let line = """
            "$0" stream run job.sql --rate 1 --json & child=$!
            sleep 1
            kill -\(signal) $child
            wait $child
            """
        var process = ChildProcess("/bin/bash", ["-c", line, Program.path])
        process.directory = program.folder.path(percentEncoded: false)
        let report = try process.run()
        #expect(report.ending == .exited(status: 130), "\(report.errorText)")
        #expect(report.outputText.contains("JOB_CANCELLED"))
        let left = program.files("out").filter { !$0.hasSuffix(".lock") }
        #expect(left == [], "\(left)")
    }

    @Test(
        "A job that waits for its input stops as well",
        arguments: ["stdin v1", "stdin v2:1", "stdin v2:3", "datagen v1", "datagen v2:2"]
    )
    func waitingJobsStop(_ kind: String) throws {
        let words = kind.split(separator: " ")
        let program = try Program()
        let options = words[0] == "stdin" ? "'format' = 'csv'" : "'rows-per-second' = '1'"
        try program.write(
            "live.sql",
            """
            CREATE TABLE t (v INT) WITH ('connector' = '\(words[0])', \(options));
            CREATE TABLE o (v INT) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'csv');
            INSERT INTO o SELECT v FROM t;
            """
        )
        let line = """
            "$0" stream run live.sql --processor \(words[1]) --json < <(sleep 50) & child=$!
            sleep 1
            kill -INT $child
            wait $child
            """
        var process = ChildProcess("/bin/bash", ["-c", line, Program.path])
        process.directory = program.folder.path(percentEncoded: false)
        process.timeLimit = .seconds(30)
        let report = try process.run()
        #expect(report.ending == .exited(status: 130), "\(report.errorText)")
        #expect(report.outputText.contains("JOB_CANCELLED"))
    }
}
