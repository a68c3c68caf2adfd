internal import Columns

/// The columns of a job's output that say which key and window a row is about.
///
/// Rows come in the order of (window end, window start, key): the canonical order of window aggregates.
package struct WindowIdentity: Hashable, Sendable {
    /// Column of `window_start`.
    package var start: Int
    /// Column of `window_end`.
    package var end: Int
    /// Columns of the group key, in its order.
    package var key: [Int]

    package init(start: Int, end: Int, key: [Int]) {
        self.start = start
        self.end = end
        self.key = key
    }

    /// The columns that order rows, the first one most.
    var order: [Int] { [end, start] + key }

    func ends(_ batch: Batch) -> Buffer<Int64> { Self.times(batch.columns[end]) }

    func starts(_ batch: Batch) -> Buffer<Int64> { Self.times(batch.columns[start]) }

    private static func times(_ column: Column) -> Buffer<Int64> {
        guard case .integers(let times) = column.values else {
            preconditionFailure("window bounds are times")
        }
        return times
    }
}
