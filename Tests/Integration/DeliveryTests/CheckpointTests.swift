internal import Foundation
internal import Hashing
internal import JSON
internal import TestKit
internal import Testing

@Suite("Checkpoints of transactional jobs", .scratchDirectory, .timeLimit(.minutes(10)))
struct CheckpointTests {
    /// A checkpoint behind every step.
    private static let often =
        "--set checkpoint.interval=0s --set batch.rows=100 --set buffer.batches=2"

    private func whole(_ rig: DeliveryRig) throws -> String {
        let result = try rig.run(
            "stream run job.sql --output whole --processor v1 --set batch.rows=100 --overwrite"
        )
        #expect(result.status == 0, "\(result.errors)")
        return try rig.text("whole")
    }

    @Test("A transactional job gives the simple one's rows, in parts that appear while it runs")
    func sameRows() throws {
        let rig = try DeliveryRig()
        let whole = try whole(rig)
        for processor in ["v1:transactional", "v2:1:transactional", "v2:3:transactional"] {
            try rig.removeAll("out")
            let result = try rig.run("stream run job.sql --processor \(processor) \(Self.often)")
            #expect(result.status == 0, "\(result.errors)")
            #expect(try rig.text("out") == whole, "\(processor)")
            let epochs = Set(rig.parts("out").map { $0.prefix(13) })
            #expect(epochs.count > 5, "\(processor): \(epochs.count)")
            let state = rig.names(".cutover/stream/job").filter { $0.hasPrefix("chk-") }
            #expect(state.count == 2, "\(state)")
        }
    }

    @Test(
        "A job killed at any step of a checkpoint goes on to exactly the uninterrupted result",
        arguments: [
            "barrier", "part-opened", "parts-closed", "state-written", "manifest-aside",
            "manifest-named", "part-renamed", "parts-named", "published", "marked", "pruned",
        ]
    )
    func killedAtSteps(step: String) throws {
        let rig = try DeliveryRig()
        let whole = try whole(rig)
        for processor in ["v1:transactional", "v2:3:transactional"] {
            for times in [1, 4, 9] {
                try rig.removeAll("out")
                try rig.removeAll(".cutover")
                let line = "stream run job.sql --processor \(processor) \(Self.often)"
                let place = "\(processor) at \(step):\(times)"
                let killed = try rig.run(line, breakAt: "kill:\(step):\(times)")
                #expect(killed.status == nil, "\(place): \(killed.output) \(killed.errors)")
                let seen = try rig.text("out")
                #expect(whole.hasPrefix(seen), "\(place)")
                let again = try rig.run("\(line) --resume --json")
                #expect(again.status == 0, "\(place): \(again.output)")
                #expect(try rig.text("out") == whole, "\(place)")
                #expect(rig.names("out").allSatisfy { !$0.hasSuffix(".inprogress") })
            }
        }
    }

    @Test("A job killed at any moment, again and again, goes on to the uninterrupted result")
    func killedAtMoments() throws {
        let rig = try DeliveryRig(rows: 20_000)
        let whole = try whole(rig)
        var generator = SeededGenerator(seed: 20_260_102)
        for round in 0..<12 {
            try rig.removeAll("out")
            try rig.removeAll(".cutover")
            let processor = round % 2 == 0 ? "v1:transactional" : "v2:2:transactional"
            let line =
                "stream run job.sql --processor \(processor) --resume --rate 60000 "
                + "--set checkpoint.interval=10ms --set batch.rows=100"
            for _ in 0..<3 {
                let pause = String(format: "%.3f", Double.random(in: 0.02...0.3, using: &generator))
                _ = try rig.bash("\"$0\" \(line) > log 2>&1 & sleep \(pause); kill -9 $!; wait")
                #expect(try whole.hasPrefix(rig.text("out")))
            }
            let last = try rig.run("\(line) --json")
            #expect(last.status == 0, "\(last.output)")
            #expect(try rig.text("out") == whole, "round \(round)")
        }
    }

