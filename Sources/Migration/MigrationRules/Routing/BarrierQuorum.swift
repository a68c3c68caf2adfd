package import Routing

/// The controller's side of a proposed barrier: it collects answers until it may activate or must cancel.
///
/// It activates only when every registered router has acknowledged: one that did not could already have
/// decided about a window behind the barrier.
package struct BarrierQuorum: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case waiting
        case activate(BarrierProposal)
        /// `maximum` is the greatest event time that a router reported, where one refused.
        case cancel(BarrierProposal, maximum: Int64?)
    }

    package let proposal: BarrierProposal
    private var waiting: Set<String>
    private var outcome = Outcome.waiting

    /// A quorum of every registered router; a dead one leaves only after its sink is fenced.
    package init(_ proposal: BarrierProposal, routers: Set<String>) {
        self.proposal = proposal
        waiting = routers
        if routers.isEmpty { outcome = .activate(proposal) }
    }

    /// Routers that have not answered yet.
    package var missing: Set<String> { waiting }

    package mutating func acknowledged(_ router: String, _ answered: BarrierProposal) -> Outcome {
        guard answered == proposal, outcome == .waiting else { return outcome }
        waiting.remove(router)
        if waiting.isEmpty { outcome = .activate(proposal) }
        return outcome
    }

    package mutating func refused(
        _ router: String,
        _ answered: BarrierProposal,
        maximum: Int64
    ) -> Outcome {
        guard answered == proposal, outcome == .waiting else { return outcome }
        outcome = .cancel(proposal, maximum: maximum)
        return outcome
    }

    /// The deadline for acknowledgements has passed.
    package mutating func expired() -> Outcome {
        if outcome == .waiting { outcome = .cancel(proposal, maximum: nil) }
        return outcome
    }

    /// A new router has to acknowledge as well, unless the outcome is known.
    package mutating func registered(_ router: String) -> Outcome {
        if outcome == .waiting { waiting.insert(router) }
        return outcome
    }

    /// A dead router whose sink is fenced no longer counts.
    package mutating func fenced(_ router: String) -> Outcome {
        guard outcome == .waiting else { return outcome }
        waiting.remove(router)
        if waiting.isEmpty { outcome = .activate(proposal) }
        return outcome
    }

    /// The barrier to propose: behind everything seen, by a margin, at the start of a window.
    ///
    /// - Parameters:
    ///   - maximum: the greatest event time that any router reported.
    ///   - margin: event time beyond it; two windows by default.
    ///   - slide: distance of window starts, above 0, in the unit of event time.
    /// - Returns: nil where event time is so far in the future that no barrier fits.
    package static func barrier(after maximum: Int64, margin: Int64, slide: Int64) -> Int64? {
        precondition(slide > 0 && margin >= 0, "windows have a length")
        let (wanted, overflow) = maximum.addingReportingOverflow(margin)
        guard !overflow else { return nil }
        // At least the next start: the maximum itself was processed.
        let (next, carry) = max(wanted, maximum).addingReportingOverflow(1)
        guard !carry else { return nil }
        let rest = next % slide
        let up = rest == 0 ? 0 : (rest > 0 ? slide - rest : -rest)
        let (barrier, beyond) = next.addingReportingOverflow(up)
        return beyond ? nil : barrier
    }
}
