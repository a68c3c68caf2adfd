package import Columns
package import Failures

/// Rows of one split as they come out of a decoder, in the split's order, before they have a place in the
/// job's sequence.
package struct DecodedRows: Sendable {
    /// The accepted rows: the columns of the source's scan.
    package var batch: Batch
    /// For each row the running maximum of the WATERMARK expression within this piece, the row included (µs);
    /// nil where the source has no watermark.
    package var runningWatermarks: Buffer<Int64>?
    /// Rows that were refused, in order.
    package var rejections: [Rejection]
    /// Records read: accepted, rejected, and skipped by the format's own leniency.
    package var recordCount: Int
    /// Line feeds in the decoded bytes, so that later pieces can number their lines.
    package var lineCount: Int
    /// Fields that a lenient format turned into NULL.
    package var nulledFieldCount: Int
    /// Rows that a lenient format left out.
    package var skippedRowCount: Int
    /// Finds an accepted row's place and bytes again, for messages and dead letters.
    package var locator: (any RowLocator)?
    /// The number by which `locator` knows each row of `batch`.
    package var records = RowNumbers.consecutive(first: 0)
    /// Where in its split the rows begin.
    package var place = SplitPlace()
    /// Where in the sequence the rows stand, if somebody has sequenced them already.
    var placement: Placement?

    package init(
        batch: Batch,
        runningWatermarks: Buffer<Int64>? = nil,
        rejections: [Rejection] = [],
        recordCount: Int? = nil,
        lineCount: Int = 0,
        nulledFieldCount: Int = 0,
        skippedRowCount: Int = 0,
        locator: (any RowLocator)? = nil
    ) {
        self.batch = batch
        self.runningWatermarks = runningWatermarks
        self.rejections = rejections
        self.recordCount = recordCount ?? batch.rowCount + rejections.count
        self.lineCount = lineCount
        self.nulledFieldCount = nulledFieldCount
        self.skippedRowCount = skippedRowCount
        self.locator = locator
    }
}

/// The place of rows in a sequence that has been made before.
struct Placement: Sendable {
    var sequence: RowNumbers
    /// The source watermark just before each row (µs).
    var watermarks: RowNumbers
    /// The source watermark behind the last row.
    var watermark: Int64
    /// Lines of the split before the piece that the rows were decoded from.
    var linesBefore: Int
}

/// Finds rows of a decoded piece in its bytes again: slow, because few rows are ever asked for.
package protocol RowLocator: Sendable {
    /// Where the accepted row `record` (from 0, as decoded) begins; lines count from 1 within the piece.
    func position(of record: Int) -> FilePosition

    /// The row's bytes, without its line end.
    func bytes(of record: Int) -> [UInt8]
}

/// A row that never entered the sequence: it could not be decoded, or has no event time.
package struct Rejection: Sendable, Hashable {
    package enum Stage: String, Sendable, Hashable, CaseIterable {
        case decode
        case eventTime = "event_time"
        case evaluate = "eval"
        case late
        /// The row has no form in the sink's format.
        case sink
    }

    package var stage: Stage
    /// `DECODE_NUMBER`, `TIME_NULL` and the like.
    package var code: String
    /// What is wrong, with the value.
    package var message: String
    package var remedy: String
    /// Path and byte offset of the row; `line` counts from 1 within the piece until the sequencer adds the
    /// lines before it.
    package var position: FilePosition
    /// The row's bytes, where a dead-letter queue wants them.
    package var bytes: [UInt8]?
    /// Number of accepted rows of the piece before this one.
    package var rowBefore: Int

    package init(
        stage: Stage,
        code: String,
        message: String,
        remedy: String,
        position: FilePosition,
        bytes: [UInt8]? = nil,
        rowBefore: Int
    ) {
        self.stage = stage
        self.code = code
        self.message = message
        self.remedy = remedy
        self.position = position
        self.bytes = bytes
        self.rowBefore = rowBefore
    }
}
