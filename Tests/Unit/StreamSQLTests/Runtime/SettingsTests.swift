import Arguments
import Columns
import Failures
import Flow
import Hashing
import SQLFront
import StreamSQL
import Synchronization
import TestKit
import Testing

/// Every setting shows its effect, or is an error.
@Suite("Settings", .scratchDirectory, .timeLimit(.minutes(2)))
struct SettingsTests {
    private static let generator = """
        CREATE TABLE g (v INT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000');

        """

    private func settings(_ texts: [String: String]) throws(Failure) -> StreamSettings {
        var layers = ConfigurationLayers()
        for (key, text) in texts { layers.flags["stream.\(key)"] = .init(text) }
        return try StreamSettings(layers, job: JobSettings())
    }

    @Test("every key reaches the settings")
    func everyKeyIsRead() throws {
        let standard = try settings([:])
        let other = [
            "processor": "v1", "strategy": "fan_in", "order": "any", "buffer.batches": "3",
            "buffer.bytes": "1MiB", "state.memory": "1MiB", "join.broadcast.bytes": "1KiB",
            "division.by.zero": "null", "batch.rows": "7", "batch.latency": "5ms",
            "failure.strategy": "log", "dlq.path": "letters", "dlq.max.bytes": "1KiB",
            "dlq.max.rate": "5%", "sink.batch.rows": "9", "sink.batch.bytes": "1KiB",
            "retry.max": "9", "retry.backoff": "1s", "retry.backoff.max": "9s",
            "checkpoint.interval": "7s", "restart.max": "9",
        ]
        for (key, text) in other {
            #expect(try settings([key: text]) != standard, "\(key)")
        }
        let late = try settings(["late.strategy": "dlq", "dlq.path": "letters"])
        #expect(late.policy.late == .dlq)
        let known = Set(other.keys).union(["late.strategy"])
        let unknown = StreamSettings.keys.map(\.name).filter { !known.contains($0) }
        #expect(unknown.isEmpty, "keys without a test: \(unknown)")
    }

    @Test(
        "a value that means nothing is refused with its code",
        arguments: [
            ["batch.latency": "soon"], ["dlq.max.rate": "2"], ["order": "none"],
            ["retry.max": "-1"], ["strategy": "clever"], ["buffer.batches": "1"],
        ]
    )
    func wrongValues(_ texts: [String: String]) {
        let failure = #expect(throws: Failure.self) { _ = try settings(texts) }
        #expect(failure?.code == "CFG_VALUE")
    }

