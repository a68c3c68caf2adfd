import Failures
import Foundation
import Hashing
import Routing
import StreamSQL
import Synchronization
import TestKit
import Testing

/// Orders new tables at fixed rows, as a controller would.
final class ScriptedController: Sendable {
    struct Move: Sendable {
        /// The row before which the table is ordered.
        var position: Int64
        var thresholdPPM: Int
        var shadowPPM = 0
        /// Back to the baseline or to an earlier stage: at once, and about every window that is not out yet.
        var isRollback = false
    }

    private struct State {
        var moves: ArraySlice<Move>
        var generation = 0
        var log = RouteLog()
    }

    let router: LiveRouter
    private let state: Mutex<State>
    private let window: Int64

    init(_ moves: [Move], router: LiveRouter, window: Int64) {
        self.router = router
        self.window = window
        state = Mutex(State(moves: moves[...]))
    }

    /// To be asked before rows go on.
    func pace(_ position: Int64, _ eventTime: Int64?) -> Duration? {
        state.withLock { state in
            guard let move = state.moves.first, move.position <= position else { return nil }
            state.moves.removeFirst()
            do {
                try order(move, &state, eventTime ?? 0)
            } catch {
                Issue.record("\(error)")
            }
            return .zero
        }
    }

    private func order(_ move: Move, _ state: inout State, _ eventTime: Int64) throws {
        state.generation += 1
        var rules = RouteRules(target: "stream/job")
        rules.migration = "mig-001"
        rules.generation = state.generation
        rules.fence = 1
        rules.salt = "mig-001"
        rules.thresholdPPM = move.thresholdPPM
        rules.shadowPPM = move.shadowPPM
        rules.compareFromPPM = RouteRules.compareFrom(thresholdPPM: move.thresholdPPM)
        rules.log = state.log
        if move.isRollback {
            let entry = RouteLog.Entry(
                generation: state.generation,
                barrier: RouteLog.beginning,
                thresholdPPM: move.thresholdPPM
            )
            state.log = try #require(state.log.appending(entry))
            rules.log = state.log
            let maximum = router.status.maximum
            try router.publish(RouteTable(rules))
            // What was admitted stays admitted: the next barrier has to lie behind it.
            #expect(router.status.maximum == maximum)
            return
        }
        let proposal = BarrierProposal(
            fence: 1,
            generation: state.generation,
            barrier: (eventTime / window + 3) * window,
            thresholdPPM: move.thresholdPPM,
            base: state.log.entries.last?.generation ?? 0
        )
        let answer = try router.propose(proposal)
        #expect(answer == .acknowledged(proposal))
        state.log = try #require(state.log.appending(proposal.entry))
        rules.log = state.log
        try router.publish(RouteTable(rules))
    }
}

@Suite("Live jobs", .scratchDirectory, .timeLimit(.minutes(5)))
struct LiveJobTests {
    private static let table = """
        CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, d DOUBLE,
          WATERMARK FOR ts AS ts - INTERVAL '20' SECOND)
          WITH ('connector' = 'filesystem', 'path' = 't.csv', 'format' = 'csv');
        CREATE TABLE o (k STRING, s TIMESTAMP(3), n BIGINT, total BIGINT, mean DOUBLE)
          WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'csv');

        """

    private static func script(_ window: String, having: Int = 0) -> String {
        """
        \(table)INSERT INTO o SELECT k, window_start, COUNT(*), SUM(v), AVG(d)
        FROM TABLE(\(window)) WHERE v <> 13 GROUP BY k, window_start, window_end
        HAVING COUNT(*) > \(having);
        """
    }

    private static let windows = [
        "TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)",
        "HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '20' SECOND, INTERVAL '1' MINUTE)",
        "CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '20' SECOND, INTERVAL '1' MINUTE)",
    ]

    private static let minute: Int64 = 60_000_000

