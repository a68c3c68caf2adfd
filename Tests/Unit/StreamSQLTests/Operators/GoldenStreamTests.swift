import Columns
import Failures
import SQLFront
import StreamSQL
import Testing

/// The two golden streams with the results that they must give.
@Suite("Golden streams") struct GoldenStreamTests {
    private static let schema = Schema([
        Field("k", .string), Field("ts", .timestamp(precision: 3)), Field("v", .bigint),
    ])
    private static let second: Int64 = 1_000_000

    /// Rows of (key, milliseconds, value) whose watermark is the time less a delay.
    private static func rows(_ rows: [(String, Int64, Int64)], delay: Int64 = 0) -> [InputRow] {
        var watermark = Int64.min
        return rows.map { key, milliseconds, value in
            let time = milliseconds * 1000
            defer { watermark = max(watermark, time - delay) }
            return InputRow(
                values: [.text(key), .integer(time), .integer(value)],
                watermark: watermark
            )
        }
    }

    private static let streamA = rows([
        ("a", 1000, 1), ("a", 59_998, 1), ("a", 59_999, 1), ("a", 59_000, 100),
        ("a", 60_000, 1), ("a", 30_000, 100), ("b", 70_000, 1), ("a", 130_000, 1),
    ])
    private static let streamB = rows(
        [
            ("a", 0, 1), ("a", 9000, 2), ("a", 25_000, 4), ("a", 16_000, 8),
            ("a", 45_000, 16), ("b", 50_000, 32), ("a", 40_000, 64), ("a", 56_000, 128),
            ("a", 35_000, 256),
        ],
        delay: 10 * second
    )

    /// Lines `key start..end = sum` (seconds) in the order of emission, and the late rows.
    private func run(
        _ kind: WindowSpecification.Kind,
        keys: [Int] = [0],
        _ rows: [InputRow],
        batchRows: Int = 1,
        instances: Int = 1
    ) throws -> (lines: [String], output: OperatorOutput) {
        let aggregate = Aggregate(
            keys: keys,
            aggregates: [
                AggregateCall(
                    .sum,
                    arguments: [2],
                    type: .bigint,
                    at: .init(line: 1, column: 1)
                )
            ],
            window: WindowSpecification(kind, timeColumn: 1, tick: 1000)
        )
        let output = try OperatorRun(
            plan: aggregate.plan(over: Self.schema),
            inputs: [Self.schema],
            cut: Cut(batchRows: batchRows, instances: instances, exchange: [keys])
        ).run(rows)
        let lines = output.rows.map { row in
            let key = if case .text(let text) = row[0] { text } else { "" }
            func integer(_ column: Int) -> Int64 {
                if case .integer(let value) = row[column] { value } else { .min }
            }
            let first = keys.count
            return "\(key) \(integer(first + 1) / Self.second)..\(integer(first + 2) / Self.second)"
                + " = \(integer(first))"
        }
        return (lines, output)
    }

