package import Failures

/// How often, and after which pauses, something that may succeed later is tried again.
///
/// Pauses double from try to try up to a longest one; each is a random part of that, so that many who failed
/// together do not come back together.
package struct RetryPolicy: Sendable, Hashable {
    /// Tries after the first one.
    package var limit: Int
    package var firstPause: Duration
    package var longestPause: Duration

    /// Nothing is tried again.
    package static let never = RetryPolicy(limit: 0, firstPause: .zero, longestPause: .zero)

    package init(limit: Int, firstPause: Duration, longestPause: Duration) {
        self.limit = limit
        self.firstPause = firstPause
        self.longestPause = longestPause
    }

    /// The pause before a try.
    ///
    /// - Parameters:
    ///   - number: 1 for the first try after the one that failed.
    ///   - part: from 0 to 1, of the longest pause that this try may wait.
    /// - Returns: nil where the limit has been reached.
    package func pause(beforeTry number: Int, part: Double) -> Duration? {
        guard number <= limit else { return nil }
        var longest = min(firstPause, longestPause)
        var doublings = number - 1
        while doublings > 0, longest > .zero, longestPause > longest {
            longest = min(longest + longest, longestPause)
            doublings -= 1
        }
        return longest * part
    }

    /// Decides about a failure, and waits where the work shall be tried again.
    ///
    /// - Parameters:
    ///   - failure: what happened.
    ///   - number: counts the tries of this piece of work; begins at 0.
    /// - Returns: whether to try again.
    package func retries(_ failure: Failure, after number: inout Int) -> Bool {
        guard failure.isRetryable else { return false }
        guard let rest = pause(beforeTry: number + 1, part: .random(in: 0...1)) else {
            return false
        }
        number += 1
        Flow.pause(for: rest)
        return true
    }
}
