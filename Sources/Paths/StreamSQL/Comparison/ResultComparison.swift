package import Columns

/// The rows of two processors held against each other.
///
/// Rows pair by the plan's unique key; without one, results are compared as multisets of rows, in which
/// approximate numbers are paired by rank among rows that agree in everything else.
package struct ResultComparison: Sendable {
    /// A pair of rows, or a row without a partner.
    package struct Example: Sendable, Hashable {
        package enum Kind: String, Sendable, Hashable {
            /// The candidate lacks the row.
            case missing
            /// Only the candidate has the row.
            case extra
            /// Both have the key, with different values.
            case mismatch
        }

        package var kind: Kind
        package var primary: [Value]?
        package var candidate: [Value]?
        /// Names of the columns that differ.
        package var columns: [String]
    }

    package private(set) var primaryCount = 0
    package private(set) var candidateCount = 0
    /// Rows with a partner, those that tie among them.
    package private(set) var matched = 0
    /// Matched rows that differ where the query leaves the choice to the engine.
    package private(set) var tied = 0
    package private(set) var missing = 0
    package private(set) var extra = 0
    package private(set) var mismatched = 0
    /// Whether the same rows came in another order; only looked at when all rows match.
    package private(set) var isReordered = false
    /// At most the limit given to `init`, in the primary's order, then the candidate's.
    package private(set) var examples: [Example] = []

    package var isEqual: Bool { missing == 0 && extra == 0 && mismatched == 0 }

    private let exampleLimit: Int

    /// Compares two results of one schema.
    ///
    /// - Parameters:
    ///   - primary: all rows of the primary.
    ///   - candidate: all rows of the candidate; its texts and times may have other lengths and precisions.
    ///   - key: columns that are together unique; nil compares multisets.
    ///   - tolerance: for FLOAT and DOUBLE columns.
    ///   - choice: what the query leaves to an engine, where the two may choose differently.
    ///   - exampleLimit: examples to keep.
    /// - Complexity: O(rows × columns).
    package init(
        primary: Batch,
        candidate: Batch,
        key: [Int]?,
        tolerance: RowTolerance,
        choice: FreeChoice? = nil,
        exampleLimit: Int = 20
    ) {
        precondition(
            primary.schema.count == candidate.schema.count
                && zip(primary.schema.fields, candidate.schema.fields).allSatisfy {
                    $0.type.holdsLike($1.type)
                },
            "results of one plan have the same types"
        )
        self.exampleLimit = exampleLimit
        primaryCount = primary.rowCount
        candidateCount = candidate.rowCount
        if choice == .anyRows {
            matched = min(primaryCount, candidateCount)
            missing = primaryCount - matched
            extra = candidateCount - matched
            return
        }
        let all = Array(primary.columns.indices)
        // Approximate columns cannot identify a row that may differ in the last digits.
        let identity = key ?? all.filter { !primary.schema[$0].type.isApproximate }
        let pairs = RowPairs(
            primary: primary,
            candidate: candidate,
            identity: identity,
            ranking: key == nil ? all.filter { primary.schema[$0].type.isApproximate } : []
        )
        var differences = Differences(pairs, primary, candidate, tolerance)
        if !differences.isEmpty, case .ties(let rule) = choice {
            tied = differences.settle(by: rule, primary, candidate, tolerance)
        }
        count(differences, primary, candidate)
        isReordered = isEqual && tied == 0 && !pairs.isInOrder
    }

    private mutating func count(
        _ differences: Differences,
        _ primary: Batch,
        _ candidate: Batch
    ) {
        mismatched = differences.mismatched.count
        missing = differences.primaryOnly.count
        extra = differences.candidateOnly.count
        matched = primaryCount - mismatched - missing
        for pair in differences.mismatched.prefix(exampleLimit) {
            examples.append(
                Example(
                    kind: .mismatch,
                    primary: primary.row(pair.primary),
                    candidate: candidate.row(pair.candidate),
                    columns: pair.columns
                )
            )
        }
        for row in differences.primaryOnly.prefix(exampleLimit - examples.count) {
            examples.append(
                Example(kind: .missing, primary: primary.row(row), candidate: nil, columns: [])
            )
        }
        for row in differences.candidateOnly.prefix(exampleLimit - examples.count) {
            examples.append(
                Example(kind: .extra, primary: nil, candidate: candidate.row(row), columns: [])
            )
        }
    }
}

/// Rows of two results that do not agree.
private struct Differences {
    private(set) var mismatched: [(primary: Int, candidate: Int, columns: [String])] = []
    private(set) var primaryOnly: [Int]
    private(set) var candidateOnly: [Int]

    var isEmpty: Bool { mismatched.isEmpty && primaryOnly.isEmpty && candidateOnly.isEmpty }

    init(_ pairs: RowPairs, _ primary: Batch, _ candidate: Batch, _ tolerance: RowTolerance) {
        primaryOnly = pairs.primaryOnly
        candidateOnly = pairs.candidateOnly
        let left = primary.gather(by: Selection(pairs.paired.map(\.primary)))
        let right = candidate.gather(by: Selection(pairs.paired.map(\.candidate)))
        var differing: [Int: [String]] = [:]
        for column in left.columns.indices {
            let name = primary.schema[column].name
            for row in left.columns[column].rows(differingFrom: right.columns[column], tolerance) {
                differing[row, default: []].append(name)
            }
        }
        mismatched = differing.sorted { $0.key < $1.key }.map { index, columns in
            (pairs.paired[index].primary, pairs.paired[index].candidate, columns)
        }
    }