    /// Rows of 40 keys, about 100 a minute, up to 30 seconds out of order.
    private static func write(rows: Int, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var text = ""
        var time: Int64 = 0
        for _ in 0..<rows {
            time += Int64(generator.next() % 1200)
            let late = Int64(generator.next() % 30_000)
            let shown = max(time - late, 0)
            let second = shown / 1000
            text +=
                "2024-01-01 \(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))."
                + "\(three(shown % 1000)),key\(generator.next() % 40),"
                + "\(generator.next() % 100),\(Double(generator.next() % 1000) / 8)\n"
        }
        try ScriptRun.write(text, to: "t.csv")
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    private static func three(_ number: Int64) -> String {
        String(("00\(number)").suffix(3))
    }

    private static let ramp: [ScriptedController.Move] = [
        .init(position: 0, thresholdPPM: 0, shadowPPM: 1_000_000),
        .init(position: 4000, thresholdPPM: 100_000),
        .init(position: 8000, thresholdPPM: 500_000),
        .init(position: 12_000, thresholdPPM: 900_000),
        .init(position: 16_000, thresholdPPM: 1_000_000),
    ]

    private struct Outcome {
        var report: LiveReport
        var evidence: LiveEvidence
        var text: String
    }

    private static func live(
        _ script: String,
        _ moves: [ScriptedController.Move],
        engines: (StreamEngine, StreamEngine) = (
            .serial, .parallel(partitions: 2, bindsThreads: false)
        ),
        _ change: (inout LiveOptions) -> Void = { _ in }
    ) throws -> Outcome {
        let parts = try ScriptRun(script: script).parts()
        var options = parts.options
        options.engine = engines.0
        options.existing = .overwrite
        let router = try LiveRouter(
            id: "r1",
            target: "stream/job",
            directory: ScriptRun.directory + "/routers",
            tables: []
        )
        let controller = ScriptedController(moves, router: router, window: minute)
        var live = LiveOptions(router: router, candidate: engines.1, candidateName: "v2:2")
        live.pace = { controller.pace($0, $1) }
        live.targeting = ["k"]
        change(&live)
        let job = try LiveJob(parts.job, settings: parts.settings, options: options, live: live)
        let report = try job.run(control: JobControl())
        return Outcome(
            report: report,
            evidence: job.takeEvidence(),
            text: try Self.output()
        )
    }

    /// All parts of the output, in order.
    private static func output() throws -> String {
        let directory = ScriptRun.directory + "/out"
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        return try names.filter { $0.hasSuffix(".csv") }.sorted()
            .map { try ScriptRun.text("out/" + $0) }.joined()
    }

    /// What the primary alone writes.
    private static func oracle(_ script: String) throws -> (text: String, report: JobReport) {
        let parts = try ScriptRun(script: script).parts()
        var options = parts.options
        options.existing = .overwrite
        let job = StreamJob(parts.job, settings: parts.settings, options: options)
        let report = try job.run(control: JobControl())
        return (try Self.output(), report)
    }

    @Test("a ramp emits the bytes of the primary alone, and both sides serve", arguments: windows)
    func ramps(_ window: String) throws {
        try Self.write(rows: 20_000, seed: 1)
        let script = Self.script(window, having: 1)
        let oracle = try Self.oracle(script)
        let outcome = try Self.live(script, Self.ramp)
        #expect(outcome.text == oracle.text)
        #expect(outcome.report.job.digest == oracle.report.digest)
        #expect(outcome.report.rowsIn == 20_000)
        #expect(outcome.report.job.rowsLate == oracle.report.rowsLate)
        let units = outcome.report.totals.units
        #expect(units.candidateServed > 1000 && units.primaryServed > 1000)
        #expect(units.compared == units.matched && units.skipped == 0 && units.lost == 0)
        #expect(outcome.evidence.generations.count >= 5)
        #expect(outcome.evidence.position == 20_000)
    }

    @Test(
        "a wrong, missing or extra row of the candidate never leaves",
        arguments: LiveFault.Kind.allCases
    )
    func faults(_ kind: LiveFault.Kind) throws {
        try Self.write(rows: 20_000, seed: 2)
        let script = Self.script(Self.windows[0])
        let oracle = try Self.oracle(script)
        var fault = LiveFault(kind)
        fault.oneIn = 50
        let outcome = try Self.live(script, Self.ramp) { live in
            live.fault = { [fault] table in table.generation >= 3 ? fault : nil }
            if kind == .stallCandidate { live.candidateDeadline = .milliseconds(300) }
        }
        #expect(outcome.text == oracle.text)
        let units = outcome.report.totals.units
        switch kind {
        case .killCandidate, .stallCandidate:
            let code = kind == .killCandidate ? "IO_INJECTED" : "MIG_CANDIDATE_STALLED"
            #expect(units.lost > 0)
            #expect(outcome.evidence.candidateFailure?.code == code)
        default:
            #expect(units.lost == 0)
            let evidence = outcome.evidence
            #expect(evidence.differenceCount > LiveEvidence.differenceLimit)
            #expect(evidence.differenceCount == units.compared - units.matched)
            #expect(evidence.differences.count == LiveEvidence.differenceLimit)
            let kinds = Set(evidence.kinds.keys.map(\.kind))
            #expect(evidence.differences.allSatisfy { kinds.contains($0.kind) })
        }
    }

    @Test(
        "a candidate that stalls in shadow is left behind, and holds up nothing",
        arguments: [true, false]
    )
    func stallsInShadow(_ shadowBlocks: Bool) throws {
        try Self.write(rows: 20_000, seed: 6)
        let script = Self.script(Self.windows[1])
        let oracle = try Self.oracle(script)
        let moves: [ScriptedController.Move] = [
            .init(position: 0, thresholdPPM: 0, shadowPPM: 1_000_000)
        ]
        let start = ContinuousClock.now
        let outcome = try Self.live(script, moves) { live in
            live.fault = { _ in LiveFault(.stallCandidate) }
            // More pieces than the queue and the candidate's own buffers hold.
            live.pacedRows = 16
            live.queueRows = 200
            live.shadowBlocks = shadowBlocks
        }
        // Far less than the time after which a candidate counts as failed where it serves something.
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(outcome.text == oracle.text)
        let units = outcome.report.totals.units
        #expect(units.compared == 0 && units.lost == 0)
        #expect(units.skipped > 1000)
        #expect(outcome.evidence.candidateFailure == nil)
        #expect(outcome.evidence.emission.values.reduce(0, +) > 1000)
    }

    @Test("a rollback fences the candidate at once, and a later attempt begins again")
    func rollsBack() throws {
        try Self.write(rows: 20_000, seed: 3)
        let script = Self.script(Self.windows[0])
        let oracle = try Self.oracle(script)
        let moves: [ScriptedController.Move] = [
            .init(position: 1000, thresholdPPM: 500_000),
            .init(position: 6000, thresholdPPM: 0, isRollback: true),
            .init(position: 12_000, thresholdPPM: 900_000),
        ]
        let outcome = try Self.live(script, moves)
        #expect(outcome.text == oracle.text)
        let units = outcome.report.totals.units
        #expect(units.compared == units.matched && units.lost == 0)
        #expect(units.candidateServed > 1000)
        // The rollback decides about what is not out yet, the candidate's rows in its queue among it.
        let late = try #require(outcome.evidence.generations[3])
        #expect(late.tally.candidateServed > 0)
    }

    @Test(
        "a rollback to an earlier stage charges a good candidate with nothing",
        arguments: windows,
        [(0, 1_000_000), (100_000, 0), (100_000, 500_000)]
    )
    func rollsBackToStages(_ window: String, _ stage: (weight: Int, shadow: Int)) throws {
        try Self.write(rows: 20_000, seed: 6)
        let script = Self.script(window)
        let oracle = try Self.oracle(script)
        let moves: [ScriptedController.Move] = [
            .init(position: 0, thresholdPPM: 0, shadowPPM: 500_000),
            .init(position: 3000, thresholdPPM: 100_000),
            .init(position: 7000, thresholdPPM: 500_000),
            .init(
                position: 11_000,
                thresholdPPM: stage.weight,
                shadowPPM: stage.shadow,
                isRollback: true
            ),
            .init(position: 15_000, thresholdPPM: 900_000),
        ]
        // Short queues, so that most windows before the rollback are out when it comes.
        let outcome = try Self.live(script, moves) { live in
            live.queueRows = 400
            live.pacedRows = 100
        }
        #expect(outcome.text == oracle.text)
        let units = outcome.report.totals.units
        #expect(units.compared == units.matched, "\(outcome.evidence.differences.prefix(3))")
        // The windows that had begun are left out; how many are not out yet, the engines' pace decides.
        #expect(units.skipped > 0 && units.skipped < units.compared, "\(units)")
        #expect(units.lost == 0)
        #expect(outcome.evidence.generations[4]?.tally.compared ?? 0 > 20)
        #expect(outcome.evidence.generations[5]?.tally.candidateServed ?? 0 > 1000)
    }

    @Test("rows that are computed again are no evidence, and give the same result")
    func replays() throws {
        try Self.write(rows: 20_000, seed: 4)
        let script = Self.script(Self.windows[0])
        let first = try Self.live(script, Self.ramp)
        // The router's file has the whole log, so the second run needs no orders.
        let caughtUp = Mutex(0)
        let second = try Self.live(script, []) { live in
            live.replayThrough = 15_000
            live.caughtUp = { caughtUp.withLock { $0 += 1 } }
        }
        #expect(second.text == first.text)
        #expect(second.report.totals.units == first.report.totals.units)
        #expect(caughtUp.withLock { $0 } == 1)
        let all = first.evidence.generations.values.reduce(0) { $0 + $1.tally.compared }
        let rest = second.evidence.generations.values.reduce(0) { $0 + $1.tally.compared }
        #expect(rest > 0 && rest < all / 2)
    }

    @Test("jobs that cannot be routed by key and window say what forbids it")
    func refusals() throws {
        try Self.write(rows: 1, seed: 5)
        let queries = [
            "SELECT k, MIN(ts), COUNT(*), SUM(v), AVG(d) FROM t GROUP BY k",
            "SELECT k, window_start, COUNT(*), SUM(v), AVG(d) FROM TABLE(SESSION(TABLE t PARTITION BY k,"
                + " DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end",
            "SELECT k, ts, CAST(v AS BIGINT), CAST(v AS BIGINT), d FROM t",
        ]
        for query in queries {
            #expect(throws: Failure.self) {
                _ = try Self.live(Self.table + "INSERT INTO o " + query + ";", [])
            }
        }
    }

