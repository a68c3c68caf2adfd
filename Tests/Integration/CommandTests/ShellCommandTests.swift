internal import Foundation
internal import JSON
internal import Processes
internal import TestKit
internal import Testing

@Suite("cutover stream shell", .scratchDirectory, .timeLimit(.minutes(2)))
struct ShellCommandTests {
    /// Runs a shell whose standard input is `lines`.
    private func shell(_ lines: String, _ options: String = "") throws -> Program.Result {
        let program = try Program()
        try program.write("trades.csv", Trades.rows)
        try program.write("tables.sql", String(Trades.script.split(separator: "INSERT")[0]))
        return try program.run("stream shell\(options.isEmpty ? "" : " " + options)", input: lines)
    }

    /// The lines without the rules below the heads of tables.
    private func lines(_ output: String) -> [String] {
        output.split(separator: "\n").map(String.init).filter { line in
            !line.allSatisfy { "─-".contains($0) }
        }
    }

    @Test("tables stay, statements may take several lines, and one line may have several")
    func statementsRun() throws {
        let result = try shell(
            """
            CREATE VIEW v AS
              SELECT 1 AS a; SELECT a + 1 AS b FROM v;
            SELECT a + 2 AS c FROM v
            """
        )
        #expect(result.status == 0, "\(result.errors)")
        #expect(lines(result.output) == ["ok", "b", "2", "1 row", "c", "3", "1 row"])
    }

    @Test("an error is told, changes nothing, and the session goes on")
    func errorsKeepTheSession() throws {
        let result = try shell(
            """
            CREATE VIEW v AS SELECT nothing FROM nowhere;
            CREATE VIEW v AS SELECT 1 AS a;
            SELECT b FROM v;
            SELECT a FROM v;

            """
        )
        #expect(result.status == 1)
        #expect(result.errors.contains("error BIND_TABLE"), "\(result.errors)")
        #expect(result.errors.contains("1:8: error BIND_COLUMN"), "\(result.errors)")
        #expect(lines(result.output) == ["ok", "a", "1", "1 row"])
    }

    @Test("a SELECT without LIMIT stops at 100 rows and says so, also over an endless table")
    func unlimitedSelectStops() throws {
        let table =
            "CREATE TABLE g (v INT) WITH ('connector' = 'datagen', 'rows-per-second' = '100000');\n"
        let result = try shell(table + "SELECT v FROM g;\nSELECT v FROM g LIMIT 120;\n")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("\n100 rows\n"))
        #expect(result.output.contains("\n120 rows\n"))
        #expect(result.errors == "stopped at 100 rows; write LIMIT to get more\n")
    }

    @Test("a file's statements run first, and its folder is where paths begin")
    func fileComesFirst() throws {
        let result = try shell("SELECT COUNT(*) AS n FROM trades;", "tables.sql --json")
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n").map(String.init)
        let expected = [
            #"{"ok":true}"#, #"{"ok":true}"#, #"{"columns":["n"],"rows":[[5]],"more":false}"#,
        ]
        #expect(lines == expected)
    }

    @Test("an INSERT gives its summary, EXPLAIN its plan, and exit; ends")
    func otherStatements() throws {
        let result = try shell(
            """
            EXPLAIN SELECT symbol FROM trades;
            SET 'cutover.stream.processor' = 'v1';
            INSERT INTO minutes SELECT ts, symbol, 1, price FROM trades;
            exit;
            SELECT 'not run' AS a;
            """,
            "tables.sql"
        )
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("Scan trades"), "\(result.output)")
        #expect(result.output.contains("v1:simple"), "\(result.output)")
        #expect(!result.output.contains("not run"))
    }

    /// Gives a command a terminal, and each text of its arguments when a prompt has come.
    private static let typist = #"""
        import os, pty, select, sys
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(sys.argv[1], [sys.argv[1], "stream", "shell"])
        seen = b""
        def read_until(mark):
            global seen
            start = len(seen)
            while mark not in seen[start:]:
                ready, _, _ = select.select([terminal], [], [], 30)
                if not ready:
                    sys.exit("nothing came after %r" % seen)
                try:
                    more = os.read(terminal, 4096)
                except OSError:
                    more = b""
                if not more:
                    return
                seen += more
        for keys in sys.argv[2:]:
            read_until(b"\x1b[9C")
            os.write(terminal, keys.encode())
        read_until(b"never comes")
        sys.stdout.buffer.write(seen)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """#

    @Test("at a terminal lines are edited, completed and found again, and Ctrl-C drops them")
    func terminal() throws {
        let program = try Program()
        let left = String(repeating: "\u{1B}[D", count: 6)
        let keys = [
            "SELECT 12x\u{7F} AS a;\r", "\u{1B}[A" + left + "3\r", "SELEC\t4 AS c;\r",
            "SELECT never\u{3}", "SELECT 5 AS d;\r", "\u{4}",
        ]
        var process = ChildProcess("python3", ["-c", Self.typist, Program.path] + keys)
        process.directory = program.folder.path(percentEncoded: false)
        process.timeLimit = .seconds(100)
        process.environment = [
            "PATH": "/usr/bin:/bin", "HOME": program.folder.path(percentEncoded: false),
            "TERM": "xterm",
        ]
        let report = try process.run()
        let text = report.outputText
        #expect(report.ending == .exited(status: 0), "\(text)\n\(report.errorText)")
        for number in ["12", "123", "4", "5"] {
            #expect(text.contains("\n\(number)\r\n1 row"), "\(number) in \(text)")
        }
        #expect(text.contains("^C"))
        let history = try program.text(".local/state/cutover/shell-history")
        let lines = ["SELECT 12 AS a;", "SELECT 123 AS a;", "SELECT 4 AS c;", "SELECT 5 AS d;"]
        #expect(history == lines.map { $0 + "\n" }.joined())
    }
}
