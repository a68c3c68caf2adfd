import Columns
import StreamSQL
import TestKit
import Testing

@Suite("Early end", .scratchDirectory, .timeLimit(.minutes(1)))
struct EarlyEndTests {
    private static let table = """
        CREATE TABLE t (v INT) WITH ('connector' = 'filesystem', 'path' = 't.csv', 'format' = 'csv');

        """
    private static let engines: [StreamEngine] = [
        .serial, .parallel(partitions: 1, bindsThreads: false),
        .parallel(partitions: 4, bindsThreads: false),
    ]

    /// Far more than one chunk, with a bad row at its end.
    private func write() throws {
        let rows = (0..<300_000).map { "\($0)\n" }.joined()
        try ScriptRun.write(rows + "bad\n", to: "t.csv")
    }

    @Test(
        "a satisfied LIMIT reads no further, and both engines count the same",
        arguments: [
            "SELECT v FROM t LIMIT 5",
            "SELECT COUNT(*) FROM (SELECT v FROM t LIMIT 5)",
            "SELECT MAX(v) FROM (SELECT v FROM t WHERE v > 10 LIMIT 7 OFFSET 3)",
            "SELECT v FROM (SELECT v FROM t LIMIT 3) UNION ALL SELECT v FROM (SELECT v + 1 AS v FROM t LIMIT 2)",
        ]
    )
    func stops(_ query: String) throws {
        try write()
        var seen: [(rows: [[Value]], rowsIn: Int)] = []
        for engine in Self.engines {
            let run = ScriptRun(script: Self.table + query, engine: engine)
            let (rows, report) = try run.rows()
            #expect(report.rowsIn < 300_000, "\(engine)")
            #expect(report.rowsBad == 0)
            seen.append((rows, report.rowsIn))
        }
        #expect(seen.allSatisfy { $0.rows == seen[0].rows && $0.rowsIn == seen[0].rowsIn })
    }

    @Test("a job goes on while any of its output still needs rows")
    func goesOn() throws {
        try write()
        let query = "SELECT v FROM (SELECT v FROM t LIMIT 3) UNION ALL SELECT COUNT(*) FROM t"
        for engine in Self.engines {
            let run = ScriptRun(
                script: Self.table + query,
                settings: ["failure.strategy": "log"],
                engine: engine
            )
            let (rows, report) = try run.rows()
            #expect(rows.count == 4)
            #expect(report.rowsIn == 300_001)
            #expect(report.rowsBad == 1)
        }
    }
}
