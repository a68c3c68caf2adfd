package import Failures
package import MigrationJournal
package import Routing

extension RouteTable {
    /// A table as the journal keeps it.
    ///
    /// - Throws: `MIG_JOURNAL_CHAIN` where it is not what was stored.
    package init(stored record: RouteRecord) throws(Failure) {
        do throws(Failure) {
            try self.init(parsing: record.table)
        } catch {
            throw Failure(
                "MIG_JOURNAL_CHAIN",
                blame: .data,
                "the stored table of generation \(record.generation) is damaged: \(error.problem)",
                remedy: "restore the state folder from a copy"
            )
        }
    }
}
