package import Failures
internal import Glibc

/// The number by which the system knows this process.
package func processNumber() -> Int { Int(getpid()) }

/// A lock between processes, on a file that exists only for it.
///
/// The system gives the lock back when the value goes away, also when the process is killed. The file stays:
/// removing it would let two processes lock two files of one name.
package struct FileLock: ~Copyable {
    private let handle: FileHandle

    private init(_ handle: consuming FileHandle) { self.handle = handle }

    /// Takes the lock on `path`, which is created if it is missing; nil where another holder has it.
    ///
    /// - Throws: `IO_WRITE` or `IO_SPACE` where the file cannot be opened.
    package static func tryLock(_ path: String) throws(Failure) -> FileLock? {
        let handle = try FileHandle(path: path, mode: .append)
        guard try handle.tryLock() else { return nil }
        return FileLock(handle)
    }
}
