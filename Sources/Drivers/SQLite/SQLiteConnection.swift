internal import CSQLite
package import Failures

/// One connection to a database file; closed when the object goes away.
///
/// The file has a write-ahead log (readers never wait for the writer), and a commit is on the disk before it
/// returns (`synchronous=FULL`). Only transactions that begin as writers exist (`BEGIN IMMEDIATE`), so none has to
/// give up half-way because another process wrote first.
///
/// A connection has one user at a time; it is not safe to share.
///
/// SAFETY: `handle` is open from `init` to `deinit`, and every cached statement belongs to it and is finalized
/// before it closes.
@safe
package final class SQLiteConnection {
    /// The database's file, as the caller named it.
    package let path: String
    private let handle: OpaquePointer
    private var prepared: [SQLiteStatement: OpaquePointer] = unsafe [:]
    private var isInTransaction = false

    /// Opens a database.
    ///
    /// - Throws: `STATE_NETWORK` for a file on a network file system, `STATE_CORRUPT`, `STATE_BUSY`, `IO_READ`,
    ///   `IO_WRITE`, `IO_SPACE`.
    package init(path: String, options: SQLiteOptions = SQLiteOptions()) throws(Failure) {
        if let name = NetworkFileSystem.name(holding: Self.directory(of: path)) {
            throw Failure(
                "STATE_NETWORK",
                blame: .request,
                "\(path) is on \(name), a network file system, where SQLite's locks do not hold",
                remedy: "choose a directory on a local disk"
            )
        }
        let handle = try unsafe Self.open(path, options)
        self.path = path
        unsafe self.handle = handle
        // From here on `deinit` closes, also when the initializer throws.
        try configure(options)
    }

    deinit {
        unsafe prepared.values.forEach { _ = unsafe sqlite3_finalize($0) }
        // Closing folds the log into the database where this was the last connection. What fails in doing so
        // loses nothing: the next one to open does it again.
        unsafe sqlite3_close(handle)
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func open(
        _ path: String,
        _ options: SQLiteOptions
    ) throws(Failure) -> OpaquePointer {
        let access =
            switch options.access {
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readWrite: SQLITE_OPEN_READWRITE
            case .readOnly: SQLITE_OPEN_READONLY
            }
        let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(path, &opened, flags, options.fileLayer)
        guard code == SQLITE_OK, let handle = unsafe opened else {
            let result = unsafe result(code, opened)
            unsafe sqlite3_close(opened)
            throw result.failure("opening", path)
        }
        return unsafe handle
    }

    /// SAFETY: `handle` is nil or open; the message is copied at once.
    @unsafe
    private static func result(_ code: Int32, _ handle: OpaquePointer?) -> SQLiteResult {
        guard let handle = unsafe handle else {
            return SQLiteResult(
                code: code,
                message: unsafe String(cString: sqlite3_errstr(code)),
                systemError: 0
            )
        }
        let primary = code & 0xFF
        let isSystem = primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN
        return SQLiteResult(
            code: code,
            message: unsafe String(cString: sqlite3_errmsg(handle)),
            systemError: isSystem ? unsafe sqlite3_system_errno(handle) : 0
        )
    }

    private func failure(_ code: Int32, _ action: String) -> Failure {
        unsafe Self.result(code, handle).failure(action, path)
    }
}

/// Settings.
extension SQLiteConnection {
    private func configure(_ options: SQLiteOptions) throws(Failure) {
        unsafe sqlite3_busy_timeout(handle, Int32(options.busyTimeout / .milliseconds(1)))
        let limits: [(Int32, Int)] = [
            (SQLITE_LIMIT_LENGTH, options.valueSizeLimit), (SQLITE_LIMIT_SQL_LENGTH, 64 << 10),
            (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_VARIABLE_NUMBER, 64),
            (SQLITE_LIMIT_EXPR_DEPTH, 64), (SQLITE_LIMIT_WORKER_THREADS, 0),
        ]
        for (limit, value) in limits { unsafe sqlite3_limit(handle, limit, Int32(value)) }
        // A damaged or planted schema must not call functions, and nobody edits the schema's own table.
        let switches: [(Int32, Int32)] = [
            (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
        ]
        for (option, value) in switches {
            let code = unsafe cutover_sqlite_configure(handle, option, value)
            guard code == SQLITE_OK else { throw failure(code, "opening") }
        }
        try setPragmas(options)
    }

    private func setPragmas(_ options: SQLiteOptions) throws(Failure) {
        if options.access != .readOnly {
            let mode = try pragma("journal_mode=WAL")
            guard mode == .text("wal") else {
                throw Failure(
                    "STATE_NETWORK",
                    blame: .request,
                    "\(path) cannot have a write-ahead log here",
                    remedy: "choose a directory on a local disk"
                )
            }
        }
        for setting in ["synchronous=FULL", "fullfsync=ON", "foreign_keys=ON"] {
            _ = try pragma(setting)
        }
    }

    /// Runs `PRAGMA text`; gives the first value of its first row.
    private func pragma(_ text: String) throws(Failure) -> SQLiteValue {
        let statement = SQLiteStatement("opening", "PRAGMA \(text)")
        return try rows(statement).first?.values.first ?? .null
    }

    /// Folds the write-ahead log into the database, as closing the last connection does.
    ///
    /// What readers still need stays in the log.
    ///
    /// - Throws: what writing throws; the log keeps everything then.
    package func fold() throws(Failure) { _ = try pragma("wal_checkpoint(TRUNCATE)") }

    /// What a setting is now, for example `synchronous`.
    package func setting(_ name: String) throws(Failure) -> SQLiteValue { try pragma(name) }

    /// Reads the whole database and throws `STATE_CORRUPT` with the first thing that is wrong.
    package func checkIntegrity() throws(Failure) {
        let statement = SQLiteStatement("integrity check", "PRAGMA integrity_check(1)")
        let answer = try rows(statement).first?.values.first ?? .null
        guard answer != .text("ok") else { return }
        var cause: String?
        if case .text(let complaint) = answer { cause = complaint }
        throw Failure(
            "STATE_CORRUPT",
            blame: .data,
            "integrity check on \(path): the file is damaged",
            remedy: "restore the file from a copy",
            cause: cause
        )
    }
}

/// Statements.
extension SQLiteConnection {
    /// Runs a statement that gives no rows.
    ///
    /// - Returns: how many rows it inserted, changed or deleted.
    @discardableResult
    package func execute(
        _ statement: SQLiteStatement,
        _ values: SQLiteValue...
    ) throws(Failure) -> Int {
        try run(statement, values) { (_) throws(Failure) in true }
        return Int(unsafe sqlite3_changes64(handle))
    }

    /// All rows of a query.
    package func rows(
        _ statement: SQLiteStatement,
        _ values: SQLiteValue...
    ) throws(Failure) -> [SQLiteRow] {
        var rows: [SQLiteRow] = []
        try run(statement, values) { (row) throws(Failure) in
            rows.append(row)
            return true
        }
        return rows
    }

    /// Hands each row of a query to `body` until it answers false.
    ///
    /// `body` must not run the same statement again.
    package func forEachRow(
        _ statement: SQLiteStatement,
        _ values: SQLiteValue...,
        body: (SQLiteRow) throws(Failure) -> Bool
    ) throws(Failure) { try run(statement, values, body) }

    private func run(
        _ statement: SQLiteStatement,
        _ values: [SQLiteValue],
        _ body: (SQLiteRow) throws(Failure) -> Bool
    ) throws(Failure) {
        let pointer = unsafe try prepare(statement)
        defer {
            // The result repeats what the last step said.
            _ = unsafe sqlite3_reset(pointer)
            unsafe sqlite3_clear_bindings(pointer)
        }
        precondition(
            unsafe Int(sqlite3_bind_parameter_count(pointer)) == values.count,
            "\(statement.name) takes another number of values"
        )
        for (index, value) in values.enumerated() {
            let code = unsafe Self.bind(value, at: Int32(index + 1), of: pointer)
            guard code == SQLITE_OK else { throw failure(code, statement.name) }
        }
        var columns: [String] = []
        while true {
            let code = unsafe sqlite3_step(pointer)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw failure(code, statement.name) }
            if columns.isEmpty { columns = unsafe Self.columns(of: pointer) }
            let values = columns.indices.map { unsafe Self.value(at: Int32($0), of: pointer) }
            let row = SQLiteRow(columns: columns, values: values, statement: statement.name)
            guard try body(row) else { return }
        }
    }

    /// The statement, compiled once in the life of the connection.
    private func prepare(_ statement: SQLiteStatement) throws(Failure) -> OpaquePointer {
        if let known = unsafe prepared[statement] { return unsafe known }
        var compiled: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        let code = unsafe sqlite3_prepare_v3(handle, statement.text, -1, flags, &compiled, nil)
        guard code == SQLITE_OK, let pointer = unsafe compiled else {
            throw failure(code, statement.name)
        }
        unsafe prepared[statement] = pointer
        return unsafe pointer
    }

    /// SAFETY: `statement` is compiled and not running; SQLite copies the value during the call.
    @unsafe
    private static func bind(
        _ value: SQLiteValue,
        at index: Int32,
        of statement: OpaquePointer
    ) -> Int32 {
        switch value {
        case .null: return unsafe sqlite3_bind_null(statement, index)
        case .integer(let value): return unsafe sqlite3_bind_int64(statement, index, value)
        case .real(let value): return unsafe sqlite3_bind_double(statement, index, value)
        case .text(let text):
            let count = Int32(clamping: text.utf8.count)
            return unsafe cutover_sqlite_bind_text(statement, index, text, count)
        case .bytes(let bytes):
            return unsafe bytes.withUnsafeBytes { buffer in
                let count = Int32(clamping: buffer.count)
                return unsafe cutover_sqlite_bind_blob(statement, index, buffer.baseAddress, count)
            }
        }
    }

    /// SAFETY: `statement` is compiled; names are copied at once.
    @unsafe
    private static func columns(of statement: OpaquePointer) -> [String] {
        (0..<(unsafe sqlite3_column_count(statement))).map { index in
            unsafe sqlite3_column_name(statement, index).map { unsafe String(cString: $0) } ?? ""
        }
    }

    /// SAFETY: `statement` stands on a row; texts and bytes are copied before it moves on.
    @unsafe
    private static func value(at index: Int32, of statement: OpaquePointer) -> SQLiteValue {
        switch unsafe sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(statement, index))
        case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(statement, index))
        case SQLITE_TEXT:
            guard let text = unsafe sqlite3_column_text(statement, index) else { return .null }
            let count = Int(unsafe sqlite3_column_bytes(statement, index))
            let bytes = unsafe UnsafeBufferPointer(start: text, count: count)
            // A damaged file may hold anything. Bytes that are no UTF-8 stay bytes, so that nothing is repaired
            // silently on the way.
            guard let string = unsafe String(validating: bytes, as: UTF8.self) else {
                return .bytes(unsafe Array(bytes))
            }
            return .text(string)
        case SQLITE_BLOB:
            let count = Int(unsafe sqlite3_column_bytes(statement, index))
            guard let bytes = unsafe sqlite3_column_blob(statement, index) else {
                return .bytes([])
            }
            return .bytes(unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count)))
        default: return .null
        }
    }
}

/// Transactions.
extension SQLiteConnection {
    private static let begin = SQLiteStatement("begin", "BEGIN IMMEDIATE")
    private static let commit = SQLiteStatement("commit", "COMMIT")
    private static let rollback = SQLiteStatement("rollback", "ROLLBACK")

    /// Runs `body` as one transaction: all of its changes are on the disk when this returns, and none of them stays
    /// when it throws.
    ///
    /// Transactions do not nest.
    @discardableResult
    package func transaction<Result>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(!isInTransaction, "transactions do not nest")
        try execute(Self.begin)
        isInTransaction = true
        defer { isInTransaction = false }
        do throws(Failure) {
            let result = try body()
            try execute(Self.commit)
            return result
        } catch {
            try undo(after: error)
            throw error
        }
    }

    /// SQLite has ended the transaction already after some errors.
    private func undo(after failure: Failure) throws(Failure) {
        guard unsafe sqlite3_get_autocommit(handle) == 0 else { return }
        do throws(Failure) {
            try execute(Self.rollback)
        } catch {
            var both = failure
            both.cause = "\(failure.cause ?? failure.problem); undoing failed too: \(error.problem)"
            throw both
        }
    }
}