    @Test("stream A, TUMBLE 1 min", arguments: [1, 7, 8192], [1, 2, 3, 8])
    func tumble(batchRows: Int, instances: Int) throws {
        let kind = WindowSpecification.Kind.tumble(size: 60 * Self.second, offset: 0)
        let result = try run(kind, Self.streamA, batchRows: batchRows, instances: instances)
        #expect(
            result.lines == ["a 0..60 = 3", "a 60..120 = 1", "b 60..120 = 1", "a 120..180 = 1"]
        )
        #expect(result.output.late == [3, 5])
    }

    @Test("stream A in batch mode has no late row")
    func batchMode() throws {
        let rows = Self.streamA.map { InputRow(values: $0.values, watermark: .min) }
        let kind = WindowSpecification.Kind.tumble(size: 60 * Self.second, offset: 0)
        let result = try run(kind, rows)
        #expect(result.lines.first == "a 0..60 = 203")
        #expect(result.output.late.isEmpty)
    }

    @Test("stream A, HOP 30 s / 1 min", arguments: [1, 7, 8192], [1, 2, 3, 8])
    func hop(batchRows: Int, instances: Int) throws {
        let kind = WindowSpecification.Kind.hop(
            slide: 30 * Self.second,
            size: 60 * Self.second,
            offset: 0
        )
        let result = try run(kind, Self.streamA, batchRows: batchRows, instances: instances)
        #expect(
            result.lines == [
                "a -30..30 = 1", "a 0..60 = 3", "a 30..90 = 203", "b 30..90 = 1",
                "a 60..120 = 1", "b 60..120 = 1", "a 90..150 = 1", "a 120..180 = 1",
            ]
        )
        #expect(result.output.late.isEmpty)
        #expect(result.output.partlyLateCount == 2)
    }

    @Test("stream A, CUMULATE 30 s / 1 min", arguments: [1, 7, 8192], [1, 2, 3, 8])
    func cumulate(batchRows: Int, instances: Int) throws {
        let kind = WindowSpecification.Kind.cumulate(
            step: 30 * Self.second,
            maximum: 60 * Self.second,
            offset: 0
        )
        let result = try run(kind, Self.streamA, batchRows: batchRows, instances: instances)
        #expect(
            result.lines == [
                "a 0..30 = 1", "a 0..60 = 3", "a 60..90 = 1", "b 60..90 = 1",
                "a 60..120 = 1", "b 60..120 = 1", "a 120..150 = 1", "a 120..180 = 1",
            ]
        )
        #expect(result.output.late == [3, 5])
    }

    @Test("stream B, SESSION 10 s per key", arguments: [1, 7, 8192], [1, 2, 3, 8])
    func session(batchRows: Int, instances: Int) throws {
        let kind = WindowSpecification.Kind.session(gap: 10 * Self.second, partition: [0])
        let result = try run(kind, Self.streamB, batchRows: batchRows, instances: instances)
        #expect(
            result.lines == ["a 0..35 = 15", "a 35..55 = 336", "b 50..60 = 32", "a 56..66 = 128"]
        )
        #expect(result.output.late.isEmpty)
    }

    @Test("stream B, SESSION 10 s over all rows", arguments: [1, 7, 8192])
    func sessionOfAll(batchRows: Int) throws {
        let kind = WindowSpecification.Kind.session(gap: 10 * Self.second, partition: [])
        let result = try run(kind, keys: [], Self.streamB, batchRows: batchRows)
        #expect(result.lines == [" 0..35 = 15", " 35..66 = 496"])
    }

    @Test("windows start at the floor towards minus infinity")
    func negativeTimes() throws {
        let rows = Self.rows([("a", -1, 1), ("a", 0, 2), ("a", 59_999, 4), ("a", 60_000, 8)])
        let kind = WindowSpecification.Kind.tumble(size: 60 * Self.second, offset: 0)
        let result = try run(kind, rows)
        #expect(result.lines == ["a -60..0 = 1", "a 0..60 = 6", "a 60..120 = 8"])
    }

    @Test("a NULL event time is reported and counted nowhere")
    func nullTime() throws {
        var rows = Self.streamA
        rows[1].values[1] = .null
        let kind = WindowSpecification.Kind.tumble(size: 60 * Self.second, offset: 0)
        let result = try run(kind, rows, batchRows: 8192)
        #expect(result.lines.first == "a 0..60 = 2")
        #expect(result.output.failed.map(\.code) == ["TIME_NULL"])
        #expect(result.output.failed.map(\.row.sequence) == [1])
    }

    @Test("an overflowing sum is reported with its group and leaves the others")
    func overflow() throws {
        var rows = Self.rows([("a", 0, .max), ("b", 1, 5), ("a", 2, 1)])
        rows[1].watermark = .min
        let kind = WindowSpecification.Kind.tumble(size: 60 * Self.second, offset: 0)
        let result = try run(kind, rows, batchRows: 8192)
        #expect(result.lines == ["b 0..60 = 5"])
        let failure = try #require(result.output.failed.first)
        #expect(failure.code == "EVAL_OVERFLOW")
        #expect(failure.message.contains("k='a'"))
        #expect(failure.message.contains("9223372036854775808"))
    }

    @Test("a row in more than 10,000 windows is refused with the plan")
    func tooManyPanes() {
        let aggregate = Aggregate(
            keys: [],
            aggregates: [],
            window: WindowSpecification(
                .hop(slide: 1000, size: 10_001_000, offset: 0),
                timeColumn: 1,
                tick: 1000
            )
        )
        let error = #expect(throws: Failure.self) {
            _ = try makeOperator(
                for: aggregate.plan(over: Self.schema),
                inputSchemas: [Self.schema],
                context: EvaluationContext(),
                clock: 0
            )
        }
        #expect(error?.code == "PLAN_WINDOW_MULTIPLE")
        #expect(error?.problem.contains("10001") == true)
    }
}
