internal import Failures
internal import Glibc

/// Turns the current `errno` into a failure that names the socket and what was being done with it.
func socketFailure(_ action: String, _ path: String, errno code: Int32 = errno) -> Failure {
    // SAFETY: `strerror` answers with a string of the C library; it is copied at once.
    let reason = unsafe String(cString: strerror(code))
    return Failure(
        "IO_SOCKET",
        blame: .outside,
        isRetryable: code == EAGAIN || code == EMFILE || code == ENFILE || code == ECONNREFUSED,
        "\(action) the socket \(path) failed",
        remedy: "check that its folder is on a local disk and may be written",
        cause: reason
    )
}

extension Failure {
    static func late(_ path: String, _ what: String, after time: Duration) -> Failure {
        Failure(
            "IO_SOCKET",
            blame: .outside,
            isRetryable: true,
            "the socket \(path) did not \(what) within \(time / .seconds(1)) s",
            remedy: "look at the process that serves it, and try again"
        )
    }

    static func lineTooLong(_ path: String, limit: Int) -> Failure {
        Failure(
            "IO_SOCKET",
            blame: .request,
            "a line for the socket \(path) has more than \(limit) bytes",
            remedy: "send less at a time"
        )
    }
}
