import Columns
import Failures
import Flow
import Hashing
import SQLFront
import StreamSQL
import Synchronization
import TestKit
import Testing

@Suite("Schedulers", .timeLimit(.minutes(2)))
struct SchedulerTests {
    @Test(
        "V2 commits the same rows in the same order as V1, for any partitions, threads and pieces"
    )
    func sameRows() {
        checkProperty("V2 equals V1", Gen<UInt64>.integer(), rounds: 12) { seed in
            let job = TestJob(seed: seed)
            let expected = try job.runSerially()
            for partitions in [1, 2, 3, 7] {
                for threads in [1, 2, 4] {
                    let actual = try job.runInParallel(partitions: partitions, threads: threads)
                    guard actual == expected else { return false }
                }
            }
            return true
        }
    }

    @Test("both schedulers fail with the first refused row of the sequence")
    func firstFailure() throws {
        var job = TestJob(seed: 11)
        job.badPieces = [3, 5]
        let serial = #expect(throws: Failure.self) { _ = try job.runSerially() }
        #expect(serial?.code == "DECODE_NUMBER")
        #expect(serial?.problem == "bad row in piece 3")
        for threads in 1...4 {
            let parallel = #expect(throws: Failure.self) {
                _ = try job.runInParallel(partitions: 3, threads: threads)
            }
            #expect(parallel == serial)
        }
    }

    @Test("a split that cannot be read fails the job when the sequence gets there")
    func unreadable() throws {
        var job = TestJob(seed: 5)
        job.unreadablePiece = 2
        for threads in 1...3 {
            let failure = #expect(throws: Failure.self) {
                _ = try job.runInParallel(partitions: 2, threads: threads)
            }
            #expect(failure?.code == "IO_READ")
        }
    }

    @Test("an operator that throws ends the job with its failure")
    func brokenOperator() {
        var job = TestJob(seed: 6)
        job.operatorFailsAtRow = 40
        let serial = #expect(throws: Failure.self) { _ = try job.runSerially() }
        #expect(serial?.code == "STATE_BUDGET")
        let parallel = #expect(throws: Failure.self) {
            _ = try job.runInParallel(partitions: 2, threads: 2)
        }
        #expect(parallel?.code == "STATE_BUDGET")
    }

    @Test("state beyond the budget ends the job with STATE_BUDGET")
    func overBudget() {
        var job = TestJob(seed: 8)
        job.stateLimit = 100
        let serial = #expect(throws: Failure.self) { _ = try job.runSerially() }
        #expect(serial?.code == "STATE_BUDGET")
        let parallel = #expect(throws: Failure.self) {
            _ = try job.runInParallel(partitions: 3, threads: 2)
        }
        #expect(parallel?.code == "STATE_BUDGET")
    }

    @Test("a cancelled job ends with JOB_CANCELLED")
    func cancelled() {
        let job = TestJob(seed: 7)
        let control = JobControl()
        control.cancel()
        let serial = #expect(throws: Failure.self) { _ = try job.runSerially(control) }
        #expect(serial?.code == "JOB_CANCELLED")
        let parallel = #expect(throws: Failure.self) {
            _ = try job.runInParallel(partitions: 2, threads: 2, control)
        }
        #expect(parallel?.code == "JOB_CANCELLED")
    }
}

/// A random job: rows (time, key) from a few splits, released by a window-like operator when the watermark
/// passes their time, numbered on by a second operator.
private struct TestJob {
    var splits: [[(time: Int64, key: Int64)]]
    var pieceRows: Int
    var badPieces: Set<Int> = []
    var unreadablePiece: Int?
    var operatorFailsAtRow: Int?
    var stateLimit = Int.max

    static let schema = Schema([Field("time", .bigint), Field("key", .bigint)])

