package import Failures
internal import Files
internal import Flow
internal import SQLite

/// How a journal is opened.
package struct JournalOptions: Sendable {
    package enum Access: Sendable {
        /// Creates the file where it is missing.
        case create
        case readWrite
        case readOnly
    }

    package var access: Access
    /// Version of this program, as events carry it.
    package var binary: String
    /// Layer below SQLite; see ``SQLiteOptions/fileLayer``.
    package var fileLayer: String?

    package init(access: Access = .create, binary: String, fileLayer: String? = nil) {
        self.access = access
        self.binary = binary
        self.fileLayer = fileLayer
    }
}

/// The durable memory of all migrations of one state folder: events, routes, intents, evidence, leases.
///
/// 1. Every change of a migration is one transaction with exactly one event (``commit(_:)``).
/// 2. It compares and sets generation, number and fence: of two that read the same state one commits.
/// 3. The generations of a target only grow, over all its migrations.
/// 4. Only the holder of the newest lease writes; whoever lost it gets `MIG_FENCED`. A static route alone, which is no
///    migration's, needs none.
/// 5. Events form a chain of hashes, and the row is what they fold to (``verify(_:rules:knownHead:)``).
/// 6. What was committed stays: its head is kept outside the database too (``JournalHeads``).
/// 7. What has to happen outside is an intent of the same transaction, done again until it is marked done.
///
/// Time, randomness and rules are passed in. A journal has one user at a time; it is not safe to share.
package final class MigrationJournal {
    package let path: String
    let connection: SQLiteConnection
    let options: JournalOptions
    /// Under which this journal writes; nil before ``takeLease(_:holder:at:for:)``.
    package internal(set) var lease: Lease?
    /// Why nothing is written any more; nil for a sound journal.
    package internal(set) var damage: Failure?
    var heads: JournalHeads

    /// The journal's file in a state folder.
    package static func path(in state: String) -> String { Directory.join(state, "journal.db") }

    /// Opens the journal of a state folder.
    ///
    /// - Throws: `MIG_JOURNAL_NEWER` where a later version wrote it, `STATE_CORRUPT` where it is no journal, and what
    ///   ``SQLiteConnection/init(path:options:)`` throws.
    package init(state: String, options: JournalOptions) throws(Failure) {
        path = Self.path(in: state)
        self.options = options
        if case .create = options.access { try Self.create(state, options) }
        heads = try JournalHeads(state: state)
        let access: SQLiteOptions.Access =
            if case .readOnly = options.access { .readOnly } else { .readWrite }
        connection = try SQLiteConnection(
            path: path,
            options: SQLiteOptions(access: access, fileLayer: options.fileLayer)
        )
        try checkVersion()
    }

    /// Makes the journal of a state folder that has none.
    ///
    /// It is made aside and appears whole, so that whoever finds one finds all of it, whatever this dies of. Of
    /// processes that begin at once one makes it.
    private static func create(_ state: String, _ options: JournalOptions) throws(Failure) {
        try Directory.create(state)
        let path = path(in: state)
        let deadline = ContinuousClock.now + .seconds(5)
        while case .missing = try Directory.kind(of: path) {
            if let lock = try FileLock.tryLock(Directory.join(state, "journal.lock")) {
                if case .missing = try Directory.kind(of: path) {
                    try make(path, in: state, options)
                }
                return extendLifetime(lock)
            }
            guard ContinuousClock.now < deadline else {
                throw Failure(
                    "STATE_BUSY",
                    blame: .outside,
                    isRetryable: true,
                    "another process has been making \(path) for 5 seconds",
                    remedy: "run the command again"
                )
            }
            pause(for: .milliseconds(5))
        }
    }

    private static func make(
        _ path: String,
        in state: String,
        _ options: JournalOptions
    ) throws(Failure) {
        let aside = Directory.join(state, ".journal.db.inprogress")
        // What an earlier attempt left is worth nothing; its logs must not meet a new file.
        for suffix in ["", "-journal", "-wal", "-shm"] { try Directory.remove(aside + suffix) }
        try makeTables(aside, options)
        try Directory.rename(aside, to: path)
        try Directory.synchronize(state)
    }

    /// Closing the connection folds its log.
    private static func makeTables(
        _ path: String,
        _ options: JournalOptions
    ) throws(Failure) {
        let connection = try SQLiteConnection(
            path: path,
            options: SQLiteOptions(access: .create, fileLayer: options.fileLayer)
        )
        try connection.transaction { () throws(Failure) in
            for table in JournalSchema.tables {
                try connection.execute(SQLiteStatement("schema.create", table))
            }
            // Tells two stores apart; nothing is decided by it.
            let storeID = String(UInt64.random(in: .min ... .max), radix: 16)
            let entries = [
                ("schema_version", String(JournalSchema.version)), ("store_id", storeID),
                ("binary", options.binary),
            ]
            for (key, value) in entries {
                try connection.execute(
                    JournalSchema.setMeta,
                    SQLiteValue(key),
                    SQLiteValue(value)
                )
            }
        }
        try connection.fold()
    }

    /// Folds the log into the database's file, so that one file holds everything.
    ///
    /// - Throws: what writing throws; nothing is lost then, and whoever opens the journal next does it.
    package func fold() throws(Failure) { try connection.fold() }

    private func checkVersion() throws(Failure) {
        let text: String?
        do throws(Failure) {
            text = try meta("schema_version")
        } catch {
            guard error.code == "STATE_STATEMENT" else { throw error }
            text = nil
        }
        guard let version = text.flatMap({ Int($0) }) else {
            throw Failure(
                "STATE_CORRUPT",
                blame: .data,
                "\(path) is no journal of migrations",
                remedy: "name another folder with --state, or restore the file from a copy"
            )
        }
        guard version <= JournalSchema.version else {
            throw JournalFailure.newer(
                "\(path) has form \(version), and this version of cutover knows forms up to "
                    + "\(JournalSchema.version)"
            )
        }
    }

    /// A fact about the store: `schema_version`, `store_id`, `binary`.
    package func meta(_ key: String) throws(Failure) -> String? {
        try connection.rows(JournalSchema.getMeta, SQLiteValue(key)).first?.text("value")
    }

    /// Runs `body` as one transaction of the lease's holder.
    ///
    /// - Throws: `MIG_FENCED` where somebody else took the lease over; nothing of `body` stays then.
    @discardableResult
    func write<Result>(_ body: (Lease) throws(Failure) -> Result) throws(Failure) -> Result {
        try requireWritable()
        guard let lease else {
            preconditionFailure("a journal is written under a lease; take it first")
        }
        return try connection.transaction { () throws(Failure) in
            try check(lease)
            return try body(lease)
        }
    }

    func requireWritable() throws(Failure) {
        if case .readOnly = options.access { throw JournalFailure.readOnly(path, nil) }
        if let damage { throw JournalFailure.readOnly(path, damage) }
    }
}
