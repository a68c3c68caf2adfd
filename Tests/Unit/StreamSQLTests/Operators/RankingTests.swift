import Columns
import Failures
import SQLFront
import StreamSQL
import Testing

@Suite("Top-N, ORDER BY and LIMIT") struct RankingTests {
    private static let position = SourcePosition(line: 1, column: 1)

    /// Rows of a partition-like prefix, sorted by the keys, ties in the order of arrival.
    private func sorted(_ rows: [[Value]], by keys: [SortKey]) -> [[Value]] {
        rows.enumerated().sorted { left, right in
            for key in keys {
                let result = order(left.element[key.column], right.element[key.column])
                if result != 0 { return key.isDescending ? result > 0 : result < 0 }
            }
            return left.offset < right.offset
        }.map(\.element)
    }

    private func randomKeys(_ random: inout RandomRows) -> [SortKey] {
        (0..<(1 + random.below(3))).map { _ in
            SortKey(column: random.below(11), isDescending: random.below(2) == 0)
        }
    }

    private func ranked(_ rows: [InputRow], _ topN: TopN, leading: [Int] = []) -> [[Value]] {
        var groups: [(key: [Value], rows: [[Value]])] = []
        for row in rows {
            let key = (leading + topN.partition).map { canonical(row.values[$0]) }
            if let index = groups.firstIndex(where: { $0.key == key }) {
                groups[index].rows.append(row.values)
            } else {
                groups.append((key, [row.values]))
            }
        }
        let columns = leading + topN.partition
        groups.sort { left, right in
            order(columns.map { left.rows[0][$0] }, columns.map { right.rows[0][$0] }) < 0
        }
        return groups.flatMap { group in
            sorted(group.rows, by: topN.order).enumerated()
                .filter { topN.ranks.contains(Int64($0.offset) + 1) }
                .map { $0.element + (topN.emitsRank ? [.integer(Int64($0.offset) + 1)] : []) }
        }
    }

    @Test("Top-N agrees with the oracle for any batches and partitions", arguments: 500..<520)
    func topN(seed: Int) throws {
        var random = RandomRows(seed: UInt64(seed))
        let rows = random.make(50 + random.below(200))
        let lower = Int64(1 + random.below(2))
        let topN = TopN(
            partition: [0, 1, 2].filter { _ in random.below(2) == 0 },
            order: randomKeys(&random),
            ranks: lower...(lower + Int64(random.below(4))),
            emitsRank: random.below(2) == 0
        )
        let rank = topN.emitsRank ? [Field("rn", .bigint)] : []
        let input = Plan(.values([]), schema: RandomRows.schema, at: Self.position)
        let plan = Plan(
            .topN(input, topN),
            schema: Schema(RandomRows.schema.fields + rank),
            at: Self.position
        )
        let expected = ranked(rows, topN)
        for instances in topN.partition.isEmpty ? [1] : [1, 2, 3, 8] {
            for batchRows in [1, 7, 8192] {
                let cut = Cut(
                    batchRows: batchRows,
                    instances: instances,
                    exchange: [topN.partition],
                    isCoded: instances == 2
                )
                let output = try OperatorRun(plan: plan, inputs: [RandomRows.schema], cut: cut)
                    .run(rows)
                let problem = difference(output.rows, expected)
                #expect(problem == nil, "seed \(seed), \(cut), \(topN)")
            }
        }
    }

    @Test("rows that cannot win are dropped without changing the result")
    func manyRows() throws {
        var random = RandomRows(seed: 7)
        let schema = Schema([Field("k", .bigint), Field("v", .bigint)])
        let rows = (0..<60_000).map { _ in
            InputRow(
                values: [
                    .integer(Int64(random.below(5))), .integer(Int64(random.below(100_000))),
                ],
                watermark: 0
            )
        }
        let topN = TopN(
            partition: [0],
            order: [SortKey(column: 1, isDescending: true)],
            ranks: 1...3,
            emitsRank: true
        )
        let input = Plan(.values([]), schema: schema, at: Self.position)
        let plan = Plan(
            .topN(input, topN),
            schema: Schema(schema.fields + [Field("rn", .bigint)]),
            at: Self.position
        )
        let output = try OperatorRun(plan: plan, inputs: [schema], cut: Cut()).run(rows)
        let problem = difference(output.rows, ranked(rows, topN))
        #expect(problem == nil)
    }

