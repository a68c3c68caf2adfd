import Observe
import StreamSQL
import TestKit
import Testing

@Suite("Metrics", .scratchDirectory, .timeLimit(.minutes(1)))
struct MetricsTests {
    private static let script = """
        CREATE TABLE trades (ts TIMESTAMP(3), symbol STRING, price DOUBLE, WATERMARK FOR ts AS ts)
        WITH ('connector' = 'filesystem', 'path' = 'trades.csv', 'format' = 'csv');
        CREATE TABLE minutes (opened TIMESTAMP(3), symbol STRING, total DOUBLE)
        WITH ('connector' = 'blackhole');
        INSERT INTO minutes SELECT window_start, symbol, SUM(price)
        FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
        GROUP BY symbol, window_start, window_end;
        """
    private static let rows = """
        2024-01-01 00:00:01,A,1.5
        2024-01-01 00:00:30,B,2
        2024-01-01 00:01:00,A,4
        2024-01-01 00:00:40,A,8
        2024-01-01 00:01:30,A,x
        2024-01-01 00:02:00,A,16

        """

    @Test("a scrape after a scripted job has the exact counts, on both engines")
    func exactCounts() throws {
        try ScriptRun.write(Self.rows, to: "trades.csv")
        let engines: [StreamEngine] = [.serial, .parallel(partitions: 3, bindsThreads: false)]
        for engine in engines {
            let registry = MetricsRegistry()
            let run = ScriptRun(
                script: Self.script,
                settings: [
                    "failure.strategy": "dlq", "late.strategy": "dlq",
                    "dlq.path": try scratchPath("letters-\(engine == .serial)"),
                ],
                engine: engine,
                metrics: registry
            )
            _ = try run.run()
            let lines = Set(registry.prometheusText.split(separator: "\n").map(String.init))
            let expected = [
                #"records_in_total{job="job",source="trades"} 6"#,
                #"records_out_total{job="job"} 4"#,
                #"late_total{job="job"} 1"#,
                #"rejected_total{code="DECODE_NUMBER",job="job",stage="decode"} 1"#,
                #"dlq_total{job="job"} 2"#,
                #"watermark_seconds{job="job",source="trades"} 1704067320"#,
                #"state_keys{job="job"} 0"#,
                #"queue_batches{job="job"} 0"#,
                #"queue_bytes{job="job"} 0"#,
                #"dlq_limit_bytes{job="job"} 1073741824"#,
            ]
            for line in expected {
                #expect(
                    lines.contains("cutover_stream_\(line)"),
                    "\(engine): \(line)\n\(lines.sorted())"
                )
            }
            let text = registry.prometheusText
            for metric in StreamMetric.allCases where metric != .watermarkLag {
                #expect(text.contains("# TYPE \(metric.name) \(metric.kind)\n"), "\(metric)")
            }
            let busy = #"operator_busy_seconds_total{job="job",op="WindowAggregate"} "#
            #expect(text.contains(busy))
            #expect(text.contains(#"latency_seconds_count{job="job",kind="ingest_emit"} "#))
        }
    }

    @Test("a live source shows how far its watermark is behind the clock")
    func liveLag() throws {
        let registry = MetricsRegistry()
        let run = ScriptRun(
            script: """
                CREATE TABLE g (ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
                WITH ('connector' = 'datagen', 'number-of-rows' = '5', 'fields.ts.max-past' = '0');
                CREATE TABLE o (ts TIMESTAMP(3)) WITH ('connector' = 'blackhole');
                INSERT INTO o SELECT ts FROM g WHERE ts > TIMESTAMP '2000-01-01 00:00:00';
                """,
            metrics: registry
        )
        _ = try run.run()
        let lines = registry.prometheusText.split(separator: "\n")
        #expect(lines.contains(#"cutover_stream_records_out_total{job="job"} 5"#))
    }
}
