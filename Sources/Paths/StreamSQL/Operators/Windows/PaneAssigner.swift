internal import Columns
internal import SQLFront

/// Stretches of consecutive rows of a batch with equal panes.
struct PaneRuns {
    struct Run {
        /// The pane's number, or −1 for rows that do not count.
        var pane: Int32
        /// One behind the last row.
        var end: Int32
    }

    private(set) var runs: [Run] = []

    mutating func removeAll() { runs.removeAll(keepingCapacity: true) }

    /// Gives the rows up to `end` that have no pane yet this one.
    @inline(__always)
    mutating func append(_ pane: Int32, through end: Int) {
        let end = Int32(truncatingIfNeeded: end)
        if let last = runs.last, last.pane == pane {
            runs[runs.count - 1].end = end
        } else {
            runs.append(Run(pane: pane, end: end))
        }
    }
}

/// Finds the pane of every row of a batch and turns late rows away.
///
/// Lateness is a row's own: its watermark against the end of its windows, never the batch's or the
/// operator's clock.
struct PaneAssigner {
    private let layout: WindowLayout
    private(set) var found = PaneRuns()
    /// Panes looked up lately, by the low bits of their position.
    private var cache: [CachedPane] = []

    private struct CachedPane {
        var start: Int64
        /// −1: nothing is cached here.
        var number: Int32
    }

    private static let cacheSize = 64
    /// Rows that are compared with a pane's bounds at once.
    private static let blockSize = 64

    init(_ layout: WindowLayout) { self.layout = layout }

    /// Fills ``found``.
    ///
    /// Windows that `watermark`, the highest of the operator, has closed take no more rows.
    mutating func assign(
        _ rows: SequencedBatch,
        _ table: inout PaneTable,
        watermark: Int64,
        report: inout StepReport
    ) {
        found.removeAll()
        cache = [CachedPane](
            repeating: CachedPane(start: 0, number: -1),
            count: Self.cacheSize
        )
        let earliestEnd: Int64
        if case .attached(let start, let end) = layout.kind {
            earliestEnd = assignAttached(rows, start, end, &table, &report)
        } else {
            earliestEnd = assignTimes(rows, &table, &report)
        }
        // Watermarks never decrease within a batch: if the last row is in time, all are.
        let last = max(rows.watermarks[rows.batch.rowCount - 1], watermark)
        if layout.isClosed(earliestEnd, by: last) {
            refuseLate(rows, &table, watermark: watermark, &report)
        }
    }

    /// - Returns: the lowest end of a window that a row is in.
    private mutating func assignTimes(
        _ rows: SequencedBatch,
        _ table: inout PaneTable,
        _ report: inout StepReport
    ) -> Int64 {
        let column = rows.batch.columns[layout.timeColumn]
        guard case .integers(let buffer) = column.values else {
            preconditionFailure("an event time is stored as integers")
        }
        let times = buffer.span
        let validity = column.nullCount > 0 ? column.validity : nil
        var earliestEnd = Int64.max
        var row = 0
        while row < times.count {
            let time = times[row]
            if let validity, !validity[row] {
                report.failed.append(.timeIsNull(rows, row))
                row += 1
                found.append(-1, through: row)
            } else if let pane = number(time, &table) {
                let start = layout.paneStart(of: time)
                earliestEnd = min(earliestEnd, start &+ layout.width)
                // Rows that follow nearly always share the pane.
                row = Self.endOfRun(times, row + 1, start, layout.width, validity)
                found.append(pane, through: row)
            } else {
                report.failed.append(.timeIsTooFar(rows, row, time))
                row += 1
                found.append(-1, through: row)
            }
        }
        return earliestEnd
    }

    /// The first row from `first` on that is not in the pane at `start`.
    private static func endOfRun(
        _ times: Span<Int64>,
        _ first: Int,
        _ start: Int64,
        _ width: Int64,
        _ validity: Bitmap?
    ) -> Int {
        var row = first
        let last = width &- 1
        if validity == nil {
            while row &+ blockSize <= times.count {
                // The sign bit of a distance below 0, or above the last of the pane, stays in the sum.
                var outside: Int64 = 0
                for index in row..<row &+ blockSize {
                    let distance = times[index] &- start
                    outside |= distance | (last &- distance)
                }
                if outside < 0 { break }
                row &+= blockSize
            }
        }
        while row < times.count {
            let distance = UInt64(bitPattern: times[row] &- start)
            guard distance < UInt64(width), validity?[row] ?? true else { return row }
            row &+= 1
        }
        return row
    }

