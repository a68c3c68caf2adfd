internal import Failures
internal import Files

/// One job's hold on a directory; it ends with this object, and with the process however that ends.
final class JobLock: Sendable {
    private let lock: FileLock

    private static let name = ".cutover.lock"

    /// Takes the directory, which exists.
    ///
    /// - Throws: `JOB_RUNNING` with the number of the process that has it.
    init(_ directory: String, purpose: String) throws(Failure) {
        let path = Directory.join(directory, Self.name)
        guard let taken = try FileLock.tryLock(path) else {
            let holder = try FileLock.holder(of: path).map { "process \($0)" } ?? "another process"
            throw Failure(
                "JOB_RUNNING",
                blame: .outside,
                isRetryable: true,
                "\(holder) is running a job that \(purpose) \(directory)",
                remedy: "wait for it to end, stop it, or choose another directory"
            )
        }
        try taken.recordHolder()
        lock = taken
    }

    /// Takes the number out again, so that equal outputs are equal files.
    deinit {
        do throws(Failure) {
            try lock.forgetHolder()
        } catch {
            // The number of a process that has ended misleads nobody: the lock itself is what counts.
        }
    }
}
