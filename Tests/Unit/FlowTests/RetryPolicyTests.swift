import Failures
import Flow
import Testing

@Suite("Retry policy")
struct RetryPolicyTests {
    private let policy = RetryPolicy(
        limit: 6,
        firstPause: .milliseconds(100),
        longestPause: .seconds(1)
    )

    @Test("pauses double up to the longest one, by chance a part of it, and end at the limit")
    func pauses() {
        let longest = (1...7).map { policy.pause(beforeTry: $0, part: 1) }
        let expected = [100, 200, 400, 800, 1000, 1000].map { Duration.milliseconds($0) }
        #expect(longest == expected + [nil])
        #expect(policy.pause(beforeTry: 2, part: 0.5) == .milliseconds(100))
        #expect(policy.pause(beforeTry: 1, part: 0) == .zero)
        #expect(RetryPolicy.never.pause(beforeTry: 1, part: 1) == nil)
    }

    @Test("only what may succeed later is tried again, and only so often")
    func retries() {
        let quick = RetryPolicy(limit: 2, firstPause: .zero, longestPause: .zero)
        let full = Failure("IO_SPACE", blame: .outside, isRetryable: true, "full", remedy: "wait")
        let wrong = Failure("IO_WRITE", blame: .outside, "not permitted", remedy: "permit it")
        var tries = 0
        #expect(!quick.retries(wrong, after: &tries))
        #expect(quick.retries(full, after: &tries))
        #expect(quick.retries(full, after: &tries))
        #expect(!quick.retries(full, after: &tries))
        #expect(tries == 2)
    }
}
