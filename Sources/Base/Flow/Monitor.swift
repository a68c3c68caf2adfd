private import Glibc

/// State behind a lock, with threads that wait for it to change.
///
/// Waiting threads sleep in the kernel: nobody polls. The lock is held only inside `withLock` and
/// `wait`; a body must not block on anything else.
///
/// SAFETY: `@unchecked Sendable` holds because `state` is only touched while `mutex` is held, and mutex and
/// condition stay at one address from `init` to `deinit`.
@safe package final class Monitor<State>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var state: State

    package init(_ state: sending State) {
        self.state = state
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        let mutexResult = unsafe pthread_mutex_init(mutex, nil)
        let conditionResult = unsafe pthread_cond_init(condition, nil)
        precondition(mutexResult == 0 && conditionResult == 0, "a lock can be made")
    }

    deinit {
        // SAFETY: nobody holds the lock or waits: the last reference is gone.
        unsafe pthread_mutex_destroy(mutex)
        unsafe pthread_cond_destroy(condition)
        unsafe mutex.deallocate()
        unsafe condition.deallocate()
    }

    /// Runs `body` with the state, alone.
    package func withLock<Result, Failed: Error>(
        _ body: (inout State) throws(Failed) -> Result
    ) throws(Failed) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Runs `body` until it returns a result, sleeping between tries until `wakeAll` or `wakeOne` is called.
    package func wait<Result>(for body: (inout State) -> Result?) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&state) { return result }
            unsafe pthread_cond_wait(condition, mutex)
        }
    }

    /// Makes every waiting thread look at the state again.
    package func wakeAll() { unsafe pthread_cond_broadcast(condition) }

    /// Makes one waiting thread look at the state again.
    package func wakeOne() { unsafe pthread_cond_signal(condition) }
}
