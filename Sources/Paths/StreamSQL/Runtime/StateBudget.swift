internal import Failures
private import Synchronization

/// What an operator holds.
package struct StateSize: Sendable, Hashable {
    package var bytes = 0
    /// Groups, sessions, open (key, window) pairs, or rows that wait.
    package var keys = 0

    package init() {}

    init(of instance: any StatefulOperator) {
        bytes = instance.stateByteCount
        keys = instance.stateKeyCount
    }
}

/// The bytes of state that all operators of a job may hold together.
package final class StateBudget: Sendable {
    private let bytes = Atomic<Int>(0)
    private let keys = Atomic<Int>(0)
    private let limit: Int

    package init(limit: Int) { self.limit = limit }

    /// What all operators of the job hold together.
    package var held: StateSize {
        var size = StateSize()
        size.bytes = bytes.load(ordering: .relaxed)
        size.keys = keys.load(ordering: .relaxed)
        return size
    }

    /// Accounts for an operator that held `size` and now holds `after`.
    ///
    /// - Throws: `STATE_BUDGET` where the job is beyond its limit.
    func charge(_ size: inout StateSize, _ after: StateSize) throws(Failure) {
        guard size != after else { return }
        let total = bytes.add(after.bytes - size.bytes, ordering: .relaxed).newValue
        keys.add(after.keys - size.keys, ordering: .relaxed)
        let hasGrown = after.bytes > size.bytes
        size = after
        guard total > limit, hasGrown else { return }
        throw Failure(
            "STATE_BUDGET",
            blame: .request,
            "the job's state has grown to \(total) bytes, beyond its limit of \(limit)",
            remedy: "raise state.memory, or narrow windows and keys so that less is open at once"
        )
    }
}