    /// The number of the pane of a time; nil if the time is too far away.
    private mutating func number(_ time: Int64, _ table: inout PaneTable) -> Int32? {
        guard time.magnitude <= UInt64(WindowLayout.timeLimit) else { return nil }
        let start = layout.paneStart(of: time)
        let place = Int(truncatingIfNeeded: start / layout.width) & (Self.cacheSize - 1)
        if cache[place].number >= 0, cache[place].start == start { return cache[place].number }
        let pane = layout.pane(at: start)
        let number = table.number(
            of: pane,
            windowStart: layout.windowStart(pane, end: pane.firstEnd)
        )
        cache[place] = CachedPane(start: start, number: number)
        return number
    }

    private mutating func assignAttached(
        _ rows: SequencedBatch,
        _ start: Int,
        _ end: Int,
        _ table: inout PaneTable,
        _ report: inout StepReport
    ) -> Int64 {
        let startColumn = rows.batch.columns[start]
        let endColumn = rows.batch.columns[end]
        guard case .integers(let starts) = startColumn.values,
            case .integers(let ends) = endColumn.values
        else { preconditionFailure("window bounds are stored as integers") }
        var earliestEnd = Int64.max
        var last: (start: Int64, end: Int64)?
        var current: Int32 = -1
        for row in 0..<rows.batch.rowCount {
            if startColumn.isNull(row) || endColumn.isNull(row) {
                report.failed.append(.timeIsNull(rows, row))
                last = nil
                found.append(-1, through: row + 1)
                continue
            }
            let window = (start: starts[row], end: ends[row])
            if last?.start != window.start || last?.end != window.end {
                last = window
                earliestEnd = min(earliestEnd, window.end)
                current = table.number(
                    of: PaneIdentity(
                        start: window.start,
                        firstEnd: window.end,
                        lastEnd: window.end
                    ),
                    windowStart: window.start
                )
            }
            found.append(current, through: row + 1)
        }
        return earliestEnd
    }

    /// Takes rows out of the windows that were closed when they came.
    private mutating func refuseLate(
        _ rows: SequencedBatch,
        _ table: inout PaneTable,
        watermark: Int64,
        _ report: inout StepReport
    ) {
        let assigned = found.runs
        found.removeAll()
        var copies = LateCopies()
        var row = 0
        for run in assigned {
            guard run.pane >= 0 else {
                row = Int(run.end)
                found.append(-1, through: row)
                continue
            }
            let pane = table.panes[Int(run.pane)].identity
            while row < Int(run.end) {
                let open = layout.open(pane, at: max(rows.watermarks[row], watermark))
                if case .attached = layout.kind {
                    copies.add(rows, row, isLate: open == nil, &report)
                } else if open == nil {
                    report.late.append(RowReference(rows, row: row))
                }
                row += 1
                guard let open else {
                    found.append(-1, through: row)
                    continue
                }
                found.append(
                    open == pane ? run.pane : partlyLate(pane, open, &table, &report),
                    through: row
                )
            }
        }
        copies.finish(&report)
    }

    /// The pane of a row that is late for the first windows of its own.
    private func partlyLate(
        _ pane: PaneIdentity,
        _ open: PaneIdentity,
        _ table: inout PaneTable,
        _ report: inout StepReport
    ) -> Int32 {
        report.partlyLateCount += layout.refusedCount(pane, open)
        return table.number(
            of: open,
            windowStart: layout.windowStart(open, end: open.firstEnd)
        )
    }
}

extension RowFailure {
    static func timeIsNull(_ rows: SequencedBatch, _ row: Int) -> RowFailure {
        RowFailure(
            row: RowReference(rows, row: row),
            code: "TIME_NULL",
            message: "the event time is NULL, so the row is in no window",
            position: nil
        )
    }

    static func timeIsTooFar(_ rows: SequencedBatch, _ row: Int, _ time: Int64) -> RowFailure {
        RowFailure(
            row: RowReference(rows, row: row),
            code: "TIME_PARSE",
            message: "the event time \(time) µs is more than 146,000 years from 1970",
            position: nil
        )
    }
}
