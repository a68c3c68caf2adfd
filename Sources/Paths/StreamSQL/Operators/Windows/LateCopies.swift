internal import Columns
internal import SQLFront

/// Tells a late row from one whose copies in other windows still count.
///
/// A step that gives a row one copy for each of its windows leaves them side by side under one sequence
/// number.
struct LateCopies {
    private var row: RowReference?
    private var lateCount = 0
    private var count = 0

    mutating func add(
        _ rows: SequencedBatch,
        _ index: Int,
        isLate: Bool,
        _ report: inout StepReport
    ) {
        if row?.sequence != rows.sequence[index] {
            finish(&report)
            row = RowReference(rows, row: index)
        }
        count += 1
        if isLate { lateCount += 1 }
    }

    mutating func finish(_ report: inout StepReport) {
        if let row, lateCount == count {
            report.late.append(row)
        } else {
            report.partlyLateCount += lateCount
        }
        row = nil
        lateCount = 0
        count = 0
    }
}

/// The window columns that rows carry, and when their windows close.
struct AttachedWindow {
    let start: Int
    let end: Int
    let tick: Int64
    /// Lowest end of a window that rows are kept for.
    private var earliestEnd = Int64.max

    /// - Returns: nil if the window does not come with the rows.
    init?(_ window: WindowSpecification) {
        guard case .attached(let start, let end) = window.kind else { return nil }
        self.start = start
        self.end = end
        tick = window.tick
    }

    /// The rows whose windows are open; the others are reported.
    ///
    /// Windows that `watermark`, the highest of the operator, has closed take no more rows.
    mutating func accept(
        _ rows: SequencedBatch,
        watermark: Int64,
        _ report: inout StepReport
    ) -> SequencedBatch {
        let ends = integers(rows.batch.columns[end])
        var copies = LateCopies()
        var kept: [Int] = []
        for row in 0..<rows.batch.rowCount {
            if rows.batch.columns[end].isNull(row) || rows.batch.columns[start].isNull(row) {
                report.failed.append(.timeIsNull(rows, row))
                continue
            }
            let isLate = max(rows.watermarks[row], watermark) >= ends[row] &- tick
            copies.add(rows, row, isLate: isLate, &report)
            guard !isLate else { continue }
            kept.append(row)
            earliestEnd = min(earliestEnd, ends[row])
        }
        copies.finish(&report)
        return kept.count == rows.batch.rowCount ? rows : rows.gather(by: Selection(kept))
    }

    /// Whether the watermark closes a window that rows are kept for.
    func closes(at watermark: Int64) -> Bool {
        earliestEnd != .max && watermark >= earliestEnd &- tick
    }

    /// Rows of closed windows, and the others, which from now on are those that are kept.
    mutating func split(_ batch: Batch, at watermark: Int64) -> (closed: Selection, open: Selection)
    {
        let ends = integers(batch.columns[end])
        var closed: [Int] = []
        var open: [Int] = []
        var earliest = Int64.max
        for row in 0..<batch.rowCount {
            if watermark >= ends[row] &- tick {
                closed.append(row)
            } else {
                open.append(row)
                earliest = min(earliest, ends[row])
            }
        }
        earliestEnd = earliest
        return (Selection(closed), Selection(open))
    }

    private func integers(_ column: Column) -> Buffer<Int64> {
        guard case .integers(let values) = column.values else {
            preconditionFailure("window bounds are stored as integers")
        }
        return values
    }
}
