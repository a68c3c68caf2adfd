package import Failures

/// Reading several things that fit together.
extension SQLiteConnection {
    private static let begin = SQLiteStatement("begin reading", "BEGIN DEFERRED")
    private static let end = SQLiteStatement("end reading", "COMMIT")

    /// Runs `body`, which only reads, over one state of the database, whatever others write meanwhile.
    ///
    /// It does not nest, neither in itself nor in a transaction.
    package func reading<Result>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try execute(Self.begin)
        let result: Result
        do throws(Failure) {
            result = try body()
        } catch {
            // What was read is all that there is; the first failure is the one to tell of.
            _ = try? execute(Self.end)
            throw error
        }
        try execute(Self.end)
        return result
    }
}
