package import Failures
internal import Glibc
private import Synchronization

/// Ctrl-C and SIGTERM: the first one asks what runs to stop, the second one ends the process at once.
package final class Interruption: Sendable {
    private struct State {
        var requests = 0
        var stop: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether the user has asked to stop.
    package var isRequested: Bool { state.withLock { $0.requests > 0 } }

    /// Takes a request; ends the process where nothing can be stopped, or has been asked before.
    package func request() {
        let stop = state.withLock { state in
            state.requests += 1
            return state.requests == 1 ? state.stop : nil
        }
        // What is not published yet lies in hidden files, so ending here leaves no partial output.
        guard let stop else { _exit(ExitCode.interrupted.rawValue) }
        stop()
    }

    /// Takes the requests so far as done: what they stopped has ended, and the command goes on.
    package func forget() { state.withLock { $0.requests = 0 } }

    /// Runs `body`, which `stop` asks to end soon; `stop` is called by another thread.
    ///
    /// - Throws: what `body` throws.
    package func calling<Result>(
        _ stop: @escaping @Sendable () -> Void,
        during body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let outer = state.withLock { state in
            defer { state.stop = stop }
            return state.stop
        }
        defer { state.withLock { $0.stop = outer } }
        try check()
        return try body()
    }

    /// Throws `JOB_CANCELLED` once the user has asked to stop.
    package func check() throws(Failure) {
        guard isRequested else { return }
        throw Failure(
            "JOB_CANCELLED",
            blame: .request,
            "the command was stopped before its end; nothing was published",
            remedy: "run it again when you want its result"
        )
    }
}
