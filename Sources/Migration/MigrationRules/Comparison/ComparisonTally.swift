/// How many units ended in which result: counts that add up, whoever counted them in whatever order.
package struct ComparisonTally: Sendable, Hashable {
    package private(set) var matches = 0
    package private(set) var mismatches = 0
    package private(set) var primaryErrors = 0
    package private(set) var candidateErrors = 0
    package private(set) var bothErrors = 0
    package private(set) var timeouts = 0
    package private(set) var primaryDefects = 0
    package private(set) var candidateDefects = 0
    /// Units per reason for which differences do not count.
    package private(set) var ignored: [String: Int] = [:]
    /// Units per reason for which nothing was compared.
    package private(set) var skipped: [String: Int] = [:]
    /// Units that were not in the sample.
    package private(set) var unsampled = 0
    /// Counting fields of units that were compared, by class.
    package private(set) var fields: [FieldClass: Int] = [:]

    package init() {}

    /// Counts one unit.
    package mutating func add(_ result: ComparisonResult, differences: [FieldDifference] = []) {
        switch result {
        case .match: matches += 1
        case .mismatch: mismatches += 1
        case .ignored(let reason): ignored[reason, default: 0] += 1
        case .primaryError: primaryErrors += 1
        case .candidateError: candidateErrors += 1
        case .bothError: bothErrors += 1
        case .timeout: timeouts += 1
        case .skipped(let reason): skipped[reason, default: 0] += 1
        case .primaryDefect: primaryDefects += 1
        case .candidateDefect: candidateDefects += 1
        }
        for difference in differences where difference.ignoredBecause == nil {
            fields[difference.fieldClass, default: 0] += 1
        }
    }

    /// Counts units of which only the number is known.
    package mutating func add(matches: Int = 0, mismatches: Int = 0, unsampled: Int = 0) {
        self.matches += matches
        self.mismatches += mismatches
        self.unsampled += unsampled
    }

    /// Counts differing fields of which only the number is known.
    package mutating func addFields(_ count: Int, of fieldClass: FieldClass) {
        if count > 0 { fields[fieldClass, default: 0] += count }
    }

    /// Counts skipped units.
    package mutating func addSkipped(_ count: Int, because reason: String) {
        if count > 0 { skipped[reason, default: 0] += count }
    }

    package mutating func merge(_ other: ComparisonTally) {
        matches += other.matches
        mismatches += other.mismatches
        primaryErrors += other.primaryErrors
        candidateErrors += other.candidateErrors
        bothErrors += other.bothErrors
        timeouts += other.timeouts
        primaryDefects += other.primaryDefects
        candidateDefects += other.candidateDefects
        unsampled += other.unsampled
        ignored.merge(other.ignored, uniquingKeysWith: +)
        skipped.merge(other.skipped, uniquingKeysWith: +)
        fields.merge(other.fields, uniquingKeysWith: +)
    }

    /// Units of which both results were held against each other and count: matches and mismatches.
    ///
    /// What was ignored, skipped, not sampled, or failed on a side is in no way a match, and is not here.
    package var compared: Int { matches + mismatches + candidateDefects + primaryDefects }

    package var ignoredCount: Int { ignored.values.reduce(0, +) }
    package var skippedCount: Int { skipped.values.reduce(0, +) }

    /// Every unit that was looked at.
    package var seen: Int {
        compared + ignoredCount + skippedCount + unsampled + primaryErrors + candidateErrors
            + bothErrors + timeouts
    }
}
