import Columns
import Failures
import SQLFront
import StreamSQL
import Testing

@Suite("Joins") struct JoinTests {
    private static let position = SourcePosition(line: 1, column: 1)
    private static let left = Schema([
        Field("k", .string), Field("d", .double), Field("v", .bigint),
    ])
    private static let right = Schema([
        Field("k", .string), Field("d", .double), Field("w", .bigint),
    ])

    /// Rows of both inputs in one sequence, with duplicate, NULL and NaN keys.
    private static func rows(_ random: inout RandomRows, _ count: Int) -> [InputRow] {
        let keyCount = 1 + random.below(6)
        let share = random.below(11)
        return (0..<count).map { _ in
            let key: Value =
                random.below(8) == 0 ? .null : .text("k\(random.below(keyCount))")
            let double: Value = [.null, .double(.nan), .double(0.0), .double(-0.0), .double(1)][
                random.below(5)
            ]
            return InputRow(
                values: [key, double, .integer(Int64(random.below(6)))],
                watermark: .min,
                input: random.below(10) < share ? 0 : 1
            )
        }
    }

    /// v < w over left columns then right columns.
    private static let residual = Expression(
        .call(
            .less,
            [
                Expression(.column(2), type: .bigint, at: position),
                Expression(.column(5), type: .bigint, at: position),
            ]
        ),
        type: .boolean,
        at: position
    )

    /// TRUE, FALSE or (nil) unknown.
    private func matches(_ left: [Value], _ right: [Value], _ join: Join) -> Bool? {
        var isUnknown = false
        for (leftKey, rightKey) in zip(join.leftKeys, join.rightKeys) {
            if left[leftKey] == .null || right[rightKey] == .null {
                isUnknown = true
            } else if left[leftKey] != right[rightKey] {
                return false
            }
        }
        if join.residual != nil, order(left[2], right[2]) >= 0 { return false }
        return isUnknown ? nil : true
    }

    private func expected(_ rows: [InputRow], _ join: Join) -> [[Value]] {
        let numbered = rows.enumerated()
        let left = numbered.filter { $0.element.input == 0 }
        let right = numbered.filter { $0.element.input == 1 }
        let nulls: [Value] = [.null, .null, .null]
        var output: [(own: Int, right: Int, values: [Value])] = []
        for row in left {
            let truths = right.map { matches(row.element.values, $0.element.values, join) }
            let partners = zip(right, truths).filter { $0.1 == true }.map(\.0)
            switch join.kind {
            case .semi:
                if !partners.isEmpty { output.append((row.offset, -1, row.element.values)) }
            case .anti:
                if partners.isEmpty { output.append((row.offset, -1, row.element.values)) }
            case .antiNullAware:
                if truths.allSatisfy({ $0 == false }) {
                    output.append((row.offset, -1, row.element.values))
                }
            default:
                for partner in partners {
                    output.append(
                        (row.offset, partner.offset, row.element.values + partner.element.values)
                    )
                }
                if partners.isEmpty, join.kind == .left || join.kind == .full {
                    output.append((row.offset, -1, row.element.values + nulls))
                }
            }
        }
        if join.kind == .right || join.kind == .full {
            for row in right
            where !left.contains(where: {
                matches($0.element.values, row.element.values, join) == true
            }) {
                output.append((row.offset, row.offset, nulls + row.element.values))
            }
        }
        return output.sorted { ($0.own, $0.right) < ($1.own, $1.right) }.map(\.values)
    }

    private func compare(_ join: Join, seed: Int, _ random: inout RandomRows) throws {
        let rows = Self.rows(&random, random.below(90))
        let isLeftOnly = [.semi, .anti, .antiNullAware].contains(join.kind)
        let schema = Schema(Self.left.fields + (isLeftOnly ? [] : Self.right.fields))
        let leftPlan = Plan(.values([]), schema: Self.left, at: Self.position)
        let rightPlan = Plan(.values([]), schema: Self.right, at: Self.position)
        let plan = Plan(.join(leftPlan, rightPlan, join), schema: schema, at: Self.position)
        let expected = expected(rows, join)
        let canSplit = !join.leftKeys.isEmpty && join.kind != .antiNullAware
        for instances in canSplit ? [1, 2, 3, 8] : [1] {
            for batchRows in [7, 8192] {
                let cut = Cut(
                    batchRows: batchRows,
                    instances: instances,
                    exchange: [join.leftKeys, join.rightKeys],
                    isCoded: instances == 2
                )
                let output = try OperatorRun(
                    plan: plan,
                    inputs: [Self.left, Self.right],
                    cut: cut
                ).run(rows)
                let problem = difference(output.rows, expected)
                #expect(problem == nil, "seed \(seed), \(cut), \(join)")
            }
        }
    }

    @Test(
        "every kind of join agrees with the oracle",
        arguments: [Join.Kind.inner, .left, .right, .full, .semi, .anti, .antiNullAware],
        0..<6
    )
    func kinds(kind: Join.Kind, seed: Int) throws {
        var random = RandomRows(seed: UInt64(600 + seed))
        let keys = [[0], [0, 1], [1], []][random.below(4)]
        let residual = random.below(2) == 0 ? Self.residual : nil
        try compare(
            Join(kind, leftKeys: keys, rightKeys: keys, residual: residual),
            seed: seed,
            &random
        )
    }

    @Test("windows are joined when they close", arguments: [1, 2, 3])
    func windows(instances: Int) throws {
        let schema = Schema([
            Field("ws", .timestamp(precision: 3)), Field("we", .timestamp(precision: 3)),
            Field("k", .string),
        ])
        func row(_ end: Int64, _ key: String, _ input: Int, _ watermark: Int64) -> InputRow {
            InputRow(
                values: [.integer(end - 10_000), .integer(end), .text(key)],
                watermark: watermark,
                input: input
            )
        }
        let rows = [
            row(10_000, "b", 0, 0), row(20_000, "a", 0, 0), row(10_000, "a", 0, 0),
            row(10_000, "a", 1, 0), row(10_000, "c", 1, 0), row(10_000, "a", 1, 8999),
            row(10_000, "b", 1, 9000), row(20_000, "a", 1, 9000),
        ]
        let window = WindowSpecification(.attached(start: 0, end: 1), timeColumn: 0, tick: 1000)
        let join = Join(
            .full,
            leftKeys: [0, 1, 2],
            rightKeys: [0, 1, 2],
            window: Join.Window(left: window, right: window)
        )
        let input = Plan(.values([]), schema: schema, at: Self.position)
        let plan = Plan(
            .join(input, input, join),
            schema: Schema(schema.fields + schema.fields),
            at: Self.position
        )
        let cut = Cut(batchRows: 1, instances: instances, exchange: [[2], [2]])
        let output = try OperatorRun(plan: plan, inputs: [schema, schema], cut: cut).run(rows)
        let lines = output.rows.map { row in
            [row[1], row[2], row[4], row[5]].map { value in
                switch value {
                case .integer(let integer): "\(integer / 1000)"
                case .text(let text): text
                default: "-"
                }
            }.joined(separator: " ")
        }
        #expect(
            lines == ["10 b - -", "10 a 10 a", "10 a 10 a", "- - 10 c", "20 a 20 a"]
        )
        #expect(output.late == [6])
    }
}
