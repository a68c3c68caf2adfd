internal import Columns
internal import SQLFront

/// Ranks rows within partitions, rows that tie by the order in which they stand.
struct RowRanking {
    let partition: [Int]
    let order: [SortKey]

    /// Rows in the order of `leading` columns, partition and rank, with the ranks, of those whose rank is in
    /// `ranks`.
    func rank(
        _ batch: Batch,
        leading: [Int] = [],
        ranks: ClosedRange<Int64>
    ) -> (rows: [Int32], ranks: [Int64]) {
        let groups = (leading + partition).map { batch.columns[$0] }
        let directions: [SortOrder] = groups.map { _ in .ascending }
        let sorted = Selection(
            sorting: groups + order.map { batch.columns[$0.column] },
            orders: directions + order.map(\.order),
            rows: batch.rowCount
        ).rows
        let comparator = RowComparator(sources: [groups], orders: directions)
        var kept: [Int32] = []
        var keptRanks: [Int64] = []
        var rank: Int64 = 0
        for index in 0..<sorted.count {
            let row = sorted[index]
            let isNew =
                index == 0
                || (!groups.isEmpty && comparator.compare(Int(sorted[index - 1]), Int(row)) != 0)
            rank = isNew ? 1 : rank + 1
            if ranks.contains(rank) {
                kept.append(row)
                keptRanks.append(rank)
            }
        }
        return (kept, keptRanks)
    }
}
