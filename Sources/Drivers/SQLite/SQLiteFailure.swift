internal import CSQLite
internal import Failures
internal import Glibc

/// What SQLite said about one call.
struct SQLiteResult {
    /// The extended result code.
    var code: Int32
    /// SQLite's own sentence.
    var message: String
    /// The system's error behind it; 0 for none.
    var systemError: Int32

    /// The primary result code.
    var primary: Int32 { code & 0xFF }

    var isSpace: Bool {
        primary == SQLITE_FULL || systemError == ENOSPC || systemError == EDQUOT
    }

    /// The failure of `action` (a statement's name, or `opening`) on the file at `path`.
    func failure(_ action: String, _ path: String) -> Failure {
        var failure = isSpace ? Self.space : kind
        failure.problem = "\(action) on \(path): \(failure.problem)"
        failure.cause = cause
        return failure
    }

    private var cause: String {
        let name = "SQLite error \(code)"
        guard systemError != 0 else { return "\(name), \(message)" }
        // SAFETY: `strerror` answers with a string of the C library; it is copied at once.
        let reason = unsafe String(cString: strerror(systemError))
        return "\(name), \(message), \(reason)"
    }

    private static let space = Failure(
        "IO_SPACE",
        blame: .outside,
        isRetryable: true,
        "no space is left; nothing of the transaction was kept",
        remedy: "free space on that file system, and run the command again"
    )

    private var kind: Failure {
        switch primary {
        case SQLITE_BUSY, SQLITE_LOCKED:
            Failure(
                "STATE_BUSY",
                blame: .outside,
                isRetryable: true,
                "another process holds the file's write lock",
                remedy: "wait until the other command ends, or end it"
            )
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            Failure(
                "STATE_CORRUPT",
                blame: .data,
                primary == SQLITE_NOTADB
                    ? "the file is no SQLite database" : "the file is damaged",
                remedy: "restore the file from a copy"
            )
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
            Failure(
                "IO_WRITE",
                blame: .outside,
                "the file or its directory cannot be written",
                remedy: "change the permissions, or choose another directory"
            )
        case SQLITE_CANTOPEN:
            Failure(
                "IO_READ",
                blame: .outside,
                "the file cannot be opened",
                remedy: "check the path and the permissions of its directory"
            )
        case SQLITE_IOERR:
            Failure(
                "IO_WRITE",
                blame: .outside,
                isRetryable: true,
                "the disk failed; nothing of the transaction was kept",
                remedy: "check the disk and its file system"
            )
        case SQLITE_TOOBIG:
            Failure(
                "STATE_LIMIT",
                blame: .request,
                "a value is larger than a database may hold",
                remedy: "write smaller values"
            )
        case SQLITE_CONSTRAINT:
            Failure(
                "STATE_CONSTRAINT",
                blame: .bug,
                "the rows would break a rule of the schema",
                remedy: "report this with the command that showed it"
            )
        case SQLITE_NOMEM:
            Failure(
                "STATE_LIMIT",
                blame: .outside,
                isRetryable: true,
                "there is not enough memory",
                remedy: "free memory"
            )
        default:
            Failure(
                "STATE_STATEMENT",
                blame: .bug,
                "SQLite refuses the statement",
                remedy: "report this with the command that showed it"
            )
        }
    }
}
