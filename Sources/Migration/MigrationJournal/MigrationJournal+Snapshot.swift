package import Failures
internal import Hashing
internal import SQLite

extension MigrationJournal {
    /// Runs `body`, which only reads, over one state of the journal, whatever a controller writes meanwhile.
    ///
    /// For journals that are opened read-only; it does not nest.
    package func reading<Result>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try connection.reading(body)
    }

    /// Reads the whole file and throws `STATE_CORRUPT` with the first thing that is wrong.
    package func checkIntegrity() throws(Failure) { try connection.checkIntegrity() }

    /// Holds a plan's stored meaning against the hash that it is kept under.
    ///
    /// - Throws: `MIG_JOURNAL_CHAIN` where it was changed.
    package static func check(_ plan: PlanRecord) throws(Failure) {
        guard "sha256:" + SHA256.hexadecimal(plan.normal) != plan.hash else { return }
        throw Failure(
            "MIG_JOURNAL_CHAIN",
            blame: .data,
            "the stored text of plan \(plan.hash) was changed",
            remedy: "restore the state folder from a copy"
        )
    }
}
