package import Columns
package import SQLFront

/// What a query leaves to the engine that runs it: which rows it keeps of those that its order does not tell apart.
///
/// V1 and V2 choose by the sequence and so agree; another engine may choose otherwise and be as right.
package enum FreeChoice: Sendable, Hashable {
    /// LIMIT without ORDER BY: so many rows, whichever they are.
    case anyRows
    case ties(TieRule)

    /// The choice that a plan leaves; nil where it leaves none, or where its output does not show what ties.
    package init?(_ plan: Plan) {
        switch plan.operation {
        case .project(let input, let expressions):
            guard let choice = FreeChoice(input) else { return nil }
            guard case .ties(let rule) = choice else {
                self = choice
                return
            }
            let mapped = rule.mapping { column in
                expressions.firstIndex { $0.kind == .column(column) }
            }
            guard let mapped else { return nil }
            self = .ties(mapped)
        case .sort(_, let sort):
            guard sort.limit != nil || sort.offset > 0 else { return nil }
            guard !sort.keys.isEmpty else {
                self = .anyRows
                return
            }
            self = .ties(
                TieRule(
                    partition: [],
                    order: sort.keys.map { Batch.SortKey($0.column, $0.order) },
                    rank: nil,
                    skipsFirst: sort.offset > 0,
                    limit: sort.limit.map { Int(clamping: $0) }
                )
            )
        case .topN(let input, let topN):
            self = .ties(
                TieRule(
                    partition: topN.partition,
                    order: topN.order.map { Batch.SortKey($0.column, $0.order) },
                    rank: topN.emitsRank ? input.schema.count : nil,
                    skipsFirst: topN.ranks.lowerBound > 1,
                    limit: Int(topN.ranks.upperBound - topN.ranks.lowerBound + 1)
                )
            )
        default: return nil
        }
    }
}

/// Rows of a Top-N, or of ORDER BY with LIMIT, that tie: those of one partition with equal order keys.
///
/// Where several are in the result their ranks are free, and where the cut goes through them it is free which are
/// in the result at all. Of such rows only partition, order keys and rank count.
package struct TieRule: Sendable, Hashable {
    /// Columns of the result.
    package var partition: [Int]
    package var order: [Batch.SortKey]
    package var rank: Int?
    /// Whether rows before the first of a partition were left out.
    package var skipsFirst: Bool
    /// Rows of a partition that are kept.
    package var limit: Int?

    package init(
        partition: [Int],
        order: [Batch.SortKey],
        rank: Int?,
        skipsFirst: Bool,
        limit: Int?
    ) {
        self.partition = partition
        self.order = order
        self.rank = rank
        self.skipsFirst = skipsFirst
        self.limit = limit
    }

    /// Columns in which rows that tie agree.
    var columns: [Int] { partition + order.map(\.column) + (rank.map { [$0] } ?? []) }

    /// The rule over other columns; nil where one that tells ties is missing.
    fileprivate func mapping(_ change: (Int) -> Int?) -> TieRule? {
        var mapped = self
        mapped.partition = partition.compactMap(change)
        mapped.order = order.compactMap { key in
            change(key.column).map { Batch.SortKey($0, key.order) }
        }
        mapped.rank = rank.flatMap(change)
        let isWhole =
            mapped.partition.count == partition.count && mapped.order.count == order.count
        return isWhole ? mapped : nil
    }

    /// Per row of a result whether it ties with another, or may tie with one that was left out.
    func mayTie(in batch: Batch) -> [Bool] {
        var open = [Bool](repeating: false, count: batch.rowCount)
        guard batch.rowCount > 0 else { return open }
        let sorted = batch.sortedRows(by: partition.map { Batch.SortKey($0) } + order).rows
        let partitions = groups(batch, partition)
        let ties = groups(batch, partition + order.map(\.column))
        var start = 0
        while start < sorted.count {
            let end = endOfRun(sorted, start, partitions)
            var tie = start
            while tie < end {
                let next = endOfRun(sorted, tie, ties)
                let isCut =
                    tie == start && skipsFirst || next == end && end - start == limit
                if isCut || next - tie > 1 {
                    for index in tie..<next { open[Int(sorted[index])] = true }
                }
                tie = next
            }
            start = end
        }
        return open
    }

    private func groups(_ batch: Batch, _ columns: [Int]) -> Buffer<Int32> {
        var table = GroupTable(keyTypes: columns.map { batch.schema[$0].type })
        return table.groups(of: columns.map { batch.columns[$0] }, rows: batch.rowCount)
    }

    private func endOfRun(_ sorted: Buffer<Int32>, _ start: Int, _ groups: Buffer<Int32>) -> Int {
        let group = groups[Int(sorted[start])]
        var end = start + 1
        while end < sorted.count, groups[Int(sorted[end])] == group { end += 1 }
        return end
    }
}
