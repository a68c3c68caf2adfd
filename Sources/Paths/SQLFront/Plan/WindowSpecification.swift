/// How rows are assigned to windows; all durations are microseconds.
package struct WindowSpecification: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case tumble(size: Int64, offset: Int64)
        /// `size` is a multiple of `slide`, so panes of `slide` can be shared.
        case hop(slide: Int64, size: Int64, offset: Int64)
        /// `maximum` is a multiple of `step`; windows nest and share their start.
        case cumulate(step: Int64, maximum: Int64, offset: Int64)
        /// Sessions of the rows that agree in the input columns `partition` (empty: of all rows). The table
        /// function's PARTITION BY gives them; in the other spellings they are the GROUP BY keys.
        case session(gap: Int64, partition: [Int])
        /// The row already carries its window: columns `start` and `end` of an upstream window operator.
        case attached(start: Int, end: Int)
    }

    package var kind: Kind
    /// Input column with the event time; meaningless for `attached`.
    package var timeColumn: Int
    /// Smallest step of the event time in microseconds: 1000 for TIMESTAMP(≤3), else 1.
    ///
    /// A window [s, e) closes when the watermark reaches e − tick.
    package var tick: Int64

    package init(_ kind: Kind, timeColumn: Int, tick: Int64) {
        self.kind = kind
        self.timeColumn = timeColumn
        self.tick = tick
    }
}
