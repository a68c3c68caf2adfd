package import Failures
internal import Glibc
private import Synchronization

/// One run of another program: what to start, and how much of it to bear.
///
/// The child leads a process group of its own, so that a deadline or a stop ends whatever it started too, and so
/// that Ctrl-C reaches the parent alone, which decides. It inherits no descriptor but its three streams.
package struct ChildProcess: Sendable {
    /// A path, or a name that is looked up in PATH.
    package var program: String
    package var arguments: [String]
    /// The child's whole environment; nil gives it the parent's.
    package var environment: [String: String]?
    /// The child's current directory; nil leaves the parent's.
    package var directory: String?
    /// What the child reads from its standard input.
    package var input: [UInt8] = []
    /// Most bytes kept of each output stream; a child that writes more is ended.
    package var outputLimit = 16 << 20
    /// Longest run; afterwards the group is ended.
    package var timeLimit: Duration = .seconds(60)
    /// Time between SIGTERM and SIGKILL when the group is ended.
    package var graceTime: Duration = .seconds(2)

    package init(_ program: String, _ arguments: [String] = []) {
        self.program = program
        self.arguments = arguments
    }

    /// Held from making a child's pipes until it has started, so that no other child inherits their ends.
    private static let starting = Mutex<Void>(())

    /// How a run came to its end.
    package enum Ending: Hashable, Sendable {
        case exited(status: Int)
        /// By a signal that this module did not send.
        case signalled(Int)
        /// By this module after `timeLimit`.
        case timedOut
        /// By this module after more than `outputLimit` bytes.
        case outputLimitReached
        /// By this module because the caller asked.
        case stopped
    }

    package struct Report: Hashable, Sendable {
        package var ending: Ending
        /// At most `outputLimit` bytes.
        package var output: [UInt8]
        /// At most `outputLimit` bytes.
        package var errorOutput: [UInt8]

        package var isSuccess: Bool { ending == .exited(status: 0) }

        package var outputText: String { String(decoding: output, as: UTF8.self) }
        package var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
    }

    /// Runs the program to its end; blocks the calling thread.
    ///
    /// `isStopped` is asked at least ten times a second; true ends the group, as after Ctrl-C. What the child
    /// left running in its group is ended with it. Throws `PROCESS_START` where the program cannot be started;
    /// how it ends is no failure.
    package func run(isStopped: () -> Bool = { false }) throws(Failure) -> Report {
        var watch = try Self.starting.withLock { _ throws(Failure) in
            let streams = try ChildStreams(self)
            return ChildWatch(self, try start(streams), streams)
        }
        return watch.finish(isStopped)
    }

    /// SAFETY: `strerror` gives a text that is copied at once.
    func startFailure(_ code: Int32) -> Failure {
        Failure(
            "PROCESS_START",
            blame: .outside,
            isRetryable: code == EAGAIN || code == ENOMEM || code == EMFILE || code == ENFILE,
            "cannot start \(program)",
            remedy: "check that the program is installed and may be run",
            cause: unsafe String(cString: strerror(code))
        )
    }
}
