internal import Failures
internal import Flow
internal import Glibc

/// A socket that others connect to, and its file.
///
/// `close()` is called once, when no thread uses the listener any more.
final class Listener: Sendable {
    private let path: String
    private let descriptor: Int32
    /// A pipe that ends the waiting for connections.
    private let wakeEnds: (read: Int32, write: Int32)
    /// Device and number of the file, so that only the own one is removed.
    private let identity: (UInt64, UInt64)

    private static let backlog: Int32 = 32

    init(_ path: String) throws(Failure) {
        try Self.clear(path)
        let descriptor = try SocketAddress.makeSocket(for: path)
        var ends: [Int32] = [-1, -1]
        do throws(Failure) {
            // The file gets the socket's mode, so nobody else can connect at any time.
            guard fchmod(descriptor, 0o600) == 0 else { throw socketFailure("making", path) }
            let code = unsafe try SocketAddress.withAddress(of: path) { (address, length) in
                unsafe bind(descriptor, address, length) == 0 ? 0 : errno
            }
            guard code == 0 else { throw socketFailure("making", path, errno: code) }
            guard listen(descriptor, Self.backlog) == 0 else {
                throw socketFailure("listening at", path)
            }
            guard unsafe pipe(&ends) == 0 else { throw socketFailure("listening at", path) }
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A connection that is gone before it is accepted must not block the thread.
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        self.path = path
        self.descriptor = descriptor
        wakeEnds = (ends[0], ends[1])
        identity = Self.identity(of: path) ?? (0, 0)
    }

    /// Removes the file of a dead server.
    ///
    /// One that is just ending may still answer for a moment.
    private static func clear(_ path: String) throws(Failure) {
        for _ in 0..<20 {
            var status = stat()
            guard unsafe lstat(path, &status) == 0 else { return }
            guard status.st_mode & S_IFMT == S_IFSOCK else {
                throw Failure(
                    "IO_SOCKET",
                    blame: .request,
                    "\(path) is no socket",
                    remedy: "move it out of the way"
                )
            }
            guard let descriptor = try SocketAddress.connect(to: path) else {
                guard unsafe unlink(path) == 0 || errno == ENOENT else {
                    throw socketFailure("replacing", path)
                }
                return
            }
            Glibc.close(descriptor)
            pause(for: .milliseconds(50))
        }
        throw Failure(
            "IO_SOCKET",
            blame: .request,
            "another process answers at \(path)",
            remedy: "end it, or choose another folder with --state"
        )
    }

    private static func identity(of path: String) -> (UInt64, UInt64)? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        return (UInt64(status.st_dev), UInt64(status.st_ino))
    }

    /// The next connection; nil after ``wake()``.
    func accept() -> Int32? {
        while true {
            var requests = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wakeEnds.read, events: Int16(POLLIN), revents: 0),
            ]
            // SAFETY: the array has two entries and outlives the call.
            let count = unsafe poll(&requests, 2, -1)
            if count < 0, errno == EINTR { continue }
            guard count > 0, requests[1].revents == 0 else { return nil }
            let connection = Glibc.accept(descriptor, nil, nil)
            if connection >= 0 {
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                return connection
            }
            // Out of descriptors: others will close some.
            if errno == EMFILE || errno == ENFILE { pause(for: .milliseconds(100)) }
        }
    }

    /// Ends ``accept()``.
    func wake() {
        var byte: UInt8 = 0
        // SAFETY: one byte, which outlives the call. A pipe with room takes it.
        _ = unsafe write(wakeEnds.write, &byte, 1)
    }

    func close() {
        Glibc.close(descriptor)
        Glibc.close(wakeEnds.read)
        Glibc.close(wakeEnds.write)
        if let now = Self.identity(of: path), now == identity { unsafe unlink(path) }
    }
}