    @Test(
        "Every operator goes on from a checkpoint as if nothing had happened",
        arguments: Query.all
    )
    func operators(_ query: Query) throws {
        let rig = try DeliveryRig(rows: 3000)
        try rig.write("job.sql", query.script)
        let whole = try whole(rig)
        #expect(!whole.isEmpty)
        for processor in ["v1:transactional", "v2:3:transactional"] {
            for times in [2, 7] {
                try rig.removeAll("out")
                try rig.removeAll(".cutover")
                let line = "stream run job.sql --processor \(processor) \(Self.often)"
                let killed = try rig.run(line, breakAt: "kill:marked:\(times)")
                #expect(killed.status == nil, "\(processor): \(killed.errors)")
                let again = try rig.run("\(line) --resume")
                #expect(again.status == 0, "\(processor): \(again.errors)")
                #expect(try rig.text("out") == whole, "\(processor) behind checkpoint \(times)")
            }
        }
    }

    @Test(
        "Large inputs are read on from their offsets, and compressed ones again up to their places"
    )
    func largeInputs() throws {
        let rig = try DeliveryRig(rows: 80_000)
        #expect(try rig.bash("gzip trades/a.csv").status == 0)
        let options = "--set checkpoint.interval=0s --set batch.rows=3000 --set buffer.batches=2"
        let simple = "stream run job.sql --output whole --processor v1 --set batch.rows=3000"
        #expect(try rig.run(simple).status == 0)
        let whole = try rig.text("whole")
        for processor in ["v1:transactional", "v2:2:transactional"] {
            for times in [1, 5] {
                try rig.removeAll("out")
                try rig.removeAll(".cutover")
                let line = "stream run job.sql --processor \(processor) \(options)"
                #expect(try rig.run(line, breakAt: "kill:marked:\(times)").status == nil)
                #expect(try rig.run("\(line) --resume").status == 0)
                #expect(try rig.text("out") == whole, "\(processor) behind checkpoint \(times)")
            }
        }
    }

    @Test(
        "The counts of a resumed job are those of the whole one, and a finished one is not run again"
    )
    func counts() throws {
        let rig = try DeliveryRig()
        let simple = try rig.run("stream run job.sql --output whole --processor v1 --json").json
        let line = "stream run job.sql --processor v2:2:transactional \(Self.often) --json"
        #expect(try rig.run(line, breakAt: "kill:marked:6").status == nil)
        for _ in 0..<2 {
            let report = try rig.run("\(line) --resume").json
            for member in ["rows_in", "rows_out", "rows_late", "rows_bad", "output_digest"] {
                #expect(report[member] == simple[member], "\(member)")
            }
        }
    }

    @Test("A torn manifest is STATE_CORRUPT, and the checkpoint before it gives the result as well")
    func tornManifest() throws {
        let rig = try DeliveryRig()
        let whole = try whole(rig)
        let line = "stream run job.sql --processor v1:transactional \(Self.often)"
        #expect(try rig.run(line, breakAt: "kill:marked:6").status == nil)
        let manifest = ".cutover/stream/job/chk-00000005/manifest"
        let text = try rig.file(manifest)
        try rig.write(manifest, String(text.prefix(text.count / 2)))
        let refused = try rig.run("\(line) --resume --json")
        #expect(refused.status == 4)
        #expect(try refused.failure == "STATE_CORRUPT")
        #expect(refused.output.contains("--resume-from 4"), "\(refused.output)")
        #expect(try rig.run("\(line) --resume-from 4").status == 0)
        #expect(try rig.text("out") == whole)
    }