    @Test("a setting of later versions is refused, not ignored")
    func laterSettings() {
        for key in ["standby", "watermark.idle", "window.allowed-lateness"] {
            let failure = #expect(throws: Failure.self) { _ = try settings([key: "1s"]) }
            #expect(failure?.code == "PLAN_NOT_YET", "\(key)")
        }
        let unknown = #expect(throws: Failure.self) { _ = try settings(["stand": "hot"]) }
        #expect(unknown?.code == "CFG_UNKNOWN_KEY")
        let retry = #expect(throws: Failure.self) {
            _ = try settings(["failure.strategy": "retry"])
        }
        #expect(retry?.code == "CFG_VALUE")
    }

    @Test("old names work in files, with a notice")
    func oldNames() throws {
        let names = [
            "failure_strategy": "log", "max_retries": "9", "retry_backoff": "1s",
            "max_batch_size": "7", "batch_timeout": "5ms", "partitioning_strategy": "fan_in",
        ]
        var layers = ConfigurationLayers()
        for (key, text) in names { layers.file["stream.\(key)"] = .init(text) }
        let settings = try StreamSettings(layers, job: JobSettings())
        #expect(settings.policy.failing == .log)
        #expect(settings.retry.limit == 9)
        #expect(settings.retry.firstPause == .seconds(1))
        #expect(settings.batchRows == 7)
        #expect(settings.batchLatency == .milliseconds(5))
        #expect(settings.strategy == .fanIn)
        #expect(settings.notices.count == names.count)
    }

    @Test("batch.latency decides how many rows of a generator go on together")
    func batchLatency() throws {
        for (latency, rows) in [("10ms", 10), ("50ms", 50)] {
            let run = ScriptRun(
                script: Self.generator + "SELECT v FROM g LIMIT 1",
                settings: ["batch.latency": latency]
            )
            #expect(try run.rows().report.rowsIn == rows)
        }
    }

    @Test("batch.rows limits them")
    func batchRows() throws {
        let run = ScriptRun(
            script: Self.generator + "SELECT v FROM g LIMIT 1",
            settings: ["batch.rows": "4"]
        )
        #expect(try run.rows().report.rowsIn == 4)
    }

    @Test("sink.batch.rows and sink.batch.bytes gather writes")
    func sinkBatches() throws {
        for (rows, bytes, expected) in [(4, 1000, [4, 4, 2]), (100, 3, [3, 3, 3, 1])] {
            let counted = CountedSink()
            let sink = BatchedSink(counted, rowLimit: rows, byteLimit: bytes)
            for value in 0..<10 { try sink.write(Self.output(Int64(value))) }
            try sink.publish()
            #expect(counted.writes == expected)
            #expect(counted.text == "0123456789")
        }
    }

    @Test("dlq.max.rate decides how many rows the sink may refuse")
    func deadLetterRate() throws {
        try ScriptRun.write("1,a\n2,\"x;y\"\n3,c\n", to: "t.csv")
        let script = """
            CREATE TABLE t (v INT, s STRING) WITH ('connector' = 'filesystem', 'path' = 't.csv', 'format' = 'csv');
            CREATE TABLE o (v INT, s STRING) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'csv',
              'csv.field-delimiter' = ';', 'csv.disable-quote-character' = 'true');
            INSERT INTO o SELECT v, s FROM t;
            """
        var run = ScriptRun(script: script)
        #expect(try run.failure() == "SINK_REJECTED")
        run.settings = ["failure.strategy": "log"]
        #expect(try run.failure() == "SINK_REJECTED")
        run.settings = [
            "failure.strategy": "dlq", "dlq.path": try scratchPath("letters"),
        ]
        #expect(try run.failure() == "DLQ_RATE")
        run.settings["dlq.max.rate"] = "50%"
        let report = try run.run()
        #expect(report.rowsOut == 2)
        #expect(report.rejectedCounts == ["sink SINK_REJECTED": 1])
        #expect(try ScriptRun.text("out/part-00000000-0000.csv") == "1;a\n3;c\n")
        #expect(try ScriptRun.text("letters/job.jsonl").contains("\"stage\":\"sink\""))
    }

    @Test("strategy=fan_in and sticky spread rows otherwise, and the rows stay the same")
    func strategies() throws {
        let script = """
            CREATE TABLE t (k INT, j INT) PARTITIONED BY (k)
            WITH ('connector' = 'datagen', 'number-of-rows' = '500', 'rows-per-second' = '1000000',
              'fields.k.min' = '0', 'fields.k.max' = '6', 'fields.j.min' = '0', 'fields.j.max' = '2');
            SELECT k, j, COUNT(*) FROM t GROUP BY k, j;
            """
        let serial = try ScriptRun(script: script).rows().rows
        for strategy in [DistributionStrategy.smart, .fanIn, .sticky, .hash, .roundRobin] {
            let run = ScriptRun(
                script: script,
                engine: .parallel(partitions: 3, bindsThreads: false),
                strategy: strategy
            )
            #expect(try run.rows().rows == serial, "\(strategy)")
        }
        let bound = try StreamScript.bind(script, source: "", options: .init(name: "t"))
        let plan = try #require(bound.jobs.first?.plan)
        let keys = { (strategy: DistributionStrategy) in
            StreamGraph(plan, strategy: strategy).operators[0].exchangeKeys
        }
        #expect(keys(.smart) == [[0, 1]])
        #expect(keys(.sticky) == [[0]])
        #expect(keys(.fanIn) == nil)
    }

    @Test("a skewed key is told, an even one is not")
    func skew() throws {
        let engine = StreamEngine.parallel(partitions: 4, bindsThreads: false)
        let script = """
            CREATE TABLE t (k INT) WITH ('connector' = 'filesystem', 'path' = 't.csv', 'format' = 'csv');
            SELECT k, COUNT(*) FROM t GROUP BY k;
            """
        try ScriptRun.write(
            (0..<4000).map { $0 % 10 < 8 ? "1\n" : "\($0)\n" }.joined(),
            to: "t.csv"
        )
        let skews = try ScriptRun(script: script, engine: engine).rows().report.skews
        #expect(skews.count == 1)
        #expect(skews.first.map { ($0.share * 10).rounded() } == 8)
        try ScriptRun.write((0..<4000).map { "\($0 % 50)\n" }.joined(), to: "t.csv")
        #expect(try ScriptRun(script: script, engine: engine).rows().report.skews.isEmpty)
    }

    @Test("order=any lets steps leave as they are ready; canonical order keeps them")
    func order() throws {
        let first = try rowsOfSlowFirstStep(keepsOrder: false)
        #expect(first == [1, 0])
        #expect(try rowsOfSlowFirstStep(keepsOrder: true) == [0, 1])
    }

    @Test("buffer.batches and buffer.bytes stop readers while the sink waits")
    func buffers() throws {
        let pieces = CountedPieces(count: 200)
        let narrow = try claims(of: pieces, limits: .init(steps: 64, bytes: 8))
        #expect(narrow <= 4, "\(narrow)")
        let short = try claims(of: CountedPieces(count: 200), limits: .init(steps: 4))
        #expect(short <= 8, "\(short)")
        let wide = try claims(of: CountedPieces(count: 200), limits: .init(steps: 64))
        #expect(wide > 20, "\(wide)")
    }

    /// Pieces that were read while the sink had not taken its first row.
    private func claims(
        of pieces: CountedPieces,
        limits: ParallelState.Limits
    ) throws -> Int {
        let sink = SlowSink(pieces)
        let scheduler = try scheduler(pieces, sink, WholeRows(), limits)
        try scheduler.run()
        #expect(sink.rowCount == 200)
        return sink.claimsBeforeFirstRow
    }

    /// Two steps, of which the first one is made ready for the sink only after the second one has left, or
    /// after a while.
    private func rowsOfSlowFirstStep(keepsOrder: Bool) throws -> [Int64] {
        let sink = SeenRows()
        let limits = ParallelState.Limits(steps: 4, keepsOrder: keepsOrder)
        let formatter = SlowFirstFormatter(sink: sink)
        try scheduler(CountedPieces(count: 2), sink, formatter, limits).run()
        return sink.values
    }

    /// Rows of one column straight from their source to the sink, on two threads.
    private func scheduler(
        _ pieces: CountedPieces,
        _ sink: any RowSink & Sendable,
        _ formatter: any OutputFormatter,
        _ limits: ParallelState.Limits
    ) throws -> ParallelScheduler {
        let script = """
            CREATE TABLE g (v BIGINT) WITH ('connector' = 'stdin', 'format' = 'csv');
            SELECT v FROM g;
            """
        let bound = try StreamScript.bind(script, source: "", options: .init(name: "t"))
        let graph = StreamGraph(try #require(bound.jobs.first?.plan))
        let ledger = Exclusive(
            JobLedger(
                sourceCount: 1,
                policy: RejectionPolicy(),
                sink: sink,
                deadLetters: nil,
                log: { _ in }
            )
        )
        return ParallelScheduler(
            program: try JobProgram(
                graph: graph,
                partitions: 2,
                context: EvaluationContext(),
                formatter: formatter
            ),
            partitions: [],
            budget: StateBudget(limit: .max),
            input: JobInput(splits: [(0, Exclusive(PieceReader(pieces)))], times: [nil]),
            sequencer: Sequencer(sources: [0], hasWatermark: [false], turnRows: 10),
            ledger: ledger,
            clock: JobClock(isFixed: true) { 0 },
            control: JobControl(),
            threads: 2,
            bindsThreads: false,
            limits: limits
        )
    }

    private static func output(_ value: Int64) -> PreparedOutput {
        let batch = Batch(
            schema: Schema([Field("v", .bigint)]),
            columns: [Column(.bigint, .integers(Buffer([value])))],
            rowCount: 1
        )
        return PreparedOutput(
            batch: batch,
            bytes: Array("\(value)".utf8),
            digest: SegmentDigest(of: batch, salt: "s")
        )
    }
}