    init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        splits = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            var time: Int64 = 0
            return (0..<Int.random(in: 30...400, using: &generator)).map { _ in
                time += Int64.random(in: -2...4, using: &generator)
                return (time, Int64.random(in: 0...9, using: &generator))
            }
        }
        pieceRows = Int.random(in: 1...50, using: &generator)
    }

    private var position: SourcePosition { SourcePosition(line: 1, column: 1) }

    private func graph() -> StreamGraph {
        let table = TableDefinition(
            name: "t",
            physicalFields: Self.schema.fields,
            columns: [],
            connector: .blackhole,
            at: position
        )
        let scan = Plan(
            .scan(Scan(table: table, columns: [0, 1])),
            schema: Self.schema,
            at: position
        )
        let first = Plan(
            .aggregate(scan, Aggregate(keys: [1], aggregates: [])),
            schema: Self.schema,
            at: position
        )
        let second = Plan(
            .aggregate(first, Aggregate(keys: [0], aggregates: [])),
            schema: Self.schema,
            at: position
        )
        return StreamGraph(second)
    }

    func runSerially(_ control: JobControl = JobControl()) throws(Failure) -> [[Value]] {
        let sink = CollectedRows()
        let program = try program(partitions: 1)
        var scheduler = SerialScheduler(
            program: program,
            instances: [ReleasingOperator(failsAtRow: operatorFailsAtRow), ReleasingOperator()],
            budget: StateBudget(limit: stateLimit)
        )
        var sequencer = sequencer()
        try scheduler.run(
            input: input(),
            sequencer: &sequencer,
            ledger: ledger(sink),
            clock: JobClock(isFixed: true) { 0 },
            control: control
        )
        return sink.rows
    }

    func runInParallel(
        partitions: Int,
        threads: Int,
        _ control: JobControl = JobControl()
    ) throws(Failure) -> [[Value]] {
        let sink = CollectedRows()
        let first = (0..<partitions).map { _ in
            Exclusive(
                ParallelScheduler.Partition(ReleasingOperator(failsAtRow: operatorFailsAtRow))
            )
        }
        let second = (0..<partitions).map { _ in
            Exclusive(ParallelScheduler.Partition(ReleasingOperator()))
        }
        let ledger = Exclusive(
            JobLedger(
                sourceCount: 1,
                policy: RejectionPolicy(),
                sink: sink,
                deadLetters: nil,
                log: { _ in }
            )
        )
        let scheduler = ParallelScheduler(
            program: try program(partitions: partitions),
            partitions: [first, second],
            budget: StateBudget(limit: stateLimit),
            input: input(),
            sequencer: sequencer(),
            ledger: ledger,
            clock: JobClock(isFixed: true) { 0 },
            control: control,
            threads: threads,
            bindsThreads: false,
            limits: ParallelState.Limits(steps: 4)
        )
        try scheduler.run()
        return sink.rows
    }

    private func program(partitions: Int) throws(Failure) -> JobProgram {
        try JobProgram(
            graph: graph(),
            partitions: partitions,
            context: EvaluationContext(),
            formatter: PlainFormatter()
        )
    }

    private func sequencer() -> Sequencer {
        Sequencer(sources: splits.map { _ in 0 }, hasWatermark: [true], turnRows: 16)
    }

    private func ledger(_ sink: CollectedRows) -> JobLedger {
        JobLedger(
            sourceCount: 1,
            policy: RejectionPolicy(),
            sink: sink,
            deadLetters: nil,
            log: { _ in }
        )
    }

    private func input() -> JobInput {
        JobInput(
            splits: splits.map { rows in
                (
                    0,
                    Exclusive(
                        ListReader(
                            rows: rows.map { [$0.time, $0.key] },
                            pieceRows: pieceRows,
                            badPieces: badPieces,
                            unreadablePiece: unreadablePiece
                        )
                    )
                )
            },
            times: [nil]
        )
    }
}

private final class ListReader: SplitReader {
    private let rows: [[Int64]]
    private let pieceRows: Int
    private let badPieces: Set<Int>
    private let unreadablePiece: Int?
    private var taken = 0
    private var pieces = 0

    init(rows: [[Int64]], pieceRows: Int, badPieces: Set<Int>, unreadablePiece: Int?) {
        self.rows = rows
        self.pieceRows = pieceRows
        self.badPieces = badPieces
        self.unreadablePiece = unreadablePiece
    }

