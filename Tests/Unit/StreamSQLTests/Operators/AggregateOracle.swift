import Columns
import SQLFront

/// GROUP BY as its definition reads: row by row, with every group's rows at hand.
struct AggregateOracle {
    let aggregate: Aggregate
    let input: Schema

    private struct Group {
        var start: Int64
        var end: Int64
        var key: [Value]
        var rows: [[Value]] = []
    }

    func evaluate(_ rows: [InputRow]) -> OperatorOutput {
        var output = OperatorOutput()
        var groups: [Group]
        if case .session(let gap, let partition)? = aggregate.window?.kind {
            groups = sessions(rows, gap, partition, &output)
        } else {
            groups = fixedWindows(rows, &output)
        }
        if aggregate.keys.isEmpty, aggregate.window == nil, groups.isEmpty {
            groups = [Group(start: 0, end: 0, key: [])]
        }
        groups.sort {
            ($0.end, $0.start) != ($1.end, $1.start)
                ? ($0.end, $0.start) < ($1.end, $1.start) : order($0.key, $1.key) < 0
        }
        output.rows = groups.map { group in
            var row = group.key + aggregate.aggregates.map { result($0, group.rows) }
            if aggregate.window != nil {
                row += [
                    .integer(group.start), .integer(group.end), .integer(group.end - 1000),
                ]
            }
            return row
        }
        return output
    }

    private func key(_ row: [Value]) -> [Value] {
        aggregate.keys.map { column in
            if case .double(let value) = row[column] { return .double(value + 0) }
            return row[column]
        }
    }

    private func fixedWindows(_ rows: [InputRow], _ output: inout OperatorOutput) -> [Group] {
        var groups: [[Value]: Group] = [:]
        for (number, row) in rows.enumerated() {
            guard let windows = windows(of: row.values) else { continue }
            let tick = aggregate.window?.tick ?? 0
            let open = windows.filter { aggregate.window == nil || row.watermark < $0.end - tick }
            if open.isEmpty { output.late.append(Int64(number)) }
            if !open.isEmpty { output.partlyLateCount += windows.count - open.count }
            for window in open {
                let key = key(row.values)
                let identity = [.integer(window.start), .integer(window.end)] + key.map(canonical)
                groups[
                    identity,
                    default: Group(start: window.start, end: window.end, key: key)
                ].rows.append(row.values)
            }
        }
        return Array(groups.values)
    }

    private func windows(of row: [Value]) -> [(start: Int64, end: Int64)]? {
        guard let window = aggregate.window else { return [(0, 0)] }
        if case .attached(let start, let end) = window.kind {
            guard case .integer(let s) = row[start], case .integer(let e) = row[end] else {
                return nil
            }
            return [(s, e)]
        }
        guard case .integer(let time) = row[window.timeColumn] else { return nil }
        func floor(_ length: Int64, _ offset: Int64) -> Int64 {
            let rest = (time - offset) % length
            return time - (rest < 0 ? rest + length : rest)
        }
        switch window.kind {
        case .tumble(let size, let offset):
            return [(floor(size, offset), floor(size, offset) + size)]
        case .hop(let slide, let size, let offset):
            let last = floor(slide, offset)
            return stride(from: last, to: last - size, by: -Int(slide)).map { ($0, $0 + size) }
        case .cumulate(let step, let maximum, let offset):
            let start = floor(maximum, offset)
            return stride(from: start + step, through: start + maximum, by: Int(step))
                .filter { time < $0 }.map { (start, $0) }
        default: return nil
        }
    }

    private struct Session {
        var partition: [Value]
        var first: Int64
        var end: Int64
        var rows: [(number: Int, values: [Value])]
        var isClosed = false
    }

