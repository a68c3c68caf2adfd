internal import CArrow
internal import Failures

/// Where a call into Arrow leaves its error.
struct ArrowFailure {
    var error = CArrowError()

    /// The call's message.
    private var message: String {
        // SAFETY: the message ends with a 0 within its array, as CArrow.h promises.
        unsafe withUnsafeBytes(of: error.message) { bytes in
            let text = unsafe bytes.prefix { $0 != 0 }
            return unsafe String(decoding: text, as: UTF8.self)
        }
    }

    /// The failure of reading `path`.
    func reading(_ path: String) -> Failure {
        switch error.code {
        case CARROW_IO:
            Failure(
                "IO_READ",
                blame: .outside,
                "cannot read \(path)",
                remedy: "check that the file exists and may be read",
                cause: message
            )
        case CARROW_UNSUPPORTED:
            Failure(
                "DECODE_PARQUET",
                blame: .data,
                "\(path) holds what Parquet reading does not support",
                remedy: "write the file with plain column types and a common compression",
                cause: message
            )
        case CARROW_MEMORY: outOfMemory("reading \(path)")
        case CARROW_BUG: bug("reading \(path)")
        default:
            Failure(
                "DECODE_PARQUET",
                blame: .data,
                "\(path) is no Parquet file, or it is damaged or cut short",
                remedy: "write or copy the file again",
                cause: message
            )
        }
    }

    /// The failure of writing `path`; `noSpace` is the system's number for a full file system.
    func writing(_ path: String, noSpace: Set<Int32>) -> Failure {
        switch error.code {
        case CARROW_IO where noSpace.contains(error.systemError):
            Failure(
                "IO_SPACE",
                blame: .outside,
                isRetryable: true,
                "no space left for \(path)",
                remedy: "free space on the file system, or write elsewhere",
                cause: message
            )
        case CARROW_MEMORY: outOfMemory("writing \(path)")
        case CARROW_BUG: bug("writing \(path)")
        default:
            Failure(
                "IO_WRITE",
                blame: .outside,
                "cannot write \(path)",
                remedy: "check that its folder exists and may be written",
                cause: message
            )
        }
    }

    private func outOfMemory(_ action: String) -> Failure {
        Failure(
            "STATE_BUDGET",
            blame: .outside,
            isRetryable: true,
            "not enough memory while \(action)",
            remedy: "use smaller batches or row groups, or more memory",
            cause: message
        )
    }

    private func bug(_ action: String) -> Failure {
        Failure(
            "IO_ARROW",
            blame: .bug,
            "Arrow refused a call while \(action)",
            remedy: "report this with the file",
            cause: message
        )
    }
}