private final class CountedSink: RowSink {
    private(set) var writes: [Int] = []
    private(set) var text = ""

    func write(_ output: PreparedOutput) throws(Failure) {
        writes.append(output.batch.rowCount)
        text += String(decoding: output.bytes, as: UTF8.self)
    }

    func publish() throws(Failure) {}
    func discard() {}
}

/// Pieces of one row each, 0, 1, 2 …, and how many were read.
private final class CountedPieces: Sendable {
    private let count: Int
    private let read = Mutex(0)

    init(count: Int) { self.count = count }

    var claimed: Int { read.withLock { $0 } }

    func next() -> Int64? {
        read.withLock { read in
            guard read < count else { return nil }
            defer { read += 1 }
            return Int64(read)
        }
    }
}

private final class PieceReader: SplitReader {
    private let pieces: CountedPieces

    init(_ pieces: CountedPieces) { self.pieces = pieces }

    func claim() throws(Failure) -> (any SplitPiece)? { pieces.next().map { OneRow(value: $0) } }
}

/// Takes its first row only after a while.
private final class SlowSink: RowSink, Sendable {
    private let pieces: CountedPieces
    private let state = Mutex((rows: 0, claims: 0))

    init(_ pieces: CountedPieces) { self.pieces = pieces }

    var rowCount: Int { state.withLock { $0.rows } }
    var claimsBeforeFirstRow: Int { state.withLock { $0.claims } }

