internal import Failures
private import Synchronization

/// The bytes of state that all operators of a job may hold together.
package final class StateBudget: Sendable {
    private let held = Atomic<Int>(0)
    private let limit: Int

    package init(limit: Int) { self.limit = limit }

    /// Accounts for an operator that held `before` bytes and now holds `after`.
    ///
    /// - Throws: `STATE_BUDGET` where the job is beyond its limit.
    func charge(before: Int, after: Int) throws(Failure) {
        let total = held.add(after - before, ordering: .relaxed).newValue
        guard total > limit, after > before else { return }
        throw Failure(
            "STATE_BUDGET",
            blame: .request,
            "the job's state has grown to \(total) bytes, beyond its limit of \(limit)",
            remedy: "raise state.memory, or narrow windows and keys so that less is open at once"
        )
    }
}
