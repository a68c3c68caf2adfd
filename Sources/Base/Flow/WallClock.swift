private import Glibc

/// The wall clock, in milliseconds since 1970-01-01 in UTC: for people and for expiry, never for durations.
package func wallMilliseconds() -> Int64 {
    var time = timespec()
    // SAFETY: the call fills the one value that it is given.
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
