package import Failures
internal import Glibc

/// A lock between processes, on a file that exists only for it.
///
/// The system gives the lock back when the value goes away, also when the process is killed. The file stays:
/// removing it would let two processes lock two files of one name.
package struct FileLock: ~Copyable, Sendable {
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

/// Who holds a lock, as a courtesy to those who find it taken.
extension FileLock {
    /// Writes this process's number into the file, for others to read.
    package func recordHolder() throws(Failure) {
        try handle.truncate(to: 0)
        let text = Array("\(getpid())\n".utf8)
        try handle.write(text.span)
    }

    /// Takes the number out again: a free lock's file is empty.
    package func forgetHolder() throws(Failure) {
        try handle.truncate(to: 0)
    }

    /// The process that wrote its number into the lock's file last; nil where none did.
    package static func holder(of path: String) throws(Failure) -> Int? {
        let text = String(decoding: try Directory.read(path, limit: 64), as: UTF8.self)
        return text.split(separator: "\n").first.flatMap { Int($0) }
    }

    /// Whether somebody holds the lock at this moment.
    package static func isHeld(_ path: String) throws(Failure) -> Bool {
        switch try tryLock(path) {
        case .some: false
        case nil: true
        }
    }
}
