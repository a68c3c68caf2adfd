internal import Failures
internal import Files

/// One job's hold on a directory; it ends with this object, and with the process however that ends.
final class JobLock: Sendable {
    private let handle: FileHandle

    /// Name of the lock's file, which stays behind: removing it would let two jobs lock two files of one name.
    static let name = ".cutover.lock"

    /// Takes the directory, which exists.
    ///
    /// - Throws: `JOB_RUNNING` with the number of the process that has it.
    init(_ directory: String, purpose: String) throws(Failure) {
        let path = Directory.join(directory, Self.name)
        let opened = try FileHandle(path: path, mode: .append)
        guard try opened.tryLock() else {
            let holder = Self.holder(path).map { "process \($0)" } ?? "another process"
            throw Failure(
                "JOB_RUNNING",
                blame: .outside,
                isRetryable: true,
                "\(holder) is running a job that \(purpose) \(directory)",
                remedy: "wait for it to end, stop it, or choose another directory"
            )
        }
        try opened.truncate(to: 0)
        let number = Array("\(processNumber())\n".utf8)
        try opened.write(number.span)
        handle = opened
    }

    /// Takes the number out again, so that equal outputs are equal files.
    deinit {
        do throws(Failure) {
            try handle.truncate(to: 0)
        } catch {
            // The number of a process that has ended misleads nobody: the lock itself is what counts.
        }
    }

    private static func holder(_ path: String) -> Int? {
        do throws(Failure) {
            let text = String(decoding: try Directory.read(path, limit: 64), as: UTF8.self)
            return Int(text.split(separator: "\n").first ?? "")
        } catch {
            // The holder may be about to write its number; that it holds the lock is known.
            return nil
        }
    }
}
