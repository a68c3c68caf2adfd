internal import SQLFront

/// How time is cut into panes, and which windows a pane belongs to; all in microseconds.
///
/// A pane is a stretch of time that every window holds whole or not at all. Arithmetic wraps instead of
/// trapping, which is harmless because times beyond ``timeLimit`` are refused before.
struct WindowLayout {
    enum Kind {
        /// A pane is in `size / width` windows of length `size`; 1 for TUMBLE.
        case hop(size: Int64)
        /// A pane is in the windows from the start of its cycle to its own end and to every later one.
        case cumulate(maximum: Int64)
        /// Rows carry their window, which is a pane by itself.
        case attached(start: Int, end: Int)
    }

    let kind: Kind
    /// Length of a pane; 0 for attached windows.
    let width: Int64
    let offset: Int64
    let tick: Int64
    let timeColumn: Int

    /// Times up to 2^62 µs (about 146,000 years) from 1970 have windows.
    static let timeLimit: Int64 = 1 << 62
    /// Most windows that a row may be in.
    static let paneLimit: Int64 = 10_000

    /// - Returns: nil for sessions.
    init?(_ window: WindowSpecification) {
        tick = window.tick
        timeColumn = window.timeColumn
        switch window.kind {
        case .tumble(let size, let offset):
            kind = .hop(size: size)
            width = size
            self.offset = offset
        case .hop(let slide, let size, let offset):
            kind = .hop(size: size)
            width = slide
            self.offset = offset
        case .cumulate(let step, let maximum, let offset):
            kind = .cumulate(maximum: maximum)
            width = step
            self.offset = offset
        case .attached(let start, let end):
            kind = .attached(start: start, end: end)
            width = 0
            offset = 0
        case .session: return nil
        }
    }

    /// Most windows that a row is in.
    var windowsPerRow: Int64 {
        switch kind {
        case .hop(let size): size / max(width, 1)
        case .cumulate(let maximum): maximum / max(width, 1)
        case .attached: 1
        }
    }

    /// Start of the pane that holds `time`, floored toward −∞.
    @inline(__always)
    func paneStart(of time: Int64) -> Int64 { Self.floor(time, width, offset) }

    private static func floor(_ time: Int64, _ length: Int64, _ offset: Int64) -> Int64 {
        let distance = time &- offset
        let remainder = distance % length
        return time &- (remainder < 0 ? remainder &+ length : remainder)
    }

    /// The pane that begins at `start`: what it is known by, and its windows.
    func pane(at start: Int64) -> PaneIdentity {
        switch kind {
        case .hop(let size):
            PaneIdentity(start: start, firstEnd: start &+ width, lastEnd: start &+ size)
        case .cumulate(let maximum):
            Self.cumulated(Self.floor(start, maximum, offset), start &+ width, maximum)
        case .attached:
            preconditionFailure("attached windows do not follow from a time")
        }
    }

    private static func cumulated(
        _ cycle: Int64,
        _ firstEnd: Int64,
        _ maximum: Int64
    ) -> PaneIdentity {
        PaneIdentity(start: cycle, firstEnd: firstEnd, lastEnd: cycle &+ maximum)
    }

    /// Whether a window that ends at `end` is closed by a watermark.
    @inline(__always)
    func isClosed(_ end: Int64, by watermark: Int64) -> Bool { watermark >= end &- tick }

    /// The part of a pane that is still open for a row with this watermark: its first windows are left out.
    ///
    /// - Returns: nil if every window of the pane is closed.
    func open(_ pane: PaneIdentity, at watermark: Int64) -> PaneIdentity? {
        guard isClosed(pane.firstEnd, by: watermark) else { return pane }
        guard width > 0, !isClosed(pane.lastEnd, by: watermark) else { return nil }
        // The first end on the lattice of ends with end − tick > watermark.
        let distance = watermark &+ tick &- pane.firstEnd
        var open = pane
        open.firstEnd = pane.firstEnd &+ (distance / width &+ 1) &* width
        return open
    }

    /// Windows of `pane` that `open` lacks.
    func refusedCount(_ pane: PaneIdentity, _ open: PaneIdentity) -> Int {
        width == 0 ? 0 : Int((open.firstEnd &- pane.firstEnd) / width)
    }

    /// Start of the window of a pane that ends at `end`.
    @inline(__always)
    func windowStart(_ pane: PaneIdentity, end: Int64) -> Int64 {
        switch kind {
        case .hop(let size): end &- size
        case .cumulate, .attached: pane.start
        }
    }
}

/// Rows that are in the same windows.
///
/// The start of time that they share (for CUMULATE of their cycle), and the ends of the first and the last
/// window that counts them. Rows that come late for the first windows of their pane have a later first end.
struct PaneIdentity: Hashable {
    var start: Int64
    var firstEnd: Int64
    var lastEnd: Int64
}