    /// Takes out rows that tie, and have a partner in what rows that tie agree in.
    ///
    /// - Returns: how many rows of each side they are.
    mutating func settle(
        by rule: TieRule,
        _ primary: Batch,
        _ candidate: Batch,
        _ tolerance: RowTolerance
    ) -> Int {
        let (ours, theirs) = (rule.mayTie(in: primary), rule.mayTie(in: candidate))
        let left = (mismatched.map(\.primary) + primaryOnly).filter { ours[$0] }
        let right = (mismatched.map(\.candidate) + candidateOnly).filter { theirs[$0] }
        let (firstBatch, secondBatch) = (
            primary.gather(by: Selection(left)), candidate.gather(by: Selection(right))
        )
        let isApproximate = { (column: Int) in primary.schema[column].type.isApproximate }
        let pairs = RowPairs(
            primary: firstBatch,
            candidate: secondBatch,
            identity: rule.columns.filter { !isApproximate($0) },
            ranking: rule.columns.filter(isApproximate)
        )
        var (settledLeft, settledRight): (Set<Int>, Set<Int>) = ([], [])
        for pair in pairs.paired {
            let agree = rule.columns.allSatisfy { column in
                firstBatch.columns[column].agrees(
                    pair.primary,
                    with: secondBatch.columns[column],
                    pair.candidate,
                    tolerance
                )
            }
            guard agree else { continue }
            settledLeft.insert(left[pair.primary])
            settledRight.insert(right[pair.candidate])
        }
        remove(settledLeft, settledRight)
        return settledLeft.count
    }

    /// A mismatch of which one side has been settled leaves the other one without a partner.
    private mutating func remove(_ left: Set<Int>, _ right: Set<Int>) {
        primaryOnly.removeAll(where: left.contains)
        candidateOnly.removeAll(where: right.contains)
        for pair in mismatched {
            let isLeft = left.contains(pair.primary)
            let isRight = right.contains(pair.candidate)
            if isLeft, !isRight { candidateOnly.append(pair.candidate) }
            if isRight, !isLeft { primaryOnly.append(pair.primary) }
        }
        mismatched.removeAll { left.contains($0.primary) || right.contains($0.candidate) }
        primaryOnly.sort()
        candidateOnly.sort()
    }
}

/// Which rows of two results belong together.
private struct RowPairs {
    private(set) var paired: [(primary: Int, candidate: Int)] = []
    private(set) var primaryOnly: [Int] = []
    private(set) var candidateOnly: [Int] = []

    /// Whether partners stand in the same order on both sides.
    var isInOrder: Bool {
        var last = -1
        for pair in paired {
            if pair.candidate < last { return false }
            last = pair.candidate
        }
        return true
    }

    /// Pairs rows that agree in `identity`; several such rows pair in order of `ranking`, then of appearance.
    init(primary: Batch, candidate: Batch, identity: [Int], ranking: [Int]) {
        var table = GroupTable(keyTypes: identity.map { primary.schema[$0].type })
        let left = Self.rowsByGroup(&table, primary, identity, ranking)
        let right = Self.rowsByGroup(&table, candidate, identity, ranking)
        for group in 0..<max(left.count, right.count) {
            let ours = group < left.count ? left[group] : []
            let theirs = group < right.count ? right[group] : []
            let both = min(ours.count, theirs.count)
            for index in 0..<both { paired.append((ours[index], theirs[index])) }
            primaryOnly.append(contentsOf: ours[both...])
            candidateOnly.append(contentsOf: theirs[both...])
        }
        paired.sort { $0.primary < $1.primary }
        primaryOnly.sort()
        candidateOnly.sort()
    }

    private static func rowsByGroup(
        _ table: inout GroupTable,
        _ batch: Batch,
        _ identity: [Int],
        _ ranking: [Int]
    ) -> [[Int]] {
        let groups =
            identity.isEmpty
            ? Buffer<Int32>(repeating: 0, count: batch.rowCount)
            : table.groups(of: identity.map { batch.columns[$0] }, rows: batch.rowCount)
        var rows = Array(repeating: [Int](), count: max(table.count, 1))
        let order =
            ranking.isEmpty
            ? Selection(all: batch.rowCount)
            : batch.sortedRows(by: ranking.map { Batch.SortKey($0) })
        let numbers = order.rows.span
        let span = groups.span
        for index in numbers.indices {
            let row = Int(numbers[index])
            rows[Int(span[row])].append(row)
        }
        return rows
    }
}

extension Column {
    /// Rows in which two columns of one type and length differ.
    func rows(differingFrom other: Column, _ tolerance: RowTolerance) -> [Int] {
        var differing: [Int] = []
        for row in 0..<count where !agrees(row, with: other, row, tolerance) {
            differing.append(row)
        }
        return differing
    }

    /// Whether a row of this column and one of another column of the type hold the same value, or none.
    fileprivate func agrees(
        _ row: Int,
        with other: Column,
        _ otherRow: Int,
        _ tolerance: RowTolerance
    ) -> Bool {
        if isNull(row) || other.isNull(otherRow) { return isNull(row) == other.isNull(otherRow) }
        return switch (values, other.values) {
        case (.integers(let left), .integers(let right)): left[row] == right[otherRow]
        case (.doubles(let left), .doubles(let right)): tolerance.agree(left[row], right[otherRow])
        case (.booleans(let left), .booleans(let right)): left[row] == right[otherRow]
        case (.decimals(let left), .decimals(let right)): left[row] == right[otherRow]
        default: value(row) == other.value(otherRow)
        }
    }
}

extension DataType {
    /// Whether equal values of two types are stored equally, as `CHAR(5)` in a query and `STRING` in its table.
    fileprivate func holdsLike(_ other: DataType) -> Bool {
        physical == other.physical && decimalScale == other.decimalScale
    }
}
