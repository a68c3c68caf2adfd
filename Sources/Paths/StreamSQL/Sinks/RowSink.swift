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

    /// Makes everything that was written visible; called once, after the last row.
    func publish() throws(Failure)

    /// Removes what was written and not published, as far as the sink can; never throws, because it runs when
    /// something else has failed already.
    func discard()
}
