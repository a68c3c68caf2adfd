/// In which way a field differs.
package enum FieldClass: String, Sendable, Hashable, CaseIterable {
    /// The candidate lacks it.
    case missing
    /// Only the candidate has it.
    case extra
    case type
    case value
    /// The same elements in another order.
    case order
    case length
    /// Equal once rounded as the rule says; it counts as agreement and is reported.
    case precisionOnly = "precision-only"
    /// Null on one side, empty on the other.
    case nullVersusEmpty = "null-vs-empty"
    /// Two results have other columns.
    case schema

    /// The class that the same two results have with their sides swapped.
    package var swapped: FieldClass {
        switch self {
        case .missing: .extra
        case .extra: .missing
        default: self
        }
    }
}

/// One field in which two results differ.
package struct FieldDifference: Sendable, Hashable {
    package var path: ValuePath
    package var fieldClass: FieldClass
    package var primary: ComparedValue?
    package var candidate: ComparedValue?
    /// Why it does not count, where a rule says so.
    package var ignoredBecause: String?
    package var isSensitive: Bool
    /// The key stands more than once on a side.
    package var isDuplicateKey = false

    /// It makes the unit a mismatch.
    package var counts: Bool { ignoredBecause == nil && fieldClass != .precisionOnly }
}

/// What a comparison of one unit ended in.
package enum ComparisonResult: Sendable, Hashable {
    case match
    case mismatch
    /// They differ only where rules say that it does not count; the first reason.
    case ignored(String)
    case primaryError
    case candidateError
    case bothError
    case timeout
    /// The unit was not compared, and why.
    case skipped(String)
    /// Proven: the primary is wrong; counted, and no fault of the candidate.
    case primaryDefect
    /// Proven: the candidate is wrong; a violation.
    case candidateDefect

    package var name: String {
        switch self {
        case .match: "match"
        case .mismatch: "mismatch"
        case .ignored: "ignored"
        case .primaryError: "primary-error"
        case .candidateError: "candidate-error"
        case .bothError: "both-error"
        case .timeout: "timeout"
        case .skipped: "skipped"
        case .primaryDefect: "primary-defect"
        case .candidateDefect: "candidate-defect"
        }
    }
}
