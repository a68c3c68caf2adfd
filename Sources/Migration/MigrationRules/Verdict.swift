/// What evidence says, from best to worst.
package enum Verdict: String, Sendable, Hashable, CaseIterable, Comparable {
    case pass
    case inconclusive
    case noData = "no-data"
    case error
    case fail
    case violation

    private var badness: Int {
        switch self {
        case .pass: 0
        case .inconclusive: 1
        case .noData: 2
        case .error: 3
        case .fail: 4
        case .violation: 5
        }
    }

    /// Better verdicts come first.
    package static func < (left: Self, right: Self) -> Bool { left.badness < right.badness }

    /// The worst of them; no evidence at all is `no-data`, never a pass.
    package static func worst(_ verdicts: some Sequence<Verdict>) -> Verdict {
        verdicts.max() ?? .noData
    }
}

/// What a check may do to a migration.
package enum CheckRole: String, Sendable, Hashable, CaseIterable {
    /// A breach is a violation: back to the baseline.
    case invariant
    /// A failure rolls back; a bound for promotion gates as well.
    case guarding = "guard"
    /// A pass is needed for promotion.
    case gate
    /// It holds for as long as it fails.
    case signal
}
