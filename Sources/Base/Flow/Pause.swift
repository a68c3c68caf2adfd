private import Glibc
private import Synchronization

/// Puts the calling thread to sleep; a signal may end the sleep early.
package func pause(for duration: Duration) {
    guard duration > .zero else { return }
    let (seconds, attoseconds) = duration.components
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    // SAFETY: `time` outlives the call, and nothing is kept of it.
    unsafe nanosleep(&time, nil)
}

/// Lets about a tenth of a microsecond pass without giving up the processor.
///
/// For a thread that expects its work at once; it must not spin for longer than a system call takes.
@inline(never)
package func spinBriefly() {
    // An opaque loop: neither Swift nor its C library shows the processor's own pause instruction.
    for _ in 0..<64 { _ = spinCount.load(ordering: .relaxed) }
}

private let spinCount = Atomic<Int>(0)
