private import Glibc

/// Puts the calling thread to sleep; a signal may end the sleep early.
package func pause(for duration: Duration) {
    guard duration > .zero else { return }
    let (seconds, attoseconds) = duration.components
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    // SAFETY: `time` outlives the call, and nothing is kept of it.
    unsafe nanosleep(&time, nil)
}
