internal import Failures
internal import Glibc

/// The address of a socket that lies in a file system.
enum SocketAddress {
    /// Bytes of a path that the system takes, without the zero byte behind it.
    static let lengthLimit = 107

    /// Runs `body` with the address of `path`.
    ///
    /// A path that the system does not take is reached through the open folder that holds it.
    ///
    /// - Throws: `IO_SOCKET` where the folder cannot be opened, or the name itself is too long.
    static func withAddress(
        of path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(Failure) -> Int32 {
        if path.utf8.count <= lengthLimit { return unsafe call(path, body) }
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[..<$0]) } ?? "."
        let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw socketFailure("reaching", path) }
        defer { close(descriptor) }
        let short = "/proc/self/fd/\(descriptor)/\(name)"
        guard short.utf8.count <= lengthLimit else {
            throw Failure(
                "IO_SOCKET",
                blame: .request,
                "\(path) is too long for a socket, whose name may have about 80 bytes",
                remedy: "choose a shorter path with --state"
            )
        }
        return unsafe call(short, body)
    }

    private static func call(
        _ path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            // SAFETY: the path is shorter than the field, whose last byte stays zero.
            for (index, byte) in path.utf8.enumerated() { unsafe bytes[index] = byte }
        }
        return unsafe withUnsafePointer(to: &address) { pointer in
            // SAFETY: a `sockaddr_un` begins as a `sockaddr` does, and the length tells which one it is.
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe body(address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// A new socket that no child inherits.
    static func makeSocket(for path: String) throws(Failure) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw socketFailure("making", path) }
        return descriptor
    }

    /// A connection to whoever listens at `path`; nil where nobody does.
    ///
    /// - Throws: `IO_SOCKET` where it cannot be told.
    static func connect(to path: String) throws(Failure) -> Int32? {
        let descriptor = try makeSocket(for: path)
        let code: Int32
        do throws(Failure) {
            code = unsafe try withAddress(of: path) { (address, length) in
                var result = unsafe Glibc.connect(descriptor, address, length)
                while result != 0, errno == EINTR {
                    result = unsafe Glibc.connect(descriptor, address, length)
                }
                return result == 0 ? 0 : errno
            }
        } catch {
            close(descriptor)
            throw error
        }
        if code == 0 { return descriptor }
        close(descriptor)
        switch code {
        case ENOENT, ENOTDIR, ECONNREFUSED: return nil
        default: throw socketFailure("reaching", path, errno: code)
        }
    }
}
