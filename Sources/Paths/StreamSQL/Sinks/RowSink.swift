package import Columns
package import Failures

/// Makes output rows ready for a sink; any thread calls it, on any batch.
package protocol OutputFormatter: Sendable {
    /// - Throws: where a row has no form in the sink's format.
    func prepare(_ batch: Batch) throws(Failure) -> PreparedOutput
}

/// Where a job's rows go.
///
/// One thread at a time calls it, in the order of the rows.
package protocol RowSink: AnyObject {
    func write(_ output: PreparedOutput) throws(Failure)

    /// Says that the rows of all steps up to a source watermark of `watermark` (µs) have been written.
    func advance(to watermark: Int64) throws(Failure)

    /// Makes everything that was written visible; called once, after the last row.
    func publish() throws(Failure)

    /// Removes what was written and not published, as far as the sink can; never throws, because it runs when
    /// something else has failed already.
    func discard()
}

extension RowSink {
    /// Files and printed lines do not care.
    package func advance(to watermark: Int64) throws(Failure) {}
}
