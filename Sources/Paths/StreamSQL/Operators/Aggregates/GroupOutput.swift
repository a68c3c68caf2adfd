internal import Columns
internal import SQLFront

/// Makes the output rows of aggregates: keys, results, and for windows their bounds.
struct GroupOutput {
    private let schema: Schema
    private let keyCount: Int
    private let isWindowed: Bool

    /// Rows of one emission: small enough that a row of long texts cannot exceed a column.
    static let rowLimit = 16_384

    /// The columns of `schema` are keys, results, and for windows start, end and time.
    init(schema: Schema, keyCount: Int, isWindowed: Bool) {
        self.schema = schema
        self.keyCount = keyCount
        self.isWindowed = isWindowed
    }

    /// Groups in canonical order.
    struct Groups {
        var keys: [Column]
        var slots: Buffer<Int32>
        /// Bounds of each group's window; empty for unwindowed aggregates.
        var starts: Buffer<Int64>
        var ends: Buffer<Int64>

        func slice(_ range: Range<Int>) -> Groups {
            Groups(
                keys: keys.map { $0.slice(range) },
                slots: slots.slice(range),
                starts: starts.count == 0 ? starts : starts.slice(range),
                ends: ends.count == 0 ? ends : ends.slice(range)
            )
        }
    }

    /// Emits the groups; those whose results overflow are left out and reported.
    func emit(
        _ groups: Groups,
        _ states: AggregateStates,
        into emissions: inout [Emission],
        report: inout StepReport
    ) {
        var start = 0
        while start < groups.slots.count {
            let end = min(start + Self.rowLimit, groups.slots.count)
            emitPart(groups.slice(start..<end), states, &emissions, &report)
            start = end
        }
    }

    private func emitPart(
        _ groups: Groups,
        _ states: AggregateStates,
        _ emissions: inout [Emission],
        _ report: inout StepReport
    ) {
        var faults: [GroupFault] = []
        var columns = groups.keys
        columns += states.results(groups.slots.span, faults: &faults)
        var order = groups.keys
        if isWindowed {
            let bounds = windowColumns(groups)
            columns += bounds
            order = [bounds[1], bounds[0]] + order
        }
        var batch = Batch(schema: schema, columns: columns, rowCount: groups.slots.count)
        if !faults.isEmpty {
            report.failed += faults.map { failure($0, batch) }
            let failed = Set(faults.map(\.index))
            let kept = Selection((0..<batch.rowCount).filter { !failed.contains($0) })
            batch = batch.gather(by: kept)
            order = order.map { $0.gather(by: kept) }
        }
        if batch.rowCount > 0 { emissions.append(Emission(batch: batch, order: order)) }
    }

    private func windowColumns(_ groups: Groups) -> [Column] {
        let first = schema.count - 3
        let ends = groups.ends.span
        let millisecond: Int64 = 1000
        let times = Buffer<Int64>(capacity: ends.count) { output in
            for row in ends.indices { output.append(ends[row] &- millisecond) }
        }
        return [
            Column(schema[first].type, .integers(groups.starts)),
            Column(schema[first + 1].type, .integers(groups.ends)),
            Column(schema[first + 2].type, .integers(times)),
        ]
    }

    private func failure(_ fault: GroupFault, _ batch: Batch) -> RowFailure {
        let names = (0..<keyCount).map { key in
            "\(schema[key].name)=\(Self.text(batch.columns[key].value(fault.index)))"
        }
        let bounds = isWindowed ? Self.window(batch, fault.index) : []
        let group = (names + bounds).joined(separator: ", ")
        let name = fault.call.function.displayName
        return RowFailure(
            row: RowReference(sequence: -1),
            code: fault.code,
            message: group.isEmpty
                ? "\(name) \(fault.problem)" : "\(name) of group (\(group)) \(fault.problem)",
            position: fault.call.position
        )
    }

    private static func window(_ batch: Batch, _ row: Int) -> [String] {
        let first = batch.columns.count - 3
        return ["window_start", "window_end"].enumerated().map { index, name in
            "\(name)=\(text(batch.columns[first + index].value(row)))"
        }
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .null: "NULL"
        case .boolean(let boolean): boolean ? "TRUE" : "FALSE"
        case .integer(let integer): "\(integer)"
        case .double(let double): "\(double)"
        case .decimal(let unscaled): "\(unscaled)"
        case .text(let text): "'\(text.prefix(80))'"
        case .bytes(let bytes): "\(bytes.count) bytes"
        }
    }
}

extension AggregateFunction {
    /// The function as SQL writes it.
    var displayName: String {
        switch self {
        case .count: "COUNT"
        case .sum: "SUM"
        case .average: "AVG"
        case .minimum: "MIN"
        case .maximum: "MAX"
        case .firstValue: "FIRST_VALUE"
        case .lastValue: "LAST_VALUE"
        case .standardDeviationPopulation: "STDDEV_POP"
        case .standardDeviationSample: "STDDEV_SAMP"
        case .variancePopulation: "VAR_POP"
        case .varianceSample: "VAR_SAMP"
        case .listAggregate: "LISTAGG"
        case .anyValue: "ANY_VALUE"
        }
    }
}
