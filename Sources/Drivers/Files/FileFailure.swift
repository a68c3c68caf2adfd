internal import Failures
internal import Glibc

/// Turns the current `errno` into a failure that names the file and what was being done with it.
func fileFailure(_ action: String, _ path: String, errno code: Int32 = errno) -> Failure {
    // SAFETY: `strerror` answers with a string of the C library; it is copied at once.
    let reason = unsafe String(cString: strerror(code))
    let isWriting =
        action.hasPrefix("writ") || action.hasPrefix("creat") || action.hasPrefix("publish")
    switch code {
    // EFBIG: a limit of the process or the file system, which is room that is not there just as well.
    case ENOSPC, EDQUOT, EFBIG:
        return Failure(
            "IO_SPACE",
            blame: .outside,
            isRetryable: true,
            "no space is left for \(action) \(path)",
            remedy: "free space on that file system, or choose another directory",
            cause: reason
        )
    case ENOENT:
        return Failure(
            isWriting ? "IO_WRITE" : "IO_READ",
            blame: .outside,
            "\(action) \(path) failed: there is no such file or directory",
            remedy:
                "check the path; relative paths are relative to the script or the current directory"
        )
    case ENOTDIR:
        return Failure(
            isWriting ? "IO_WRITE" : "IO_READ",
            blame: .outside,
            "\(action) \(path) failed: a file lies where a directory has to be",
            remedy: "choose another path, or remove the file",
            cause: reason
        )
    case EACCES, EPERM, EROFS:
        return Failure(
            isWriting ? "IO_WRITE" : "IO_READ",
            blame: .outside,
            "\(action) \(path) failed: it is not permitted",
            remedy: "change the permissions, or choose another path",
            cause: reason
        )
    default:
        return Failure(
            isWriting ? "IO_WRITE" : "IO_READ",
            blame: .outside,
            isRetryable: code == EIO || code == EAGAIN || code == EMFILE || code == ENFILE,
            "\(action) \(path) failed",
            remedy: "check the file and its file system",
            cause: reason
        )
    }
}
