internal import Failures
internal import Glibc
internal import StreamSQL
private import Synchronization

/// Breaks a delivery where `CUTOVER_BREAK_AT` says, so that tests can show what survives.
///
/// The variable is `ACTION:STEP` or `ACTION:STEP:N`: at the Nth time that a job comes to a step of
/// ``DeliveryStep``, `kill` ends the process as `kill -9` would, and `fail` makes the step fail as a full disk would.
enum BrokenDelivery {
    static let variable = "CUTOVER_BREAK_AT"

    /// - Throws: `CFG_VALUE` for a text of another form.
    static func probe(_ environment: [String: String]) throws(Failure) -> DeliveryProbe {
        guard let text = environment[variable], !text.isEmpty else { return .none }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let times = parts.count == 3 ? Int(parts[2]) : 1
        guard parts.count == 2 || parts.count == 3, ["kill", "fail"].contains(parts[0]),
            let step = DeliveryStep(rawValue: parts[1]), let times, times > 0
        else {
            let steps = DeliveryStep.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "\(variable) is \"\(text)\"",
                remedy: "unset it, or write kill:STEP:N or fail:STEP:N; steps are \(steps)"
            )
        }
        let isKill = parts[0] == "kill"
        let count = SharedCounter()
        return DeliveryProbe { (reached) throws(Failure) in
            guard reached == step, count.next() == times else { return }
            if isKill { kill(getpid(), SIGKILL) }
            throw Failure(
                "IO_SPACE",
                blame: .outside,
                isRetryable: true,
                "no space is left at \(text)",
                remedy: "unset \(variable)"
            )
        }
    }

    private final class SharedCounter: Sendable {
        private let value = Atomic<Int>(0)

        func next() -> Int { value.add(1, ordering: .relaxed).newValue }
    }
}
