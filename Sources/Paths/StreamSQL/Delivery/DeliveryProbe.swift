package import Failures

/// A moment of a job's delivery at which something may break.
package enum DeliveryStep: String, Sendable, Hashable, CaseIterable {
    /// A part has been made, and is empty.
    case partOpened = "part-opened"
    /// All rows are in hidden parts, which are durable.
    case partsClosed = "parts-closed"
    /// The file that lists the parts to publish is durable.
    case commitWritten = "commit-written"
    /// One part has got its name.
    case partRenamed = "part-renamed"
    /// One part that is replaced has been removed.
    case partRemoved = "part-removed"
    /// All parts have their names; the file that lists them is about to go.
    case partsNamed = "parts-named"
    /// All parts are published.
    case published
    /// A checkpoint begins: all steps before it are committed, none behind it has begun.
    case barrier
    /// The state of one operator, or of the job, is durable.
    case stateWritten = "state-written"
    /// The manifest is written, but not under its name.
    case manifestAside = "manifest-aside"
    /// The manifest has its name.
    case manifestNamed = "manifest-named"
    /// The checkpoint is marked as committed.
    case marked
    /// Checkpoints that are not needed any more are gone.
    case pruned
}

/// Is told of each step of a delivery, and may break it there: tests end the process or throw.
package struct DeliveryProbe: Sendable {
    private let body: @Sendable (DeliveryStep) throws(Failure) -> Void

    package init(_ body: @escaping @Sendable (DeliveryStep) throws(Failure) -> Void) {
        self.body = body
    }

    /// Lets every step pass.
    package static let none = DeliveryProbe { (_) throws(Failure) in }

    package func reach(_ step: DeliveryStep) throws(Failure) { try body(step) }
}
