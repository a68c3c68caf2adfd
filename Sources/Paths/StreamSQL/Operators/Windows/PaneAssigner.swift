internal import Columns
internal import SQLFront

/// Finds the pane of every row of a batch and turns late rows away.
///
/// Lateness is a row's own: its watermark against the end of its windows, never the batch's or the
/// operator's clock (stream.md §5.1).
struct PaneAssigner {
    private let layout: WindowLayout
    /// Per row the number of its pane, or −1 for a row that does not count.
    private(set) var panes: [Int32] = []
    /// Stretches of rows with equal panes.
    private(set) var runCount = 0
    /// Panes looked up lately, by the low bits of their position.
    private var cache: [CachedPane] = []

    private struct CachedPane {
        var start: Int64
        /// −1: nothing is cached here.
        var number: Int32
    }

    private static let cacheSize = 64

    init(_ layout: WindowLayout) { self.layout = layout }

    /// Fills ``panes``.
    ///
    /// Windows that `watermark`, the highest of the operator, has closed take no more rows.
    mutating func assign(
        _ rows: SequencedBatch,
        _ table: inout PaneTable,
        watermark: Int64,
        report: inout StepReport
    ) {
        let count = rows.batch.rowCount
        if panes.count < count {
            panes.append(contentsOf: repeatElement(-1, count: count - panes.count))
        }
        cache = [CachedPane](
            repeating: CachedPane(start: 0, number: -1),
            count: Self.cacheSize
        )
        runCount = 0
        let earliestEnd: Int64
        if case .attached(let start, let end) = layout.kind {
            earliestEnd = assignAttached(rows, start, end, &table, &report)
        } else {
            earliestEnd = assignTimes(rows, &table, &report)
        }
        // Watermarks never decrease within a batch: if the last row is in time, all are.
        let last = max(rows.watermarks[count - 1], watermark)
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
        let width = UInt64(layout.width)
        var earliestEnd = Int64.max
        var start = Int64.max
        var current: Int32 = -1
        var row = 0
        while row < times.count {
            let isNull = validity.map { !$0[row] } ?? false
            let distance = UInt64(bitPattern: times[row] &- start)
            if current < 0 || isNull || distance >= width {
                runCount += 1
                current = -1
                if isNull {
                    report.failed.append(.timeIsNull(rows, row))
                } else if let pane = number(times[row], &table) {
                    current = pane
                    start = layout.paneStart(of: times[row])
                    earliestEnd = min(earliestEnd, start &+ layout.width)
                } else {
                    report.failed.append(.timeIsTooFar(rows, row, times[row]))
                }
                panes[row] = current
                row &+= 1
            }
            // Rows that follow nearly always share the pane.
            if current >= 0, validity == nil {
                row = extendRun(times, row, start, width, current)
            } else if current >= 0, row < times.count, validity?[row] == true,
                UInt64(bitPattern: times[row] &- start) < width
            {
                panes[row] = current
                row &+= 1
            }
        }
        return earliestEnd
    }

    /// Gives rows from `row` on the pane `current` as long as they are in it; returns the first that is not.
    private mutating func extendRun(
        _ times: Span<Int64>,
        _ row: Int,
        _ start: Int64,
        _ width: UInt64,
        _ current: Int32
    ) -> Int {
        var panes = panes.mutableSpan
        var row = row
        while row < times.count, UInt64(bitPattern: times[row] &- start) < width {
            panes[row] = current
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
                runCount += 1
                panes[row] = -1
                continue
            }
            let window = (start: starts[row], end: ends[row])
            if last?.start != window.start || last?.end != window.end {
                runCount += 1
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
            panes[row] = current
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
        var copies = LateCopies()
        for row in 0..<rows.batch.rowCount where panes[row] >= 0 {
            let pane = table.panes[Int(panes[row])].identity
            let limit = max(rows.watermarks[row], watermark)
            let open = layout.open(pane, at: limit)
            if case .attached = layout.kind {
                copies.add(rows, row, isLate: open == nil, &report)
            } else if open == nil {
                report.late.append(RowReference(rows, row: row))
            }
            guard open != pane else { continue }
            runCount += 2
            guard let open else {
                panes[row] = -1
                continue
            }
            report.partlyLateCount += layout.refusedCount(pane, open)
            panes[row] = table.number(
                of: open,
                windowStart: layout.windowStart(open, end: open.firstEnd)
            )
        }
        copies.finish(&report)
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