    func write(_ output: PreparedOutput) throws(Failure) {
        if rowCount == 0 {
            pause(for: .milliseconds(300))
            let claimed = pieces.claimed
            state.withLock { $0.claims = claimed }
        }
        state.withLock { $0.rows += output.batch.rowCount }
    }

    func publish() throws(Failure) {}
    func discard() {}
}

private struct WholeRows: OutputFormatter {
    func prepare(_ batch: Batch) -> PreparedOutput {
        PreparedOutput(batch: batch, bytes: [], digest: SegmentDigest(of: batch, salt: "s"))
    }
}

private struct OneRow: SplitPiece {
    let value: Int64

    func open() throws(Failure) -> any PieceDecoder { OneRowDecoder(value) }
}

private final class OneRowDecoder: PieceDecoder {
    private var value: Int64?

    init(_ value: Int64) { self.value = value }

    func next() throws(Failure) -> DecodedRows? {
        defer { value = nil }
        return value.map { value in
            let column = Column(.bigint, .integers(Buffer([value])))
            let schema = Schema([Field("v", .bigint)])
            return DecodedRows(batch: Batch(schema: schema, columns: [column], rowCount: 1))
        }
    }
}

/// The values that reached the sink, in their order.
private final class SeenRows: RowSink, Sendable {
    private let seen = Mutex<[Int64]>([])

    var values: [Int64] { seen.withLock { $0 } }

    func write(_ output: PreparedOutput) throws(Failure) {
        guard case .integers(let values) = output.batch.columns[0].values else { return }
        let first = values[0]
        seen.withLock { $0.append(first) }
    }

    func publish() throws(Failure) {}
    func discard() {}
}

/// Makes the row 0 ready only when another one has been seen, or after a while.
private struct SlowFirstFormatter: OutputFormatter {
    let sink: SeenRows

    func prepare(_ batch: Batch) -> PreparedOutput {
        if case .integers(let values) = batch.columns[0].values, values[0] == 0 {
            let end = ContinuousClock.now + .milliseconds(500)
            while sink.values.isEmpty, ContinuousClock.now < end { pause(for: .milliseconds(1)) }
        }
        return PreparedOutput(
            batch: batch,
            bytes: [],
            digest: SegmentDigest(of: batch, salt: "s")
        )
    }
}