    private func sessions(
        _ rows: [InputRow],
        _ gap: Int64,
        _ partition: [Int],
        _ output: inout OperatorOutput
    ) -> [Group] {
        var sessions: [Session] = []
        let tick = aggregate.window?.tick ?? 1
        for (number, row) in rows.enumerated() {
            guard let column = aggregate.window?.timeColumn,
                case .integer(let time) = row.values[column]
            else { continue }
            let own = partition.map { canonical(row.values[$0]) }
            for index in sessions.indices
            where sessions[index].partition == own && sessions[index].end - tick <= row.watermark {
                sessions[index].isClosed = true
            }
            var merged = Session(
                partition: own,
                first: time,
                end: time + gap,
                rows: [(number, row.values)]
            )
            sessions.removeAll { session in
                guard !session.isClosed, session.partition == own, session.first <= time + gap,
                    time <= session.end
                else { return false }
                merged.first = min(merged.first, session.first)
                merged.end = max(merged.end, session.end)
                merged.rows += session.rows
                return true
            }
            if merged.end - tick <= row.watermark {
                output.late.append(Int64(number))
            } else {
                sessions.append(merged)
            }
        }
        return groups(of: sessions)
    }

    private func groups(of sessions: [Session]) -> [Group] {
        var groups: [[Value]: (group: Group, rows: [(number: Int, values: [Value])])] = [:]
        for session in sessions {
            for row in session.rows {
                let key = key(row.values)
                let identity =
                    [.integer(session.first), .integer(session.end)] + key.map(canonical)
                groups[
                    identity,
                    default: (Group(start: session.first, end: session.end, key: key), [])
                ].rows.append(row)
            }
        }
        return groups.values.map { entry in
            var group = entry.group
            group.rows = entry.rows.sorted { $0.number < $1.number }.map(\.values)
            return group
        }
    }
}

// MARK: - Results

extension AggregateOracle {
    func result(_ call: AggregateCall, _ rows: [[Value]]) -> Value {
        var rows = rows
        if let filter = call.filter { rows = rows.filter { $0[filter] == .boolean(true) } }
        if call.function == .anyValue { return rows.first?[call.arguments[0]] ?? .null }
        rows = rows.filter { row in call.arguments.allSatisfy { row[$0] != .null } }
        if call.isDistinct {
            var seen: Set<[Value]> = []
            rows = rows.filter { row in
                seen.insert(call.arguments.map { canonical(row[$0]) }).inserted
            }
        }
        if call.function == .count { return .integer(Int64(rows.count)) }
        let values = rows.map { $0[call.arguments[0]] }
        guard let first = values.first, let last = values.last else { return .null }
        switch call.function {
        case .minimum: return values.dropFirst().reduce(first) { order($1, $0) < 0 ? $1 : $0 }
        case .maximum: return values.dropFirst().reduce(first) { order($1, $0) > 0 ? $1 : $0 }
        case .firstValue: return first
        case .lastValue: return last
        case .listAggregate:
            let texts = values.map { if case .text(let text) = $0 { text } else { "" } }
            return .text(texts.joined(separator: call.separator ?? ","))
        case .sum, .average: return total(values, call)
        default: return variance(values, call)
        }
    }

    private func total(_ values: [Value], _ call: AggregateCall) -> Value {
        let isMean = call.function == .average
        var integers: Int128 = 0
        var doubles = 0.0
        for value in values {
            switch value {
            case .integer(let integer): integers += Int128(integer)
            case .decimal(let decimal): integers += decimal
            case .double(let double): doubles += double
            default: break
            }
        }
        let count = Int128(values.count)
        switch values[0] {
        case .double: return .double(isMean ? doubles / Double(count) : doubles)
        case .decimal:
            guard isMean else { return .decimal(integers) }
            // Scale 2 goes to 6; half away from zero.
            let scaled = integers * 10_000
            let isHalfUp = abs(scaled % count) * 2 >= count
            return .decimal(scaled / count + (isHalfUp ? (scaled < 0 ? -1 : 1) : 0))
        default: return .integer(Int64(isMean ? integers / count : integers))
        }
    }

    private func variance(_ values: [Value], _ call: AggregateCall) -> Value {
        let numbers = values.map { value -> Double in
            switch value {
            case .integer(let integer): Double(integer)
            case .double(let double): double
            default: .nan
            }
        }
        let isSample =
            call.function == .varianceSample || call.function == .standardDeviationSample
        let isRoot =
            call.function == .standardDeviationPopulation
            || call.function == .standardDeviationSample
        let divisor = Double(numbers.count - (isSample ? 1 : 0))
        guard divisor > 0 else { return .null }
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let sum = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let result = isRoot ? (sum / divisor).squareRoot() : sum / divisor
        if call.type.isInteger { return .integer(Int64(result + 1e-9)) }
        return .double(result)
    }
}
