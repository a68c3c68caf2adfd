import Columns
import Failures
import Hashing
import SQLFront
import StreamSQL
import TestKit

/// Random sequenced rows over one schema that has a column of every kind.
struct RandomRows {
    /// Columns by name, in the schema's order.
    enum Name: Int, CaseIterable {
        case text, integer, double, time, int, bigint, amount, decimal, note, flag, filter
    }

    static let schema = Schema([
        Field("text", .string), Field("integer", .bigint), Field("double", .double),
        Field("time", .timestamp(precision: 3)), Field("int", .int),
        Field("bigint", .bigint, isNullable: false), Field("amount", .double),
        Field("decimal", .decimal(precision: 10, scale: 2)), Field("note", .varchar(length: 20)),
        Field("flag", .boolean), Field("filter", .boolean),
    ])

    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func below(_ bound: Int) -> Int {
        Int(SeededGenerator.below(UInt64(bound), generator.next()))
    }

    /// Rows in arrival order, with disorder, lateness, NULLs and skewed keys.
    mutating func make(_ count: Int) -> [InputRow] {
        let keyCount = 1 + below(12)
        let nullShare = below(3) * 10
        let disorder = below(3) * 20_000
        let delay = below(3) * 10_000
        let base: Int64 = below(2) == 0 ? -200_000 : 1_700_000_000_000
        var clock = 0
        var watermark = Int64.min
        return (0..<count).map { _ in
            clock += below(4) == 0 ? below(20_000) : below(300)
            let late = below(20) == 0 ? below(200_000) : below(disorder + 1)
            let time = base + Int64(clock) - Int64(late)
            let row = InputRow(
                values: values(time * 1000, keyCount, nullShare),
                watermark: watermark
            )
            watermark = max(watermark, (time - Int64(delay)) * 1000)
            return row
        }
    }

    private mutating func values(_ time: Int64, _ keyCount: Int, _ nullShare: Int) -> [Value] {
        Name.allCases.map { name in
            if name != .time, name != .bigint, below(100) < nullShare { return .null }
            let key = min(below(keyCount), below(keyCount))
            switch name {
            case .text:
                return .text("key \(key)" + (key == 3 ? " is longer than a word or two" : ""))
            case .integer: return .integer(Int64(key) - 3)
            case .double: return .double([0.0, -0.0, .nan, 1.5, -.infinity, 2][key % 6])
            case .time: return .integer(time)
            case .int: return .integer(Int64(below(2000)) - 1000)
            case .bigint: return .integer(Int64(below(1 << 40)) - 1 << 39)
            case .amount: return .double(amount())
            case .decimal: return .decimal(Int128(below(100_000) - 50_000))
            case .note: return .text(String("pqrst".prefix(below(6))) + "\(below(5))")
            case .flag, .filter: return .boolean(below(2) == 0)
            }
        }
    }

    /// Quarters, so that sums are exact in whatever order; sometimes not finite.
    private mutating func amount() -> Double {
        switch below(200) {
        case 0: .nan
        case 1: .infinity
        default: Double(below(4000) - 2000) / 4
        }
    }

    /// Some of the aggregates that exist, with FILTER and DISTINCT.
    mutating func calls(_ count: Int) -> [AggregateCall] {
        (0..<count).map { _ in
            let function = AggregateFunction.allCases[below(AggregateFunction.allCases.count)]
            var names: [Name]
            switch function {
            case .count: names = Name.allCases
            case .sum, .average: names = [.bigint, .int, .amount, .decimal]
            case .listAggregate: names = [.note, .text]
            case .minimum, .maximum, .firstValue, .lastValue, .anyValue: names = Name.allCases
            default: names = [.int, .amount]
            }
            let name = names[below(names.count)]
            let isStar = function == .count && below(3) == 0
            return AggregateCall(
                function,
                arguments: isStar ? [] : [name.rawValue],
                separator: function == .listAggregate ? "; " : nil,
                isDistinct: !isStar && function != .anyValue && below(4) == 0,
                filter: below(4) == 0 ? Name.filter.rawValue : nil,
                type: Self.type(function, Self.schema[name.rawValue].type),
                at: .init(line: 1, column: 1)
            )
        }
    }

    static func type(_ function: AggregateFunction, _ argument: DataType) -> DataType {
        switch (function, argument) {
        case (.count, _): .bigint
        // The sum of an INT column of these tests fits.
        case (.sum, .decimal(_, let scale)): .decimal(precision: 38, scale: scale)
        case (.average, .decimal(_, let scale)): .decimal(precision: 38, scale: max(6, scale))
        case (.listAggregate, _): .string
        default: argument
        }
    }
}

extension Aggregate {
    /// A plan with this aggregate at its root, over `input`.
    func plan(over input: Schema) -> Plan {
        var fields = keys.map { input[$0] }
        fields += aggregates.enumerated().map { Field("a\($0)", $1.type) }
        if window != nil {
            fields += ["window_start", "window_end", "window_time"].map {
                Field($0, .timestamp(precision: 3))
            }
        }
        let position = SourcePosition(line: 1, column: 1)
        let values = Plan(.values([]), schema: input, at: position)
        return Plan(.aggregate(values, self), schema: Schema(fields), at: position)
    }
}
