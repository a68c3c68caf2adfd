/// Holds two results of one unit against each other, field by field.
package struct ValueComparison: Sendable {
    /// Longest list whose elements are aligned by their longest common subsequence.
    package static let alignmentLimit = 10_000
    /// Differences of one unit that are kept apart; more are counted in the last one's place.
    package static let differenceLimit = 1000

    private let rules: ComparisonRules

    package init(_ rules: ComparisonRules) { self.rules = rules }

    /// What one unit's comparison found.
    package struct Outcome: Sendable, Hashable {
        package var result: ComparisonResult
        package var differences: [FieldDifference]
    }

    /// Compares two results.
    ///
    /// - Parameters:
    ///   - primary: the primary's result.
    ///   - candidate: the candidate's.
    ///   - scales: sums of magnitudes by path, for `sum-scale` tolerances.
    /// - Returns: match, mismatch or ignored, with every difference.
    package func compare(
        _ primary: ComparedValue,
        _ candidate: ComparedValue,
        scales: [String: Double] = [:]
    ) -> Outcome {
        var walk = ComparisonWalk(rules: rules, scales: scales)
        walk.compare(primary, candidate, at: .root)
        let differences = walk.differences
        if differences.contains(where: \.counts) {
            return Outcome(result: .mismatch, differences: differences)
        }
        let reason = differences.lazy.compactMap(\.ignoredBecause).first
        return Outcome(
            result: reason.map { .ignored($0) } ?? .match,
            differences: differences
        )
    }
}