    @Test("A damaged state file is STATE_CORRUPT")
    func damagedState() throws {
        let rig = try DeliveryRig()
        let line = "stream run job.sql --processor v2:2:transactional \(Self.often)"
        #expect(try rig.run(line, breakAt: "kill:marked:6").status == nil)
        let state = rig.folder.appending(path: ".cutover/stream/job/chk-00000005/operator-0")
        var bytes = try Data(contentsOf: state)
        #expect(bytes.prefix(8) == Data("CUTSTATE".utf8))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: state)
        let refused = try rig.run("\(line) --resume --json")
        #expect(try refused.failure == "STATE_CORRUPT", "\(refused.output)")
        #expect(refused.output.contains("--resume-from 4"), "\(refused.output)")
    }

    @Test("A checkpoint of another plan, processor or input is refused")
    func changedPlan() throws {
        let rig = try DeliveryRig()
        let line = "stream run job.sql \(Self.often) --json --processor"
        let script = DeliveryRig.script(format: "csv")
        #expect(try rig.run("\(line) v1:transactional", breakAt: "kill:marked:4").status == nil)
        let resume = "\(line) v1:transactional --resume"
        try rig.write("job.sql", script.replacing("SUM(price)", with: "MAX(price)"))
        #expect(try rig.run(resume).failure == "STATE_PLAN_CHANGED")
        try rig.write("job.sql", script)
        #expect(try rig.run("\(line) v2:2:transactional --resume").failure == "STATE_PLAN_CHANGED")
        let rows = try rig.file("trades/a.csv")
        try rig.write("trades/a.csv", rows + "2024-01-02 00:00:00,S1,1\n")
        #expect(try rig.run(resume).failure == "STATE_PLAN_CHANGED")
        try rig.write("trades/a.csv", rows)
        // A comment changes places in the script, and nothing else.
        try rig.write("job.sql", "-- the same job\n" + script)
        #expect(try rig.run(resume).status == 0)
    }

    @Test("What cannot be delivered exactly once is refused before anything runs")
    func unsupported() throws {
        let rig = try DeliveryRig()
        let line = "stream run job.sql --processor v1:transactional --json"
        let table = "CREATE TABLE t (n INT) WITH ('connector' = "
        let scripts = [
            "\(table)'print'); INSERT INTO t VALUES (1);",
            "\(table)'stdout', 'format' = 'csv'); INSERT INTO t VALUES (1);",
            "SELECT 1 AS one;",
            """
            \(table)'stdin', 'format' = 'csv');
            CREATE TABLE s (n INT) WITH ('connector' = 'blackhole');
            INSERT INTO s SELECT n FROM t;
            """,
        ]
        for script in scripts {
            try rig.write("job.sql", script)
            let result = try rig.run(line)
            #expect(try result.failure == "DELIVERY_UNSUPPORTED", "\(script): \(result.output)")
            #expect(result.status == 2)
        }
        try rig.write("job.sql", DeliveryRig.script(format: "csv"))
        let simple = try rig.run("stream run job.sql --processor v1 --resume --json")
        #expect(try simple.failure == "CFG_VALUE")
    }

    @Test(
        "A full disk makes the job begin again at its last checkpoint, as often as restart.max says"
    )
    func restarts() throws {
        let rig = try DeliveryRig()
        let whole = try whole(rig)
        for processor in ["v1:transactional", "v2:2:transactional"] {
            for step in ["state-written:9", "part-renamed:5", "parts-closed:6", "part-opened:7"] {
                try rig.removeAll("out")
                let line = "stream run job.sql --processor \(processor) \(Self.often)"
                let result = try rig.run(line, breakAt: "fail:\(step)")
                #expect(result.status == 0, "\(processor) \(step): \(result.errors)")
                #expect(result.errors.contains("begins again at its last checkpoint (1 of 3)"))
                #expect(try rig.text("out") == whole, "\(processor) \(step)")
            }
        }
        try rig.removeAll("out")
        let line = "stream run job.sql --processor v1:transactional --set restart.max=0 --json"
        #expect(try rig.run(line, breakAt: "fail:barrier").failure == "IO_SPACE")
    }

