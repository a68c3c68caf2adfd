internal import Columns

/// NOT IN: the left rows for which no right row is, or could be if NULLs were known, equal.
struct AntiJoin {
    let left: JoinRows
    let right: JoinRows
    let residual: JoinResidual?

    /// Pairs that are decided at once.
    private static let pairLimit = 16_384

    func keptRows(_ report: inout StepReport) -> [Int32] {
        var isExcluded = [Bool](repeating: false, count: left.count)
        let leftKeys = left.keyColumns
        let rightKeys = right.keyColumns
        let matcher = JoinMatcher(
            left: leftKeys,
            leftCount: left.count,
            right: rightKeys,
            rightCount: right.count
        )
        let unknownRight = (0..<right.count).filter { row in rightKeys.contains { $0.isNull(row) } }
        var candidates = JoinedRows()
        for row in 0..<left.count {
            let equal = matcher.matches(row).map { Int(matcher.rightRow($0)) }
            let hasNull = leftKeys.contains { $0.isNull(row) }
            let others = hasNull ? Array(0..<right.count) : unknownRight
            for other in equal + others
            where !isExcluded[row] && mayEqual(row, other, leftKeys, rightKeys) {
                if residual == nil {
                    isExcluded[row] = true
                } else {
                    candidates.append(row, other)
                }
                if candidates.count == Self.pairLimit {
                    exclude(&candidates, &isExcluded, &report)
                }
            }
        }
        exclude(&candidates, &isExcluded, &report)
        return isExcluded.indices.filter { !isExcluded[$0] }.map { Int32(truncatingIfNeeded: $0) }
    }

    /// Whether no pair of keys is certainly different.
    private func mayEqual(
        _ leftRow: Int,
        _ rightRow: Int,
        _ leftKeys: [Column],
        _ rightKeys: [Column]
    ) -> Bool {
        zip(leftKeys, rightKeys).allSatisfy { leftKey, rightKey in
            if leftKey.isNull(leftRow) || rightKey.isNull(rightRow) { return true }
            // NaN equals nothing, and that is how values compare.
            return leftKey.value(leftRow) == rightKey.value(rightRow)
        }
    }

    private func exclude(
        _ candidates: inout JoinedRows,
        _ isExcluded: inout [Bool],
        _ report: inout StepReport
    ) {
        guard let residual, candidates.count > 0 else { return }
        let truths = residual.decide(candidates, left, right, &report)
        for pair in 0..<candidates.count where truths[pair] != .isFalse {
            isExcluded[Int(candidates.left[pair])] = true
        }
        candidates = JoinedRows()
    }
}
