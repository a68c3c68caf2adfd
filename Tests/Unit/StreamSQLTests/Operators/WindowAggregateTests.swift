import Columns
import Failures
import SQLFront
import StreamSQL
import Testing

@Suite("Window aggregates") struct WindowAggregateTests {
    /// One random query over random rows.
    private func compare(
        seed: Int,
        sessionGap: Int64? = nil,
        kind: (inout RandomRows) -> WindowSpecification.Kind? = { _ in nil }
    ) throws {
        var random = RandomRows(seed: UInt64(seed))
        let rows = random.make(20 + random.below(200))
        let keys = [0, 1, 2].filter { _ in random.below(2) == 0 }
        let session = sessionGap.map {
            WindowSpecification.Kind.session(gap: $0, partition: keys.reversed())
        }
        let window = (session ?? kind(&random)).map {
            WindowSpecification($0, timeColumn: RandomRows.Name.time.rawValue, tick: 1000)
        }
        let aggregate = Aggregate(
            keys: keys,
            aggregates: random.calls(1 + random.below(8)),
            window: window
        )
        let plan = aggregate.plan(over: RandomRows.schema)
        let expected = AggregateOracle(aggregate: aggregate, input: RandomRows.schema)
            .evaluate(rows)
        var exchange = keys
        if case .session(_, let partition)? = window?.kind {
            exchange = partition.filter { keys.contains($0) }
        }
        var single: [[Value]] = []
        for batchRows in [8192, 1, 7] {
            for instances in exchange.isEmpty ? [1] : [1, [2, 3, 4, 7, 8, 16][random.below(6)]] {
                let cut = Cut(
                    batchRows: batchRows,
                    instances: instances,
                    exchange: [exchange],
                    isCoded: (batchRows + instances) % 2 == 0
                )
                let output = try OperatorRun(plan: plan, inputs: [RandomRows.schema], cut: cut)
                    .run(rows, finalWatermark: random.below(2) == 0 ? .max : nil)
                let note = Comment(rawValue: "seed \(seed), \(cut), \(aggregate)")
                let problem = difference(output.rows, expected.rows)
                #expect(problem == nil, note)
                #expect(output.late == expected.late, note)
                #expect(output.partlyLateCount == expected.partlyLateCount, note)
                #expect(output.failed.isEmpty, note)
                if single.isEmpty { single = output.rows }
                let isSame = "\(output.rows)" == "\(single)"
                #expect(isSame, "bits differ from the single instance: \(note)")
            }
        }
    }

    @Test("TUMBLE agrees with the oracle for any batches and partitions", arguments: 0..<8)
    func tumble(seed: Int) throws {
        try compare(seed: seed) { random in
            .tumble(
                size: [1, 10, 60][random.below(3)] * 1_000_000,
                offset: Int64(random.below(2)) * 250_000
            )
        }
    }

    @Test("HOP agrees with the oracle for any batches and partitions", arguments: 100..<108)
    func hop(seed: Int) throws {
        try compare(seed: seed) { random in
            let slide: Int64 = [1, 5, 30][random.below(3)] * 1_000_000
            let size = slide * Int64(1 + random.below(6))
            return .hop(slide: slide, size: size, offset: Int64(random.below(2)) * -700_000)
        }
    }

    @Test("CUMULATE agrees with the oracle for any batches and partitions", arguments: 200..<208)
    func cumulate(seed: Int) throws {
        try compare(seed: seed) { random in
            let step: Int64 = [1, 5, 30][random.below(3)] * 1_000_000
            let maximum = step * Int64(1 + random.below(6))
            return .cumulate(step: step, maximum: maximum, offset: 0)
        }
    }

    @Test("GROUP BY agrees with the oracle for any batches and partitions", arguments: 400..<408)
    func unwindowed(seed: Int) throws { try compare(seed: seed) { _ in nil } }

    @Test("SESSION agrees with the oracle for any batches and partitions", arguments: 300..<312)
    func session(seed: Int) throws {
        try compare(seed: seed) { random in
            let gap: Int64 = [100, 2_000, 15_000][random.below(3)] * 1000
            let partition = [0, 1, 2].filter { _ in random.below(2) == 0 }
            return .session(gap: gap, partition: partition)
        }
    }

    @Test("SESSION by the GROUP BY keys agrees with the oracle", arguments: 320..<328)
    func sessionByKeys(seed: Int) throws {
        try compare(seed: seed, sessionGap: 4_000_000)
    }
}
