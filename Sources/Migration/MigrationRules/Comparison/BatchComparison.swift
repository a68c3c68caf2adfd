package import Columns

/// Rows of both sides held against each other in whole columns, paired by key.
///
/// Rows of a key that stands once on each side are compared column by column; a key that stands more than
/// once is compared as a multiset of rows, and flagged.
package struct BatchComparison: Sendable {
    /// A row with its partner.
    package struct Pair: Sendable, Hashable {
        package var primary: Int
        package var candidate: Int

        package init(primary: Int, candidate: Int) {
            self.primary = primary
            self.candidate = candidate
        }
    }

    /// A row's differing columns.
    package struct RowDifference: Sendable, Hashable {
        package var pair: Pair
        package var columns: [Int]
    }

    /// Names or types of columns in which the two results differ as a whole; nothing else is compared then.
    package private(set) var schemaDifferences: [String] = []
    package private(set) var matched: [Pair] = []
    package private(set) var mismatched: [RowDifference] = []
    /// Rows that differ only where a rule says that it does not count, with the rule's reason.
    package private(set) var ignored: [(pair: Pair, reason: String)] = []
    /// Rows of the primary that the candidate lacks.
    package private(set) var missing: [Int] = []
    /// Rows that only the candidate has.
    package private(set) var extra: [Int] = []
    /// Rows of the primary and of the candidate whose key stands more than once on a side.
    package private(set) var duplicates = (primary: 0, candidate: 0)

    private let rules: [ColumnRule]
    /// Rows of the larger result.
    private let rowCount: Int

    /// Compares two batches.
    ///
    /// - Parameters:
    ///   - primary: the primary's rows.
    ///   - candidate: the candidate's rows.
    ///   - key: names of the columns by which rows find each other; empty: rows are a multiset.
    ///   - rules: what holds for a column stands at `$.NAME`.
    /// - Complexity: O(rows × columns); in the worst case quadratic in the rows of one key that have no
    ///   equal on the other side.
    package init(
        primary: Batch,
        candidate: Batch,
        key: [String],
        rules: ComparisonRules
    ) {
        self.rules = primary.schema.fields.map { ColumnRule($0, rules) }
        rowCount = max(primary.rowCount, candidate.rowCount)
        schemaDifferences = Self.schemaDifferences(primary.schema, candidate.schema, key)
        guard schemaDifferences.isEmpty else { return }
        // Without a key rows meet in what must be the same, and pair by what may differ a little.
        let indices =
            key.isEmpty
            ? self.rules.indices.filter { self.rules[$0].isExact && !self.rules[$0].isIgnored }
            : key.compactMap { primary.schema.index(of: $0) }
        let groups = RowGroups(primary, candidate, key: indices)
        judge(groups.pairs, primary, candidate)
        judge(groups.duplicates, primary, candidate)
        missing += groups.missing
        extra += groups.extra
        missing.sort()
        extra.sort()
    }

    package var isEqual: Bool {
        schemaDifferences.isEmpty && mismatched.isEmpty && missing.isEmpty && extra.isEmpty
    }

    /// Rows as units: matches, mismatches (missing and extra rows among them), ignored ones.
    ///
    /// Where the columns differ as a whole every row is a mismatch, and an empty result still is one.
    package var tally: ComparisonTally {
        var tally = ComparisonTally()
        guard schemaDifferences.isEmpty else {
            tally.add(mismatches: max(rowCount, 1))
            tally.addFields(schemaDifferences.count, of: .schema)
            return tally
        }
        tally.add(
            matches: matched.count,
            mismatches: mismatched.count + missing.count + extra.count
        )
        for row in ignored { tally.add(.ignored(row.reason)) }
        tally.addFields(mismatched.reduce(0) { $0 + $1.columns.count }, of: .value)
        tally.addFields(missing.count, of: .missing)
        tally.addFields(extra.count, of: .extra)
        return tally
    }

    private static func schemaDifferences(
        _ left: Schema,
        _ right: Schema,
        _ key: [String]
    ) -> [String] {
        var found: [String] = []
        for field in left.fields {
            guard let index = right.index(of: field.name) else {
                found.append("\(field.name): only the primary has it")
                continue
            }
            if right[index].type != field.type {
                found.append("\(field.name): \(field.type) against \(right[index].type)")
            }
        }
        for field in right.fields where left.index(of: field.name) == nil {
            found.append("\(field.name): only the candidate has it")
        }
        for name in key where left.index(of: name) == nil && right.index(of: name) == nil {
            found.append("\(name): the key names it, and no side has it")
        }
        let isShuffled = left.fields.map(\.name) != right.fields.map(\.name)
        if found.isEmpty, isShuffled { found.append("the columns stand in another order") }
        return found
    }

    private mutating func judge(_ pairs: [Pair], _ primary: Batch, _ candidate: Batch) {
        guard !pairs.isEmpty else { return }
        var differing: [Int: [Int]] = [:]
        var ignoring: [Int: String] = [:]
        for column in rules.indices {
            let rows = rules[column].rows(
                primary.columns[column],
                candidate.columns[column],
                pairs
            )
            for row in rows {
                if let reason = rules[column].ignoredBecause {
                    ignoring[row] = ignoring[row] ?? reason
                } else {
                    differing[row, default: []].append(column)
                }
            }
        }
        for (index, pair) in pairs.enumerated() {
            if let columns = differing[index] {
                mismatched.append(RowDifference(pair: pair, columns: columns))
            } else if let reason = ignoring[index] {
                ignored.append((pair, reason))
            } else {
                matched.append(pair)
            }
        }
    }

    /// Keys with several rows: equal rows pair first, then those that agree; the rest is missing or extra.
    private mutating func judge(
        _ groups: [RowGroups.Duplicate],
        _ primary: Batch,
        _ candidate: Batch
    ) {
        guard !groups.isEmpty else { return }
        let columns = rules.indices.filter { !rules[$0].isIgnored }
        var table = GroupTable(keyTypes: columns.map { primary.schema[$0].type })
        let ours = table.groups(
            of: columns.map { primary.columns[$0] },
            rows: primary.rowCount
        )
        let theirs = table.groups(
            of: columns.map { candidate.columns[$0] },
            rows: candidate.rowCount
        )
        var pairs: [Pair] = []
        for group in groups {
            duplicates.primary += group.primary.count
            duplicates.candidate += group.candidate.count
            pairs += pair(group, ours, theirs, primary, candidate)
        }
        // Pairs agree; what is left to find out is whether they differ where it does not count.
        judge(pairs, primary, candidate)
    }

    private mutating func pair(
        _ group: RowGroups.Duplicate,
        _ ours: Buffer<Int32>,
        _ theirs: Buffer<Int32>,
        _ primary: Batch,
        _ candidate: Batch
    ) -> [Pair] {
        var equal = Dictionary(grouping: group.candidate.reversed()) { theirs[$0] }
        var pairs: [Pair] = []
        var rest: [Int] = []
        for row in group.primary {
            if let partner = equal[ours[row]]?.popLast() {
                pairs.append(Pair(primary: row, candidate: partner))
            } else {
                rest.append(row)
            }
        }
        var left = equal.values.flatMap(\.self).sorted()
        for row in rest {
            let partner = left.firstIndex {
                agree(Pair(primary: row, candidate: $0), primary, candidate)
            }
            if let partner {
                pairs.append(Pair(primary: row, candidate: left.remove(at: partner)))
            } else {
                missing.append(row)
            }
        }
        extra += left
        return pairs
    }

    private func agree(_ pair: Pair, _ primary: Batch, _ candidate: Batch) -> Bool {
        rules.indices.allSatisfy { column in
            rules[column].isIgnored
                || rules[column].rows(
                    primary.columns[column],
                    candidate.columns[column],
                    [pair]
                ).isEmpty
        }
    }
}
