package import Failures
internal import Flow
internal import Glibc

/// Hands the signals that ask a program to stop, SIGINT and SIGTERM, to ordinary code.
package enum SignalWatch {
    /// Calls `body` for each such signal from now on, on a thread of its own; to be called once, before any other
    /// thread starts.
    ///
    /// The signals are blocked and waited for, so `body` may take locks and write, which a handler must not.
    ///
    /// SAFETY: the set is initialised before it is used and lives through each call that reads it.
    ///
    /// - Throws: `FLOW_THREAD` where the system refuses the thread.
    package static func start(_ body: @escaping @Sendable () -> Void) throws(Failure) {
        var signals = stopSignals()
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        // The thread lives as long as the process, so nobody joins it.
        _ = try WorkerThread {
            var signals = stopSignals()
            var received: Int32 = 0
            while true {
                if unsafe sigwait(&signals, &received) == 0 { body() }
            }
        }
    }

    private static func stopSignals() -> sigset_t {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGINT)
        unsafe sigaddset(&signals, SIGTERM)
        return signals
    }
}