    @Test("Dead letters of a resumed job are those of the whole one")
    func deadLetters() throws {
        let rig = try DeliveryRig()
        let options = "--failure dlq --late dlq \(Self.often)"
        let simple = try rig.run(
            "stream run job.sql --output whole --processor v1 \(options) --set dlq.path=letters"
        )
        #expect(simple.status == 0, "\(simple.errors)")
        let line =
            "stream run job.sql --processor v1:transactional \(options) --set dlq.path=others"
        #expect(try rig.run(line, breakAt: "kill:barrier:8").status == nil)
        #expect(try rig.run("\(line) --resume").status == 0)
        func letters(_ name: String) throws -> [String] {
            try rig.file("\(name)/job.jsonl").split(separator: "\n").map { line in
                // The moment and the processor are each run's own.
                let start = line.range(of: "\"stage\"")?.lowerBound ?? line.startIndex
                let end = line.range(of: "\"processor\"")?.lowerBound ?? line.endIndex
                return String(line[start..<end])
            }
        }
        #expect(try letters("others").count > 20)
        #expect(try letters("others") == letters("letters"))
    }

    @Test("Two runs of one job do not share their state")
    func lockedState() throws {
        let rig = try DeliveryRig()
        let line = """
            "$0" stream run job.sql --rate 10 --processor v1:transactional > log 2>&1 & first=$!
            for try in {1..100}; do [ -s .cutover/stream/job/.cutover.lock ] && break; sleep 0.05; done
            "$0" stream run job.sql --output other --processor v1:transactional --json
            kill -9 $first; wait $first 2> kill.log
            """
        #expect(try rig.bash(line).failure == "JOB_RUNNING")
    }

    /// A query whose operators keep state of their own kind.
    struct Query: CustomTestStringConvertible {
        var testDescription: String
        var columns: String
        var select: String

        init(_ name: String, _ columns: String, _ select: String) {
            testDescription = name
            self.columns = columns
            self.select = select
        }

        var script: String {
            """
            CREATE TABLE trades (ts TIMESTAMP(3), symbol STRING, price DOUBLE, WATERMARK FOR ts AS ts)
            WITH ('connector' = 'filesystem', 'path' = 'trades', 'format' = 'csv');
            CREATE TABLE result (\(columns))
            WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'csv');
            INSERT INTO result \(select);

            """
        }