    @Test("Top-N of a window leaves when the window closes, late rows apart", arguments: [1, 2, 3])
    func windowed(instances: Int) throws {
        let schema = Schema([
            Field("ws", .timestamp(precision: 3)), Field("we", .timestamp(precision: 3)),
            Field("k", .string), Field("v", .bigint),
        ])
        func row(_ end: Int64, _ key: String, _ value: Int64, _ watermark: Int64) -> InputRow {
            InputRow(
                values: [
                    .integer(end - 10_000), .integer(end), .text(key), .integer(value),
                ],
                watermark: watermark
            )
        }
        let rows = [
            row(10_000, "a", 1, .min), row(10_000, "a", 5, 0), row(20_000, "a", 7, 0),
            row(10_000, "b", 2, 8999), row(10_000, "b", 3, 9000), row(20_000, "b", 9, 9000),
        ]
        let topN = TopN(
            partition: [2, 1, 0],
            order: [SortKey(column: 3, isDescending: true)],
            ranks: 1...1,
            emitsRank: true,
            window: WindowSpecification(.attached(start: 0, end: 1), timeColumn: 0, tick: 1000)
        )
        let input = Plan(.values([]), schema: schema, at: Self.position)
        let plan = Plan(
            .topN(input, topN),
            schema: Schema(schema.fields + [Field("rn", .bigint)]),
            at: Self.position
        )
        let cut = Cut(batchRows: 1, instances: instances, exchange: [[2]])
        let output = try OperatorRun(plan: plan, inputs: [schema], cut: cut).run(rows)
        #expect(
            output.rows.map { "\($0[1]) \($0[2]) \($0[3])" }.map(Self.plain) == [
                "10000 a 5", "10000 b 2", "20000 a 7", "20000 b 9",
            ]
        )
        #expect(output.late == [4])
    }

    private static func plain(_ text: String) -> String {
        text.filter { !"()\"".contains($0) }.replacing("integer", with: "")
            .replacing("text", with: "")
    }

    @Test("ORDER BY with OFFSET and LIMIT agrees with a stable sort", arguments: 540..<560)
    func orderBy(seed: Int) throws {
        var random = RandomRows(seed: UInt64(seed))
        let rows = random.make(random.below(150))
        let sort = Sort(
            keys: randomKeys(&random),
            offset: Int64(random.below(10)),
            limit: random.below(3) == 0 ? nil : Int64(random.below(30))
        )
        let input = Plan(.values([]), schema: RandomRows.schema, at: Self.position)
        let plan = Plan(.sort(input, sort), schema: RandomRows.schema, at: Self.position)
        let all = sorted(rows.map(\.values), by: sort.keys).dropFirst(Int(sort.offset))
        let expected = Array(all.prefix(Int(sort.limit ?? Int64(Int32.max))))
        for batchRows in [1, 7, 8192] {
            let output = try OperatorRun(
                plan: plan,
                inputs: [RandomRows.schema],
                cut: Cut(batchRows: batchRows)
            ).run(rows)
            let problem = difference(output.rows, expected)
            #expect(problem == nil, "seed \(seed), \(sort)")
        }
    }

    @Test("LIMIT passes on the first rows and then needs no more", arguments: [1, 7, 8192])
    func limit(batchRows: Int) throws {
        var random = RandomRows(seed: 9)
        let rows = random.make(40)
        let input = Plan(.values([]), schema: RandomRows.schema, at: Self.position)
        let sort = Sort(keys: [], offset: 3, limit: 10)
        let plan = Plan(.sort(input, sort), schema: RandomRows.schema, at: Self.position)
        let output = try OperatorRun(
            plan: plan,
            inputs: [RandomRows.schema],
            cut: Cut(batchRows: batchRows)
        ).run(rows)
        let problem = difference(output.rows, rows[3..<13].map(\.values))
        #expect(problem == nil)
        let none = Plan(
            .sort(input, Sort(keys: [], limit: 0)),
            schema: RandomRows.schema,
            at: Self.position
        )
        let satisfied = try makeOperator(
            for: none,
            inputSchemas: [RandomRows.schema],
            context: EvaluationContext(),
            clock: 0
        )
        #expect(!satisfied.needsMoreInput)
    }
}
