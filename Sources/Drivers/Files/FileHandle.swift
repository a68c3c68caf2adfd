package import Failures
package import Flow
internal import Glibc

/// An open file descriptor; closed when it goes out of scope.
package struct FileHandle: ~Copyable {
    private let descriptor: Int32
    package let path: String
    private let closes: Bool

    /// What a file is opened for.
    package enum Mode: Sendable {
        case read
        /// Creates the file or empties it.
        case write
        /// Creates the file; fails if it exists.
        case create
        /// Creates the file if it is missing, and writes behind its end.
        case append

        var flags: Int32 {
            switch self {
            case .read: O_RDONLY
            case .write: O_WRONLY | O_CREAT | O_TRUNC
            case .create: O_WRONLY | O_CREAT | O_EXCL
            case .append: O_WRONLY | O_CREAT | O_APPEND
            }
        }

        var action: String { if case .read = self { "reading" } else { "creating" } }
    }

    /// Opens a file.
    ///
    /// - Throws: `IO_READ`, `IO_WRITE` or `IO_SPACE`.
    package init(path: String, mode: Mode) throws(Failure) {
        let opened = unsafe open(path, mode.flags | O_CLOEXEC, 0o644)
        guard opened >= 0 else { throw fileFailure(mode.action, path) }
        descriptor = opened
        self.path = path
        closes = true
    }

    /// One of the process's standard streams, which stays open.
    package init(standard number: Int32, name: String) {
        descriptor = number
        path = name
        closes = false
    }

    deinit { if closes { close(descriptor) } }

    /// Reads into the free part of `output`; appends nothing at the end of the file.
    package func read(into output: inout OutputSpan<UInt8>) throws(Failure) {
        precondition(output.freeCapacity > 0, "reading needs room")
        let count = unsafe output.withUnsafeMutableBufferPointer { buffer, initialized -> Int in
            guard let base = buffer.baseAddress else { return 0 }
            // SAFETY: the bytes from `initialized` to the end of the buffer are free and stay valid here.
            let start = unsafe base + initialized
            let room = buffer.count - initialized
            var result = unsafe Glibc.read(descriptor, start, room)
            while result < 0, errno == EINTR { result = unsafe Glibc.read(descriptor, start, room) }
            if result > 0 { initialized += result }
            return result
        }
        guard count >= 0 else { throw fileFailure("reading", path) }
    }

    /// Writes all bytes; goes on behind what was written after a failure that `retry` tries again.
    package func write(_ bytes: Span<UInt8>, retry: RetryPolicy = .never) throws(Failure) {
        var tries = 0
        let failure = unsafe bytes.withUnsafeBufferPointer { buffer -> Failure? in
            guard let base = buffer.baseAddress else { return nil }
            var done = 0
            while done < buffer.count {
                // SAFETY: `done` stays below the number of bytes that the span lends.
                let count = unsafe Glibc.write(descriptor, base + done, buffer.count - done)
                if count < 0, errno == EINTR { continue }
                if count < 0 {
                    let failure = fileFailure("writing", path)
                    guard retry.retries(failure, after: &tries) else { return failure }
                    continue
                }
                done += count
            }
            return nil
        }
        if let failure { throw failure }
    }

    /// Whether bytes, or the end, can be read without waiting; waits so long for them at most.
    package func isReadable(within time: Duration) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let millisecond: Int64 = 1_000_000_000_000_000
        let (seconds, attoseconds) = time.components
        let milliseconds = seconds * 1000 + (attoseconds + millisecond - 1) / millisecond
        // SAFETY: `request` outlives the call, which is told of one entry.
        return unsafe poll(&request, 1, Int32(clamping: max(milliseconds, 0))) != 0
    }

    /// Makes what was written durable.
    package func synchronize() throws(Failure) {
        guard fsync(descriptor) == 0 else { throw fileFailure("writing", path) }
    }

    /// Removes the file's content.
    package func empty() throws(Failure) {
        guard ftruncate(descriptor, 0) == 0 else { throw fileFailure("writing", path) }
    }

    /// Tells the system that the file will be read once from front to back.
    package func adviseSequentialReading() {
        _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    /// Size in bytes; 0 for pipes.
    package func size() throws(Failure) -> Int {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw fileFailure("reading", path) }
        return Int(status.st_size)
    }

    /// Takes the file's lock if nobody else has it; it is held until the handle is gone, also by `kill -9`.
    ///
    /// - Returns: false where somebody else holds it.
    package func tryLock() throws(Failure) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw fileFailure("locking", path) }
        return false
    }
}
