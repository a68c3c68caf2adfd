/// One of the two implementations of a data path.
package enum Side: String, Sendable, Hashable, CaseIterable {
    /// The old one.
    case primary
    /// The new one.
    case candidate

    package var other: Side { self == .primary ? .candidate : .primary }
}