    func claim() throws(Failure) -> (any SplitPiece)? {
        guard taken < rows.count else { return nil }
        let part = Array(rows[taken...].prefix(pieceRows))
        taken += part.count
        defer { pieces += 1 }
        if pieces == unreadablePiece {
            throw Failure("IO_READ", blame: .outside, "cannot read", remedy: "look at the disk")
        }
        return ListPiece(rows: part, number: pieces, isBad: badPieces.contains(pieces))
    }
}

private struct ListPiece: SplitPiece {
    func open() throws(Failure) -> any PieceDecoder { ListDecoder(self) }

    let rows: [[Int64]]
    let number: Int
    let isBad: Bool

    func decode() -> DecodedRows {
        var highest = Int64.min
        let running = rows.map { row in
            highest = max(highest, row[0] - 3)
            return highest
        }
        let rejection = Rejection(
            stage: .decode,
            code: "DECODE_NUMBER",
            message: "bad row in piece \(number)",
            remedy: "mend it",
            position: FilePosition(path: "list", byteOffset: 0, line: 1),
            rowBefore: 0
        )
        return DecodedRows(
            batch: Batch(
                schema: TestJob.schema,
                columns: [
                    Column(.bigint, .integers(Buffer(rows.map { $0[0] }))),
                    Column(.bigint, .integers(Buffer(rows.map { $0[1] }))),
                ],
                rowCount: rows.count
            ),
            runningWatermarks: Buffer(running),
            rejections: isBad ? [rejection] : []
        )
    }
}

private final class ListDecoder: PieceDecoder {
    private var piece: ListPiece?

    init(_ piece: ListPiece) { self.piece = piece }

    func next() throws(Failure) -> DecodedRows? {
        defer { piece = nil }
        return piece?.decode()
    }
}

/// Holds rows until the watermark passes their time; emits them by (time, key, arrival).
private final class ReleasingOperator: StatefulOperator {
    private var held: [(time: Int64, key: Int64, sequence: Int64)] = []
    private var rowCount = 0
    private let failsAtRow: Int?

    init(failsAtRow: Int? = nil) { self.failsAtRow = failsAtRow }

    func process(
        _ rows: SequencedBatch,
        input: Int,
        report: inout StepReport
    ) throws(Failure) {
        guard case .integers(let times) = rows.batch.columns[0].values,
            case .integers(let keys) = rows.batch.columns[1].values
        else { return }
        for row in 0..<rows.batch.rowCount {
            held.append((times[row], keys[row], rows.sequence[row]))
        }
        rowCount += rows.batch.rowCount
        if let failsAtRow, rowCount >= failsAtRow {
            throw Failure("STATE_BUDGET", blame: .request, "too much state", remedy: "raise it")
        }
    }

    func advance(
        to watermark: Int64,
        into emissions: inout [Emission],
        report: inout StepReport
    ) throws(Failure) {
        let ready = held.filter { $0.time <= watermark }.sorted { $0 < $1 }
        held.removeAll { $0.time <= watermark }
        let time = Column(.bigint, .integers(Buffer(ready.map(\.time))))
        let key = Column(.bigint, .integers(Buffer(ready.map(\.key))))
        let sequence = Column(.bigint, .integers(Buffer(ready.map(\.sequence))))
        emissions.append(
            Emission(
                batch: Batch(schema: TestJob.schema, columns: [time, key], rowCount: ready.count),
                order: [time, key, sequence]
            )
        )
    }

    func finish(
        into emissions: inout [Emission],
        report: inout StepReport
    ) throws(Failure) {
        try advance(to: .max, into: &emissions, report: &report)
    }

    var stateByteCount: Int { held.count * 24 }
}

private struct PlainFormatter: OutputFormatter {
    func prepare(_ batch: Batch) -> PreparedOutput {
        PreparedOutput(batch: batch, bytes: [], digest: SegmentDigest(of: batch, salt: "cutover"))
    }
}

private final class CollectedRows: RowSink, Sendable {
    private let collected = Mutex<[[Value]]>([])

    var rows: [[Value]] { collected.withLock { $0 } }

    func write(_ output: PreparedOutput) throws(Failure) {
        let rows = (0..<output.batch.rowCount).map { output.batch.row($0) }
        collected.withLock { $0 += rows }
    }

    func publish() throws(Failure) {}
    func discard() {}
}
