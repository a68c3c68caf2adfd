import Columns
import Failures
import SQLFront
import StreamSQL
import Testing

@Suite("OVER") struct OverTests {
    private static let position = SourcePosition(line: 1, column: 1)

    /// One row of a partition in its order.
    private struct Member {
        var number: Int
        var values: [Value]
    }

    private struct Oracle {
        let over: Over
        let input: Schema

        func evaluate(_ rows: [InputRow]) -> [[Value]] {
            var results = rows.map(\.values)
            let members = rows.enumerated().map { Member(number: $0, values: $1.values) }
            let partitions = Dictionary(grouping: members) { member in
                over.partition.map { canonical(member.values[$0]) }
            }
            for partition in partitions.values {
                let sorted = partition.sorted {
                    compare($0, $1) != 0 ? compare($0, $1) < 0 : $0.number < $1.number
                }
                for index in sorted.indices {
                    results[sorted[index].number] += over.calls.map { result($0, sorted, index) }
                }
            }
            return results
        }

        private func compare(_ left: Member, _ right: Member) -> Int {
            for key in over.order {
                let result = order(left.values[key.column], right.values[key.column])
                if result != 0 { return key.isDescending ? -result : result }
            }
            return 0
        }

        private func result(_ call: Over.Call, _ rows: [Member], _ index: Int) -> Value {
            let peers = rows.indices.filter { compare(rows[$0], rows[index]) == 0 }
            switch call.function {
            case .rowNumber: return .integer(Int64(index) + 1)
            case .rank: return .integer(Int64(peers[0]) + 1)
            case .denseRank:
                let starts = rows.indices.filter { $0 == 0 || compare(rows[$0 - 1], rows[$0]) != 0 }
                return .integer(Int64(starts.filter { $0 <= index }.count))
            case .lag(let offset): return shifted(call, rows, index, -Int(offset))
            case .lead(let offset): return shifted(call, rows, index, Int(offset))
            case .aggregate(let function):
                let frame = rows.indices.filter { isInFrame(call.frame, rows, index, $0) }
                let aggregate = AggregateCall(
                    function,
                    arguments: call.arguments,
                    separator: call.separator,
                    type: call.type,
                    at: call.position
                )
                return AggregateOracle(
                    aggregate: Aggregate(keys: [], aggregates: [aggregate]),
                    input: input
                ).result(aggregate, frame.map { rows[$0].values })
            }
        }

        private func shifted(
            _ call: Over.Call,
            _ rows: [Member],
            _ index: Int,
            _ offset: Int
        ) -> Value {
            if rows.indices.contains(index + offset) {
                return rows[index + offset].values[call.arguments[0]]
            }
            return call.arguments.count > 1 ? rows[index].values[call.arguments[1]] : .null
        }

        private func isInFrame(
            _ frame: Over.Frame,
            _ rows: [Member],
            _ own: Int,
            _ other: Int
        ) -> Bool {
            isAfter(frame.lower, frame, rows, own, other) >= 0
                && isAfter(frame.upper, frame, rows, own, other) <= 0
        }

        /// Where a row lies relative to a bound: before (−1), at (0) or after it (1).
        private func isAfter(
            _ bound: Over.Bound,
            _ frame: Over.Frame,
            _ rows: [Member],
            _ own: Int,
            _ other: Int
        ) -> Int {
            let distance: Int64
            switch bound {
            case .unboundedPreceding: return 1
            case .unboundedFollowing: return -1
            case .currentRow: distance = 0
            case .preceding(let rows): distance = -rows
            case .following(let rows): distance = rows
            }
            if !frame.isRange { return (other - own - Int(distance)).signum() }
            let peers = compare(rows[other], rows[own])
            let key = over.order[0]
            guard distance != 0 || bound != .currentRow,
                case .integer(let ownKey) = rows[own].values[key.column]
            else { return peers.signum() }
            guard case .integer(let otherKey) = rows[other].values[key.column] else {
                return key.isDescending ? 1 : -1
            }
            let sign: Int64 = key.isDescending ? -1 : 1
            return Int(((otherKey - ownKey) * sign - distance).signum())
        }
    }

    private func randomBound(_ random: inout RandomRows, lower: Bool, _ unit: Int) -> Over.Bound {
        let distance = Int64(random.below(4) * unit)
        switch random.below(lower ? 4 : 3) {
        case 0: return .currentRow
        case 1: return lower ? .preceding(distance) : .following(distance)
        case 2: return lower ? .unboundedPreceding : .unboundedFollowing
        default: return .preceding(distance + 1)
        }
    }

    private func randomCalls(_ random: inout RandomRows) -> [Over.Call] {
        let whole = Over.Frame(
            isRange: false,
            lower: .unboundedPreceding,
            upper: .unboundedFollowing
        )
        func plain(_ function: Over.Function, _ arguments: [Int], _ type: DataType) -> Over.Call {
            Over.Call(
                function,
                arguments: arguments,
                frame: whole,
                type: type,
                at: Self.position
            )
        }
        var calls = [
            plain(.rowNumber, [], .bigint), plain(.rank, [], .bigint),
            plain(.denseRank, [], .bigint),
            plain(.lag(offset: Int64(random.below(3))), [8], .string),
            plain(.lead(offset: 1), [4, 4], .int),
        ]
        for aggregate in random.calls(3) {
            let isRange = random.below(2) == 0
            let unit = isRange ? 300 : 1
            calls.append(
                Over.Call(
                    .aggregate(aggregate.function),
                    arguments: aggregate.arguments,
                    separator: aggregate.separator,
                    frame: Over.Frame(
                        isRange: isRange,
                        lower: randomBound(&random, lower: true, unit),
                        upper: randomBound(&random, lower: false, unit)
                    ),
                    type: aggregate.type,
                    at: Self.position
                )
            )
        }
        return calls
    }

    @Test("OVER agrees with the oracle for any batches and partitions", arguments: 700..<725)
    func over(seed: Int) throws {
        var random = RandomRows(seed: UInt64(seed))
        let rows = random.make(random.below(70))
        let over = Over(
            partition: [0, 1].filter { _ in random.below(2) == 0 },
            order: [
                SortKey(
                    column: RandomRows.Name.int.rawValue,
                    isDescending: random.below(2) == 0
                )
            ],
            calls: randomCalls(&random)
        )
        let fields = over.calls.enumerated().map { Field("o\($0)", $1.type) }
        let schema = Schema(RandomRows.schema.fields + fields)
        let input = Plan(.values([]), schema: RandomRows.schema, at: Self.position)
        let plan = Plan(.over(input, over), schema: schema, at: Self.position)
        let expected = Oracle(over: over, input: RandomRows.schema).evaluate(rows)
        for instances in over.partition.isEmpty ? [1] : [1, 2, 3, 8] {
            let cut = Cut(
                batchRows: 7,
                instances: instances,
                exchange: [over.partition],
                isCoded: instances == 2
            )
            let output = try OperatorRun(plan: plan, inputs: [RandomRows.schema], cut: cut)
                .run(rows)
            let problem = difference(output.rows, expected)
            #expect(problem == nil, "seed \(seed), \(cut), \(over)")
        }
    }
}
