package import Failures
package import Flow

/// The bytes of a file or of standard input, from front to back.
package final class FileSource: ByteSource {
    private let handle: FileHandle
    /// Asked while nothing is there to read; nil where files are never waited for.
    private let isStopped: (@Sendable () -> Bool)?

    /// Between two such questions.
    private static let patience = Duration.milliseconds(100)

    package var name: String { handle.path }

    /// - Throws: `IO_READ` where the file cannot be opened.
    package init(path: String) throws(Failure) {
        isStopped = nil
        handle = try FileHandle(path: path, mode: .read)
        handle.adviseSequentialReading()
    }

    /// Standard input, which ends too as soon as it gives nothing and `isStopped` says true.
    package init(
        standardInput: Void,
        isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
        self.isStopped = isStopped
        handle = FileHandle(standard: 0, name: "stdin")
    }

    package func read(into output: inout OutputSpan<UInt8>) throws(Failure) {
        if let isStopped {
            while !handle.isReadable(within: Self.patience) {
                if isStopped() { return }
            }
        }
        try handle.read(into: &output)
    }

    package func isReady(within time: Duration) -> Bool { handle.isReadable(within: time) }

    /// Reads on at an offset from the file's beginning.
    package func seek(to offset: Int) throws(Failure) { try handle.seek(to: offset) }

    /// Size in bytes; 0 for pipes.
    package func size() throws(Failure) -> Int { try handle.size() }
}

/// A file, or a standard stream, that is written from front to back.
package final class FileSink: ByteSink {
    private let handle: FileHandle
    private let retry: RetryPolicy

    package var name: String { handle.path }

    /// - Throws: `IO_WRITE` or `IO_SPACE` where the file cannot be made.
    package init(
        path: String,
        mode: FileHandle.Mode,
        retry: RetryPolicy = .never
    ) throws(Failure) {
        handle = try FileHandle(path: path, mode: mode)
        self.retry = retry
    }

    /// Standard output, or standard error.
    package init(standardError: Bool, retry: RetryPolicy = .never) {
        self.retry = retry
        handle =
            standardError
            ? FileHandle(standard: 2, name: "stderr") : FileHandle(standard: 1, name: "stdout")
    }

    package func write(_ bytes: Span<UInt8>) throws(Failure) {
        try handle.write(bytes, retry: retry)
    }

    /// Makes what was written durable.
    package func synchronize() throws(Failure) { try handle.synchronize() }
}