        static let all: [Query] = [
            Query(
                "filter",
                "s STRING, p DOUBLE",
                "SELECT symbol, price FROM trades WHERE price > 20"
            ),
            Query(
                "hop with many aggregates",
                """
                e TIMESTAMP(3), s STRING, n BIGINT, a DOUBLE, b DOUBLE, c DOUBLE, d DOUBLE, f DOUBLE, g DOUBLE,
                h STRING, i BIGINT, j DECIMAL(38, 2), k BIGINT, l BIGINT
                """,
                """
                SELECT window_end, symbol, COUNT(*), SUM(price), AVG(price / 3), MIN(price), STDDEV_SAMP(price),
                    FIRST_VALUE(price), LAST_VALUE(price), MAX(symbol), COUNT(DISTINCT price),
                    SUM(CAST(price AS DECIMAL(10, 2))), SUM(CAST(price AS BIGINT)),
                    COUNT(*) FILTER (WHERE price > 30)
                FROM TABLE(HOP(TABLE trades, DESCRIPTOR(ts), INTERVAL '20' SECOND, INTERVAL '1' MINUTE))
                GROUP BY symbol, window_start, window_end
                """
            ),
            Query(
                "cumulate with lists",
                "e TIMESTAMP(3), s STRING, l STRING",
                """
                SELECT window_end, symbol, LISTAGG(CAST(price AS STRING))
                FROM TABLE(CUMULATE(TABLE trades, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '2' MINUTE))
                GROUP BY symbol, window_start, window_end
                """
            ),
            Query(
                "window without keys",
                "e TIMESTAMP(3), n BIGINT, a DOUBLE",
                """
                SELECT window_end, COUNT(*), SUM(price / 7)
                FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
                GROUP BY window_start, window_end
                """
            ),
            Query(
                "sessions",
                "s TIMESTAMP(3), e TIMESTAMP(3), k STRING, n BIGINT, a DOUBLE",
                """
                SELECT window_start, window_end, symbol, COUNT(*), SUM(price / 7)
                FROM TABLE(SESSION(TABLE trades PARTITION BY symbol, DESCRIPTOR(ts), INTERVAL '13' SECOND))
                GROUP BY symbol, window_start, window_end
                """
            ),
            Query(
                "sessions without partitions, by key",
                "s TIMESTAMP(3), e TIMESTAMP(3), k STRING, n BIGINT",
                """
                SELECT window_start, window_end, symbol, COUNT(*)
                FROM TABLE(SESSION(TABLE trades, DESCRIPTOR(ts), INTERVAL '2' SECOND))
                GROUP BY symbol, window_start, window_end
                """
            ),
            Query(
                "groups",
                "k STRING, n BIGINT, a DOUBLE, b DOUBLE",
                "SELECT symbol, COUNT(*), AVG(price / 3), VAR_POP(price) FROM trades GROUP BY symbol"
            ),
            Query("one group", "n BIGINT, a DOUBLE", "SELECT COUNT(*), SUM(price / 3) FROM trades"),
            Query("distinct", "k STRING", "SELECT DISTINCT symbol FROM trades"),
            Query(
                "top-N",
                "k STRING, p DOUBLE, r BIGINT",
                """
                SELECT symbol, price, r FROM (SELECT symbol, price,
                    ROW_NUMBER() OVER (PARTITION BY symbol ORDER BY price DESC) AS r FROM trades) WHERE r <= 5
                """
            ),
            Query(
                "window top-N",
                "e TIMESTAMP(3), k STRING, p DOUBLE, r BIGINT",
                """
                SELECT window_end, symbol, price, r FROM (SELECT *,
                    ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY price DESC, symbol) AS r
                    FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' MINUTE))) WHERE r <= 3
                """
            ),
            Query(
                "order",
                "k STRING, p DOUBLE",
                "SELECT symbol, price FROM trades ORDER BY price DESC, symbol LIMIT 200 OFFSET 10"
            ),
            Query(
                "limit",
                "k STRING, p DOUBLE",
                "SELECT symbol, price FROM trades LIMIT 2600 OFFSET 20"
            ),
            Query(
                "over",
                "k STRING, p DOUBLE, a DOUBLE, l DOUBLE",
                """
                SELECT symbol, price, SUM(price / 3) OVER (PARTITION BY symbol ORDER BY ts, price),
                    LAG(price) OVER (PARTITION BY symbol ORDER BY ts, price) FROM trades
                """
            ),
            Query(
                "join",
                "k STRING, t TIMESTAMP(3), n BIGINT",
                """
                SELECT a.symbol, a.ts, b.n FROM trades AS a LEFT JOIN
                    (SELECT symbol, COUNT(*) AS n FROM trades WHERE price > 25 GROUP BY symbol) AS b
                    ON a.symbol = b.symbol WHERE a.price > 40
                """
            ),
            Query(
                "window join",
                "e TIMESTAMP(3), k STRING, n BIGINT, m DOUBLE",
                """
                SELECT a.window_end, a.symbol, a.n, b.m
                FROM (SELECT symbol, window_start, window_end, COUNT(*) AS n
                    FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
                    GROUP BY symbol, window_start, window_end) AS a
                JOIN (SELECT symbol, window_start, window_end, MAX(price) AS m
                    FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
                    WHERE price < 30 GROUP BY symbol, window_start, window_end) AS b
                ON a.symbol = b.symbol AND a.window_start = b.window_start AND a.window_end = b.window_end
                """
            ),
        ]
    }
}
