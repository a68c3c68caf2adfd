package import Failures
internal import Glibc

/// Asks a server in lines: one answer to each.
package final class LocalSocketClient {
    package let path: String
    private let limits: LocalSocketLimits
    private var stream: LineStream

    /// Connects to the socket at `path`; nil where nobody listens there.
    ///
    /// - Throws: `IO_SOCKET` where it cannot be told, or may not be.
    package static func connect(
        to path: String,
        limits: LocalSocketLimits = LocalSocketLimits()
    ) throws(Failure) -> LocalSocketClient? {
        guard let descriptor = try SocketAddress.connect(to: path) else { return nil }
        return LocalSocketClient(descriptor, path, limits)
    }

    private init(_ descriptor: Int32, _ path: String, _ limits: LocalSocketLimits) {
        self.path = path
        self.limits = limits
        stream = LineStream(descriptor)
    }

    deinit { close(stream.descriptor) }

    /// Sends a line and waits for the answer.
    ///
    /// - Throws: `IO_SOCKET` for a line over the limit, a server that has ended, or one that does not answer in time.
    package func ask(_ line: [UInt8], within time: Duration) throws(Failure) -> [UInt8] {
        guard line.count <= limits.lineSize else {
            throw .lineTooLong(path, limit: limits.lineSize)
        }
        precondition(!line.contains(UInt8(ascii: "\n")), "a line is one line")
        guard stream.write(line, within: limits.transfer) else { throw ended }
        let outcome = stream.readLine(
            limit: limits.lineSize,
            idle: time,
            transfer: limits.transfer
        )
        switch outcome {
        case .line(let answer): return answer
        case .end: throw ended
        case .tooLong: throw .lineTooLong(path, limit: limits.lineSize)
        case .late: throw .late(path, "answer", after: time)
        }
    }

    private var ended: Failure {
        Failure(
            "IO_SOCKET",
            blame: .outside,
            isRetryable: true,
            "the process that serves the socket \(path) has ended",
            remedy: "try again"
        )
    }
}