    @Test("any schedule of weights emits what the primary alone emits", arguments: 0..<12)
    func anySchedule(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        try Self.write(rows: 6000, seed: seed)
        let script = Self.script(Self.windows[Int(seed % 3)])
        let oracle = try Self.oracle(script)
        var position: Int64 = 0
        var moves: [ScriptedController.Move] = []
        while position < 6000 {
            let isRollback = generator.next() % 3 == 0
            let isBaseline = isRollback && generator.next() % 2 == 0
            moves.append(
                .init(
                    position: position,
                    thresholdPPM: isBaseline ? 0 : Int(generator.next() % 5) * 250_000,
                    shadowPPM: isBaseline ? 0 : Int(generator.next() % 3) * 500_000,
                    isRollback: isRollback
                )
            )
            position += Int64(200 + generator.next() % 1500)
        }
        let engines: [StreamEngine] = [
            .serial, .parallel(partitions: 1, bindsThreads: false),
            .parallel(partitions: 3, bindsThreads: false),
        ]
        let pick = (engines[Int(seed % 3)], engines[Int(generator.next() % 3)])
        let outcome = try Self.live(script, moves, engines: pick) { live in
            live.pacedRows = 1 + Int(generator.next() % 700)
            live.queueRows = 1 + Int(generator.next() % 2000)
            live.shadowBlocks = generator.next() % 2 == 0
        }
        #expect(outcome.text == oracle.text, "seed \(seed)")
        let units = outcome.report.totals.units
        #expect(units.compared == units.matched, "seed \(seed): \(outcome.evidence.differences)")
    }
}
