import Columns
import Failures
import SQLFront
import StreamSQL

/// One input row of an operator, with the watermark just before it.
struct InputRow: Sendable {
    var values: [Value]
    var watermark: Int64
    /// Input of a join.
    var input = 0
}

/// What an operator did with its input.
struct OperatorOutput {
    var rows: [[Value]] = []
    var late: [Int64] = []
    var partlyLateCount = 0
    var failed: [RowFailure] = []
}

/// How rows are cut into steps and spread over instances.
struct Cut: Sendable {
    var batchRows = 8192
    var instances = 1
    /// Per input the columns whose values choose the instance.
    var exchange: [[Int]] = [[]]
    /// Whether text columns are dictionary-coded.
    var isCoded = false
}

/// Runs a plan's operator over rows as a scheduler does, and gives what came out, in order.
struct OperatorRun {
    let plan: Plan
    let inputs: [Schema]
    let cut: Cut

    /// Behind the last row the source's watermark is `finalWatermark`, if there is one.
    func run(_ rows: [InputRow], finalWatermark: Int64? = nil) throws -> OperatorOutput {
        var instances: [any StatefulOperator] = []
        for _ in 0..<cut.instances {
            instances.append(
                try makeOperator(
                    for: plan,
                    inputSchemas: inputs,
                    context: EvaluationContext(),
                    clock: 0
                )
            )
        }
        var output = OperatorOutput()
        var start = 0
        while start < rows.count {
            let end = min(start + cut.batchRows, rows.count)
            let watermark = end < rows.count ? rows[end].watermark : finalWatermark
            var parts: [[Emission]] = []
            for (number, instance) in instances.enumerated() {
                var report = StepReport()
                try feed(rows, start..<end, number, instance, &report)
                var emissions: [Emission] = []
                if let watermark {
                    try instance.advance(to: watermark, into: &emissions, report: &report)
                }
                parts.append(emissions)
                output.add(report)
            }
            output.rows += Self.merged(parts)
            start = end
        }
        var parts: [[Emission]] = []
        for instance in instances {
            var report = StepReport()
            var emissions: [Emission] = []
            try instance.finish(into: &emissions, report: &report)
            parts.append(emissions)
            output.add(report)
        }
        output.rows += Self.merged(parts)
        output.late.sort()
        return output
    }

    /// Gives one instance its rows of a step, input after input.
    private func feed(
        _ rows: [InputRow],
        _ range: Range<Int>,
        _ number: Int,
        _ instance: any StatefulOperator,
        _ report: inout StepReport
    ) throws {
        for input in inputs.indices {
            let own = range.filter {
                rows[$0].input == input && instanceNumber(rows[$0]) == number
            }
            guard !own.isEmpty else { continue }
            try instance.process(batch(rows, own, input), input: input, report: &report)
        }
    }

    private func instanceNumber(_ row: InputRow) -> Int {
        guard cut.instances > 1 else { return 0 }
        var hash: UInt64 = 17
        for column in cut.exchange[row.input] {
            for byte in "\(canonical(row.values[column]))".utf8 {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            }
        }
        return Int(hash >> 20) % cut.instances
    }

    private func batch(_ rows: [InputRow], _ own: [Int], _ input: Int) -> SequencedBatch {
        let schema = inputs[input]
        let columns = schema.fields.indices.map { index in
            let type = schema[index].type
            let column = Column(type, values: own.map { rows[$0].values[index] })
            return cut.isCoded && type.physical == .text ? coded(column) : column
        }
        return SequencedBatch(
            batch: Batch(schema: schema, columns: columns, rowCount: own.count),
            sequence: .each(Buffer(own.map { Int64($0) })),
            watermarks: .each(Buffer(own.map { rows[$0].watermark }))
        )
    }

    /// The same texts behind a dictionary of their own.
    private func coded(_ column: Column) -> Column {
        var table = GroupTable(keyTypes: [column.type])
        let codes = table.groups(of: [column], rows: column.count)
        guard case .texts(let texts) = table.keyColumns()[0].values else { return column }
        return Column(
            column.type,
            .coded(codes: codes, dictionary: TextDictionary(texts)),
            validity: column.validity
        )
    }

    /// The rows of one step, merged by the emissions' order.
    private static func merged(_ parts: [[Emission]]) -> [[Value]] {
        let emissions = parts.flatMap { $0 }.filter { $0.batch.rowCount > 0 }
        guard let first = emissions.first else { return [] }
        let all = emissions.flatMap { emission in
            (0..<emission.batch.rowCount).map { emission.batch.row($0) }
        }
        guard parts.count > 1 else { return all }
        let comparator = RowComparator(
            sources: emissions.map(\.order),
            orders: first.order.map { _ in .ascending }
        )
        let order = comparator.merged(counts: emissions.map(\.batch.rowCount))
        return (0..<order.count).map { all[Int(order.rows[$0])] }
    }
}

extension OperatorOutput {
    mutating func add(_ report: StepReport) {
        late += report.late.map(\.sequence)
        partlyLateCount += report.partlyLateCount
        failed += report.failed
    }
}

/// A value with one NaN and one zero.
func canonical(_ value: Value) -> Value {
    guard case .double(let double) = value else { return value }
    return double.isNaN ? .text("NaN") : .double(double + 0)
}

/// Order of values as SQL sorts them: NULL lowest, NaN highest.
func order(_ left: Value, _ right: Value) -> Int {
    switch (left, right) {
    case (.null, .null): return 0
    case (.null, _): return -1
    case (_, .null): return 1
    case (.boolean(let a), .boolean(let b)): return (a ? 1 : 0) - (b ? 1 : 0)
    case (.integer(let a), .integer(let b)): return a < b ? -1 : a > b ? 1 : 0
    case (.decimal(let a), .decimal(let b)): return a < b ? -1 : a > b ? 1 : 0
    case (.double(let a), .double(let b)):
        if a.isNaN || b.isNaN { return (a.isNaN ? 1 : 0) - (b.isNaN ? 1 : 0) }
        return a < b ? -1 : a > b ? 1 : 0
    case (.text(let a), .text(let b)): return order(Array(a.utf8), Array(b.utf8))
    case (.bytes(let a), .bytes(let b)): return order(a, b)
    default: return 0
    }
}

private func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
    left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
}

func order(_ left: [Value], _ right: [Value]) -> Int {
    for (a, b) in zip(left, right) {
        let result = order(a, b)
        if result != 0 { return result }
    }
    return 0
}

/// Whether two results are equal, doubles within 1e-9.
func agree(_ left: [Value], _ right: [Value]) -> Bool {
    left.count == right.count
        && zip(left, right).allSatisfy { a, b in
            guard case .double(let x) = a, case .double(let y) = b else { return a == b }
            if x.isNaN || y.isNaN { return x.isNaN && y.isNaN }
            return x == y || abs(x - y) <= 1e-9 * max(abs(x), abs(y), 1e-3)
        }
}

/// The first place where two outputs differ, as text; nil if they agree.
func difference(_ actual: [[Value]], _ expected: [[Value]]) -> String? {
    for index in 0..<max(actual.count, expected.count) {
        let left = index < actual.count ? actual[index] : []
        let right = index < expected.count ? expected[index] : []
        if !agree(left, right) {
            return
                "row \(index) of \(actual.count) is \(left), expected \(right) of \(expected.count)"
        }
    }
    return nil
}
